/* SPDX-License-Identifier: Apache-2.0
 * test_resource_type.c - type files are read whole, or refused with a reason; tags say who owns
 * what. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "provider/provider.h"
#include "provider/registry.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/pattern.h"

START_TEST(every_file_below_the_folder_is_a_type)
{
	struct registry            *registry = fixture_registry();
	const struct resource_type *type = registry_type(registry, "test:fn:function");

	ck_assert_uint_eq(registry_types_n(registry), 5);
	ck_assert_str_eq(registry_type_at(registry, 0)->name, "test:fn:function");
	ck_assert_str_eq(registry_type_at(registry, 1)->name, "test:fn:service");
	ck_assert_str_eq(registry_type_at(registry, 2)->name, "test:iam:role");
	ck_assert_str_eq(registry_type_at(registry, 3)->name, "test:net:probe");
	ck_assert_str_eq(registry_type_at(registry, 4)->name, "test:net:vpc");
	ck_assert_ptr_null(registry_type(registry, "test:iam"));
	ck_assert_ptr_null(registry_type(registry, "zzz"));
	ck_assert_ptr_null(registry_provider(registry, "aws"));

	ck_assert_str_eq(type->provider, "test");
	ck_assert_str_eq(type->title, "Function");
	ck_assert(!type->global);
	ck_assert_int_eq(type->identity, IDENTITY_NAMED);
	ck_assert_str_eq(type->reference, "arn");
	ck_assert_double_eq(type->seconds, 5);
	ck_assert(json_has(type->outputs, "url"));
	ck_assert_str_eq(type->impl, "test:fn:function");
	ck_assert_uint_eq(json_object_array_length(resource_type_identity_properties(type)), 1);

	type = registry_type(registry, "test:net:vpc");
	ck_assert_double_eq(type->seconds, 1);
	ck_assert_double_eq(type->settle_seconds, 1200);
	ck_assert_ptr_null(resource_type_identity_properties(type));
	ck_assert(registry_type(registry, "test:iam:role")->global);
	ck_assert_str_eq(identity_class_name(IDENTITY_LISTED), "listed");
	fixture_end(registry);
}
END_TEST

#define SCHEMA "'properties':{'type':'object','properties':{'a':{}},'additionalProperties':false}"
#define REST   "'identity':{'class':'tagged'},'outputs':{'id':{}},'reference':'id'"
#define HEAD   "'type':'test:a:b','title':'t'"

static const struct row {
	const char *file, *says;
} rows[] = {
	{ "{" HEAD "," SCHEMA "," REST "}", NULL },
	{ "[]", "must be an object" },
	{ "{", "line 1" },
	{ "{'title':'t'," SCHEMA "," REST "}", "'type'" },
	{ "{'type':'test','title':'t'," SCHEMA "," REST "}", "'type'" },
	{ "{'type':'Test:a:b','title':'t'," SCHEMA "," REST "}", "'type'" },
	{ "{'type':'other:a:b','title':'t'," SCHEMA "," REST "}", "no provider 'other'" },
	{ "{'type':'test:a:b'," SCHEMA "," REST "}", "'title'" },
	{ "{" HEAD ",'global':'yes'," SCHEMA "," REST "}", "'global'" },
	{ "{" HEAD "," REST "}", "'properties'" },
	{ "{" HEAD ",'properties':{'type':'object','properties':{}}," REST "}",
	    "additionalProperties" },
	{ "{" HEAD ",'properties':{'type':'object','properties':{'a':{'typ':1}},"
	  "'additionalProperties':false}," REST "}",
	    "/properties/properties/a/typ: 'typ'" },
	{ "{" HEAD "," SCHEMA ",'outputs':{'id':{}},'reference':'id'}", "'identity.class'" },
	{ "{" HEAD "," SCHEMA ",'identity':{'class':'x'},'outputs':{'id':{}},'reference':'id'}",
	    "'identity.class'" },
	{ "{" HEAD "," SCHEMA ",'identity':{'class':'child','properties':['b']},"
	  "'outputs':{'id':{}},'reference':'id'}",
	    "'identity.properties'" },
	{ "{" HEAD "," SCHEMA ",'identity':{'class':'tagged'},'outputs':{},'reference':'id'}",
	    "'outputs'" },
	{ "{" HEAD "," SCHEMA ",'identity':{'class':'tagged'},'outputs':{'id':{}}}",
	    "'reference'" },
	{ "{" HEAD ",'seconds':0," SCHEMA "," REST "}", "'seconds'" },
	{ "{" HEAD ",'seconds':'1'," SCHEMA "," REST "}", "'seconds'" },
	{ "{" HEAD ",'settle_seconds':0," SCHEMA "," REST "}", "'settle_seconds'" },
	{ "{" HEAD ",'settle_seconds':1e300," SCHEMA "," REST "}", "'settle_seconds'" },
	{ "{" HEAD ",'settle_seconds':0.5," SCHEMA "," REST "}", NULL },
	{ "{" HEAD ",'irreversible':true," SCHEMA "," REST "}", "'irreversible'" },
	{ "{" HEAD ",'irreversible':{'create':{}}," SCHEMA "," REST "}", "'irreversible'" },
	{ "{" HEAD ",'irreversible':{'create':{'why':'x','unless':'a'}}," SCHEMA "," REST "}",
	    "'unless'" },
	{ "{" HEAD ",'irreversible':{'create':{'why':'x','unless':['z']}}," SCHEMA "," REST "}",
	    "'unless'" },
	{ "{" HEAD ",'kinds':{'pattern':'^A::[a-z]+$','example':'A::b'}," SCHEMA "," REST "}",
	    NULL },
	{ "{" HEAD ",'kinds':{'pattern':'^A::[a-z]+$','example':'A::B'}," SCHEMA "," REST "}",
	    "'kinds'" },
	{ "{" HEAD ",'kinds':true," SCHEMA "," REST "}", "'kinds'" },
	{ "{" HEAD ",'x-refuse':1," SCHEMA "," REST "}", "refused by the provider" },
};

static void
write_file(const char *folder, const char *name, const char *text)
{
	char  path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (; *text != '\0'; text++)
		fputc(*text == '\'' ? '"' : *text, file);
	fclose(file);
}

static void
remove_file(const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_int_eq(remove(path), 0);
}

START_TEST(a_file_that_is_not_whole_is_refused_with_its_path)
{
	const struct row *row = &rows[_i];
	char              folder[] = "/tmp/mgraph-types-XXXXXX";
	struct registry  *registry = registry_create(NULL);
	struct err        err = { 0 };
	enum err_code     code;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_file(folder, "b.json", row->file);
	write_file(folder, "README", "not a type");
	registry_add_provider(registry, fixture_provider("test"));
	code = registry_load(registry, folder, &err);
	if (row->says == NULL) {
		ck_assert_msg(code == ERR_OK, "%s", err.detail);
		code = registry_load(registry, folder, &err);
		ck_assert_ptr_nonnull(strstr(err.detail, "'test:a:b' is there already"));
	} else {
		ck_assert_msg(strstr(err.detail, row->says) != NULL, "%s", err.detail);
	}
	ck_assert_int_ne(code, ERR_OK);
	ck_assert_ptr_nonnull(strstr(err.detail, "/b.json"));
	remove_file(folder, "b.json");
	remove_file(folder, "README");
	ck_assert_int_eq(rmdir(folder), 0);
	registry_destroy(registry);
	pattern_forget_all();
}
END_TEST

START_TEST(what_is_listed_is_read_when_it_is_wanted)
{
	static const char *const names[] = { "a_b.json", "a_c.json", "a_d.json" };
	char                     folder[] = "/tmp/mgraph-types-XXXXXX", types[64];
	struct registry         *registry = registry_create(NULL);
	struct err               err = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(types, sizeof(types), "%s/test", folder);
	ck_assert_int_eq(mkdir(types, 0700), 0);
	write_file(types, "a_b.json", "{" HEAD "," SCHEMA "," REST "}");
	write_file(types, "a_c.json", "{" HEAD "," SCHEMA "," REST "}"); /* it has another's type */
	write_file(types, "a_d.json", "{}");
	registry_add_provider(registry, fixture_provider("test"));
	ck_assert_int_eq(registry_list(registry, folder, &err), ERR_OK);
	ck_assert_uint_eq(registry_types_n(registry), 3);
	ck_assert_str_eq(registry_name_at(registry, 2), "test:a:d");
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_nonnull(registry_type(registry, "test:a:b"));
		ck_assert_ptr_eq(
		    registry_type(registry, "test:a:b"), registry_type_at(registry, 0));
		ck_assert_ptr_null(registry_type(registry, "test:a:c"));
		ck_assert_ptr_null(registry_type(registry, "test:a:d"));
	}
	for (size_t i = 0; i < array_len(names); i++)
		remove_file(types, names[i]);
	ck_assert_int_eq(rmdir(types), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	registry_destroy(registry);
	pattern_forget_all();
}
END_TEST

