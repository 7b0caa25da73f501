/* SPDX-License-Identifier: Apache-2.0
 * render_tree.c - a tree in lines, one for each node. It grows downwards: what is too deep for the columns there are
 * goes on further below. */
#include "cli/tree.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define BRANCH_COLUMNS 3
#define DEPTH_MIN      4
#define DEPTH_MAX      20
#define MORE_COLUMNS   14 /* of " and 1234 more" */
#define NAME_MAX       1024
#define MS_PER_S       1000

static const struct hold_words {
	const char *branch, *last_branch;
	const char *words; /* of what is held by that; NULL: nothing is said */
	const char *name;  /* beside what holds it; NULL likewise */
} holds[] = {
	[HOLD_NOT] = { "├─ ", "└─ ", NULL, NULL },
	[HOLD_PAUSE] = { "├╌ ", "└╌ ", "held by a pause", "pause" },
	[HOLD_END] = { "├╌ ", "└╌ ", "behind an end", "end" },
};
_Static_assert(array_len(holds) == HOLD_N, "each has its words");

struct drawing {
	struct str        *out;
	const struct tree *tree;
	size_t             columns, depth_max;
	bool               color;
	uint32_t          *later; /* what goes on further below */
	size_t             later_n;
};

static const struct tree_node *
node_at(const struct drawing *d, uint32_t v)
{
	return &d->tree->nodes[v];
}

/* ---- a line ---- */

/* How many columns a text takes, without its colours. */
static size_t
columns_of(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\033') {
			while (*text != 'm' && text[1] != '\0')
				text++;
		} else {
			n += ((unsigned char)*text & 0xc0) != 0x80;
		}
	}
	return n;
}

static void
add_branch(struct drawing *d, uint32_t v, size_t depth)
{
	const struct hold_words *hold = &holds[node_at(d, v)->hold];
	bool                     goes_on[DEPTH_MAX];
	uint32_t                 at = v;

	must(depth < DEPTH_MAX);
	for (size_t i = depth; i > 0; i--) {
		at = node_at(d, at)->parent;
		goes_on[i - 1] = node_at(d, at)->next != TREE_NONE;
	}
	for (size_t i = 0; i < depth; i++)
		str_add(d->out, goes_on[i] ? "│  " : "   ");
	str_add(d->out, node_at(d, v)->next != TREE_NONE ? hold->branch : hold->last_branch);
}

static void
add_words(struct drawing *d, enum paint paint, const char *words)
{
	str_add(d->out, "  ");
	render_paint(d->out, paint, d->color);
	str_add(d->out, words);
	render_paint(d->out, PAINT_PLAIN, d->color);
}

static void
add_name(struct str *out, const struct tree_node *node)
{
	render_resource(
	    out, json_get_str(node->of, "resource_id"), json_get_str(node->of, "region"));
}

/* "created in 0.4s", "failed: AccessDenied", "blocked" */
static void
add_outcome(struct drawing *d, struct json_object *operation)
{
	const char         *status = json_get_str(operation, "status");
	const struct verb  *verb = render_verb(json_get_str(operation, "operation"));
	struct json_object *seconds = json_get(operation, "duration_seconds");
	struct json_object *error = json_get_object(operation, "error");
	const char         *code = json_get_str(error, "code");

	str_add(d->out, "  ");
	render_paint(d->out, render_status_paint(status), d->color);
	if (str_eq(status, "completed"))
		str_add(d->out, verb->done);
	else if (str_eq(status, "running"))
		str_addf(d->out, "%s…", verb->doing);
	else
		render_text(d->out, str_eq(status, "rolled_back") ? "rolled back" : status);
	if (str_eq(status, "completed") && seconds != NULL && !str_eq(verb->operation, "no_op")) {
		str_add(d->out, " in ");
		render_duration(d->out, (int64_t)(json_object_get_double(seconds) * MS_PER_S));
	}
	if (str_eq(status, "failed") && error != NULL) {
		str_add(d->out, ": ");
		render_text(d->out, code != NULL ? code : json_get_str(error, "type"));
	}
	render_paint(d->out, PAINT_PLAIN, d->color);
}

/* What the config asks for, where it is not just to be there. */
static void
add_operation(struct drawing *d, struct json_object *resource)
{
	const char *operation = json_get_str(resource, "operation");

	if (operation != NULL && !str_eq(operation, "ensure"))
		add_words(d, render_verb(operation)->paint, operation);
}

/* The tree says already what is above a node; but not that it is held by that. */
static bool
is_other(const struct drawing *d, const struct tree_wait *wait)
{
	if (node_at(d, wait->to)->parent == wait->from)
		return false;
	return wait->hold != HOLD_NOT || !tree_is_below(d->tree, wait->to, wait->from);
}

/* "also after a, b (pause) and 12 more": one at least, and then as many as there is room for. */
static void
add_others(struct drawing *d, const struct tree_node *node, size_t line)
{
	size_t     said = 0, left = 0;
	struct str name;

	str_init(&name, NAME_MAX);
	for (size_t i = node->waits_at; i < node->waits_at + node->waits_n; i++) {
		const struct tree_wait *wait = &d->tree->waits[i];

		if (!is_other(d, wait))
			continue;
		str_clear(&name);
		str_add(&name, said == 0 ? "  also after " : ", ");
		add_name(&name, node_at(d, wait->from));
		if (holds[wait->hold].name != NULL)
			str_addf(&name, " (%s)", holds[wait->hold].name);
		if (left > 0 || (said > 0 && columns_of(d->out->data + line) +
						     columns_of(name.data) + MORE_COLUMNS >
						 d->columns)) {
			left++;
		} else {
			str_add(d->out, name.data);
			said++;
		}
	}
	if (left > 0)
		str_addf(d->out, " and %zu more", left);
	str_fini(&name);
}

