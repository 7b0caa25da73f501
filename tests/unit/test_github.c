/* SPDX-License-Identifier: Apache-2.0
 * test_github.c - GitHub's types: which calls they make, and what marks say of whose a thing is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/calls.h"
#include "net/fetch.h"
#include "providers/github/fault.h"
#include "tests/unit/aws_world.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/sealed.h"

#define SECRET_TYPE "github:secret:repo"
#define SECRET      "{'owner':'o','repo':'r','secret_name':'API-KEY','value':'arn:1'}"
#define PLAIN                                                                                 \
	"{'owner':'o','repo':'r','secret_name':'API-KEY','name_suffix':false,'value':'arn:1'" \
	"}"
#define AT          "'owner':'o','repo':'r'"
#define NAME        "'secret_name':'API_KEY__bbbbbbbb'"
#define PLAIN_NAME  "'secret_name':'API_KEY'"
#define MARK        "'name':'MGRAPH_bbbbbbbb'"
#define READ_SECRET "GET /repos/{owner}/{repo}/actions/secrets/{secret_name}"
#define PUT_SECRET  "PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}"
#define DEL_SECRET  "DELETE /repos/{owner}/{repo}/actions/secrets/{secret_name}"
#define READ_KEY    "GET /repos/{owner}/{repo}/actions/secrets/public-key"
#define READ_MARK   "GET /repos/{owner}/{repo}/actions/variables/{name}"
#define NEW_MARK    "POST /repos/{owner}/{repo}/actions/variables"
#define SET_MARK    "PATCH /repos/{owner}/{repo}/actions/variables/{name}"
#define DEL_MARK    "DELETE /repos/{owner}/{repo}/actions/variables/{name}"
#define THERE       "{'name':'API_KEY__BBBBBBBB','created_at':'a','updated_at':'b'}"

/* The mark of this node, with a digest of that value. */
static char *
mark_of(const char *value)
{
	struct json_object *tags = aws_json("{" AWS_WORLD_TAG_MEMBERS "}");
	struct json_object *wanted = json_object_new_object();
	struct json_object *variable = json_object_new_object();
	char                digest[DIGEST_SHA256_HEX];
	struct str          text;
	char               *out;

	json_set_str(wanted, "value", value);
	str_init(&text, 4096);
	json_canonical(wanted, &text);
	digest_sha256_hex(text.data, text.len, digest);
	digest[16] = '\0';
	json_set_str(tags, "mgraph:digest", digest);
	json_set_str(variable, "name", "MGRAPH_BBBBBBBB");
	json_set_str(variable, "value", json_text(tags));
	str_clear(&text);
	str_add(&text, json_text(variable));
	out = str_take(&text);
	str_fini(&text);
	json_object_put(variable);
	json_object_put(wanted);
	json_object_put(tags);
	return out;
}

static const struct op *
read_marked(const char *desired, const char *name, char *mark)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = SECRET_TYPE, .kind = OP_READ, .desired = desired },
	    (const struct aws_line[]){
		{ .operation = READ_SECRET, .params = name, .answer = THERE },
		{ .operation = READ_MARK, .params = "{" AT "," MARK "}", .answer = mark }, { 0 } });

	free(mark);
	return op;
}

START_TEST(a_secret_is_as_the_config_says_while_its_mark_has_the_digest)
{
	const struct op *op = read_marked(SECRET, "{" AT "," NAME "}", mark_of("arn:1"));

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "value"), "arn:1");
	aws_expect_json(json_get(op->found, "outputs"),
	    "{'name':'API_KEY__bbbbbbbb','created_at':'a','updated_at':'b'}");
	op = read_marked(SECRET, "{" AT "," NAME "}", mark_of("arn:2"));
	aws_expect_result(op, OP_OK);
	ck_assert(!json_has(json_get(op->found, "properties"), "value"));
}
END_TEST

