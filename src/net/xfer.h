/* SPDX-License-Identifier: Apache-2.0
 *
 * xfer.h - between fetch_curl.c, which has all transfers, and xfer.c, which knows one from inside.
 *
 * curl's callbacks only record facts in the xfer and wake its task.
 */
#ifndef NET_XFER_H
#define NET_XFER_H

#include <stdbool.h>

#include "loop/loop.h"
#include "net/fetch.h"

struct curl_slist;

#define XFER_ERROR_SIZE  256
#define XFER_PENDING_MAX (64 * 1024) /* a stream is paused past this, until on_data() had it */

/* A fetch in flight. */
struct xfer {
	struct fetcher    *fetcher;
	struct loop       *loop;
	struct fetch      *fetch; /* NULL: cancelled or done, waits to be freed */
	struct xfer       *next, **link;
	struct task        task;
	void              *easy; /* curl's handle; NULL: ended, the result is in */
	struct curl_slist *headers;
	struct str         pending;  /* of a stream: not handed to on_data() yet */
	int                attempts; /* times that the request was about to be written */
	int                made;     /* the socket that was made for it; -1: none was */
	bool               repeatable, refused, paused, too_large, in_headers;
	enum fetch_result  result;
	char               error[XFER_ERROR_SIZE];
};

/* The request, put into a new handle. False: it can't be sent, and the result is in. */
MUSTCHECK bool xfer_prepare(struct xfer *xfer);

/* How it ended, by curl's code: the result, from all facts. */
void xfer_judge(struct xfer *xfer, int code);

/* Ends the handle, which is curl's multi's no longer. Never inside one of curl's callbacks. */
void xfer_release(struct xfer *xfer);

#endif
