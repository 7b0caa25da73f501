/* SPDX-License-Identifier: Apache-2.0
 * test_move.c - what a move makes of a config: what can't, what it copies, which phases there are, and what is said from then on. */
#include <check.h>
#include <string.h>

#include "plan/move.h"
#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/str.h"

#define HERE  "us-east-1"
#define THERE "eu-west-1"

/* ---- types: move.h moves what is of AWS ---- */

#define CALLS                                                                                      \
	"'service':'site','read':[{'call':'Look'}],'create':[{'call':'Make'}],'delete':[{'call':'" \
	"Drop'}],"
#define NAMED   "'identity':{'class':'named','properties':['name']}," CALLS
#define OUTPUTS "'reference':'name','outputs':{'name':{'text':'{name}'}}"
#define TEXT    "{'type':'string','description':'T'}"
#define OF(properties)                                                                         \
	"'properties':{'type':'object','additionalProperties':false,'properties':{" properties \
	"}}," OUTPUTS
#define COPY(properties, more)                                                               \
	"'copy':{'type':'aws:site:copy','what':'its things','region':'where','properties':{" \
	"'into':'@new.name','from':'@old.name'" properties "}" more "}"

static const struct {
	const char *name, *file;
} types[] = {
	{ "aws:site:store",
	    NAMED "'move':{'unless':{'property':'plain','is':true,'why':'it is taken'}," COPY(
		",'kind':'{kind}'",
		",'across':'let "
		"them','again':true,'leaves':{'property':'kind','is':'old','why':'the "
		"old ones stay'}") "}," OF("'name':" TEXT ",'kind':" TEXT ",'link':" TEXT
					   ",'plain':{'type':'boolean','description':'T'},"
					   "'force_destroy':{'type':'boolean','default':false,"
					   "'x-local':true,'description':'T'}") },
	{ "aws:site:table", NAMED "'move':{'loses':'its rows stay behind','asked':true," COPY(
				"", "") "}," OF("'name':" TEXT) },
	{ "aws:site:word", NAMED "'move':{'loses':'its text stays behind','ignored':'text'," COPY(
			       "", "") "}," OF("'name':" TEXT ",'text':" TEXT) },
	{ "aws:site:stone", NAMED "'move':{'refuse':'it is heavy'}," OF("'name':" TEXT) },
	{ "aws:site:queue",
	    NAMED "'move':{'loses':'its letters stay behind'}," OF("'name':" TEXT) },
	{ "aws:site:app", NAMED OF("'name':" TEXT ",'link':" TEXT) },
	{ "aws:site:role", NAMED "'global':true," OF("'name':" TEXT ",'link':" TEXT) },
	{ "aws:site:lock", "'identity':{'class':'child','properties':['store','key']}," CALLS OF(
			       "'name':" TEXT ",'store':" TEXT ",'key':" TEXT) },
	{ "aws:site:copy",
	    "'identity':{'class':'child','properties':['into','from']}," CALLS OF(
		"'name':" TEXT ",'into':" TEXT ",'from':" TEXT ",'where':" TEXT ",'kind':" TEXT) },
	{ "aws:site:probe",
	    "'as_check':'only','identity':{'class':'listed'},'service':'site','check':[{'call':'"
	    "Look'}]," OF(
		"'name':" TEXT ",'retries':{'type':'integer','default':3,'description':'T'},"
		"'retry_seconds':{'type':'integer','default':1,'description':'T'}") },
	{ "aws:site:pair",
	    "'reference':'name','properties':{'type':'object','additionalProperties':false,"
	    "'properties':{'name':" TEXT "}},'resources':{'store':{'type':'aws:site:store',"
	    "'properties':{'name':'{name}'}},'app':{'type':'aws:site:app','properties':{"
	    "'name':'{name}','link':'@store'}}},'outputs':{'name':{'from':'store.name'}}" },
};

static struct registry *registry;
static struct problems  problems;