START_TEST(a_mark_of_another_node_is_a_conflict)
{
	const struct op *op = read_marked(PLAIN, "{" AT "," PLAIN_NAME "}",
	    strdup(
		"{\"name\":\"MGRAPH_BBBBBBBB\",\"value\":\"{\\\"mgraph:node-id\\\":\\\"x\\\"}\"}"));

	aws_expect_result(op, OP_CONFLICT);
}
END_TEST

/* Without a mark a plain name may be anybody's: the engine knows whether it was on the way to one. */
START_TEST(what_has_no_mark_yet_is_told_as_that)
{
	static const struct {
		const char *desired, *name, *word;
	} cases[] = { { PLAIN, "{" AT "," PLAIN_NAME "}", "unmarked" },
		{ SECRET, "{" AT "," NAME "}", "incomplete" } };

	for (size_t i = 0; i < array_len(cases); i++) {
		const struct op *op = aws_world_ask(aws,
		    &(struct aws_ask){
			.type = SECRET_TYPE, .kind = OP_READ, .desired = cases[i].desired },
		    (const struct aws_line[]){
			{ .operation = READ_SECRET, .params = cases[i].name, .answer = THERE },
			{ READ_MARK, "{" AT "," MARK "}", OP_NOT_FOUND, "404: Not Found", 404 },
			{ 0 } });

		aws_expect_result(op, OP_OK);
		ck_assert(json_get_bool(op->found, cases[i].word, false));
		ck_assert(i == 0 || !json_has(op->found, "unmarked"));
	}
}
END_TEST

static char key_answer[256];

static const char *
key_of(const struct sealed_key *key)
{
	snprintf(
	    key_answer, sizeof(key_answer), "{'key':'%s','key_id':'7'}", sealed_key_base64(key));
	return key_answer;
}

