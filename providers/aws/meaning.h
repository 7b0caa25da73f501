/* SPDX-License-Identifier: Apache-2.0
 *
 * meaning.h - what an answer of AWS means for one step, by the error tables of the type file.
 *
 * A table maps a meaning to a list of "Code", "Code: part of the message" or an HTTP status ("404").
 * The meanings: `gone` (the resource is not there), `fine` (go on, as if it had worked), `exists`
 * (something of that name is there: find out whose), `elsewhere` (it is in another region), and the
 * names of provider.h's results, which put the error into another class than call.h did.
 */
#ifndef AWS_MEANING_H
#define AWS_MEANING_H

#include <json-c/json.h>

#include "providers/aws/call.h"
#include "providers/aws/type.h"
#include "util/err.h"

enum aws_meaning {
	AWS_MEANS_OK,
	AWS_MEANS_GONE,
	AWS_MEANS_FINE,
	AWS_MEANS_EXISTS,
	AWS_MEANS_ELSEWHERE,
	AWS_MEANS_ERROR /* of the class in ret_result */
};

enum aws_meaning aws_meaning_of(const struct aws_type *type, const struct aws_step *step,
    const struct aws_call *call, enum op_result *ret_result);

/* What a word of the vocabulary means; false: it is none. */
bool aws_meaning_named(const char *name, enum aws_meaning *ret_means, enum op_result *ret_result);

/* Are these words of the vocabulary? A NULL table is fine. */
MUSTCHECK enum err_code
aws_meaning_check(struct json_object *table, const char *where, struct err *err);

#endif
