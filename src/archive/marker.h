/* SPDX-License-Identifier: Apache-2.0
 *
 * marker.h - what the archive has of a graph: a few words in the store, for whoever asks how far behind it is.
 */
#ifndef ARCHIVE_MARKER_H
#define ARCHIVE_MARKER_H

#include <json-c/json.h>
#include <stdint.h>

#include "util/str.h"

#define MARKER_ID_SIZE    33
#define MARKER_ERROR_SIZE 240

struct marker {
	char     execution[MARKER_ID_SIZE]; /* "": none */
	uint64_t event;                     /* all up to this one is there */
	int64_t  at_ms;                     /* when that was; 0: nothing is there yet */
	unsigned tries;                     /* in vain since then */
	char     error[MARKER_ERROR_SIZE];  /* of the last of them; "" */
};

/* What can't be read is as if there were none. */
void marker_read(struct marker *marker, const char *text);
void marker_write(const struct marker *marker, struct str *out);

/* {state, last_archived_at, pending, error}: for the API. The caller puts it. */
struct json_object *marker_show(const struct marker *marker, uint64_t last_event);

/* As above, of anything. */
struct json_object *
marker_show_state(int64_t at_ms, uint64_t pending, bool is_behind, const char *error);

#endif
