/* SPDX-License-Identifier: Apache-2.0
 * view.c - follows nodes through their events, and draws them. */
#include "cli/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/clock_text.h"
#include "util/json.h"
#include "util/mem.h"

#define LINES_MAX   (16 * 1024 * 1024)
#define LABEL_MAX   1024
#define KEY_MAX     1024
#define BLOCK_MAX   12 /* running nodes that are drawn; the rest is counted */
#define BLOCK_SPARE 3  /* rows for the bar, the count, and the cursor */
#define BAR_COLUMNS 30
#define LINE_MAX    4096

void
view_init(struct view *view, bool live, bool color)
{
	*view = (struct view){ .live = live, .color = color, .skew_ms = INT64_MAX };
	view->index = json_object_new_object();
	must(view->index != NULL);
	str_init(&view->lines, LINES_MAX);
}

void
view_fini(struct view *view)
{
	for (size_t i = 0; i < view->nodes_n; i++) {
		free(view->nodes[i].label);
		free(view->nodes[i].operation);
		free(view->nodes[i].phase);
	}
	free(view->nodes);
	json_object_put(view->index);
	str_fini(&view->lines);
}

/* ---- nodes ---- */

static char *
label_of(struct json_object *from)
{
	struct str label;

	str_init(&label, LABEL_MAX);
	render_resource(&label, json_get_str(from, "resource_id"), json_get_str(from, "region"));
	return str_take(&label);
}

static struct view_node *
node_add(struct view *view, const char *key, struct json_object *from)
{
	struct view_node *node;

	if (view->nodes_n == VIEW_NODES_MAX)
		return NULL;
	if (view->nodes_n == view->nodes_cap) {
		view->nodes_cap = view->nodes_cap * 2 + 64;
		view->nodes = xrealloc(view->nodes, view->nodes_cap, sizeof(*view->nodes));
	}
	json_set_i64(view->index, key, (int64_t)view->nodes_n);
	node = &view->nodes[view->nodes_n++];
	*node = (struct view_node){ .label = label_of(from) };
	return node;
}

/* By node id and region, from an operation or an event; new when it was not known. */
static struct view_node *
node_of(struct view *view, struct json_object *from)
{
	const char *id = json_get_str(from, "node_id"), *region = json_get_str(from, "region");
	struct view_node *node;
	struct str        key;
	int64_t           at;

	str_init(&key, KEY_MAX);
	str_addf(&key, "%s %s", id != NULL ? id : json_get_str(from, "resource_id"),
	    region != NULL ? region : "");
	at = json_get_i64(view->index, key.data, -1);
	node = at >= 0 ? &view->nodes[at] : node_add(view, key.data, from);
	str_fini(&key);
	return node;
}

static void
text_set(char **place, const char *text)
{
	if (text == NULL || str_eq(*place, text))
		return;
	free(*place);
	*place = xstrdup(text);
}

/* What a node's status means, and the words for it where they are always the same. */
static const struct status_row {
	const char     *status;
	enum view_state state;
	enum paint      paint;
	const char     *words;
} status_rows[] = {
	{ "running", VIEW_RUNS, PAINT_PLAIN, NULL },
	{ "completed", VIEW_ENDED, PAINT_PLAIN, NULL },
	{ "failed", VIEW_ENDED, PAINT_PLAIN, NULL },
	{ "blocked", VIEW_ENDED, PAINT_RED, "blocked by a failure before it" },
	{ "skipped", VIEW_ENDED, PAINT_DIM, "skipped" },
	{ "cancelled", VIEW_ENDED, PAINT_YELLOW, "cancelled" },
	{ "rolled_back", VIEW_ENDED, PAINT_YELLOW, "rolled back" },
};

static const struct status_row *
status_row(const char *status)
{
	static const struct status_row unknown = { .state = VIEW_WAITS };

	for (size_t i = 0; i < array_len(status_rows); i++) {
		if (str_eq(status, status_rows[i].status))
			return &status_rows[i];
	}
	return &unknown;
}

static void
node_set_state(struct view *view, struct view_node *node, enum view_state state)
{
	view->ended_n += (state == VIEW_ENDED) - (node->state == VIEW_ENDED);
	node->state = state;
}

