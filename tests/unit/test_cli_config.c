/* SPDX-License-Identifier: Apache-2.0
 * test_cli_config.c - credentials that come from the environment into a config. */
#include <check.h>
#include <stdlib.h>

#include "cli/config.h"
#include "tests/unit/json_of.h"
#include "util/json.h"

#define AWS_RESOURCE    "\"resources\":{\"r\":{\"type\":\"aws:iam:role\"}}"
#define GITHUB_RESOURCE "\"resources\":{\"r\":{\"type\":\"github:secret:repo\"}}"
#define AWS_FROM_ENV                                                                            \
	"\"aws\":{\"access_key_id\":\"AKIA\",\"secret_access_key\":\"s\",\"region\":\"eu-west-" \
	"1\"}"

static const struct credentials_case {
	const char *config, *wanted;
} credentials_cases[] = {
	{ "{" AWS_RESOURCE "}", "{" AWS_RESOURCE ",\"credentials\":{" AWS_FROM_ENV "}}" },
	{ "{" GITHUB_RESOURCE ",\"credentials\":{}}",
	    "{" GITHUB_RESOURCE ",\"credentials\":{\"github\":{\"pat\":\"ghp\"}}}" },
	{ "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"access_key_id\":\"MINE\"}}}",
	    "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"access_key_id\":\"MINE\"}}}" },
	{ "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"region\":\"us-east-1\",\"accounts\":{}}}}",
	    "{" AWS_RESOURCE ",\"credentials\":{\"aws\":{\"region\":\"us-east-1\",\"accounts\":{},"
	    "\"access_key_id\":\"AKIA\",\"secret_access_key\":\"s\"}}}" },
	{ "{\"resources\":{\"r\":{\"type\":\"local:file\"}},\"credentials\":{}}",
	    "{\"resources\":{\"r\":{\"type\":\"local:file\"}},\"credentials\":{}}" },
	{ "{\"credentials\":3," AWS_RESOURCE "}", "{\"credentials\":3," AWS_RESOURCE "}" },
};

START_TEST(credentials_come_from_the_environment_for_providers_that_need_them)
{
	struct json_object *config = json_of(credentials_cases[_i].config);
	struct json_object *wanted = json_of(credentials_cases[_i].wanted);

	setenv("AWS_ACCESS_KEY_ID", "AKIA", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	setenv("AWS_SESSION_TOKEN", "", 1);
	unsetenv("AWS_REGION");
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	setenv("GITHUB_TOKEN", "ghp", 1);
	config_add_credentials(config);
	ck_assert_msg(json_same(config, wanted), "%s", json_text(config));
	json_object_put(config);
	json_object_put(wanted);
}
END_TEST

START_TEST(a_deployment_is_named_by_its_id_or_by_what_can_only_be_a_file)
{
	struct json_object *body;

	unsetenv("AWS_ACCESS_KEY_ID");
	setenv("GITHUB_TOKEN", "ghp", 1);
	body = config_named_body("app.v1");
	ck_assert_str_eq(json_text(body),
	    "{\"deployment_id\":\"app.v1\",\"credentials\":{\"github\":{\"pat\":\"ghp\"}}}");
	json_object_put(body);
	ck_assert_ptr_null(config_named_body("./app"));
	ck_assert_ptr_null(config_named_body("app.json"));
	unsetenv("GITHUB_TOKEN");
}
END_TEST

START_TEST(half_a_credential_is_none)
{
	struct json_object *body;

	setenv("AWS_ACCESS_KEY_ID", "AKIA", 1);
	unsetenv("AWS_SECRET_ACCESS_KEY");
	unsetenv("GITHUB_TOKEN");
	body = config_graph_body("0123abcd");
	ck_assert_str_eq(json_text(body), "{\"graph_id\":\"0123abcd\"}");
	json_object_put(body);
	setenv("GITHUB_TOKEN", "ghp", 1);
	body = config_graph_body("0123abcd");
	ck_assert_str_eq(json_text(body),
	    "{\"graph_id\":\"0123abcd\",\"credentials\":{\"github\":{\"pat\":\"ghp\"}}}");
	json_object_put(body);
}
END_TEST

START_TEST(a_graph_id_is_told_from_a_file)
{
	ck_assert(config_is_graph_id("0123abcd") && config_is_graph_id("00000000"));
	ck_assert(!config_is_graph_id("./0123abcd") && !config_is_graph_id("0123ABCD"));
	ck_assert(!config_is_graph_id("0123abc") && !config_is_graph_id("0123abcde"));
	ck_assert(!config_is_graph_id("") && !config_is_graph_id("-"));
}
END_TEST

Suite *suite_cli_config(void);

Suite *
suite_cli_config(void)
{
	Suite *suite = suite_create("cli_config");
	TCase *tcase = tcase_create("cli_config");

	tcase_add_loop_test(tcase,
	    credentials_come_from_the_environment_for_providers_that_need_them, 0,
	    (int)array_len(credentials_cases));
	tcase_add_test(tcase, a_deployment_is_named_by_its_id_or_by_what_can_only_be_a_file);
	tcase_add_test(tcase, half_a_credential_is_none);
	tcase_add_test(tcase, a_graph_id_is_told_from_a_file);
	suite_add_tcase(suite, tcase);
	return suite;
}
