/* SPDX-License-Identifier: Apache-2.0
 * wire.c - what all protocols share: parameters are checked, checksums added, errors read. */
#include "providers/aws/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "providers/aws/params.h"
#include "providers/aws/value.h"
#include "providers/aws/xml.h"
#include "util/base64.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/utf8.h"

#define HOST_PREFIX_MAX 200
#define CHECKSUM_MAX    64

static const struct protocol {
	bool (*build)(const struct wire_op *, struct json_object *params, struct wire_request *,
	    struct err *);
	struct json_object *(*parse)(
	    const struct wire_op *, const struct wire_answer *, struct wire_result *);
	void (*error)(const struct wire_answer *, struct wire_result *);
} protocols[AWS_PROTOCOLS_N] = {
	[AWS_QUERY] = { wire_query_build, wire_query_parse, wire_xml_error },
	[AWS_EC2] = { wire_query_build, wire_query_parse, wire_xml_error },
	[AWS_JSON] = { wire_json_build, wire_json_parse, wire_json_error },
	[AWS_REST_JSON] = { wire_rest_build, wire_rest_parse, wire_json_error },
	[AWS_REST_XML] = { wire_rest_build, wire_rest_parse, wire_xml_error },
};

static bool
op_of(const struct aws_service *service, const char *operation, struct wire_op *ret_op)
{
	struct wire_op op = { .service = service, .name = operation };

	op.model = service_operation(&service->base, operation);
	if (op.model == NULL)
		return false;
	op.has_input = shape_input(&service->base, op.model, &op.input);
	op.has_output = shape_output(&service->base, op.model, &op.output);
	*ret_op = op;
	return true;
}

/* ---- the request ---- */

static bool
is_host_label(const char *text)
{
	size_t len =
	    text != NULL
		? strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")
		: 0;

	return len > 0 && text[len] == '\0';
}

/* "{AccountId}." with the parameter of that name in place of the braces. */
static bool
build_host_prefix(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	const char *at = json_get_str(json_get_object(op->model, "endpoint"), "hostPrefix");

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "{");
		char   name[128];

		str_add_mem(&r->host_prefix, at, len);
		at += len;
		if (*at != '{')
			break;
		len = strcspn(++at, "}");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		at += len + (at[len] == '}');
		if (!is_host_label(json_get_str(params, name))) {
			err_set(err, ERR_INVALID_REQUEST, "/%s: this can't be part of a host name",
			    name);
			return false;
		}
		str_add(&r->host_prefix, json_get_str(params, name));
	}
	return true;
}

static bool
add_sha256(struct wire_request *r, struct err *err)
{
	uint8_t    raw[DIGEST_SHA256_BYTES];
	struct str text;
	bool       added;

	digest_sha256(r->body.data, r->body.len, raw);
	str_init(&text, CHECKSUM_MAX);
	base64_add(&text, raw, sizeof(raw));
	added = wire_header_add(r, "x-amz-checksum-sha256", text.data, err);
	str_fini(&text);
	return added;
}

static bool
add_md5(struct wire_request *r, struct err *err)
{
	uint8_t    raw[DIGEST_MD5_BYTES];
	struct str text;
	bool       added;

	digest_md5(r->body.data, r->body.len, raw);
	str_init(&text, CHECKSUM_MAX);
	base64_add(&text, raw, sizeof(raw));
	added = wire_header_add(r, "Content-MD5", text.data, err);
	str_fini(&text);
	return added;
}

static bool
has_checksum(const struct wire_request *r)
{
	for (size_t i = 0; i < r->headers_n; i++) {
		if (strncasecmp(r->headers[i].name, "x-amz-checksum-", 15) == 0)
			return true;
	}
	return wire_header_of(r, "Content-MD5") != NULL;
}

/* A checksum which the caller brings goes first, then the algorithm that is asked for, then MD5. */
static bool
build_checksum(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	struct json_object *http = json_get_object(op->model, "httpChecksum");
	const char         *member = json_get_str(http, "requestAlgorithmMember");
	const char         *algorithm = member != NULL ? json_get_str(params, member) : NULL;

	if (has_checksum(r))
		return true;
	if (str_eq(algorithm, "SHA256"))
		return add_sha256(r, err);
	if (algorithm != NULL) {
		err_set(err, ERR_INVALID_REQUEST, "/%s: of the algorithms, only SHA256 is there",
		    member);
		return false;
	}
	if (json_get_bool(op->model, "httpChecksumRequired", false) ||
	    json_get_bool(http, "requestChecksumRequired", false))
		return add_md5(r, err);
	return true;
}

