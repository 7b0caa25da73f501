/* SPDX-License-Identifier: Apache-2.0
 * test_saved.c - what makes a plan another one, and a vertex stale. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "plan/saved.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

#define RESOURCES                                                                              \
	"{'fn':{'type':'test:fn:function','ignore':['/memory','/environment/A','/tags/a~1b']," \
	"'properties':{'name':'f','role':'arn:r','layers':['a','b'],'memory':256,"             \
	"'environment':{'A':'1','B':'2'},'network':{'vpc':'v'}},'tags':{'team':'one'}}}"

#define FOUND                                                                                      \
	"{'id':'i-1','properties':{'name':'f','role':'arn:r','layers':['b','a'],'memory':128,"     \
	"'environment':{'A':'0','B':'2'},'network':{'vpc':'v','id':'n1'},'last_modified':'t1'},"   \
	"'tags':{'team':'one','other':'x','a/"                                                     \
	"b':'x','aws:cloud':'x','mgraph:graph-id':'00000001','mgraph:spec-hash':'h'},'reserved':[" \
	"'aws:cloud']}"

static struct registry *registry;
static struct spec     *spec;
static struct graph    *graph;

static void
set_up(void)
{
	registry = fixture_registry();
	spec = fixture_spec(registry, RESOURCES);
	graph = graph_create(spec, false);
}

static void
tear_down(void)
{
	graph_destroy(graph);
	spec_unref(spec);
	fixture_end(registry);
}

static struct json_object *
saved_of(enum plan_act act, const char *found, const char *desired, bool open)
{
	struct plan_action action = {
		.act = act,
		.found = found != NULL ? fixture_json(found) : NULL,
		.desired = desired != NULL ? fixture_json(desired) : NULL,
		.open = open,
	};
	struct json_object *saved =
	    saved_make(graph, &action, NULL, &(struct saved_choice){ NULL, NULL });

	json_object_put(action.found);
	json_object_put(action.desired);
	return saved;
}

/* FOUND with one value at a pointer; NULL: without it. */
static struct json_object *
found_with(const char *pointer, const char *value)
{
	struct json_object *found = fixture_json(FOUND), *parent;
	struct json_object *with = value != NULL ? fixture_json(value) : NULL;
	char                above[128];
	const char         *last = strrchr(pointer, '/');

	snprintf(above, sizeof(above), "%.*s", (int)(last - pointer), pointer);
	ck_assert_int_eq(json_pointer_get(found, above, &parent), 0);
	if (value != NULL)
		json_set(parent, last + 1, json_object_get(json_get(with, "v")));
	else
		json_object_object_del(parent, last + 1);
	json_object_put(with);
	return found;
}

static const struct {
	const char *pointer, *value; /* of what is found; value NULL: it is gone */
	const char *why;             /* NULL: that is no matter */
} drifts[] = {
	{ "/properties/role", "{'v':'arn:s'}", "since the plan was made, role has changed" },
	{ "/properties/role", NULL, "since the plan was made, role has changed" },
	{ "/properties/layers", "{'v':['a']}", "since the plan was made, layers has changed" },
	{ "/properties/layers", "{'v':['a','b']}", NULL }, /* a set */
	{ "/properties/memory", "{'v':512}", NULL },       /* not to be compared */
	{ "/properties/environment/A", "{'v':'9'}", NULL },
	{ "/properties/environment/B", "{'v':'9'}",
	    "since the plan was made, environment has changed" },
	{ "/properties/environment/C", "{'v':'9'}",
	    "since the plan was made, environment has changed" },
	{ "/properties/network/id", "{'v':'n2'}", NULL }, /* a server's own */
	{ "/properties/network/dual", "{'v':true}",
	    "since the plan was made, network has changed" },
	{ "/properties/last_modified", "{'v':'t2'}", NULL },
	{ "/tags/team", "{'v':'two'}", "since the plan was made, the tag team has changed" },
	{ "/tags/other", "{'v':'y'}", "since the plan was made, the tag other has changed" },
	{ "/tags/another", "{'v':'y'}", "since the plan was made, the tag another has changed" },
	{ "/tags/aws:cloud", "{'v':'y'}", NULL },
	{ "/tags/mgraph:graph-id", "{'v':'00000002'}", NULL },
	{ "/tags/mgraph:spec-hash", NULL,
	    "since the plan was made, the tag mgraph:spec-hash has changed" },
	{ "/id", "{'v':'i-2'}", "since the plan was made, which one it is has changed" },
};

START_TEST(what_an_apply_compares_makes_it_stale_and_nothing_else)
{
	struct json_object *saved = saved_of(PLAN_NO_OP, FOUND, NULL, false);
	struct json_object *found = found_with(drifts[_i].pointer, drifts[_i].value);
	struct str          why;

	str_init(&why, 512);
	ck_assert_int_eq(saved_is_found(saved, graph, 0, found, &why), drifts[_i].why == NULL);
	ck_assert_str_eq(why.data, drifts[_i].why != NULL ? drifts[_i].why : "");
	str_fini(&why);
	json_object_put(found);
	json_object_put(saved);
}
END_TEST

START_TEST(coming_and_going_make_it_stale)
{
	struct json_object *there = saved_of(PLAN_NO_OP, FOUND, NULL, false);
	struct json_object *absent = saved_of(PLAN_CREATE, NULL, NULL, true);
	struct json_object *found = fixture_json(FOUND);
	struct str          why;

	str_init(&why, 512);
	ck_assert(saved_is_found(there, graph, 0, found, &why));
	ck_assert(saved_is_found(absent, graph, 0, NULL, &why));
	ck_assert(!saved_is_found(there, graph, 0, NULL, &why));
	ck_assert_str_eq(why.data, "it was there when the plan was made, and it is gone");
	str_clear(&why);
	ck_assert(!saved_is_found(absent, graph, 0, found, &why));
	ck_assert_str_eq(why.data, "it was not there when the plan was made, and it is now");
	str_fini(&why);
	json_object_put(found);
	json_object_put(there);
	json_object_put(absent);
}
END_TEST

