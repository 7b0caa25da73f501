/* SPDX-License-Identifier: Apache-2.0
 * copy.c - two listings in the same order, side by side; and values that nobody is told. */
#include "providers/aws/copy.h"

#include <stdio.h>
#include <string.h>

#include "util/digest.h"
#include "util/json.h"
#include "util/str.h"

#define SOURCE_BYTES_MAX 8192 /* a key of 1024 bytes, each of them escaped, and its bucket */

/* ---- objects ---- */

static const char *
key_of(struct json_object *object)
{
	const char *key = json_get_str(object, "Key");

	return key != NULL ? key : "";
}

static size_t
length_of(struct json_object *list)
{
	return list != NULL ? json_object_array_length(list) : 0;
}

/* Its bytes, or it was written after the other: a copy of what was uploaded in parts, or under another key of KMS, has another ETag; and
 * what is newer than the source stays. */
static bool
is_copy(struct json_object *target, struct json_object *source)
{
	const char *etag = json_get_str(source, "ETag"), *its = json_get_str(target, "ETag");
	const char *then = json_get_str(source, "LastModified");
	const char *its_then = json_get_str(target, "LastModified");

	if (etag != NULL && str_eq(its, etag) &&
	    json_get_i64(source, "Size", 0) == json_get_i64(target, "Size", 0))
		return true;
	return then != NULL && its_then != NULL && strcmp(its_then, then) > 0;
}

/* Both pages tell of all keys up to this one. NULL: of all. */
static const char *
reach_of(struct json_object *from, bool from_ends, struct json_object *to, bool to_ends)
{
	const char *reach = NULL, *its;

	if (!from_ends && length_of(from) > 0)
		reach = key_of(json_object_array_get_idx(from, length_of(from) - 1));
	if (to_ends || length_of(to) == 0)
		return reach;
	its = key_of(json_object_array_get_idx(to, length_of(to) - 1));
	return reach == NULL || strcmp(its, reach) < 0 ? its : reach;
}

/* What of the source is not in the target. Keys are in the order of their bytes. */
static struct json_object *
difference(struct json_object *from, struct json_object *to, const char *reach)
{
	struct json_object *todo = json_object_new_array();
	size_t              at = 0;

	for (size_t i = 0; i < length_of(from); i++) {
		struct json_object *source = json_object_array_get_idx(from, i), *target = NULL;
		const char         *key = key_of(source);

		if (reach != NULL && strcmp(key, reach) > 0)
			break;
		while (at < length_of(to) &&
		       strcmp(key_of(json_object_array_get_idx(to, at)), key) < 0)
			at++;
		if (at < length_of(to))
			target = json_object_array_get_idx(to, at);
		if (target == NULL || strcmp(key_of(target), key) != 0 || !is_copy(target, source))
			json_object_array_add(todo, json_object_get(source));
	}
	return todo;
}

static void
drop_token(struct json_object *answer)
{
	json_object_object_del(answer, "NextContinuationToken");
}

bool
copy_take_page(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	(void)scope;
	(void)found;
	(void)err;
	drop_token(answer);
	return true;
}

/* For a step that picks: one element says that all is there, none that something is not. */
static void
answer_same(struct json_object *answer, bool same)
{
	struct json_object *list = json_object_new_array();

	if (same)
		json_object_array_add(list, json_object_new_object());
	json_set(answer, "Contents", list);
	drop_token(answer);
}

/* All would be there already; and who then deletes the source has nothing. */
static bool
is_its_own_source(struct json_object *desired)
{
	return str_eq(json_get_str(desired, "bucket"), json_get_str(desired, "source_bucket"));
}

bool
copy_take_round(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	struct json_object *from = json_get_array(found->noted, "from");
	struct json_object *to = json_get_array(answer, "Contents");
	bool                from_ends = !json_get_bool(found->noted, "truncated", false);
	bool                to_ends = !json_get_bool(answer, "IsTruncated", false);
	const char         *reach = reach_of(from, from_ends, to, to_ends);
	struct json_object *todo = difference(from, to, reach);

	if (is_its_own_source(scope->op->desired)) {
		json_object_put(todo);
		(void)err_set(err, ERR_INVALID_CONFIG, "the bucket is its own source");
		return false;
	}
	json_set_str(found->noted, "more", reach != NULL ? "true" : "false");
	if (reach != NULL)
		json_set(found->noted, "after", json_string(reach, strlen(reach)));
	else
		json_object_object_del(found->noted, "after");
	json_object_object_del(found->noted, "from");
	answer_same(answer, length_of(todo) == 0);
	json_set(found->noted, "todo", todo);
	return true;
}

/* ---- objects that are taken away again ---- */

/* The source still has the same, and it was written while the copy was made. A copy of what was uploaded in parts, or is under a key of KMS,
 * has another ETag: it is known by its size, and by the time, if it is not later than the copy's end. */