static void
request_init(struct wire_request *r)
{
	*r = (struct wire_request){ .method = "POST", .is_signed = true };
	str_init(&r->host_prefix, HOST_PREFIX_MAX);
	str_init(&r->path, WIRE_URL_MAX);
	str_init(&r->query, WIRE_URL_MAX);
	str_init(&r->body, WIRE_BODY_MAX);
}

void
wire_request_fini(struct wire_request *request)
{
	for (size_t i = 0; i < request->headers_n; i++) {
		free(request->headers[i].name);
		free(request->headers[i].value);
	}
	str_fini(&request->host_prefix);
	str_fini(&request->path);
	str_fini(&request->query);
	str_fini(&request->body);
	request->headers_n = 0;
}

static bool
fits(const struct wire_request *r, struct err *err)
{
	if (!r->body.overflow && !r->path.overflow && !r->query.overflow &&
	    !r->host_prefix.overflow)
		return true;
	err_set(err, ERR_INVALID_REQUEST, "/: the parameters are too long");
	return false;
}

static bool
build(const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	const char *method = json_get_str(json_get_object(op->model, "http"), "method");

	if (!op->has_input && json_object_object_length(params) > 0) {
		err_set(err, ERR_INVALID_REQUEST, "/: %s takes no parameters", op->name);
		return false;
	}
	if (op->has_input && !params_check(&op->input, params, err))
		return false;
	if (method != NULL)
		r->method = method;
	r->is_signed = !str_eq(json_get_str(op->model, "authtype"), "none");
	return protocols[op->service->protocol].build(op, params, r, err) &&
	       build_host_prefix(op, params, r, err) && build_checksum(op, params, r, err) &&
	       fits(r, err);
}

bool
wire_build(const struct aws_service *service, const char *operation, struct json_object *params,
    const char *token, struct wire_request *ret_request, struct err *err)
{
	struct json_object *filled;
	struct wire_op      op;
	bool                built;

	request_init(ret_request);
	if (!op_of(service, operation, &op)) {
		err_set(err, ERR_INVALID_REQUEST, "%s has no operation named '%.64s'",
		    service->base.name, operation);
		return false;
	}
	if (params != NULL && !json_object_is_type(params, json_type_object)) {
		err_set(err, ERR_INVALID_REQUEST, "/: expected an object");
		return false;
	}
	filled = params_with_token(op.has_input ? &op.input : NULL, params, token);
	built = build(&op, filled, ret_request, err);
	json_object_put(filled);
	return built;
}

/* ---- the answer ---- */

static const struct {
	int         status;
	const char *code, *message;
} statuses[] = {
	{ 301, "PermanentRedirect", "it is in another region" },
	{ 302, "Found", "the service redirects, which its protocol does not" },
	{ 304, "NotModified", "not modified" },
	{ 307, "TemporaryRedirect", "it is moving; ask again a little later" },
	{ 400, "BadRequest", "the service refuses the request" },
	{ 401, "Unauthorized", "the credentials are not valid" },
	{ 403, "Forbidden", "the credentials do not allow it" },
	{ 404, "NotFound", "there is no such thing" },
	{ 405, "MethodNotAllowed", "the service refuses the method" },
	{ 408, "RequestTimeout", "the service waited too long for the request" },
	{ 409, "Conflict", "it conflicts with what is there" },
	{ 412, "PreconditionFailed", "a condition of the request does not hold" },
	{ 413, "EntityTooLarge", "the request is too large" },
	{ 429, "TooManyRequests", "too many requests" },
	{ 500, "InternalFailure", "the service failed" },
	{ 501, "NotImplemented", "the service does not know this operation" },
	{ 502, "BadGateway", "the service could not be reached behind its gateway" },
	{ 503, "ServiceUnavailable", "the service is not available" },
	{ 504, "GatewayTimeout", "the service did not answer its gateway" },
};

/* For errors without a body (HEAD has none), or with one that is not the service's. */
static void
error_from_status(const struct wire_answer *answer, struct wire_result *result)
{
	const char *code = "UnknownError", *message = "the service refuses";

	for (size_t i = 0; i < array_len(statuses); i++) {
		if (statuses[i].status == answer->status) {
			code = statuses[i].code;
			message = statuses[i].message;
		}
	}
	if (result->code[0] == '\0')
		snprintf(result->code, sizeof(result->code), "%s", code);
	if (result->message[0] == '\0')
		snprintf(result->message, sizeof(result->message), "%s (HTTP %d%s)", message,
		    answer->status, result->html ? ", with a web page" : "");
}