void
view_seed(struct view *view, struct json_object *execution)
{
	struct json_object *operations = json_get_array(execution, "operations");
	size_t              n = operations != NULL ? json_object_array_length(operations) : 0;

	view->dry = str_eq(json_get_str(execution, "mode"), "DRY_RUN");
	for (size_t i = 0; i < n; i++) {
		struct json_object *operation = json_object_array_get_idx(operations, i);
		struct view_node   *node = node_of(view, operation);

		if (node == NULL)
			continue;
		text_set(&node->operation, json_get_str(operation, "operation"));
		node_set_state(view, node, status_row(json_get_str(operation, "status"))->state);
	}
}

/* ---- lines ---- */

static void
line_begin(struct view *view, const struct view_node *node, enum paint paint)
{
	render_paint(&view->lines, paint, view->color);
	str_addf(&view->lines, "%s: ", node->label);
}

static void
line_end(struct view *view)
{
	render_paint(&view->lines, PAINT_PLAIN, view->color);
	str_add_char(&view->lines, '\n');
}

static void
line_completed(struct view *view, const struct view_node *node, int64_t time_ms)
{
	const struct verb *verb = render_verb(node->operation);

	line_begin(view, node, verb->paint);
	str_add(&view->lines, view->dry ? "would be " : "");
	str_add(&view->lines, verb->done);
	if (node->started_ms > 0 && !view->dry && !str_eq(node->operation, "no_op")) {
		str_add(&view->lines, " in ");
		render_duration(&view->lines, time_ms - node->started_ms);
	}
	line_end(view);
}

static void
line_failed(struct view *view, const struct view_node *node, struct json_object *event)
{
	struct json_object *error = json_get_object(event, "error");
	const char *code = json_get_str(error, "code"), *message = json_get_str(error, "message");

	if (code == NULL)
		code = json_get_str(error, "type");
	line_begin(view, node, PAINT_RED);
	str_add(&view->lines, "failed");
	if (code != NULL) {
		str_add(&view->lines, ": ");
		render_text(&view->lines, code);
	}
	if (message != NULL) {
		str_add(&view->lines, ": ");
		render_text(&view->lines, message);
	}
	line_end(view);
}

static void
line_words(struct view *view, const struct view_node *node, enum paint paint, const char *words)
{
	line_begin(view, node, paint);
	str_add(&view->lines, words);
	line_end(view);
}

/* Live, the block shows what runs. Otherwise the start is told once, and every wait. */
static void
line_running(struct view *view, struct view_node *node, struct json_object *event)
{
	const char *type = json_get_str(json_get_object(event, "error"), "type");

	if (view->live || view->dry)
		return;
	if (str_eq(node->phase, "backoff")) {
		line_begin(view, node, PAINT_YELLOW);
		render_text(&view->lines, type != NULL ? type : "not yet");
		str_addf(&view->lines, ", will try again (attempt %d)",
		    (int)json_get_i64(event, "attempt", 1));
		line_end(view);
	} else if (!node->announced && !str_eq(node->phase, "resolving") &&
		   !str_eq(node->operation, "no_op")) {
		node->announced = true;
		line_begin(view, node, PAINT_PLAIN);
		str_addf(&view->lines, "%s…", render_verb(node->operation)->doing);
		line_end(view);
	}
}

/* ---- events ---- */

static int64_t
event_time(struct view *view, struct json_object *event, int64_t wall_ms)
{
	const char *text = json_get_str(event, "time");
	int64_t     time_ms;

	if (text == NULL || !clock_text_parse(text, &time_ms))
		time_ms = wall_ms;
	if (wall_ms - time_ms < view->skew_ms)
		view->skew_ms = wall_ms - time_ms;
	if (view->started_ms == 0)
		view->started_ms = time_ms;
	return time_ms;
}

static void
node_tell(struct view *view, struct view_node *node, struct json_object *event, int64_t time_ms)
{
	const char              *status = json_get_str(event, "status");
	const struct status_row *row = status_row(status);

	if (str_eq(status, "running"))
		line_running(view, node, event);
	else if (str_eq(status, "completed"))
		line_completed(view, node, time_ms);
	else if (str_eq(status, "failed"))
		line_failed(view, node, event);
	else if (row->words != NULL)
		line_words(view, node, row->paint, row->words);
}