static bool
is_put_by_copy(const struct scope *scope, struct json_object *target, struct json_object *source)
{
	const char *since = json_get_str(scope->op->kept, "since");
	const char *until = json_get_str(scope->op->kept, "until");
	const char *then = json_get_str(target, "LastModified");

	if (since == NULL || then == NULL || strcmp(then, since) < 0 ||
	    json_get_i64(source, "Size", 0) != json_get_i64(target, "Size", 0))
		return false;
	return str_eq(json_get_str(target, "ETag"), json_get_str(source, "ETag")) ||
	       until == NULL || strcmp(then, until) <= 0;
}

/* Those of the versions, as far as the page of the source reaches, that the copy has put there. The last that it reaches is looked at
 * last; NULL: it reaches none. */
static struct json_object *
put_by_copy(const struct scope *scope, struct json_object *from, struct json_object *versions,
    const char *reach, struct json_object **ret_last)
{
	struct json_object *put = json_object_new_array();
	size_t              at = 0;

	*ret_last = NULL;
	for (size_t i = 0; i < length_of(versions); i++) {
		struct json_object *target = json_object_array_get_idx(versions, i), *source;
		const char         *key = key_of(target);

		if (reach != NULL && strcmp(key, reach) > 0)
			break;
		*ret_last = target;
		while (at < length_of(from) &&
		       strcmp(key_of(json_object_array_get_idx(from, at)), key) < 0)
			at++;
		source = at < length_of(from) ? json_object_array_get_idx(from, at) : NULL;
		if (source != NULL && strcmp(key_of(source), key) == 0 &&
		    is_put_by_copy(scope, target, source))
			json_object_array_add(put, json_object_get(target));
	}
	return put;
}

static void
mark(struct json_object *noted, const char *key, const char *version)
{
	json_set_str(noted, "key", key);
	json_object_object_del(noted, "version");
	json_set_str(noted, "version", version);
}

/* The source goes on right before the target's mark: there may be more versions of that key. */
static void
mark_before(struct json_object *noted, struct json_object *from, const char *key)
{
	for (size_t i = 0; i < length_of(from); i++) {
		const char *its = key_of(json_object_array_get_idx(from, i));

		if (strcmp(its, key) >= 0)
			return;
		json_set(noted, "after", json_string(its, strlen(its)));
	}
}

/* Where the next round begins: behind what both pages reach. False: there is none. */
static bool
mark_next(struct json_object *noted, struct json_object *answer, struct json_object *from,
    const char *reach, struct json_object *last)
{
	struct json_object *versions = json_get_array(answer, "Versions");
	const char         *next = json_get_str(answer, "NextKeyMarker");
	size_t              n = length_of(versions);
	bool                all = n == 0 || json_object_array_get_idx(versions, n - 1) == last;

	if (!all) {
		json_set(noted, "after", json_string(reach, strlen(reach)));
		if (last != NULL)
			mark(noted, key_of(last), json_get_str(last, "VersionId"));
		return true;
	}
	if (next == NULL || !json_get_bool(answer, "IsTruncated", false))
		return false;
	mark_before(noted, from, next);
	mark(noted, next, json_get_str(answer, "NextVersionIdMarker"));
	return true;
}

bool
copy_take_undo_round(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	struct json_object *noted = found->noted, *last;
	struct json_object *from = json_get_array(noted, "from");
	bool                ends = !json_get_bool(noted, "truncated", false);
	const char         *reach = reach_of(from, ends, NULL, true);
	struct json_object *put =
	    put_by_copy(scope, from, json_get_array(answer, "Versions"), reach, &last);

	(void)err;
	json_set_str(noted, "more", mark_next(noted, answer, from, reach, last) ? "true" : "false");
	json_object_object_del(noted, "from");
	json_set(noted, "todo", json_object_get(json_get_array(noted, "found")));
	json_set(noted, "found", put);
	return true;
}

struct json_object *
copy_source(const struct scope *scope)
{
	const char         *bucket = json_get_str(scope->op->desired, "source_bucket");
	const char         *key = key_of(scope->item);
	struct json_object *json;
	struct str          text;

	str_init(&text, SOURCE_BYTES_MAX);
	str_addf(&text, "%s/", bucket != NULL ? bucket : "");
	str_add_percent(&text, key, strlen(key), "/");
	json = json_object_new_string(text.data);
	str_fini(&text);
	return json;
}

/* ---- values ---- */

bool
copy_take_digest(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	struct json_object *parameter = json_get_object(answer, "Parameter");
	const char         *value = json_get_str(parameter, "Value");
	char                hex[DIGEST_SHA256_HEX];
	struct str          text;

	(void)found;
	(void)err;
	if (value == NULL)
		return true;
	str_init(&text, strlen(value) + OBJ_ID_SIZE + 1);
	str_addf(&text, "%s\n", scope->op->identity->node_id);
	str_add(&text, value);
	digest_sha256_hex(text.data, text.len, hex);
	str_fini(&text);
	json_set_str(parameter, "Value", hex);
	return true;
}