static void
open_world(void)
{
	registry = fixture_registry();
	registry_add_provider(registry, fixture_provider("aws"));
	for (size_t i = 0; i < array_len(types); i++) {
		struct json_object *file;
		struct str          text;
		struct err          err = { 0 };

		str_init(&text, 8192);
		str_addf(&text, "{'type':'%s','title':'T',%s}", types[i].name, types[i].file);
		file = fixture_json(text.data);
		ck_assert_msg(
		    registry_add_file(registry, types[i].name, file, "types", &err) == ERR_OK,
		    "%s: %s", types[i].name, err.detail);
		json_object_put(file);
		str_fini(&text);
	}
	problems_init(&problems);
}

static void
close_world(void)
{
	problems_fini(&problems);
	fixture_end(registry);
}

/* ---- a move ---- */

struct asked {
	const char *resources, *copy, *without_data; /* JSON with ' for " */
	const char *from_account, *to_account;
	bool        in_place; /* it stays in its region */
	const char *regions;  /* of the target; NULL: HERE */
	const char *pauses;   /* letters of phases: c, v, u, d */
};

static struct json_object *
json_of(const char *text)
{
	return text != NULL ? fixture_json(text) : NULL;
}

static struct spec *
build(struct json_object *config)
{
	struct spec *spec = spec_build(registry, "tenant", config, 0, &problems);

	ck_assert_msg(spec != NULL, "%s: %s in %s", problems.items[0].pointer,
	    problems.items[0].detail, json_text(config));
	return spec;
}

static struct spec *
base_of(const char *resources, const struct asked *asked)
{
	struct json_object *config =
	    fixture_json("{'deployment_id':'app','targets':[{'provider':'aws'}]}");
	struct spec *spec;

	json_set(config, "resources", fixture_json(resources));
	json_set(json_object_array_get_idx(json_get_array(config, "targets"), 0), "regions",
	    fixture_json(asked->regions != NULL ? asked->regions : "['" HERE "']"));
	spec = build(config);
	json_object_put(config);
	return spec;
}

/* The graph of it, and in *ret_target the config from then on (NULL: nobody wants it). NULL: it can't be, and `problems` says why. */
static struct spec *
move_from(const struct spec *base, const struct asked *asked, struct json_object **ret_target)
{
	struct json_object *resources = json_of(asked->resources), *copy = json_of(asked->copy);
	struct json_object *without = json_of(asked->without_data), *target, *config = NULL;
	const char         *pauses = asked->pauses != NULL ? asked->pauses : "d";
	const struct move   move = {
		  .registry = registry,
		  .tenant = "tenant",
		  .spec = base,
		  .from_region = asked->in_place ? NULL : HERE,
		  .to_region = asked->in_place ? NULL : THERE,
		  .from_account = asked->from_account,
		  .to_account = asked->to_account,
		  .resources = resources,
		  .copy = copy,
		  .without_data = without,
		  .pauses = { strchr(pauses, 'c') != NULL, strchr(pauses, 'v') != NULL,
		      strchr(pauses, 'u') != NULL, strchr(pauses, 'd') != NULL },
	};
	struct spec *spec = NULL;

	target = move_target(&move, &problems);
	if (target != NULL)
		config = move_config(&move, target, &problems);
	if (config != NULL)
		spec = build(config);
	if (ret_target != NULL)
		*ret_target = json_object_get(target);
	json_object_put(config);
	json_object_put(target);
	json_object_put(resources);
	json_object_put(copy);
	json_object_put(without);
	return spec;
}

static struct spec *
move(const char *resources, struct asked asked)
{
	struct spec *base = base_of(resources, &asked), *spec = move_from(base, &asked, NULL);

	spec_unref(base);
	return spec;
}

static struct json_object *
entry(const struct spec *spec, const char *id)
{
	return json_get(json_get_object(spec->config, "resources"), id);
}

