/* SPDX-License-Identifier: Apache-2.0
 * test_aws_sweep.c - page after page of what has a deployment's tags, on a wire that is a script. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "providers/aws/credentials.h"
#include "providers/aws/sweep.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"

#define FIRST "{'TagFilters':[{'Key':'mgraph:deploy-id','Values':['dep']}],'ResourcesPerPage':100}"
#define NEXT(token)                                                    \
	"{'TagFilters':[{'Key':'mgraph:deploy-id','Values':['dep']}]," \
	"'ResourcesPerPage':100,'PaginationToken':'" token "'}"
#define PAGE(arn, token)                                                                       \
	"{'ResourceTagMappingList':[{'ResourceARN':'" arn "','Tags':[{'Key':'k','Value':'v'}," \
	"{'Key':'aws:own','Value':'x'},{'Key':'e','Value':''}]}],'PaginationToken':'" token "'}"

static struct call       *in_the_air;
static struct credentials credentials;
static struct sweep       sweep;
static unsigned           answered;

static void
start(void *arg, struct call *call)
{
	(void)arg;
	ck_assert_ptr_null(in_the_air);
	ck_assert_str_eq(call->service, "resourcegroupstaggingapi");
	ck_assert_str_eq(call->operation, "GetResources");
	ck_assert_ptr_eq(call->keys, &credentials.keys);
	call->result = OP_PENDING;
	call->out = NULL;
	in_the_air = call;
}

static void
cancel(void *arg, struct call *call)
{
	(void)arg;
	ck_assert_ptr_eq(in_the_air, call);
	in_the_air = NULL;
}

static const struct calls calls = { NULL, start, cancel, NULL };

static void
on_done(struct sweep *done)
{
	ck_assert_ptr_eq(done, &sweep);
	answered++;
}

static void
ask_of(const char *deployment_id, const char *region)
{
	sweep = (struct sweep){
		.credentials = &credentials,
		.deployment_id = deployment_id,
		.region = region,
		.done = on_done,
	};
	answered = 0;
	aws_sweep_start(&calls, &sweep);
}

static void
ask(const char *region)
{
	ask_of("dep", region);
}

static void
answer(const char *params, enum op_result result, const char *out, const char *code)
{
	struct call        *call = in_the_air;
	struct json_object *wanted = aws_json(params);

	ck_assert_ptr_nonnull(call);
	ck_assert_msg(json_same(call->params, wanted), "%s", json_text(call->params));
	json_object_put(wanted);
	in_the_air = NULL;
	call->result = result;
	call->out = out != NULL ? aws_json(out) : NULL;
	call->retry_after_ms = 7;
	snprintf(call->code, sizeof(call->code), "%s", code);
	call->done(call);
}

static void
teardown(void)
{
	ck_assert_ptr_null(in_the_air);
	sweep_fini(&sweep);
}

START_TEST(pages_are_followed_to_their_end)
{
	ask("eu-west-1");
	ck_assert_str_eq(in_the_air->region, "eu-west-1");
	answer(FIRST, OP_OK, PAGE("arn:1", "t1"), "");
	answer(NEXT("t1"), OP_OK, PAGE("arn:2", "t2"), "");
	ck_assert_uint_eq(answered, 0);
	answer(NEXT("t2"), OP_OK, PAGE("arn:3", ""), "");
	ck_assert_uint_eq(answered, 1);
	ck_assert_int_eq(sweep.result, OP_OK);
	ck_assert_uint_eq(json_object_array_length(sweep.hits), 3);
	ck_assert_str_eq(json_text(json_object_array_get_idx(sweep.hits, 1)),
	    "{\"id\":\"arn:2\",\"tags\":{\"k\":\"v\",\"e\":\"\"}}");
}
END_TEST

static const struct {
	const char *arn, *asked, *region;
} places[] = {
	{ "arn:aws:sqs:eu-west-1:111111111111:q", "eu-west-1", "eu-west-1" },
	{ "arn:aws:iam::111111111111:policy/p", "", "" },
	{ "arn:aws:iam::111111111111:policy/p", "us-east-1", "" },
	{ "arn:aws:sqs:us-east-1:111111111111:q", "", "us-east-1" },
	{ "arn:aws:s3:::bucket", "eu-west-1", "eu-west-1" },
	{ "arn:aws:s3:::bucket", "", "us-east-1" }, /* which is where what is global is listed */
	{ "arn:1", "eu-west-1", NULL },
};

