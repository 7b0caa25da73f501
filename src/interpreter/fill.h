/* SPDX-License-Identifier: Apache-2.0
 *
 * fill.h - fills the templates of a type file: `{property}`, `{outputs.name}`, `{$name}`.
 *
 * A string that is one reference takes the value as it is, mapped to the member it stands for; a
 * reference within a string is put in as text. A member whose reference has no value is left out,
 * and so is a structure or list that comes out empty for that reason.
 */
#ifndef INTERPRETER_FILL_H
#define INTERPRETER_FILL_H

#include <json-c/json.h>

#include "interpreter/scope.h"

/* The input of a step's call; owned by the caller. NULL and *err when it can't be made. */
MUSTCHECK struct json_object *
fill_step(const struct scope *scope, const struct step *step, struct err *err);

/* The input of any operation from a template (may be NULL). */
MUSTCHECK struct json_object *fill_params(const struct scope *scope, const char *operation,
    struct json_object *template, struct err                                    *err);

#endif