START_TEST(a_secret_is_sealed_then_marked)
{
	struct sealed_key *key = sealed_key_create();
	const struct op   *op = aws_world_ask(aws,
	      &(struct aws_ask){ .type = SECRET_TYPE, .kind = OP_CREATE, .desired = SECRET },
	      (const struct aws_line[]){
		  { .operation = READ_KEY, .params = "{" AT "}", .answer = key_of(key) },
		  { .operation = PUT_SECRET }, { .operation = NEW_MARK }, { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "name"), "API_KEY__bbbbbbbb");
	sealed_key_destroy(key);
}
END_TEST

/* A mark that an earlier life has left is written over. */
START_TEST(a_mark_that_is_there_is_set_anew)
{
	struct sealed_key *key = sealed_key_create();
	const struct op   *op = aws_world_ask(aws,
	      &(struct aws_ask){ .type = SECRET_TYPE, .kind = OP_CREATE, .desired = SECRET },
	      (const struct aws_line[]){
		  { .operation = READ_KEY, .params = "{" AT "}", .answer = key_of(key) },
		  { .operation = PUT_SECRET },
		  { NEW_MARK, NULL, OP_CONFLICT, "409: already exists", 409 },
		  { .operation = SET_MARK }, { 0 } });

	aws_expect_result(op, OP_OK);
	sealed_key_destroy(key);
}
END_TEST

START_TEST(what_is_sealed_for_us_is_refused_without_a_key)
{
	struct sealed_key *key = sealed_key_create();
	const struct op   *op = aws_world_ask(aws,
	      &(struct aws_ask){ .type = SECRET_TYPE,
		  .kind = OP_CREATE,
		  .desired =
		      "{'owner':'o','repo':'r','secret_name':'A','value':{'$sealed':'AAAA'}}" },
	      (const struct aws_line[]){
		  { .operation = READ_KEY, .params = "{" AT "}", .answer = key_of(key) }, { 0 } });

	aws_expect_result(op, OP_INVALID);
	ck_assert_ptr_nonnull(strstr(op->message, "no key to open it"));
	sealed_key_destroy(key);
}
END_TEST

START_TEST(the_mark_goes_before_the_secret)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = SECRET_TYPE, .kind = OP_DELETE, .desired = SECRET },
	    (const struct aws_line[]){ { .operation = DEL_MARK, .params = "{" AT "," MARK "}" },
		{ .operation = DEL_SECRET, .params = "{" AT "," NAME "}" }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- what a refusal means ---- */

static const struct {
	const char    *operation;
	int            status;
	const char    *headers, *body;
	enum op_result result;
	int64_t        wait_ms;
	const char    *code, *says;
} refusals[] = {
	{ "PUT /x", 403, "", "{'message':'Resource not accessible'}", OP_DENIED, 0, "403",
	    "Resource not accessible" },
	{ "PUT /x", 403, "retry-after: 7\n", "{'message':'no'}", OP_THROTTLED, 7000, "403", "no" },
	{ "GET /x", 403, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1000\n", "{'message':'no'}",
	    OP_THROTTLED, 91000, "403", "no" },
	{ "GET /x", 403, "x-ratelimit-remaining: 0\nx-ratelimit-reset: 10\n", "{'message':'no'}",
	    OP_THROTTLED, 1000, "403", "no" },
	{ "GET /x", 403, "x-ratelimit-remaining: 5\n",
	    "{'message':'You have exceeded a secondary rate limit'}", OP_THROTTLED, 60000, "403",
	    "secondary" },
	{ "GET /x", 429, "retry-after: 99999999\n", NULL, OP_THROTTLED, 3600000, "429",
	    "no reason" },
	{ "GET /x", 401, "", "{'message':'Bad credentials'}", OP_EXPIRED, 0, "401",
	    "Bad credentials" },
	{ "POST /x", 422, "",
	    "{'message':'Validation Failed','errors':[{'field':'name','code':'already_exists'}]}",
	    OP_CONFLICT, 0, "already_exists", "Validation Failed: name already_exists" },
	{ "POST /x", 422, "", "{'message':'Invalid request.','errors':['too long']}", OP_INVALID, 0,
	    "422", "Invalid request.: too long" },
	{ "POST /x", 502, "", NULL, OP_UNKNOWN, 0, "502", "no reason" },
	{ "GET /x", 502, "", NULL, OP_TRANSIENT, 0, "502", "no reason" },
	{ "GET /x", 301, "", "{'message':'Moved Permanently'}", OP_FAILED, 0, "301", "renamed" },
};

START_TEST(a_refusal_is_of_its_class)
{
	struct fetch        fetch = { .status = refusals[_i].status };
	struct call         call = { .operation = refusals[_i].operation };
	struct json_object *body = refusals[_i].body != NULL ? aws_json(refusals[_i].body) : NULL;

	str_init(&fetch.headers_in, 1024);
	str_add(&fetch.headers_in, refusals[_i].headers);
	github_fault_take(&call, &fetch, body, 910000);
	ck_assert_msg(call.result == refusals[_i].result, "%s", op_result_name(call.result));
	ck_assert_int_eq(call.retry_after_ms, refusals[_i].wait_ms);
	ck_assert_str_eq(call.code, refusals[_i].code);
	ck_assert_msg(strstr(call.message, refusals[_i].says) != NULL, "%s", call.message);
	str_fini(&fetch.headers_in);
	json_object_put(body);
}
END_TEST

Suite *suite_github(void);

Suite *
suite_github(void)
{
	Suite *suite = suite_create("github");
	TCase *tcase = aws_world_case("github");

	tcase_add_test(tcase, a_secret_is_as_the_config_says_while_its_mark_has_the_digest);
	tcase_add_test(tcase, a_mark_of_another_node_is_a_conflict);
	tcase_add_test(tcase, what_has_no_mark_yet_is_told_as_that);
	tcase_add_test(tcase, a_secret_is_sealed_then_marked);
	tcase_add_test(tcase, a_mark_that_is_there_is_set_anew);
	tcase_add_test(tcase, what_is_sealed_for_us_is_refused_without_a_key);
	tcase_add_test(tcase, the_mark_goes_before_the_secret);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("refusals");
	tcase_add_loop_test(tcase, a_refusal_is_of_its_class, 0, (int)array_len(refusals));
	suite_add_tcase(suite, tcase);
	return suite;
}
