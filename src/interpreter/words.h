/* SPDX-License-Identifier: Apache-2.0
 *
 * words.h - which members an object of a type file may have, and of what JSON type.
 */
#ifndef INTERPRETER_WORDS_H
#define INTERPRETER_WORDS_H

#include <json-c/json.h>
#include <stddef.h>

#include "interpreter/call_type.h"

#define WORD(type) (1u << json_type_##type)

struct word {
	const char *name;
	unsigned    types; /* of WORD() */
};

/* Members that begin with "x-" are notes, and pass. */
MUSTCHECK enum err_code words_check(struct json_object *json, const struct word *words, size_t n,
    const char *where, struct err *err);
#define WORDS_CHECK(json, words, where, err) words_check(json, words, array_len(words), where, err)

/* A NULL condition always holds. */
MUSTCHECK enum err_code words_condition(
    struct json_object *json, const char *where, struct condition *ret, struct err *err);

/* Are all of these names of properties? NULL is fine. */
MUSTCHECK enum err_code words_names(
    const struct call_type *type, struct json_object *names, const char *where, struct err *err);

/* Where an answer says that it failed; NULL is fine. */
MUSTCHECK enum err_code words_fails(struct json_object *json, const char *where, struct err *err);

/* One step of a list. */
MUSTCHECK enum err_code step_parse(const struct call_type *type, struct json_object *json,
    const char *where, struct step *step, struct err *err);

#endif
