/* SPDX-License-Identifier: Apache-2.0
 *
 * json.h - json-c without its traps.
 *
 * json_read() is the only way bytes become JSON: strict RFC 8259, valid UTF-8, no duplicate keys,
 * no NUL in a key, bounded depth, no integer outside int64 (json-c alone lets all of these pass). A whole number
 * is an integer, also where it is written as 5.0 or 1e2; from 2^53 on it stays what it was.
 * The getters are typed and never coerce: a member of another type is "not there".
 * Ownership is json-c's: add takes the reference, get borrows, json_object_get makes one more.
 */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"
#include "util/str.h"

#define JSON_DEPTH_MAX 64

/* What json-c would make of a text is counted before any of it is made: 800 bytes an object, 160 a list, 96 another value,
 * and 120 a member more. A text that comes to more than this is refused, for "[{},{},...]" takes 260 times its length.
 * A config of 50,000 resources with three dependencies each comes to 220 MB. What comes to more are our own documents, and
 * they are long: the Spec Graph of that one is 13 times its text, 730 MB. So each byte may cost as much as those of the
 * longest body do (16 MiB). */
#define JSON_COST_MAX   ((size_t)512 << 20) /* bytes */
#define JSON_COST_RATIO 32                  /* bytes for each one of the text, where that is more */

/* NULL and *err when the text is not JSON (ERR_BAD_JSON), or costs too much (ERR_TOO_LARGE), both with line and column;
 * when it is null (ERR_INVALID_REQUEST); or when there is no memory for it (ERR_NO_ROOM). */
MUSTCHECK struct json_object *json_read(const char *text, size_t len, struct err *err);

/* One that becomes an integer when it is read. */
bool json_is_whole(double value);

/* A whole file, at most max bytes. */
MUSTCHECK struct json_object *json_read_file(const char *path, size_t max, struct err *err);
/* The same of one that is open, and is closed; `path` is for people. */
MUSTCHECK struct json_object *json_read_open(int fd, const char *path, size_t max, struct err *err);

/* Compact text, slashes not escaped. Borrowed from the object, until its next print or end. */
const char *json_text(struct json_object *json);
const char *json_text_len(struct json_object *json, size_t *ret_len);

/* The same of a document that may be large, and is no secret; the caller frees it. */
char *json_text_take(struct json_object *json, size_t *ret_len);

/* Canonical text: members sorted by key, compact, whole numbers as integers. What is hashed. */
void json_canonical(struct json_object *json, struct str *out);

/* Equal as JSON: order of members does not matter, 1 equals 1.0. NULL is null. */
bool json_same(struct json_object *a, struct json_object *b);
bool json_array_has(struct json_object *array, struct json_object *value); /* NULL has none */
bool json_array_has_text(struct json_object *texts, const char *text);     /* likewise */

/* Text from outside as a string, and as a string in JSON text that is written by hand (in quotes, escaped).
 * What is no UTF-8, or a NUL, becomes U+FFFD, as in all setters below. */
struct json_object *json_string(const char *text, size_t len);
void                json_add_string(struct str *out, const char *text);

/* Compact text of JSON that may hold secrets: members in their order, and no copy is left anywhere else. */
void json_add(struct str *out, struct json_object *json);

struct json_object *json_copy(struct json_object *json); /* deep; the caller puts it */

/* Could it be read again as part of something, at that depth? Each object and list is one deeper than what holds it. */
bool json_fits_at(struct json_object *json, int depth);

/* Of what is kept for long: json-c gives every object room for ten members, and every array for 32 items. */
void json_pack(struct json_object *json);
/* Gives back a document that may be large, as json_object_put() gives back a small one at once. */
void json_put(struct json_object *json);
/* Wipes every string in it, in place: before the end of what came from outside, for secrets may be in it. */
void json_wipe(struct json_object *json);

/* Typed getters: NULL or the default where the member is missing or of another type. */
struct json_object *json_get(struct json_object *obj, const char *key); /* any type; null is NULL */
struct json_object *json_get_object(struct json_object *obj, const char *key);
struct json_object *json_get_array(struct json_object *obj, const char *key);
const char         *json_get_str(struct json_object *obj, const char *key);
int64_t             json_get_i64(struct json_object *obj, const char *key, int64_t otherwise);
bool                json_get_bool(struct json_object *obj, const char *key, bool otherwise);
bool                json_has(struct json_object *obj, const char *key); /* true for null, too */

/* Setters. A NULL string adds nothing. */
void json_set(struct json_object *obj, const char *key, struct json_object *value);
void json_set_str(struct json_object *obj, const char *key, const char *value);
void json_set_i64(struct json_object *obj, const char *key, int64_t value);
void json_set_bool(struct json_object *obj, const char *key, bool value);
void json_set_time(struct json_object *obj, const char *key, int64_t wall_ms); /* 0 adds nothing */

/* "$a.b[0].c"-free, plain dotted paths: "Role.Arn", "Items.0.Name". Borrowed; NULL if absent. */
struct json_object *json_path(struct json_object *json, const char *path);

/* Adds "/key" to a JSON Pointer, escaping ~ and / (RFC 6901). */
void json_pointer_add(struct str *pointer, const char *key);
void json_pointer_add_index(struct str *pointer, size_t index);
/* The member that one step of it means. The caller frees it. */
char *json_pointer_name(const char *step);

#endif