START_TEST(a_hit_is_where_its_arn_says)
{
	char page[256];

	ask(places[_i].asked);
	snprintf(page, sizeof(page), "{'ResourceTagMappingList':[{'ResourceARN':'%s','Tags':[]}]}",
	    places[_i].arn);
	answer(FIRST, OP_OK, page, "");
	ck_assert_pstr_eq(
	    json_get_str(json_object_array_get_idx(sweep.hits, 0), "region"), places[_i].region);
}
END_TEST

static const struct {
	enum op_result answered, result;
	const char    *code;
} refusals[] = {
	{ OP_DENIED, OP_DENIED, "AccessDeniedException" },
	{ OP_THROTTLED, OP_THROTTLED, "ThrottledException" },
	{ OP_INVALID, OP_TRANSIENT, "PaginationTokenExpiredException" },
};

START_TEST(a_page_that_is_refused_ends_it_without_hits)
{
	ask("eu-west-1");
	answer(FIRST, OP_OK, PAGE("arn:1", "t1"), "");
	answer(NEXT("t1"), refusals[_i].answered, NULL, refusals[_i].code);
	ck_assert_uint_eq(answered, 1);
	ck_assert_int_eq(sweep.result, refusals[_i].result);
	ck_assert_str_eq(sweep.code, refusals[_i].code);
	ck_assert_int_eq(sweep.retry_after_ms, 7);
	ck_assert_ptr_null(sweep.hits);
}
END_TEST

/* Of the credentials; where what is global is listed. */
static const struct {
	const char *region, *home;
} homes[] = {
	{ NULL, "us-east-1" },
	{ "ap-south-1", "us-east-1" },
	{ "cn-northwest-1", "cn-north-1" },
	{ "us-gov-east-1", "us-gov-west-1" },
};

START_TEST(what_is_global_is_listed_in_one_region)
{
	char region[32];

	snprintf(region, sizeof(region), "%s", homes[_i].region != NULL ? homes[_i].region : "");
	credentials.region = homes[_i].region != NULL ? region : NULL;
	ask("");
	ck_assert_str_eq(in_the_air->region, homes[_i].home);
	answer(FIRST, OP_OK, "{}", "");
	ck_assert_int_eq(sweep.result, OP_OK);
	ck_assert_uint_eq(json_object_array_length(sweep.hits), 0);
	credentials.region = NULL;
}
END_TEST

START_TEST(after_a_cancel_no_answer_comes)
{
	ask("eu-west-1");
	answer(FIRST, OP_OK, PAGE("arn:1", "t1"), "");
	aws_sweep_cancel(&sweep);
	aws_sweep_cancel(&sweep);
	ck_assert_uint_eq(answered, 0);
}
END_TEST

START_TEST(of_no_deployment_in_particular_all_that_has_our_tags_is_listed)
{
	ask_of(NULL, "eu-west-1");
	answer("{'TagFilters':[{'Key':'mgraph:deploy-id'}],'ResourcesPerPage':100}", OP_OK,
	    PAGE("arn:a", ""), "");
	ck_assert_int_eq(sweep.result, OP_OK);
	ck_assert_uint_eq(json_object_array_length(sweep.hits), 1);
}
END_TEST

Suite *suite_aws_sweep(void);

Suite *
suite_aws_sweep(void)
{
	Suite *suite = suite_create("aws_sweep");
	TCase *tcase = tcase_create("aws_sweep");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, pages_are_followed_to_their_end);
	tcase_add_loop_test(tcase, a_hit_is_where_its_arn_says, 0, (int)array_len(places));
	tcase_add_loop_test(
	    tcase, a_page_that_is_refused_ends_it_without_hits, 0, (int)array_len(refusals));
	tcase_add_loop_test(
	    tcase, what_is_global_is_listed_in_one_region, 0, (int)array_len(homes));
	tcase_add_test(tcase, of_no_deployment_in_particular_all_that_has_our_tags_is_listed);
	tcase_add_test(tcase, after_a_cancel_no_answer_comes);
	suite_add_tcase(suite, tcase);
	return suite;
}
