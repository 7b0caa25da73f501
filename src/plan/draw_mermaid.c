/* SPDX-License-Identifier: Apache-2.0
 * draw_mermaid.c - the pen for Mermaid: a flowchart. Nodes have their node ids, which are no word of its language. */
#include "plan/draw.h"
#include "util/json.h"

#define TITLE_MAX 8192

/* Its labels are HTML, in which #…; is an entity; beside that %%{ begins a directive, a backtick Markdown and $$ a
 * formula. */
static const struct draw_escape escapes[] = { { '"', "#quot;" }, { '#', "#35;" }, { '<', "#lt;" },
	{ '>', "#gt;" }, { '&', "#amp;" }, { '\\', "#92;" }, { '%', "#37;" }, { '{', "#123;" },
	{ '}', "#125;" }, { '`', "#96;" }, { '$', "#36;" }, { '\n', "<br/>" }, { 0, NULL } };
static const struct draw_escape none[] = { { 0, NULL } };

static const char *const arrows[] = {
	[EDGE_DEPENDENCY] = "-->",
	[EDGE_PAUSE] = "-. \"pause\" .->",
	[EDGE_END] = "== \"end\" ==>",
};
_Static_assert(array_len(arrows) == EDGE_TYPES_N, "each type of edge has its arrow");

/* The front matter is YAML, of which a string of JSON is one as well. */
static void
draw_begin(struct str *out, const char *graph_id, const char *title)
{
	struct str shown;

	(void)graph_id;
	str_init(&shown, TITLE_MAX);
	draw_text(&shown, title, none);
	str_add(out, "---\ntitle: ");
	json_add_string(out, shown.data);
	str_add(out, "\n---\nflowchart TD\n");
	str_fini(&shown);
}

static void
add_label(struct str *out, const char *label)
{
	str_add(out, "[\"");
	draw_text(out, label, escapes);
	str_add(out, "\"]");
}

static void
draw_open(struct str *out, const char *node_id, const char *label)
{
	str_addf(out, "\tsubgraph %s", node_id);
	add_label(out, label);
	str_add_char(out, '\n');
}

static void
draw_close(struct str *out)
{
	str_add(out, "\tend\n");
}

static void
add_id(struct str *out, const struct draw_node *node)
{
	str_addf(out, "%s%s%s", node->node_id, node->region[0] != '\0' ? "_" : "", node->region);
}

static void
draw_node(struct str *out, const struct draw_node *node, bool is_part)
{
	str_add(out, is_part ? "\t\t" : "\t");
	add_id(out, node);
	add_label(out, node->label);
	if (node->look != NULL)
		str_addf(out, ":::%s", node->look->status);
	str_add_char(out, '\n');
}

static void
draw_edge(struct str *out, const struct draw_node *from, const struct draw_node *to,
    enum spec_edge_type type)
{
	str_add_char(out, '\t');
	add_id(out, from);
	str_addf(out, " %s ", arrows[type]);
	add_id(out, to);
	str_add_char(out, '\n');
}

static void
draw_look(struct str *out, const struct draw_look *look)
{
	str_addf(out, "\tclassDef %s fill:%s,stroke:%s,color:#212121\n", look->status, look->fill,
	    look->line);
}

static void
draw_end(struct str *out)
{
	(void)out;
}

const struct draw_pen draw_mermaid = {
	.begin = draw_begin,
	.open = draw_open,
	.close = draw_close,
	.node = draw_node,
	.edge = draw_edge,
	.look = draw_look,
	.end = draw_end,
};
