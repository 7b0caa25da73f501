/* SPDX-License-Identifier: Apache-2.0
 *
 * record.h - nodes and executions as JSON text: what the store keeps and the feed tells.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include <stdint.h>

#include "util/str.h"

#include "engine/node.h"

struct execution;
struct graph;
struct output_stream;

#define RECORD_FIELD_SIZE 96

/* The exec hash's field of a node: "<node id>@<region>". */
void record_field_name(const struct graph *graph, size_t vertex, char buf[RECORD_FIELD_SIZE]);

const char *record_undo_name(enum undo undo); /* "" for nothing */

void record_node(const struct node *node, struct str *out);
void record_node_event(const struct node *node, uint64_t seq, struct str *out);
void record_output_event(
    const struct node *node, uint64_t seq, const struct output_stream *stream, struct str *out);
void record_header(const struct execution *execution, struct str *out);
void record_execution_event(const struct execution *execution, uint64_t seq, struct str *out);

#endif
