/* SPDX-License-Identifier: Apache-2.0
 * test_change_any.c - what holds of any version against any other: nothing is forgotten, nothing goes unasked, what refers goes
 * before what it refers to, and no graph waits for itself. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/rng.h"
#include "util/str.h"

/* With sanitizers a version takes many times as long. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS 50
#else
#define SEEDS 500
#endif
#define RESOURCES    7
#define STEPS        6
#define CHANGES      4
#define NAME_LEN_MAX 2000

static struct registry *registry;
static struct rng       rng;

static void
setup(void)
{
	registry = change_registry();
}

static void
teardown(void)
{
	fixture_end(registry);
}

static unsigned
draw(unsigned below)
{
	return (unsigned)rng_below(&rng, below);
}

/* ---- configs ---- */

enum kind { ZONE, REPO, DISK, RECORD, FILE_OF, LINE, KINDS };

static const struct {
	const char *type, *name, *parent; /* properties */
	enum kind   parents;
	bool        global;
} kinds[KINDS] = {
	[ZONE] = { "test:site:zone", "name", NULL, KINDS, false },
	[REPO] = { "test:site:repo", "name", NULL, KINDS, true },
	[DISK] = { "test:site:disk", NULL, NULL, KINDS, false },
	[RECORD] = { "test:site:record", "key", "zone", ZONE, false },
	[FILE_OF] = { "test:site:file", "path", "repo", REPO, true },
	[LINE] = { "test:site:line", "at", "file", FILE_OF, true },
};

struct one {
	enum kind   kind;
	int         name, link, parent; /* link and parent: of those before it; -1: none */
	bool        is_there, protect, renamed;
	const char *operation; /* NULL: ensure */
};

static struct one all[RESOURCES];
static bool       two_regions;

/* It is there, and of the kind. */
static int
draw_one(int before, enum kind kind)
{
	int found = -1, n = 0;

	for (int i = 0; i < before; i++) {
		if (all[i].is_there && (kind == KINDS || all[i].kind == kind) &&
		    draw((unsigned)++n) == 0)
			found = i;
	}
	return found;
}

static void
draw_again(int i)
{
	static const char *const operations[] = { NULL, NULL, NULL, NULL, "delete", "leave" };
	struct one              *one = &all[i];

	switch (draw(7)) {
	case 0: one->kind = (enum kind)draw(KINDS); break;
	case 1: one->is_there = draw(3) != 0; break;
	case 2: one->protect = draw(4) == 0; break;
	case 3: one->operation = operations[draw(array_len(operations))]; break;
	case 4: one->renamed = !one->renamed; break;
	default: one->name = (int)draw(2); break;
	}
}

/* What is linked to, or a parent, may have gone since: then another one is. */
static void
mend(void)
{
	int there = 0;

	for (int i = 0; i < RESOURCES; i++)
		there += all[i].is_there;
	all[0].is_there |= there == 0;
	for (int i = 0; i < RESOURCES; i++) {
		struct one *one = &all[i];

		if (one->link < 0 || !all[one->link].is_there || draw(4) == 0)
			one->link = draw(2) == 0 ? draw_one(i, KINDS) : -1;
		if (kinds[one->kind].parent == NULL)
			continue;
		if (one->parent < 0 || !all[one->parent].is_there ||
		    all[one->parent].kind != kinds[one->kind].parents)
			one->parent = draw_one(i, kinds[one->kind].parents);
		if (one->parent < 0)
			one->kind = draw(2) == 0 ? ZONE : REPO;
	}
}

static void
add_one(struct str *out, int i)
{
	const struct one *one = &all[i];

	str_addf(out, "%s'r%d%s':{'type':'%s'", out->len > 1 ? "," : "", i, one->renamed ? "x" : "",
	    kinds[one->kind].type);
	if (one->renamed)
		str_addf(out, ",'formerly':'r%d'", i);
	if (one->operation != NULL)
		str_addf(out, ",'operation':'%s'", one->operation);
	if (one->protect)
		str_add(out, ",'protect':true");
	str_add(out, ",'properties':{");
	if (kinds[one->kind].name != NULL)
		str_addf(out, "'%s':'n%d-%d'", kinds[one->kind].name, i, one->name);
	if (kinds[one->kind].parent != NULL)
		str_addf(out, ",'%s':'@r%d%s'", kinds[one->kind].parent, one->parent,
		    all[one->parent].renamed ? "x" : "");
	if (one->link >= 0 && one->kind != LINE)
		str_addf(out, "%s'link':'@r%d%s'", kinds[one->kind].name != NULL ? "," : "",
		    one->link, all[one->link].renamed ? "x" : "");
	str_add(out, "}}");
}

