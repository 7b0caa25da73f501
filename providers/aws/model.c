/* SPDX-License-Identifier: Apache-2.0
 * model.c - loads stripped service models on first use, and keeps them. */
#include "providers/aws/model.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/place.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define MODEL_BYTES_MAX   (32 * 1024 * 1024)
#define MODELS_MAX        512 /* AWS has some 430 services */
#define SERVICE_NAME_MAX  64
#define S3_SIGNATURE_NAME "s3"

struct aws_models {
	char                *folder;
	struct aws_service **services;
	size_t               services_n;
	struct json_object  *endpoints; /* NULL: not looked for yet, or broken */
};

static const char *const protocol_names[AWS_PROTOCOLS_N] = {
	[AWS_QUERY] = "query",
	[AWS_EC2] = "ec2",
	[AWS_JSON] = "json",
	[AWS_REST_JSON] = "rest-json",
	[AWS_REST_XML] = "rest-xml",
};

struct aws_models *
aws_models_create(const char *folder)
{
	struct aws_models *models = xcalloc(1, sizeof(*models));

	models->folder = xstrdup(folder);
	return models;
}

static void
service_destroy(struct aws_service *service)
{
	if (service == NULL)
		return;
	json_object_put(service->file);
	free(service);
}

void
aws_models_destroy(struct aws_models *models)
{
	if (models == NULL)
		return;
	for (size_t i = 0; i < models->services_n; i++)
		service_destroy(models->services[i]);
	free(models->services);
	json_object_put(models->endpoints);
	free(models->folder);
	free(models);
}

static bool
protocol_from(const char *name, enum aws_protocol *ret_protocol)
{
	for (size_t i = 0; i < AWS_PROTOCOLS_N; i++) {
		if (str_eq(name, protocol_names[i])) {
			*ret_protocol = (enum aws_protocol)i;
			return true;
		}
	}
	return false;
}

/* Model files carry the namespace as text, some as {"uri": text}. */
static const char *
namespace_of(struct json_object *metadata)
{
	const char *plain = json_get_str(metadata, "xmlNamespace");

	return plain != NULL ? plain
			     : json_get_str(json_get_object(metadata, "xmlNamespace"), "uri");
}

struct aws_service *
aws_service_from(const char *name, struct json_object *file, struct err *err)
{
	struct json_object *metadata = json_get_object(file, "metadata");
	struct aws_service *service = xcalloc(1, sizeof(*service));
	const char         *signature = json_get_str(metadata, "signatureVersion");

	*service = (struct aws_service){
		.base = {
			.operations = json_get_object(file, "operations"),
			.shapes = json_get_object(file, "shapes"),
			.waiters = json_get_object(file, "waiters"),
			.paginators = json_get_object(file, "paginators"),
		},
		.json_version = json_get_str(metadata, "jsonVersion"),
		.target_prefix = json_get_str(metadata, "targetPrefix"),
		.api_version = json_get_str(metadata, "apiVersion"),
		.endpoint_prefix = json_get_str(metadata, "endpointPrefix"),
		.signing_name = json_get_str(metadata, "signingName"),
		.xml_namespace = namespace_of(metadata),
		.s3 = signature != NULL && str_starts(signature, S3_SIGNATURE_NAME),
		.file = json_object_get(file),
	};
	if (!protocol_from(json_get_str(metadata, "protocol"), &service->protocol) ||
	    service->base.operations == NULL || service->base.shapes == NULL) {
		err_set(err, ERR_PROVIDER, "%s: not a stripped AWS service model", name);
		service_destroy(service);
		return NULL;
	}
	json_set_str(file, "name", name);
	service->base.name = json_get_str(file, "name");
	return service;
}

void
aws_service_destroy(struct aws_service *service)
{
	service_destroy(service);
}

/* Service names come from type files: no name may leave the folder. */
static bool
is_service_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len < SERVICE_NAME_MAX && name[len] == '\0';
}

/* Nobody comes in between: another one would not find it there, and load it as well. */
static struct json_object *
load(const struct aws_models *models, const char *name, struct err *err)
{
	char                path[PATH_MAX];
	int                 len = snprintf(path, sizeof(path), "%s/%s.json", models->folder, name);
	struct breather    *before;
	struct json_object *file;

	if (len < 0 || (size_t)len >= sizeof(path)) {
		err_set(err, ERR_NOT_FOUND, "%s: the path is too long", name);
		return NULL;
	}
	before = breathe_by(NULL);
	file = json_read_file(path, MODEL_BYTES_MAX, err);
	breathe_by(before);
	return file;
}

const struct aws_service *
aws_models_service(struct aws_models *models, const char *name, struct err *err)
{
	struct aws_service *service;
	struct json_object *file;

	for (size_t i = 0; i < models->services_n; i++) {
		if (strcmp(models->services[i]->base.name, name) == 0)
			return models->services[i];
	}
	if (!is_service_name(name) || models->services_n == MODELS_MAX) {
		err_set(err, ERR_NOT_FOUND, "no AWS service model is named '%.64s'", name);
		return NULL;
	}
	file = load(models, name, err);
	if (file == NULL)
		return NULL;
	service = aws_service_from(name, file, err);
	json_object_put(file);
	if (service == NULL)
		return NULL;
	models->services =
	    xrealloc(models->services, models->services_n + 1, sizeof(*models->services));
	models->services[models->services_n++] = service;
	return service;
}

const struct aws_service *
aws_service_of(const struct service *base)
{
	_Static_assert(offsetof(struct aws_service, base) == 0, "it begins with it");
	return (const struct aws_service *)(const void *)base;
}

struct json_object *
aws_models_endpoints(struct aws_models *models)
{
	if (models->endpoints == NULL)
		models->endpoints = load(models, "endpoints", NULL);
	return models->endpoints;
}

bool
aws_models_place(struct aws_models *models, const struct aws_service *service, const char *region,
    struct aws_place *ret_place)
{
	return place_find(
	    aws_models_endpoints(models), service->endpoint_prefix, region, ret_place);
}
