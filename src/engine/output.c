/* SPDX-License-Identifier: Apache-2.0
 * output.c - gathers what is written until it is time for an event. */
#include "engine/output.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/execution.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/utf8.h"

#define PART_OF_TIME 32 /* an event comes when this part of the time so far has gone by */

static struct loop *
loop_of(const struct output *output)
{
	return execution_loop(output->node->execution);
}

static void
on_timer(struct timer *timer)
{
	output_tell(container_of(timer, struct output, timer));
}

struct output *
output_create(struct node *node)
{
	struct output *output = xcalloc(1, sizeof(*output));

	output->node = node;
	output->began_us = loop_now_us(execution_loop(node->execution));
	timer_init(&output->timer, on_timer);
	timer_set_lane(execution_loop(node->execution), &output->timer, node->task.lane);
	for (size_t i = 0; i < OUTPUT_STREAMS_MAX; i++)
		str_init(&output->streams[i].text, 3 * OUTPUT_PIECE_MAX);
	return output;
}

void
output_destroy(struct output *output)
{
	if (output == NULL)
		return;
	timer_disarm(loop_of(output), &output->timer);
	for (size_t i = 0; i < OUTPUT_STREAMS_MAX; i++)
		str_fini(&output->streams[i].text);
	free(output);
}

static struct output_stream *
stream_of(struct output *output, const char *name)
{
	size_t i = 0;

	while (output->streams[i].name[0] != '\0' && !str_eq(output->streams[i].name, name)) {
		i++;
		must(i < OUTPUT_STREAMS_MAX);
	}
	snprintf(output->streams[i].name, sizeof(output->streams[i].name), "%s", name);
	return &output->streams[i];
}

static void
drop(struct output_stream *stream, size_t len)
{
	size_t at = utf8_skip(stream->text.data, stream->text.len, len);

	str_drop(&stream->text, at);
	stream->dropped += at;
}

static void
stream_add(struct output_stream *stream, const char *text, size_t len)
{
	str_add_mem(&stream->text, text, len);
	must(!stream->text.overflow);
	if (stream->text.len > 2 * OUTPUT_PIECE_MAX)
		drop(stream, stream->text.len - OUTPUT_PIECE_MAX);
}

static int64_t
wait_us(const struct output *output)
{
	int64_t for_us = loop_now_us(loop_of(output)) - output->began_us;
	int64_t wait = OUTPUT_EVERY_US + for_us / PART_OF_TIME;

	return wait < OUTPUT_EVERY_MOST_US ? wait : OUTPUT_EVERY_MOST_US;
}

void
output_add(struct output *output, const char *name, const char *text, size_t len)
{
	struct output_stream *stream = stream_of(output, name);

	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < OUTPUT_PIECE_MAX ? len - at : OUTPUT_PIECE_MAX;
		stream_add(stream, text + at, n);
	}
	if (len > 0 && !timer_is_armed(&output->timer))
		timer_arm(loop_of(output), &output->timer, wait_us(output));
}

void
output_tell(struct output *output)
{
	if (output == NULL)
		return;
	timer_disarm(loop_of(output), &output->timer);
	for (size_t i = 0; i < OUTPUT_STREAMS_MAX; i++) {
		struct output_stream *stream = &output->streams[i];

		if (stream->text.len == 0 || output->node->execution->lost)
			continue;
		if (stream->text.len > OUTPUT_PIECE_MAX)
			drop(stream, stream->text.len - OUTPUT_PIECE_MAX);
		journal_output(&output->node->execution->journal, output->node, stream);
		str_clear(&stream->text);
		stream->dropped = 0;
	}
}