static struct json_object *
draw_config(void)
{
	struct json_object *config = fixture_json(
	    two_regions ? "{'deployment_id':'app','targets':[{'provider':'test','regions':["
			  "'us-east-1','eu-west-1']}]}"
			: "{'deployment_id':'app','targets':[{'provider':'test','regions':["
			  "'us-east-1']}]}");
	struct str text;

	str_init(&text, 10000);
	str_add(&text, "{");
	for (int i = 0; i < RESOURCES; i++) {
		if (all[i].is_there)
			add_one(&text, i);
	}
	str_add(&text, "}");
	json_set(config, "resources", fixture_json(text.data));
	str_fini(&text);
	return config;
}

/* ---- what there is of a version ---- */

struct version {
	struct spec  *spec;
	struct graph *graph;
	bool         *gone; /* by vertex */
	char **
	    names; /* what a vertex is, whatever it is called: owner, region, type, and what it is found by */
	size_t posted_n;
};

static struct json_object *
value_of(const struct spec_node *node, const char *name)
{
	return name != NULL ? json_get(node->properties, name) : NULL;
}

static enum kind
kind_of(const struct spec_node *node)
{
	unsigned kind = 0;

	while (strcmp(kinds[kind].type, node->type->name) != 0)
		kind++;
	return (enum kind)kind;
}

static size_t
parent_of(const struct version *version, size_t vertex)
{
	const struct spec_node *node = graph_node(version->graph, vertex);
	struct json_object     *parent = value_of(node, kinds[kind_of(node)].parent);

	for (size_t t = 0; parent != NULL && t < node->targets_n; t++) {
		const char *id = version->spec->nodes[node->targets[t]].resource_id;
		const char *text = json_object_get_string(parent) + 1;

		if (strncmp(text, id, strlen(id)) == 0 &&
		    (text[strlen(id)] == '\0' || text[strlen(id)] == '.'))
			return graph_target(version->graph, vertex, node->targets[t]);
	}
	return vertex;
}

static void
add_name(const struct version *version, size_t vertex, struct str *out)
{
	const struct spec_node *node = graph_node(version->graph, vertex);
	struct json_object     *name = value_of(node, kinds[kind_of(node)].name);
	size_t                  parent = parent_of(version, vertex);

	str_addf(out, "%s %s %s %s", node->owner_id, graph_region(version->graph, vertex),
	    node->type->name, name != NULL ? json_object_get_string(name) : "");
	if (parent == vertex)
		return;
	str_add(out, " in ");
	add_name(version, parent, out);
}

static void
version_init(struct version *version, struct spec *spec, size_t posted_n)
{
	*version = (struct version){ .spec = spec, .posted_n = posted_n };
	version->graph = graph_create(spec, false);
	graph_destroy(graph_create(spec, true)); /* nor does it wait for itself on the way back */
	version->gone = xcalloc(version->graph->n, sizeof(*version->gone));
	version->names = xcalloc(version->graph->n, sizeof(*version->names));
	for (size_t v = 0; v < version->graph->n; v++) {
		struct str name;

		str_init(&name, NAME_LEN_MAX);
		add_name(version, v, &name);
		version->names[v] = str_take(&name);
	}
}

static void
version_fini(struct version *version)
{
	for (size_t v = 0; version->graph != NULL && v < version->graph->n; v++)
		free(version->names[v]);
	free(version->names);
	free(version->gone);
	graph_destroy(version->graph);
	spec_unref(version->spec);
}

/* What was to go has, or not; or a destroy has taken some of the rest along. */
static void
draw_gone(struct version *version)
{
	unsigned how = draw(5);

	for (size_t v = 0; v < version->graph->n; v++) {
		bool goes = graph_node(version->graph, v)->operation == SPEC_DELETE;

		version->gone[v] = (goes && (how == 0 || (how == 1 && draw(2) == 0))) ||
				   (how == 2 && draw(3) == 0);
	}
}

