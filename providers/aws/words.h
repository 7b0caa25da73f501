/* SPDX-License-Identifier: Apache-2.0
 *
 * words.h - which members an object of a type file may have, and of what JSON type.
 */
#ifndef AWS_WORDS_H
#define AWS_WORDS_H

#include <json-c/json.h>
#include <stddef.h>

#include "providers/aws/type.h"

#define AWS_WORD(type) (1u << json_type_##type)

struct aws_word {
	const char *name;
	unsigned    types; /* of AWS_WORD() */
};

/* Members that begin with "x-" are notes, and pass. */
MUSTCHECK enum err_code aws_words_check(struct json_object *json, const struct aws_word *words,
    size_t n, const char *where, struct err *err);
#define AWS_WORDS_CHECK(json, words, where, err) \
	aws_words_check(json, words, array_len(words), where, err)

/* A NULL condition always holds. */
MUSTCHECK enum err_code aws_words_condition(
    struct json_object *json, const char *where, struct aws_condition *ret, struct err *err);

/* Are all of these names of properties? NULL is fine. */
MUSTCHECK enum err_code aws_words_names(
    const struct aws_type *type, struct json_object *names, const char *where, struct err *err);

/* Where an answer says that it failed; NULL is fine. */
MUSTCHECK enum err_code
aws_words_fails(struct json_object *json, const char *where, struct err *err);

/* One step of a list. */
MUSTCHECK enum err_code aws_step_parse(const struct aws_type *type, struct json_object *json,
    const char *where, struct aws_step *step, struct err *err);

#endif
