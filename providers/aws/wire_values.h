/* SPDX-License-Identifier: Apache-2.0
 *
 * wire_values.h - values as JSON by their shapes, both ways. For json and rest-json.
 */
#ifndef AWS_WIRE_VALUES_H
#define AWS_WIRE_VALUES_H

#include "interpreter/shape.h"

/* Parameters as a service wants them: its member names, its times. The caller puts it. */
struct json_object *wire_values_out(const struct shape *shape, struct json_object *value);

/* An answer in our form: the model's member names, our times. NULL for null. */
struct json_object *wire_values_in(const struct shape *shape, struct json_object *value);

#endif