static void
expect_json(struct json_object *json, const char *text)
{
	struct json_object *expected = fixture_json(text);

	ck_assert_msg(json_same(json, expected), "%s instead of %s", json_text(json), text);
	json_object_put(expected);
}

/* What a pause stands before. */
static bool
pauses_before(const struct spec *spec, const char *id)
{
	size_t at = fixture_node(spec, id);

	for (size_t i = 0; i < spec->edges_n; i++) {
		if (spec->edges[i].to == at && spec->edges[i].type == EDGE_PAUSE)
			return true;
	}
	return false;
}

/* ---- what can't ---- */

#define A(type, more) "'a':{'type':'aws:site:" type "','properties':{'name':'n'" more "}}"
#define ONE(type)     "{" A(type, "") "}"

static const struct {
	const char  *resources;
	struct asked asked;
	const char  *pointer, *code, *says;
} wrongs[] = {
	{ ONE("stone"), { 0 }, "/resources/a", "not_movable", "it is heavy" },
	{ "{" A("store", ",'plain':true") "}", { 0 }, "/resources/a/properties/plain",
	    "not_movable", "it is taken" },
	{ ONE("queue"), { 0 }, "/resources/a", "loses_data", "its letters stay behind" },
	{ ONE("table"), { 0 }, "/resources/a", "loses_data",
	    "its rows stay behind, unless `copy` names it" },
	{ ONE("table"), { .copy = "['b']" }, "/resources/a", "loses_data", NULL },
	{ ONE("table"), { .copy = "true", .in_place = true, .from_account = "", .to_account = "x" },
	    "/resources/a", "loses_data", "its rows stay behind" },
	{ ONE("table"),
	    { .copy = "['a']", .in_place = true, .from_account = "", .to_account = "x" },
	    "/resources/a", "not_copyable", "what it holds is copied within one account only" },
	{ ONE("word"), { .copy = "['a']" }, "/resources/a", "not_copyable", NULL },
	{ ONE("app"), { .copy = "['a']" }, "/resources/a", "not_copyable",
	    "there is nothing in it that is copied" },
	{ "{'a':{'type':'aws:site:app','properties':{'name':'n'},'protect':true}}", { 0 },
	    "/resources/a", "protected", NULL },
	{ ONE("app"), { .regions = "['" HERE "','" THERE "']" }, "/resources/a", "already_there",
	    NULL },
	{ ONE("app"),
	    { .regions = "['" HERE "','us-west-2']", .from_account = "", .to_account = "x" },
	    "/resources/a", "not_movable", NULL },
	{ ONE("app"), { .regions = "['us-west-2']" }, "", "nothing_to_move", NULL },
	{ ONE("role"), { 0 }, "", "nothing_to_move", NULL },
	{ ONE("role"), { .resources = "['a']" }, "/resources/a", "not_there",
	    "it is global: it is in no region" },
	{ ONE("app"), { .regions = "['us-west-2']", .resources = "['a']" }, "/resources/a",
	    "not_there", "it is not where the move begins" },
};

static bool
is_said(const char *pointer, const char *code, const char *says)
{
	for (size_t i = 0; i < problems.n; i++) {
		const struct problem *problem = &problems.items[i];

		if (str_eq(problem->pointer, pointer) && str_eq(problem->code, code) &&
		    (says == NULL || str_eq(problem->detail, says)))
			return true;
	}
	return false;
}

START_TEST(what_can_not_move_is_said_with_its_place_and_the_reason)
{
	ck_assert_ptr_null(move(wrongs[_i].resources, wrongs[_i].asked));
	ck_assert_msg(is_said(wrongs[_i].pointer, wrongs[_i].code, wrongs[_i].says), "%s %s: %s",
	    problems.items[0].pointer, problems.items[0].code, problems.items[0].detail);
}
END_TEST

