/* SPDX-License-Identifier: Apache-2.0
 *
 * draw.h - a Spec Graph, or what became of it, as text that other programs draw. Pure.
 *
 * One walker tells what there is (draw.c); a pen for each language knows how that is written (draw_dot.c,
 * draw_mermaid.c). Resources are nodes, composites hold their parts, and arrows go from what is waited for to
 * what waits. Of several edges between two, one arrow is drawn: the strictest.
 */
#ifndef PLAN_DRAW_H
#define PLAN_DRAW_H

#include <json-c/json.h>

#include "plan/graph.h"
#include "util/str.h"

/* How a node looks that has this status. */
struct draw_look {
	const char *status, *fill, *line; /* the colours as #rrggbb */
};

struct draw_node {
	const char             *node_id;
	const char             *region; /* of an execution; "": it has none */
	const char             *label;  /* as it is, in lines */
	const struct draw_look *look;   /* NULL: a plain one */
};

struct draw_pen {
	void (*begin)(struct str *out, const char *graph_id, const char *title);
	void (*open)(struct str *out, const char *node_id, const char *label); /* a composite */
	void (*close)(struct str *out);
	void (*node)(struct str *out, const struct draw_node *node, bool is_part);
	void (*edge)(struct str *out, const struct draw_node *from, const struct draw_node *to,
	    enum spec_edge_type type);
	void (*look)(
	    struct str *out, const struct draw_look *look); /* one that was used; or NULL */
	void (*end)(struct str *out);
};

extern const struct draw_pen draw_dot, draw_mermaid;

#define DRAW_DOT_TYPE     "text/vnd.graphviz"
#define DRAW_MERMAID_TYPE "text/vnd.mermaid"

/* The config's resources. */
void draw_spec(const struct draw_pen *pen, const struct spec *spec, struct str *out);

/* Each resource in each of its regions, with what became of it: `execution` is what view_execution() made of the
 * graph. */
void draw_execution(const struct draw_pen *pen, const struct graph *graph,
    struct json_object *execution, struct str *out);

/* ---- for pens ---- */

/* How a character is written that means something in the pen's language. The last of a list has a NULL. */
struct draw_escape {
	char        character;
	const char *as;
};

/* Text with its escapes; of control characters only a line's end can be among those, and all others are shown as
 * \xNN, with that backslash escaped as well. */
void draw_text(struct str *out, const char *text, const struct draw_escape *escapes);

#endif