START_TEST(another_act_or_another_wish_makes_it_stale)
{
	struct json_object *known =
	    saved_of(PLAN_UPDATE, FOUND, "{'name':'f','role':'arn:r'}", false);
	struct json_object *open =
	    saved_of(PLAN_UPDATE, FOUND, "{'name':'f','role':'arn:r'}", true);
	struct json_object *same = fixture_json("{'name':'f','role':'arn:r','memory':1}");
	struct json_object *other = fixture_json("{'name':'f','role':'arn:s'}");
	struct str          why;

	str_init(&why, 512);
	ck_assert(saved_is_act(known, graph, 0, PLAN_UPDATE, same, &why));
	ck_assert(saved_is_act(open, graph, 0, PLAN_UPDATE, other, &why));
	ck_assert(saved_is_act(known, graph, 0, PLAN_NO_OP, other, &why));
	ck_assert(!saved_is_act(known, graph, 0, PLAN_UPDATE, other, &why));
	ck_assert_str_eq(why.data, "what it refers to is not what it was when the plan was made");
	str_clear(&why);
	ck_assert(!saved_is_act(open, graph, 0, PLAN_REPLACE, other, &why));
	ck_assert_str_eq(why.data, "the plan says update, and by now it would be replace");
	str_fini(&why);
	json_object_put(same);
	json_object_put(other);
	json_object_put(known);
	json_object_put(open);
}
END_TEST

START_TEST(what_is_not_in_the_plan_is_stale)
{
	struct json_object *empty = json_object_new_object();
	struct json_object *other = fixture_json("{'nodes':{}}");
	struct plan_action  denied = { .error = "access was denied" };
	struct json_object *failed =
	    saved_make(graph, &denied, NULL, &(struct saved_choice){ NULL, NULL });
	struct str why;

	str_init(&why, 512);
	ck_assert(!saved_is_found(empty, graph, 0, NULL, &why));
	ck_assert_str_eq(why.data, "the plan is no longer kept");
	str_clear(&why);
	ck_assert(!saved_is_found(other, graph, 0, NULL, &why));
	ck_assert_str_eq(why.data, "it is not in the plan");
	str_clear(&why);
	ck_assert(!saved_is_found(failed, graph, 0, NULL, &why));
	ck_assert_str_eq(why.data, "the plan could not say what is to be done about it");
	str_fini(&why);
	json_object_put(empty);
	json_object_put(other);
	json_object_put(failed);
}
END_TEST

START_TEST(the_same_has_the_same_id_and_anything_else_another)
{
	struct json_object *one = saved_of(PLAN_NO_OP, FOUND, NULL, false);
	struct json_object *again = saved_of(PLAN_NO_OP, FOUND, NULL, false);
	struct json_object *update = saved_of(PLAN_UPDATE, FOUND, NULL, false);
	struct json_object *absent = saved_of(PLAN_CREATE, NULL, NULL, false);

	ck_assert_uint_eq(strlen(saved_id(one)), SAVED_ID_SIZE - 1);
	ck_assert_str_eq(saved_id(one), saved_id(again));
	ck_assert_str_ne(saved_id(one), saved_id(update));
	ck_assert_str_ne(saved_id(update), saved_id(absent));
	json_object_put(one);
	json_object_put(again);
	json_object_put(update);
	json_object_put(absent);
}
END_TEST

START_TEST(no_value_is_in_it)
{
	struct json_object *saved =
	    saved_of(PLAN_UPDATE, FOUND, "{'name':'f','role':'arn:r'}", false);

	ck_assert_ptr_null(strstr(json_text(saved), "arn:r"));
	ck_assert_ptr_null(strstr(json_text(saved), "i-1"));
	json_object_put(saved);
}
END_TEST

START_TEST(it_is_good_for_its_base_and_for_what_was_applied_of_itself)
{
	struct spec *other =
	    fixture_spec(registry, "{'a':{'type':'test:fn:function','properties':{'name':'a'}}}");
	struct plan_action  action = { .act = PLAN_NO_OP };
	struct saved_choice all = { NULL, NULL };
	struct json_object *first = saved_make(graph, &action, NULL, &all);
	struct json_object *later = saved_make(graph, &action, other, &all);

	ck_assert(saved_is_of_base(first, NULL));
	ck_assert(saved_is_of_base(first, spec));
	ck_assert(!saved_is_of_base(first, other));
	ck_assert(saved_is_of_base(later, other));
	ck_assert(saved_is_of_base(later, spec));
	ck_assert(!saved_is_of_base(later, NULL));
	json_object_put(first);
	json_object_put(later);
	spec_unref(other);
}
END_TEST

Suite *suite_saved(void);

Suite *
suite_saved(void)
{
	Suite *suite = suite_create("saved");
	TCase *tcase = tcase_create("saved");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, what_an_apply_compares_makes_it_stale_and_nothing_else, 0,
	    (int)array_len(drifts));
	tcase_add_test(tcase, coming_and_going_make_it_stale);
	tcase_add_test(tcase, another_act_or_another_wish_makes_it_stale);
	tcase_add_test(tcase, what_is_not_in_the_plan_is_stale);
	tcase_add_test(tcase, the_same_has_the_same_id_and_anything_else_another);
	tcase_add_test(tcase, no_value_is_in_it);
	tcase_add_test(tcase, it_is_good_for_its_base_and_for_what_was_applied_of_itself);
	suite_add_tcase(suite, tcase);
	return suite;
}
