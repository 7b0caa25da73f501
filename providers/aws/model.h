/* SPDX-License-Identifier: Apache-2.0
 *
 * model.h - AWS's own service models, as the build stripped them: what each operation looks like.
 *
 * One JSON file per service (`<service>.json`), loaded on first use and kept. The build's strip-models.py
 * says what is kept of botocore's service-2.json, waiters-2.json and paginators-1.json.
 */
#ifndef AWS_MODEL_H
#define AWS_MODEL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "interpreter/service.h"
#include "util/err.h"

struct aws_models;

enum aws_protocol { AWS_QUERY, AWS_EC2, AWS_JSON, AWS_REST_JSON, AWS_REST_XML, AWS_PROTOCOLS_N };

struct aws_service {
	struct service      base; /* its name is the folder's in botocore: "dynamodb" */
	enum aws_protocol   protocol;
	const char         *json_version;  /* "1.0"; NULL but for json */
	const char         *target_prefix; /* X-Amz-Target; NULL but for json */
	const char         *api_version;
	const char         *endpoint_prefix;
	const char         *signing_name;
	const char         *xml_namespace; /* NULL: none */
	bool                s3;            /* S3's own rules of signing and addressing */
	struct json_object *file;          /* all above borrow from it */
};

struct aws_models *aws_models_create(const char *folder);
void               aws_models_destroy(struct aws_models *models);

/* NULL and *err when there is no such service, or its file is broken. */
MUSTCHECK const struct aws_service *
aws_models_service(struct aws_models *models, const char *name, struct err *err);

/* A service out of stripped model JSON that is at hand (which it keeps a reference of): for tests. */
MUSTCHECK struct aws_service *
aws_service_from(const char *name, struct json_object *file, struct err *err);

void aws_service_destroy(struct aws_service *service);

/* Whose base it is. */
const struct aws_service *aws_service_of(const struct service *base);

/* The table of endpoints (place.h); borrowed; NULL: there is none. */
struct json_object *aws_models_endpoints(struct aws_models *models);

/* Where a service answers in a region, and how it signs there (endpoints.json). */
struct aws_place {
	char host[256];  /* "iam.amazonaws.com"; no scheme */
	char region[64]; /* of the signature */
};
MUSTCHECK bool aws_models_place(struct aws_models *models, const struct aws_service *service,
    const char *region, struct aws_place *ret_place);

#endif