/* What hangs on what has gone has gone with it. */
static bool
has_gone(const struct version *version, size_t vertex)
{
	size_t parent = parent_of(version, vertex);

	return version->gone[vertex] || (parent != vertex && has_gone(version, parent));
}

static size_t
find(const struct version *version, const char *name, size_t *ret_n)
{
	size_t found = version->graph->n;

	*ret_n = 0;
	for (size_t v = 0; v < version->graph->n; v++) {
		if (strcmp(version->names[v], name) != 0)
			continue;
		found = v;
		(*ret_n)++;
	}
	return found;
}

/* ---- what holds ---- */

static bool
waits(const struct graph *graph, size_t then, size_t first)
{
	bool *after = xcalloc(graph->n, sizeof(*after)), does;

	after[first] = true;
	for (size_t i = 0; i < graph->n; i++) {
		uint32_t v = graph->order[i];

		for (uint32_t e = graph->out_at[v]; after[v] && e < graph->out_at[v + 1]; e++)
			after[graph->out[e]] = true;
	}
	does = after[then];
	free(after);
	return does;
}

static bool
is_posted(const struct version *version, size_t vertex)
{
	return version->graph->vertices[vertex].node < version->posted_n;
}

/* The vertex of what was posted that is the same resource, there; the graph's n: there is none. */
static size_t
heir_of(const struct version *version, size_t vertex)
{
	const struct graph     *graph = version->graph;
	const struct spec_node *node = graph_node(graph, vertex);
	size_t                  v = 0;

	while (
	    v < graph->n && (!is_posted(version, v) ||
				strcmp(graph_node(graph, v)->owner_id, node->owner_id) != 0 ||
				strcmp(graph_region(graph, v), graph_region(graph, vertex)) != 0))
		v++;
	return v;
}

static void
expect_operation(const struct version *now, size_t vertex, enum spec_operation was, bool prune)
{
	size_t heir = heir_of(now, vertex);
	bool   is_replaced =
	    heir < now->graph->n && graph_node(now->graph, heir)->operation != SPEC_LEAVE;
	enum spec_operation wanted =
	    prune || was == SPEC_DELETE || is_replaced ? SPEC_DELETE : SPEC_LEAVE;

	ck_assert_msg(graph_node(now->graph, vertex)->operation == wanted, "%s: %s, not %s",
	    now->names[vertex], spec_operation_name(graph_node(now->graph, vertex)->operation),
	    spec_operation_name(wanted));
}

/* It was linked to, or is a parent. */
static bool
referred(const struct version *version, size_t from, size_t to)
{
	const struct spec_node *node = graph_node(version->graph, from);

	for (size_t t = 0; t < node->targets_n; t++) {
		if (graph_target(version->graph, from, node->targets[t]) == to)
			return true;
	}
	return false;
}

/* One of another region stands in for one that was never there. */
static bool
is_beside(const struct graph *graph, size_t one, size_t other)
{
	const char *its = graph_region(graph, one), *others = graph_region(graph, other);

	return *its == '\0' || *others == '\0' || strcmp(its, others) == 0;
}

/* An entry, made of a vertex of the last version. */
static void
expect_order(const struct version *was, const struct version *now, size_t old, size_t vertex)
{
	const struct spec_node *node = graph_node(now->graph, vertex);
	size_t                  heir = heir_of(now, vertex), n;
	bool comes = heir < now->graph->n && !spec_node_is_leaving(graph_node(now->graph, heir));
	/* Or something that it refers to does. */
	bool is_first =
	    !json_has(json_get(json_get_object(now->spec->config, "resources"), node->resource_id),
		"depends_on");

	if (comes)
		ck_assert_msg(is_first || waits(now->graph, vertex, heir),
		    "%s and what takes its place know nothing of each other", now->names[vertex]);
	if (comes && (node->type != graph_node(now->graph, heir)->type || node->protect ||
			 kind_of(node) == REPO))
		ck_assert_msg(is_first, "%s does not go first", now->names[vertex]);
	for (size_t u = 0; u < was->graph->n; u++) {
		size_t its;

		if (!is_beside(was->graph, u, old))
			continue;
		if (u == old || !referred(was, u, old) || has_gone(was, u))
			continue;
		its = find(now, was->names[u], &n);
		if (n == 0)
			continue; /* that is told elsewhere */
		if (graph_node(now->graph, its)->operation == SPEC_LEAVE)
			continue;
		if (is_first && !spec_node_is_leaving(graph_node(now->graph, its)))
			continue;
		if (is_posted(now, its) && spec_node_is_leaving(graph_node(now->graph, its)))
			continue; /* where the config says itself that it goes, it says in which order */
		ck_assert_msg(waits(now->graph, vertex, its), "%s goes before %s in %s, after %s",
		    now->names[vertex], now->names[its], json_text(now->spec->config),
		    json_text(was->spec->config));
	}
}

