/* SPDX-License-Identifier: Apache-2.0
 * graph.c - what is to be, and what became of it: the two graphs of a deployment, as documents and as drawings. */
#include "archive/execution_graph.h"
#include "api/load.h"
#include "api/query.h"
#include "api/routes.h"
#include "engine/view.h"
#include "plan/draw.h"
#include "util/json.h"

#define DRAWING_MAX (64 * 1024 * 1024)

static const struct format {
	const char            *name;
	const char            *content_type;
	const struct draw_pen *pen; /* NULL: MGraph JSON */
} formats[] = {
	{ "mgraph", NULL, NULL },
	{ "dot", DRAW_DOT_TYPE "; charset=utf-8", &draw_dot },
	{ "mermaid", DRAW_MERMAID_TYPE "; charset=utf-8", &draw_mermaid },
};

static const struct format *
format_of(const struct exchange *x)
{
	const char *name = query_value(x, "format");
	size_t      i = 0;

	while (!str_eq(formats[i].name, name))
		i++;
	return &formats[i];
}

static void
reply_drawing(struct exchange *x, const struct format *format, struct str *drawing)
{
	struct err err;

	if (drawing->overflow) {
		err_set(&err, ERR_TOO_LARGE, "the drawing is longer than %d bytes", DRAWING_MAX);
		reply_err(x, &err);
	} else {
		reply_text(x, 200, format->content_type, drawing->data);
	}
	str_fini(drawing);
}

static void
reply_execution(struct exchange *x, struct json_object *execution)
{
	const struct format *format = format_of(x);
	struct graph        *graph = view_graph(x->spec, execution);
	struct str           drawing;

	if (format->pen == NULL) {
		reply_json(x, 200, execution_to_mgraph(graph, execution));
	} else {
		str_init(&drawing, DRAWING_MAX);
		draw_execution(format->pen, graph, execution, &drawing);
		reply_drawing(x, format, &drawing);
	}
	graph_destroy(graph);
	json_put(execution);
}

static void
reply_spec(struct exchange *x)
{
	const struct format *format = format_of(x);
	struct str           drawing;

	if (format->pen == NULL) {
		reply_json(x, 200, spec_to_mgraph(x->spec));
		return;
	}
	str_init(&drawing, DRAWING_MAX);
	draw_spec(format->pen, x->spec, &drawing);
	reply_drawing(x, format, &drawing);
}

static void
on_spec(struct exchange *x)
{
	if (str_eq(query_value(x, "kind"), "execution"))
		load_execution(x, reply_execution);
	else
		reply_spec(x);
}

void
handle_graph(struct exchange *x)
{
	if (load_names_execution(x))
		load_spec(x, x->parameter, on_spec);
}