static const struct {
	const char  *resources;
	struct asked asked;
	bool         copied;
} rights[] = {
	{ ONE("store"), { 0 }, true },
	{ "{" A("store", ",'plain':false") "}", { 0 }, true },
	{ ONE("store"), { .in_place = true, .from_account = "", .to_account = "x" }, true },
	{ ONE("table"), { .copy = "true" }, true },
	{ ONE("table"), { .copy = "['a']" }, true },
	{ ONE("table"), { .without_data = "['a']" }, false },
	{ ONE("queue"), { .without_data = "true", .copy = "true" }, false },
	{ ONE("word"), { 0 }, false },
	{ "{'a':{'type':'aws:site:word','properties':{'name':'n'},'ignore':['/text']}}", { 0 },
	    true },
	{ "{'a':{'type':'aws:site:word','properties':{'name':'n'},'ignore':['/name']}}", { 0 },
	    false },
};

START_TEST(what_is_copied_is_what_holds_more_than_its_config)
{
	struct spec *spec = move(rights[_i].resources, rights[_i].asked);

	ck_assert_msg(spec != NULL, "%s", problems.n > 0 ? problems.items[0].detail : "");
	ck_assert_str_eq(change_operation(spec, "a"), "ensure");
	ck_assert_str_eq(change_operation(spec, "a--old"), "delete");
	ck_assert_int_eq(entry(spec, "a--copy") != NULL, rights[_i].copied);
	spec_unref(spec);
}
END_TEST

/* ---- copies ---- */

#define FILES "'files':{'type':'aws:site:store','properties':{'name':'n','kind':'@key.name'}}"
#define KEY   "'key':{'type':'aws:site:role','properties':{'name':'k'}}"
#define USER(id, type)                                                                             \
	"'" id "':{'type':'aws:site:" type "','properties':{'name':'" id "','link':'@files.name'}" \
	"}"