static void
node_event(struct view *view, struct json_object *event, int64_t time_ms)
{
	struct view_node *node = node_of(view, event);
	enum view_state   state = status_row(json_get_str(event, "status"))->state;

	if (node == NULL)
		return;
	text_set(&node->operation, json_get_str(event, "operation"));
	text_set(&node->phase, json_get_str(event, "phase"));
	if (state == VIEW_RUNS && node->started_ms == 0)
		node->started_ms = time_ms;
	node_set_state(view, node, state);
	node_tell(view, node, event, time_ms);
}

void
view_event(struct view *view, struct json_object *event, int64_t wall_ms)
{
	int64_t time_ms = event_time(view, event, wall_ms);

	if (str_eq(json_get_str(event, "type"), "node"))
		node_event(view, event, time_ms);
	else if (str_eq(json_get_str(event, "type"), "output"))
		render_written(&view->lines, event);
	else if (str_eq(json_get_str(event, "type"), "execution"))
		render_turn(&view->lines, event, view->color);
}

/* ---- drawing ---- */

/* The line cut to the columns there are, in characters. */
static void
line_fit(struct str *out, const char *line, size_t columns)
{
	for (size_t used = 0; *line != '\0'; line++) {
		if (((unsigned char)*line & 0xc0) != 0x80 && ++used >= columns)
			return;
		str_add_char(out, *line);
	}
}

static void
draw_line(struct view *view, struct str *out, enum paint paint, const char *line, size_t columns)
{
	render_paint(out, paint, view->color);
	line_fit(out, line, columns);
	render_paint(out, PAINT_PLAIN, view->color);
	str_add_char(out, '\n');
	view->drawn_n++;
}

static void
draw_node(struct view *view, struct str *out, const struct view_node *node, int64_t server_ms,
    size_t columns)
{
	const struct verb *verb = render_verb(node->operation);
	struct str         line;

	str_init(&line, LINE_MAX);
	str_addf(&line, "  %s: %s", node->label, verb->doing);
	if (node->phase != NULL) {
		str_add(&line, ", ");
		render_text(&line, node->phase);
	}
	str_add(&line, "  ");
	render_duration(&line, server_ms - node->started_ms);
	draw_line(view, out, verb->paint, line.data, columns);
	str_fini(&line);
}

static void
draw_bar(struct view *view, struct str *out, int64_t server_ms, size_t columns)
{
	size_t     full = view->nodes_n > 0 ? BAR_COLUMNS * view->ended_n / view->nodes_n : 0;
	struct str line;

	str_init(&line, LINE_MAX);
	str_add_char(&line, '[');
	for (size_t i = 0; i < BAR_COLUMNS; i++)
		str_add_char(&line, i < full ? '#' : '.');
	str_addf(&line, "] %zu/%zu  ", view->ended_n, view->nodes_n);
	render_duration(&line, view->started_ms > 0 ? server_ms - view->started_ms : 0);
	draw_line(view, out, PAINT_BOLD, line.data, columns);
	str_fini(&line);
}

static void
draw_block(struct view *view, struct str *out, int64_t server_ms, size_t columns, size_t rows)
{
	size_t room = rows > BLOCK_SPARE ? rows - BLOCK_SPARE : 1, running_n = 0;
	char   more[64];

	if (room > BLOCK_MAX)
		room = BLOCK_MAX;
	for (size_t i = 0; i < view->nodes_n; i++) {
		if (view->nodes[i].state == VIEW_RUNS && ++running_n <= room)
			draw_node(view, out, &view->nodes[i], server_ms, columns);
	}
	if (running_n > room) {
		snprintf(more, sizeof(more), "  and %zu more", running_n - room);
		draw_line(view, out, PAINT_DIM, more, columns);
	}
	draw_bar(view, out, server_ms, columns);
}

/* The cursor rests on the line below the block. */
static void
draw_lines(struct view *view, struct str *out)
{
	if (view->drawn_n > 0)
		str_addf(out, "\r\033[%zuA\033[J", view->drawn_n);
	view->drawn_n = 0;
	str_add_mem(out, view->lines.data, view->lines.len);
	str_clear(&view->lines);
}

void
view_draw(struct view *view, struct str *out, int64_t wall_ms, size_t columns, size_t rows)
{
	int64_t skew_ms = view->skew_ms != INT64_MAX ? view->skew_ms : 0;

	draw_lines(view, out);
	if (view->live)
		draw_block(view, out, wall_ms - skew_ms, columns, rows);
}

void
view_end(struct view *view, struct str *out)
{
	draw_lines(view, out);
}