static void
add_line(struct drawing *d, uint32_t v, size_t depth)
{
	const struct tree_node *node = node_at(d, v);
	size_t                  line = d->out->len;

	add_branch(d, v, depth);
	render_paint(d->out,
	    d->tree->is_execution ? render_status_paint(json_get_str(node->of, "status"))
				  : PAINT_BOLD,
	    d->color);
	add_name(d->out, node);
	render_paint(d->out, PAINT_PLAIN, d->color);
	render_kind(d->out, node->of);
	if (d->tree->is_execution)
		add_outcome(d, node->of);
	else
		add_operation(d, node->of);
	if (holds[node->hold].words != NULL)
		add_words(d, PAINT_YELLOW, holds[node->hold].words);
	add_others(d, node, line);
	if (node->first != TREE_NONE && depth + 1 == d->depth_max)
		add_words(d, PAINT_DIM, "goes on below");
	str_add_char(d->out, '\n');
}

/* ---- the tree ---- */

/* From the first of its siblings on, all of them, and what is below. */
static void
add_lines(struct drawing *d, uint32_t first)
{
	uint32_t at = first;
	size_t   depth = 0;

	while (at != TREE_NONE) {
		const struct tree_node *node = node_at(d, at);

		add_line(d, at, depth);
		if (node->first != TREE_NONE && depth + 1 < d->depth_max) {
			at = node->first;
			depth++;
			continue;
		}
		if (node->first != TREE_NONE)
			d->later[d->later_n++] = at;
		for (; node_at(d, at)->next == TREE_NONE && depth > 0; depth--)
			at = node_at(d, at)->parent;
		at = node_at(d, at)->next;
	}
}

static void
add_rest(struct drawing *d)
{
	for (size_t i = 0; i < d->later_n; i++) {
		const struct tree_node *node = node_at(d, d->later[i]);

		str_add_char(d->out, '\n');
		add_name(d->out, node);
		str_add(d->out, " …\n");
		add_lines(d, node->first);
	}
}

/* ---- around it ---- */

/* "app v1 (0123abcd)", and of an execution "apply completed". */
static void
add_header(struct drawing *d)
{
	struct json_object *header = d->tree->header;
	const char         *version = json_get_str(header, "version");
	const char         *status = json_get_str(header, "status");

	render_paint(d->out, PAINT_BOLD, d->color);
	render_text(d->out, json_get_str(header, "deployment_id"));
	str_add(d->out, version != NULL && *version != '\0' ? " " : "");
	render_text(d->out, version);
	render_paint(d->out, PAINT_PLAIN, d->color);
	str_add(d->out, " (");
	render_text(d->out, json_get_str(header, "graph_id"));
	str_add_char(d->out, ')');
	if (d->tree->is_execution) {
		str_add(d->out, "  ");
		render_text(d->out, json_get_str(header, "kind"));
		str_add_char(d->out, ' ');
		render_paint(d->out, render_status_paint(status), d->color);
		render_text(d->out, status);
		render_paint(d->out, PAINT_PLAIN, d->color);
	}
	str_add_char(d->out, '\n');
}

/* ": 4 completed, 1 failed" */
static void
add_counts(struct drawing *d)
{
	static const char *const statuses[][2] = { { "completed", "completed" },
		{ "running", "running" }, { "failed", "failed" }, { "blocked", "blocked" },
		{ "cancelled", "cancelled" }, { "rolled_back", "rolled back" },
		{ "skipped", "skipped" }, { "pending", "pending" } };
	const char              *between = ": ";

	for (size_t i = 0; i < array_len(statuses); i++) {
		size_t n = 0;

		for (size_t v = 0; v < d->tree->n; v++)
			n += str_eq(json_get_str(d->tree->nodes[v].of, "status"), statuses[i][0]);
		if (n > 0) {
			str_addf(d->out, "%s%zu %s", between, n, statuses[i][1]);
			between = ", ";
		}
	}
}

static void
add_summary(struct drawing *d)
{
	const char *what = d->tree->is_execution ? "operation" : "resource";

	str_addf(d->out, "\n%zu %s%s in %" PRIu32 " layer%s", d->tree->n, what,
	    d->tree->n == 1 ? "" : "s", d->tree->layers, d->tree->layers == 1 ? "" : "s");
	if (d->tree->is_execution)
		add_counts(d);
	str_add_char(d->out, '\n');
}

static size_t
depth_for(size_t columns)
{
	size_t depth = columns / 2 / BRANCH_COLUMNS; /* half of them for what is said of the node */

	return depth < DEPTH_MIN ? DEPTH_MIN : depth > DEPTH_MAX ? DEPTH_MAX : depth;
}

void
render_tree(struct str *out, const struct tree *tree, size_t columns, bool color)
{
	struct drawing d = { .out = out,
		.tree = tree,
		.columns = columns,
		.depth_max = depth_for(columns),
		.color = color,
		.later = xcalloc(tree->n, sizeof(*d.later)) };

	add_header(&d);
	add_lines(&d, tree->first);
	add_rest(&d);
	add_summary(&d);
	free(d.later);
}
