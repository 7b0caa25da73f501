/* SPDX-License-Identifier: Apache-2.0
 * draw.c - walks over a graph and tells a pen what there is. */
#include "plan/draw.h"

#include <string.h>

#include "util/clock_text.h"
#include "util/json.h"
#include "util/utf8.h"

#define LABEL_MAX 8192
#define MS_PER_S  1000

/* ---- text ---- */

static const char *
escape_of(const struct draw_escape *escapes, char c)
{
	while (escapes->as != NULL && escapes->character != c)
		escapes++;
	return escapes->as;
}

static void
add_char(struct str *out, char c, const struct draw_escape *escapes)
{
	const char *as = escape_of(escapes, c);

	if (as != NULL)
		str_add(out, as);
	else
		str_add_char(out, c);
}

void
draw_text(struct str *out, const char *text, const struct draw_escape *escapes)
{
	unsigned code;

	while (*text != '\0') {
		size_t len = utf8_unseen(text, &code);

		if (len == 0 || escape_of(escapes, *text) != NULL) {
			add_char(out, *text++, escapes);
		} else {
			add_char(out, '\\', escapes);
			str_addf(out, "x%02x", code);
			text += len;
		}
	}
}

/* ---- looks ---- */

static const struct draw_look looks[] = {
	{ "pending", "#f5f5f5", "#9e9e9e" },
	{ "running", "#bbdefb", "#1565c0" },
	{ "completed", "#c8e6c9", "#2e7d32" },
	{ "failed", "#ffcdd2", "#c62828" },
	{ "blocked", "#ffe0b2", "#e65100" },
	{ "skipped", "#eeeeee", "#757575" },
	{ "cancelled", "#fff9c4", "#f57f17" },
	{ "rolled_back", "#e1bee7", "#6a1b9a" },
};
_Static_assert(array_len(looks) <= 32, "their uses are bits of one unsigned");

/* ---- the walk ---- */

struct drawing {
	const struct draw_pen *pen;
	const struct spec     *spec;
	const struct graph    *graph;      /* NULL: it is the Spec Graph that is drawn */
	struct json_object    *operations; /* of the vertices; NULL likewise */
	struct str            *out;
	struct str             label;
	unsigned               used; /* looks, as bits */
};

static const struct draw_look *
look_of(struct drawing *d, const char *status)
{
	for (size_t i = 0; i < array_len(looks); i++) {
		if (str_eq(looks[i].status, status)) {
			d->used |= 1U << i;
			return &looks[i];
		}
	}
	return NULL;
}

/* "create: completed in 0.4s"; of what was not looked at yet, the status alone. */
static void
label_outcome(struct str *label, struct json_object *operation)
{
	const char         *act = json_get_str(operation, "operation");
	const char         *status = json_get_str(operation, "status");
	struct json_object *seconds = json_get(operation, "duration_seconds");

	if (act != NULL && !str_eq(act, "ensure"))
		str_addf(label, "%s: ", act);
	str_add(label, status != NULL ? status : "?");
	if (seconds != NULL) {
		str_add(label, " in ");
		clock_text_duration(label, (int64_t)(json_object_get_double(seconds) * MS_PER_S));
	}
}

static void
draw_resource(struct drawing *d, const struct spec_node *node, bool is_part)
{
	struct draw_node drawn = { .node_id = node->node_id, .region = "" };

	str_clear(&d->label);
	str_addf(&d->label, "%s\n%s", node->resource_id, node->type->name);
	if (node->operation != SPEC_ENSURE)
		str_addf(&d->label, "\n%s", spec_operation_name(node->operation));
	drawn.label = d->label.data;
	d->pen->node(d->out, &drawn, is_part);
}

static void
draw_vertex(struct drawing *d, const struct spec_node *node, uint32_t vertex, bool is_part)
{
	struct json_object *operation = json_object_array_get_idx(d->operations, vertex);
	struct draw_node    drawn = { .node_id = node->node_id,
		   .region = graph_region(d->graph, vertex),
		   .look = look_of(d, json_get_str(operation, "status")) };

	str_clear(&d->label);
	str_add(&d->label, node->resource_id);
	if (drawn.region[0] != '\0')
		str_addf(&d->label, " [%s]", drawn.region);
	str_addf(&d->label, "\n%s\n", node->type->name);
	label_outcome(&d->label, operation);
	drawn.label = d->label.data;
	d->pen->node(d->out, &drawn, is_part);
}

