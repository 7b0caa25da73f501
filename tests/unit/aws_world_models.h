/* SPDX-License-Identifier: Apache-2.0
 *
 * aws_world_models.h - the service models that the AWS of tests knows: just the operations our types call.
 */
#ifndef TESTS_AWS_WORLD_MODELS_H
#define TESTS_AWS_WORLD_MODELS_H

#include <json-c/json.h>

/* By service: {"operations", "shapes", "waiters", "paginators"}, as in AWS's own files. The caller puts it. */
struct json_object *aws_world_models(void);

#endif
