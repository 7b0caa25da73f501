/* SPDX-License-Identifier: Apache-2.0
 *
 * meaning.h - what an answer means for one step, by the error tables of the type file.
 *
 * A table maps a meaning to a list of "Code", "Code: part of the message" or an HTTP status ("404").
 * The meanings: `gone` (the resource is not there), `fine` (go on, as if it had worked), `exists`
 * (something of that name is there: find out whose), `elsewhere` (it is in another region), and the
 * names of provider.h's results, which put the error into another class than call.h did.
 */
#ifndef INTERPRETER_MEANING_H
#define INTERPRETER_MEANING_H

#include <json-c/json.h>

#include "interpreter/calls.h"
#include "interpreter/call_type.h"
#include "util/err.h"

enum meaning {
	MEANS_OK,
	MEANS_GONE,
	MEANS_FINE,
	MEANS_EXISTS,
	MEANS_ELSEWHERE,
	MEANS_ERROR /* of the class in ret_result */
};

enum meaning meaning_of(const struct call_type *type, const struct step *step,
    const struct call *call, enum op_result *ret_result);

/* What a word of the vocabulary means; false: it is none. */
bool meaning_named(const char *name, enum meaning *ret_means, enum op_result *ret_result);

/* Are these words of the vocabulary? A NULL table is fine. */
MUSTCHECK enum err_code
meaning_check(struct json_object *table, const char *where, struct err *err);

#endif