START_TEST(a_copy_stands_between_the_new_one_and_who_uses_it_and_the_end_of_the_old_one)
{
	struct spec *spec =
	    move("{" KEY "," FILES "," USER("app", "app") "," USER("role", "role") "}",
		(struct asked){ 0 });
	size_t        from, to;
	struct graph *graph;

	ck_assert_ptr_nonnull(spec);
	expect_json(json_get(entry(spec, "files--copy"), "properties"),
	    "{'into':'@files.name','from':'@files--old.name','kind':'@key.name','where':'" HERE
	    "'}");
	expect_json(json_get(entry(spec, "files--copy"), "regions"), "['" THERE "']");
	ck_assert(change_waits(spec, "files--copy", "files"));
	ck_assert(change_waits(spec, "app", "files--copy"));
	ck_assert(change_waits(spec, "role", "files--copy"));
	ck_assert(change_waits(spec, "files--rest", "app"));
	ck_assert(change_waits(spec, "files--rest", "role"));
	ck_assert(change_waits(spec, "files--old", "files--rest"));
	ck_assert(json_get_bool(
	    json_get(entry(spec, "files--old"), "properties"), "force_destroy", false));
	ck_assert(!json_has(json_get(entry(spec, "files"), "properties"), "force_destroy"));
	graph = graph_create(spec, false);
	ck_assert(graph_copies(graph, graph->first[fixture_node(spec, "files--copy")], &from, &to));
	ck_assert_str_eq(graph_node(graph, from)->resource_id, "files--old");
	ck_assert_str_eq(graph_node(graph, to)->resource_id, "files");
	ck_assert(!graph_copies(graph, graph->first[fixture_node(spec, "app")], &from, &to));
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(each_region_of_an_account_has_its_own_copy)
{
	struct spec *spec =
	    move("{" A("store", "") "}", (struct asked){ .in_place = true,
					     .from_account = "",
					     .to_account = "x",
					     .regions = "['" HERE "','" THERE "']" });

	ck_assert_ptr_nonnull(spec);
	expect_json(json_get(entry(spec, "a--copy"), "regions"), "['" HERE "']");
	ck_assert_str_eq(change_property(spec, "a--copy", "where"), HERE);
	expect_json(json_get(entry(spec, "a--copy-2"), "regions"), "['" THERE "']");
	ck_assert_str_eq(change_property(spec, "a--copy-2", "where"), THERE);
	ck_assert_str_eq(json_get_str(entry(spec, "a--copy"), "account"), "x");
	ck_assert_str_eq(json_get_str(entry(spec, "a--old"), "account"), "");
	spec_unref(spec);
}
END_TEST

/* Nothing that was only on the way is said again, and a copy that is needed has a name of its own. */
START_TEST(what_was_only_on_the_way_is_not_in_the_next_move)
{
	struct asked        asked = { .pauses = "cvud" };
	struct json_object *target;
	struct spec        *base = base_of(
		   "{" A("store", "") ",'a--copy':{'type':'aws:site:app',"
					     "'properties':{'name':'x','link':'@a.name'},'depends_on':['a']}}",
		   &asked);
	struct spec *spec;
	bool         gone[16] = { false };
	struct move  back = { .registry = registry,
		 .tenant = "tenant",
		 .gone = gone,
		 .from_region = THERE,
		 .to_region = HERE };

	spec = move_from(base, &asked, &target);
	json_object_put(target);
	ck_assert_str_eq(change_property(spec, "a--copy-2", "into"), "@a.name");
	ck_assert(change_waits(spec, "a--copy", "a--copy-2"));
	for (size_t i = 0; i < spec->nodes_n; i++)
		gone[i] = spec->nodes[i].operation == SPEC_DELETE;
	back.spec = spec;
	target = move_target(&back, &problems);
	ck_assert_msg(target != NULL, "%s", problems.items[0].detail);
	ck_assert_int_eq(json_object_object_length(json_get(target, "resources")), 2);
	ck_assert(!json_has(target, "edges"));
	expect_json(json_path(target, "resources.a--copy.depends_on"), "['a']");
	spec_unref(build(target));
	json_object_put(target);
	spec_unref(spec);
	spec_unref(base);
}
END_TEST

/* ---- phases ---- */

#define CHECKED                                                                                    \
	"{" KEY "," FILES "," USER("role", "role") ",'app':{'type':'aws:site:app','properties':{"  \
						   "'name':'app','link':'@files.name'},'verify':[" \
						   "{'type':'aws:site:probe','properties':{"       \
						   "'name':'p'}}]}}"

/* By id, the phase before which it is held: of the one that is copied, what checks and what turns; - none. */
static const struct {
	const char *id;
	char        phase;
} held[] = {
	{ "key", '-' },
	{ "files", '-' },
	{ "files--copy", 'c' },
	{ "role", 'u' },
	{ "files--rest", 'd' },
	{ "files--old", 'd' },
	{ "app--old", 'd' },
};

START_TEST(a_pause_stands_before_each_phase_that_is_asked_for)
{
	static const char *const pauses[] = { "", "c", "v", "u", "d", "cvud" };
	struct spec             *spec = move(CHECKED, (struct asked){ .pauses = pauses[_i] });

	ck_assert_ptr_nonnull(spec);
	for (size_t i = 0; i < array_len(held); i++) {
		/* Before the first delete there is one anyway. */
		bool pauses_here = held[i].phase == 'd' ||
				   (held[i].phase != '-' && strpbrk(pauses[_i], "cvu") != NULL &&
				       strchr(pauses[_i], held[i].phase) != NULL);
		bool earlier = held[i].phase == 'u' && strpbrk(pauses[_i], "cv") != NULL;

		ck_assert_msg(pauses_before(spec, held[i].id) == (pauses_here || earlier),
		    "%s with \"%s\"", held[i].id, pauses[_i]);
	}
	ck_assert_int_eq(pauses_before(spec, "app-check"), strpbrk(pauses[_i], "cv") != NULL);
	spec_unref(spec);
}
END_TEST

/* ---- some of it, and what is said from then on ---- */

#define BOTH                                                                                      \
	"{" A(                                                                                    \
	    "store", "") ",'b':{'type':'aws:site:app','properties':{'name':'b'}},'lock':{'type':" \
			 "'aws:site:lock','properties':{'store':'@a.name','key':'k'}},'two':{'"   \
			 "type':'aws:site:pair',"                                                 \
			 "'properties':{'name':'t'}}}"

static const struct {
	const char *resources;
	const char *moves; /* between spaces */
	const char *regions;
} somes[] = {
	{ NULL, " a b lock two-store two-app ", "['" THERE "']" },
	{ "['a']", " a lock ", "['" THERE "','" HERE "']" }, /* children go along */
	{ "['b']", " b ", "['" THERE "','" HERE "']" },
	{ "['two']", " two-store two-app ", "['" THERE "','" HERE "']" },
	{ "['a','b','two']", " a b lock two-store two-app ", "['" THERE "']" },
};

START_TEST(what_moves_is_what_is_named_with_its_children_and_its_parts)
{
	static const char *const ids[] = { "a", "b", "lock", "two-store", "two-app" };
	struct asked             asked = { .resources = somes[_i].resources };
	struct json_object      *target;
	struct spec             *base = base_of(BOTH, &asked), *then;
	struct spec             *spec = move_from(base, &asked, &target);

	ck_assert_ptr_nonnull(spec);
	expect_json(
	    json_get(json_object_array_get_idx(json_get_array(target, "targets"), 0), "regions"),
	    somes[_i].regions);
	then = build(target);
	for (size_t i = 0; i < array_len(ids); i++) {
		struct str name;
		bool       moves;

		str_init(&name, 64);
		str_addf(&name, " %s ", ids[i]);
		moves = strstr(somes[_i].moves, name.data) != NULL;
		ck_assert_str_eq(
		    then->nodes[fixture_node(then, ids[i])].regions[0], moves ? THERE : HERE);
		str_clear(&name);
		str_addf(&name, "%s--old", ids[i]);
		ck_assert_str_eq(change_operation(spec, name.data), moves ? "delete" : "");
		str_fini(&name);
	}
	json_object_put(target);
	spec_unref(then);
	spec_unref(spec);
	spec_unref(base);
}
END_TEST

START_TEST(the_names_of_phases_lead_to_them_and_back)
{
	enum move_phase phase;

	for (unsigned i = 0; i < MOVE_PHASES_N; i++) {
		ck_assert(move_phase_from(move_phase_name((enum move_phase)i), &phase));
		ck_assert_int_eq(phase, i);
	}
	ck_assert(!move_phase_from("create", &phase));
}
END_TEST

Suite *suite_move(void);

Suite *
suite_move(void)
{
	Suite *suite = suite_create("move");
	TCase *tcase = tcase_create("move");

	tcase_add_checked_fixture(tcase, open_world, close_world);
	tcase_add_loop_test(tcase, what_can_not_move_is_said_with_its_place_and_the_reason, 0,
	    (int)array_len(wrongs));
	tcase_add_loop_test(
	    tcase, what_is_copied_is_what_holds_more_than_its_config, 0, (int)array_len(rights));
	tcase_add_test(
	    tcase, a_copy_stands_between_the_new_one_and_who_uses_it_and_the_end_of_the_old_one);
	tcase_add_test(tcase, each_region_of_an_account_has_its_own_copy);
	tcase_add_test(tcase, what_was_only_on_the_way_is_not_in_the_next_move);
	tcase_add_loop_test(tcase, a_pause_stands_before_each_phase_that_is_asked_for, 0, 6);
	tcase_add_loop_test(tcase, what_moves_is_what_is_named_with_its_children_and_its_parts, 0,
	    (int)array_len(somes));
	tcase_add_test(tcase, the_names_of_phases_lead_to_them_and_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
