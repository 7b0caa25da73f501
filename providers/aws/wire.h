/* SPDX-License-Identifier: Apache-2.0
 *
 * wire.h - an operation with its parameters as an HTTP request, and an HTTP answer as JSON.
 *
 * The protocols (query, ec2, json, rest-json, rest-xml) are in one file each; here is what they
 * share. All of it is pure: no clock, no I/O, no signature.
 */
#ifndef AWS_WIRE_H
#define AWS_WIRE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "interpreter/shape.h"
#include "providers/aws/model.h"
#include "util/err.h"
#include "util/str.h"

#define WIRE_HEADERS_MAX 24                 /* some room is left for the signature's */
#define WIRE_BODY_MAX    (96 * 1024 * 1024) /* Lambda takes 50 MB of code, as base64 */
#define WIRE_URL_MAX     (16 * 1024)

struct wire_header {
	char *name, *value;
};

struct wire_request {
	const char        *method;      /* borrowed from the model */
	struct str         host_prefix; /* "" or "something." */
	struct str         path;        /* percent-encoded, starts with a slash */
	struct str         query;       /* percent-encoded, without the '?' */
	struct str         body;
	struct wire_header headers[WIRE_HEADERS_MAX];
	size_t             headers_n;
	bool               is_signed; /* a few operations take no signature */
};

struct wire_answer {
	int         status;
	const char *headers; /* "name: value\n" lines */
	const char *body;
	size_t      body_len;
};

struct wire_result {
	struct json_object *out;  /* not NULL: it succeeded. The caller puts it */
	bool                html; /* the body is a web page: this is not AWS speaking */
	char                code[96];
	char                message[512];
	char                request_id[128];
};

/* The code of an answer which says success but can't be read: nobody knows what happened. */
#define WIRE_UNREADABLE "UnreadableAnswer"

/* Fills *ret_request, which is to be released either way. False and *err (with the place) when the
 * parameters do not fit. `params` and `token` may be NULL. */
MUSTCHECK bool
wire_build(const struct aws_service *service, const char *operation, struct json_object *params,
    const char *token, struct wire_request *ret_request, struct err *err);
void wire_request_fini(struct wire_request *request);

/* Always fills *ret_result. */
void wire_parse(const struct aws_service *service, const char *operation,
    const struct wire_answer *answer, struct wire_result *ret_result);

/* ---- between wire.c and the protocols ---- */

struct wire_op {
	const struct aws_service *service;
	const char               *name;
	struct json_object       *model; /* the operation */
	struct shape              input; /* type SHAPE_STRUCTURE, if there is one */
	bool                      has_input;
	struct shape              output;
	bool                      has_output;
};

/* `params` have been checked, and are an object. False and *err for what only the protocol sees. */
MUSTCHECK bool wire_query_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err);
MUSTCHECK bool wire_json_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err);
MUSTCHECK bool wire_rest_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err);

/* The members of a successful answer; NULL when it can't be read. */
struct json_object *wire_query_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result);
struct json_object *wire_json_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result);
struct json_object *wire_rest_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result);

/* Code, message and request id out of an error's body. */
void wire_xml_error(const struct wire_answer *answer, struct wire_result *result);
void wire_json_error(const struct wire_answer *answer, struct wire_result *result);

/* Adds a header; false and *err when it holds what no header can, or there are too many. */
MUSTCHECK bool
wire_header_add(struct wire_request *request, const char *name, const char *value, struct err *err);
const char *wire_header_of(const struct wire_request *request, const char *name);

/* The first header of that name in an answer: NULL, or its value with *ret_len. */
const char *wire_header_in(const struct wire_answer *answer, const char *name, size_t *ret_len);
bool wire_header_copy(const struct wire_answer *answer, const char *name, char *buf, size_t size);

#endif