/* In the Spec Graph once, in an execution once for each region. */
static void
draw_node(struct drawing *d, size_t i)
{
	const struct spec_node *node = &d->spec->nodes[i];
	bool                    is_part = node->composite != NULL;

	if (d->graph == NULL) {
		draw_resource(d, node, is_part);
		return;
	}
	for (uint32_t v = d->graph->first[i]; v < d->graph->first[i + 1]; v++)
		draw_vertex(d, node, v, is_part);
}

static void
draw_composite(struct drawing *d, const struct spec_composite *composite)
{
	str_clear(&d->label);
	str_add(&d->label, composite->resource_id);
	if (composite->type != NULL)
		str_addf(&d->label, "\n%s", composite->type);
	d->pen->open(d->out, composite->node_id, d->label.data);
	for (size_t i = 0; i < composite->parts_n; i++)
		draw_node(d, composite->parts[i].node);
	d->pen->close(d->out);
}

static void
draw_nodes(struct drawing *d)
{
	for (size_t i = 0; i < d->spec->nodes_n; i++) {
		if (d->spec->nodes[i].composite == NULL)
			draw_node(d, i);
	}
	for (size_t i = 0; i < d->spec->composites_n; i++)
		draw_composite(d, &d->spec->composites[i]);
}

static void
draw_vertex_edge(void *arg, uint32_t from, uint32_t to, enum spec_edge_type type)
{
	struct drawing  *d = arg;
	struct draw_node a = { .node_id = graph_node(d->graph, from)->node_id,
		.region = graph_region(d->graph, from) };
	struct draw_node b = { .node_id = graph_node(d->graph, to)->node_id,
		.region = graph_region(d->graph, to) };

	d->pen->edge(d->out, &a, &b, type);
}

/* Edges are sorted, so the last of those between two is the strictest. */
static void
draw_spec_edges(struct drawing *d)
{
	for (size_t i = 0; i < d->spec->edges_n; i++) {
		const struct spec_edge *edge = &d->spec->edges[i];
		struct draw_node        from = { .node_id = d->spec->nodes[edge->from].node_id,
			       .region = "" };
		struct draw_node to = { .node_id = d->spec->nodes[edge->to].node_id, .region = "" };

		if (i + 1 == d->spec->edges_n || edge->from != edge[1].from ||
		    edge->to != edge[1].to)
			d->pen->edge(d->out, &from, &to, edge->type);
	}
}

static void
draw(struct drawing *d, const char *title)
{
	d->pen->begin(d->out, d->spec->graph_id, title);
	draw_nodes(d);
	if (d->graph != NULL)
		graph_each_edge(d->graph, draw_vertex_edge, d);
	else
		draw_spec_edges(d);
	for (size_t i = 0; i < array_len(looks); i++) {
		if (d->used & 1U << i && d->pen->look != NULL)
			d->pen->look(d->out, &looks[i]);
	}
	d->pen->end(d->out);
	str_fini(&d->label);
}

/* "app v1 (0123abcd)" */
static void
add_title(struct str *title, const struct spec *spec)
{
	str_init(title, LABEL_MAX);
	str_addf(title, "%s%s%s (%s)", spec->deployment_id, spec->version[0] != '\0' ? " " : "",
	    spec->version, spec->graph_id);
}

void
draw_spec(const struct draw_pen *pen, const struct spec *spec, struct str *out)
{
	struct drawing d = { .pen = pen, .spec = spec, .out = out };
	struct str     title;

	str_init(&d.label, LABEL_MAX);
	add_title(&title, spec);
	draw(&d, title.data);
	str_fini(&title);
}

void
draw_execution(const struct draw_pen *pen, const struct graph *graph, struct json_object *execution,
    struct str *out)
{
	struct drawing d = { .pen = pen, .spec = graph->spec, .graph = graph, .out = out };
	const char    *kind = json_get_str(execution, "kind");
	const char    *status = json_get_str(execution, "status");
	struct str     title;

	d.operations = json_get_array(execution, "operations");
	must(json_object_array_length(d.operations) == graph->n);
	str_init(&d.label, LABEL_MAX);
	add_title(&title, graph->spec);
	str_addf(
	    &title, ": %s %s", kind != NULL ? kind : "execution", status != NULL ? status : "");
	draw(&d, title.data);
	str_fini(&title);
}
