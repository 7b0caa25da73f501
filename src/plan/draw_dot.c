/* SPDX-License-Identifier: Apache-2.0
 * draw_dot.c - the pen for Graphviz: DOT. */
#include "plan/draw.h"

/* Within quotes a backslash begins an escape, and a label's & an entity. */
static const struct draw_escape escapes[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { '&', "&amp;" },
	{ '\n', "\\n" }, { 0, NULL } };

static const char *const edges[] = {
	[EDGE_DEPENDENCY] = "",
	[EDGE_PAUSE] = " [label=\"pause\", style=\"dashed\", color=\"#e65100\"]",
	[EDGE_END] = " [label=\"end\", style=\"bold\", color=\"#c62828\"]",
};
_Static_assert(array_len(edges) == EDGE_TYPES_N, "each type of edge has its line");

static void
add_quoted(struct str *out, const char *text)
{
	str_add_char(out, '"');
	draw_text(out, text, escapes);
	str_add_char(out, '"');
}

static void
draw_begin(struct str *out, const char *graph_id, const char *title)
{
	str_addf(out, "digraph \"%s\" {\n\tgraph [labelloc=\"t\", label=", graph_id);
	add_quoted(out, title);
	str_add(out, "];\n"
		     "\tnode [shape=\"box\", style=\"rounded,filled\", fillcolor=\"#ffffff\", "
		     "color=\"#616161\"];\n"
		     "\tedge [color=\"#616161\"];\n");
}

/* What is named "cluster…" is drawn with a box around it. */
static void
draw_open(struct str *out, const char *node_id, const char *label)
{
	str_addf(out,
	    "\tsubgraph \"cluster_%s\" {\n\t\tstyle=\"rounded\"; color=\"#9e9e9e\"; label=",
	    node_id);
	add_quoted(out, label);
	str_add(out, ";\n");
}

static void
draw_close(struct str *out)
{
	str_add(out, "\t}\n");
}

static void
add_id(struct str *out, const struct draw_node *node)
{
	str_addf(
	    out, "\"%s%s%s\"", node->node_id, node->region[0] != '\0' ? "@" : "", node->region);
}

static void
draw_node(struct str *out, const struct draw_node *node, bool is_part)
{
	str_add(out, is_part ? "\t\t" : "\t");
	add_id(out, node);
	str_add(out, " [label=");
	add_quoted(out, node->label);
	if (node->look != NULL)
		str_addf(
		    out, ", fillcolor=\"%s\", color=\"%s\"", node->look->fill, node->look->line);
	str_add(out, "];\n");
}

static void
draw_edge(struct str *out, const struct draw_node *from, const struct draw_node *to,
    enum spec_edge_type type)
{
	str_add_char(out, '\t');
	add_id(out, from);
	str_add(out, " -> ");
	add_id(out, to);
	str_addf(out, "%s;\n", edges[type]);
}

static void
draw_end(struct str *out)
{
	str_add(out, "}\n");
}

const struct draw_pen draw_dot = {
	.begin = draw_begin,
	.open = draw_open,
	.close = draw_close,
	.node = draw_node,
	.edge = draw_edge,
	.end = draw_end,
};