static void
expect_nothing_forgotten(const struct version *was, const struct version *now, bool prune)
{
	for (size_t v = 0; v < was->graph->n; v++) {
		size_t n, its;

		if (has_gone(was, v))
			continue;
		its = find(now, was->names[v], &n);
		ck_assert_msg(n == 1, "%s is there %zu times in %s, after %s", was->names[v], n,
		    json_text(now->spec->config), json_text(was->spec->config));
		if (is_posted(now, its))
			continue;
		expect_operation(now, its, graph_node(was->graph, v)->operation, prune);
		if (graph_node(now->graph, its)->operation == SPEC_DELETE)
			expect_order(was, now, v, its);
	}
}

static struct spec *
change(struct json_object *config, const struct version *was, bool prune)
{
	struct step  step = { .prune = prune };
	const char  *why;
	struct spec *spec = change_of(registry, config, was->spec, was->gone, step, &why);

	ck_assert_msg(spec != NULL, "%s, after %s", why,
	    was->spec != NULL ? json_text(was->spec->config) : "nothing");
	return spec;
}

/* The same once more, nothing of it done: the same graph. All of it done: nothing is to go. */
static void
expect_stable(
    struct json_object *config, const struct version *was, struct version *now, bool prune)
{
	struct spec *again = change(config, now, prune);
	size_t       posted_n = 0;

	ck_assert_msg(strcmp(again->graph_id, now->spec->graph_id) == 0,
	    "it is otherwise: %s in %s, after %s", json_text(again->config),
	    json_text(now->spec->config), json_text(was->spec->config));
	spec_unref(again);
	for (size_t v = 0; v < now->graph->n; v++)
		now->gone[v] = graph_node(now->graph, v)->operation == SPEC_DELETE;
	again = change(config, now, prune);
	for (size_t i = 0; i < again->nodes_n; i++)
		posted_n += again->nodes[i].operation != SPEC_LEAVE || i < now->posted_n;
	ck_assert_uint_eq(posted_n, now->posted_n);
	spec_unref(again);
}

START_TEST(any_version_against_any_other)
{
	struct version was = { 0 }, now;

	rng_init(&rng, (uint64_t)_i + 1);
	for (int i = 0; i < RESOURCES; i++)
		all[i] = (struct one){ .kind = (enum kind)draw(KINDS),
			.link = -1,
			.parent = -1,
			.is_there = draw(3) != 0 };
	for (int step = 0; step < STEPS; step++) {
		struct json_object *config;
		bool                prune = was.spec != NULL && draw(3) == 0;

		two_regions = draw(4) == 0;
		for (int n = 0; n < CHANGES; n++)
			draw_again((int)draw(RESOURCES));
		mend();
		config = draw_config();
		version_init(&now, change(config, &was, prune),
		    (size_t)json_object_object_length(json_get_object(config, "resources")));
		if (was.spec != NULL)
			expect_nothing_forgotten(&was, &now, prune);
		expect_stable(config, &was, &now, prune);
		draw_gone(&now);
		version_fini(&was);
		was = now;
		json_object_put(config);
	}
	version_fini(&was);
}
END_TEST

Suite *suite_change_any(void);

Suite *
suite_change_any(void)
{
	Suite *suite = suite_create("change_any");
	TCase *tcase = tcase_create("change_any");

	tcase_add_unchecked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, any_version_against_any_other, 0, SEEDS);
	suite_add_tcase(suite, tcase);
	return suite;
}