START_TEST(schemas_of_requests_are_not_types)
{
	char             folder[] = "/tmp/mgraph-types-XXXXXX", api[64];
	struct registry *registry = registry_create(NULL);
	struct err       err = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(api, sizeof(api), "%s/api", folder);
	ck_assert_int_eq(mkdir(api, 0700), 0);
	write_file(api, "config.json", "{}");
	ck_assert_int_eq(registry_load(registry, folder, &err), ERR_OK);
	ck_assert_uint_eq(registry_types_n(registry), 0);
	remove_file(api, "config.json");
	ck_assert_int_eq(rmdir(api), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	ck_assert_int_eq(registry_load(registry, folder, &err), ERR_NOT_FOUND);
	registry_destroy(registry);
}
END_TEST

static const struct identity someone = {
	.tenant = "t",
	.deployment_id = "app",
	.graph_id = "00000001",
	.node_id = "00000002",
	.edge_id = "00000003",
	.resource_id = "role",
	.spec_hash = "0000000000000004",
	.region = "",
	.primary = true,
};

START_TEST(the_standard_tags_say_whose_it_is_and_users_tags_are_beside_them)
{
	struct json_object *users = fixture_json("{'team':'a'}");
	struct json_object *tags = identity_tags(&someone, users);
	struct json_object *want = fixture_json(
	    "{'team':'a','mgraph:graph-id':'00000001','mgraph:node-id':'00000002',"
	    "'mgraph:edge-id':'00000003','mgraph:deploy-id':'app','mgraph:resource-id':'role',"
	    "'mgraph:spec-hash':'0000000000000004'}");
	struct identity other = someone;

	ck_assert(json_same(tags, want));
	ck_assert(identity_owns(&someone, tags));
	other.graph_id = "ffffffff"; /* a newer version of the same deployment */
	other.spec_hash = "ffffffffffffffff";
	ck_assert(identity_owns(&other, tags));
	other.deployment_id = "app2";
	ck_assert(!identity_owns(&other, tags) && identity_denies(&other, tags));
	other = someone;
	other.resource_id = "role2"; /* of the same node id, in another version */
	ck_assert(!identity_owns(&other, tags) && identity_denies(&other, tags));
	json_object_object_del(tags, "mgraph:resource-id");
	ck_assert(identity_owns(&someone, tags));
	json_object_object_del(tags, "mgraph:node-id");
	ck_assert(!identity_owns(&someone, tags) && !identity_denies(&someone, tags));
	ck_assert(!identity_owns(&someone, users));
	ck_assert(!identity_owns(&someone, NULL));
	json_object_put(users);
	json_object_put(tags);
	json_object_put(want);
}
END_TEST

START_TEST(an_op_is_answered_once_and_lets_go_of_what_was_found)
{
	struct op op = { .kind = OP_READ };

	snprintf(op.code, sizeof(op.code), "Old");
	op_answer(&op, OP_THROTTLED, "slow down, %s", "please");
	ck_assert_int_eq(op.result, OP_THROTTLED);
	ck_assert_str_eq(op.message, "slow down, please");
	ck_assert_str_eq(op.code, "");
	ck_assert_str_eq(op_result_name(op.result), "throttled");
	ck_assert_str_eq(op_result_name(OP_EXPIRED), "expired_credentials");
	ck_assert_str_eq(op_kind_name(op.kind), "read");
	op.found = json_object_new_object();
	op_fini(&op);
	ck_assert_ptr_null(op.found);
}
END_TEST

Suite *suite_resource_type(void);

Suite *
suite_resource_type(void)
{
	Suite *suite = suite_create("resource_type");
	TCase *tcase = tcase_create("resource_type");

	tcase_add_test(tcase, every_file_below_the_folder_is_a_type);
	tcase_add_loop_test(
	    tcase, a_file_that_is_not_whole_is_refused_with_its_path, 0, (int)array_len(rows));
	tcase_add_test(tcase, what_is_listed_is_read_when_it_is_wanted);
	tcase_add_test(tcase, schemas_of_requests_are_not_types);
	tcase_add_test(tcase, the_standard_tags_say_whose_it_is_and_users_tags_are_beside_them);
	tcase_add_test(tcase, an_op_is_answered_once_and_lets_go_of_what_was_found);
	suite_add_tcase(suite, tcase);
	return suite;
}