/* Whoever asks the wrong region is told the right one, in a header. */
static void
add_bucket_region(const struct wire_answer *answer, struct wire_result *result)
{
	char   region[64];
	size_t len = strlen(result->message);

	if (answer->status != 301 && answer->status != 307 && answer->status != 400)
		return;
	if (wire_header_copy(answer, "x-amz-bucket-region", region, sizeof(region)))
		snprintf(result->message + len, sizeof(result->message) - len,
		    " (the bucket is in %s)", region);
}

static void
find_request_id(const struct wire_answer *answer, struct wire_result *result)
{
	static const char *const names[] = { "x-amzn-requestid", "x-amz-request-id",
		"x-amz-cf-id" };

	for (size_t i = 0; i < array_len(names) && result->request_id[0] == '\0'; i++)
		wire_header_copy(answer, names[i], result->request_id, sizeof(result->request_id));
}

static bool
starts(const struct wire_answer *answer, size_t from, const char *prefix)
{
	size_t len = strlen(prefix);

	return answer->body_len - from >= len && strncasecmp(answer->body + from, prefix, len) == 0;
}

/* Some emulators call everything text/html, so the body has a say; an answer to HEAD has none. */
static bool
is_html(const struct wire_answer *answer)
{
	static const char *const ours[] = { "<?xml", "<Error", "<Response", "{" };
	size_t                   len, from = 0;
	const char              *type = wire_header_in(answer, "content-type", &len);

	while (from < answer->body_len && strchr(" \t\r\n", answer->body[from]) != NULL)
		from++;
	if (from == answer->body_len)
		return false;
	if (starts(answer, from, "<html") || starts(answer, from, "<!doctype"))
		return true;
	for (size_t i = 0; i < array_len(ours); i++) {
		if (starts(answer, from, ours[i]))
			return false;
	}
	return type != NULL && len >= 9 && strncasecmp(type, "text/html", 9) == 0;
}

static void
copy_text(const struct xml_node *node, char *buf, size_t size)
{
	if (node != NULL)
		snprintf(buf, size, "%s", node->text);
}

/* <ErrorResponse><Error>, ec2's <Response><Errors><Error>, S3's bare <Error>. */
void
wire_xml_error(const struct wire_answer *answer, struct wire_result *result)
{
	struct xml_doc        *doc = xml_read(answer->body, answer->body_len, NULL);
	const struct xml_node *root = doc != NULL ? xml_root(doc) : NULL, *error = root;

	if (xml_child(root, "Errors") != NULL)
		error = xml_child(xml_child(root, "Errors"), "Error");
	else if (xml_child(root, "Error") != NULL)
		error = xml_child(root, "Error");
	copy_text(xml_child(error, "Code"), result->code, sizeof(result->code));
	copy_text(xml_child(error, "Message"), result->message, sizeof(result->message));
	copy_text(xml_child(root, "RequestId"), result->request_id, sizeof(result->request_id));
	copy_text(xml_child(root, "RequestID"), result->request_id, sizeof(result->request_id));
	xml_doc_destroy(doc);
}

static void
parse_error(const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result)
{
	result->html = is_html(answer);
	if (!result->html)
		protocols[op->service->protocol].error(answer, result);
	error_from_status(answer, result);
	if (op->service->s3)
		add_bucket_region(answer, result);
}

static void
parse_success(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result)
{
	result->out = protocols[op->service->protocol].parse(op, answer, result);
	if (result->out != NULL || result->code[0] != '\0')
		return;
	result->html = is_html(answer);
	snprintf(result->code, sizeof(result->code), "%s", WIRE_UNREADABLE);
	if (result->html)
		snprintf(result->message, sizeof(result->message),
		    "a web page came instead of an answer");
}

/* A text that was cut to size may end inside a character, and in headers there are any bytes. */
static void
mend(char *text)
{
	text[utf8_len(text, strlen(text))] = '\0';
}

void
wire_parse(const struct aws_service *service, const char *operation,
    const struct wire_answer *answer, struct wire_result *ret_result)
{
	struct wire_op op;

	*ret_result = (struct wire_result){ 0 };
	must(op_of(service, operation, &op));
	if (answer->status >= 200 && answer->status < 300)
		parse_success(&op, answer, ret_result);
	else
		parse_error(&op, answer, ret_result);
	find_request_id(answer, ret_result);
	mend(ret_result->message);
	mend(ret_result->code);
	mend(ret_result->request_id);
}
