/* SPDX-License-Identifier: Apache-2.0
 * service.c - looks into a service model by name. */
#include "interpreter/service.h"

#include "util/json.h"

struct json_object *
service_operation(const struct service *service, const char *name)
{
	return json_get_object(service->operations, name);
}

struct json_object *
service_shape(const struct service *service, const char *name)
{
	return json_get_object(service->shapes, name);
}

struct json_object *
service_waiter(const struct service *service, const char *name)
{
	return json_get_object(service->waiters, name);
}
