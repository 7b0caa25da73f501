/* SPDX-License-Identifier: Apache-2.0
 *
 * service.h - what the operations of a service look like, as far as there is a model that says so.
 *
 * A model is in the form of AWS's, stripped (providers/aws/model.h). A service without one takes and gives plain JSON: a
 * member has the name that the property has.
 */
#ifndef INTERPRETER_SERVICE_H
#define INTERPRETER_SERVICE_H

#include <json-c/json.h>

struct service {
	const char         *name;                                       /* "dynamodb" */
	struct json_object *operations, *shapes, *waiters, *paginators; /* NULL, all: no model */
};

/* Borrowed model JSON; NULL when there is none of that name. */
struct json_object *service_operation(const struct service *service, const char *name);
struct json_object *service_shape(const struct service *service, const char *name);
struct json_object *service_waiter(const struct service *service, const char *name);

#endif
