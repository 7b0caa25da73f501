/* SPDX-License-Identifier: Apache-2.0
 *
 * view.h - an execution as it goes, from its events. Pure: events and times in, text out.
 *
 * Live, on a terminal: what is finished scrolls by as lines; below it a block is drawn again and
 * again in place, with one line for each running node and a bar. Not live: lines only.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/str.h"

#define VIEW_NODES_MAX 200000

enum view_state { VIEW_WAITS, VIEW_RUNS, VIEW_ENDED };

struct view_node {
	char           *label;     /* "api [eu-west-1]", safe to print */
	char           *operation; /* may be NULL */
	char           *phase;     /* may be NULL */
	enum view_state state;
	int64_t         started_ms; /* by the server's clock; 0: not yet */
	bool            announced;
};

struct view {
	bool                live, color;
	bool                dry; /* nothing is really done: it would be */
	struct view_node   *nodes;
	size_t              nodes_n, nodes_cap;
	struct json_object *index; /* "node_id region" to its place in nodes */
	size_t              ended_n;
	int64_t             started_ms; /* the first event, by the server's clock; 0: none yet */
	int64_t             skew_ms;    /* our clock minus the server's; the least that was seen */
	struct str          lines;      /* to be printed, with their line ends */
	size_t              drawn_n;    /* lines of the block that is on the screen */
};

void view_init(struct view *view, bool live, bool color);
void view_fini(struct view *view);

/* The nodes of an execution, so that the bar knows how many there are, and how many have ended. */
void view_seed(struct view *view, struct json_object *execution);

/* An event of the execution. wall_ms: our clock, now. */
void view_event(struct view *view, struct json_object *event, int64_t wall_ms);

/* What to write to the screen now. */
void view_draw(struct view *view, struct str *out, int64_t wall_ms, size_t columns, size_t rows);

/* Takes the block off the screen, after the last lines. */
void view_end(struct view *view, struct str *out);

#endif
