/* SPDX-License-Identifier: Apache-2.0
 *
 * feed.h - numbered events of a graph, or of all graphs of a tenant: replay from any number, then follow.
 *
 * A reader pulls: it is handed events in order, without gap or repeat, for as long as it has
 * room; when it says it has none, it is left alone until feed_resume(). The stream in the store
 * is the only buffer, so a slow reader costs no memory and never slows a run. What is new is
 * announced by feed_announce() from whoever wrote it, after the write is durable, and by the store, whichever
 * process wrote it. Readers of one graph share what is read: an event costs one read, however many follow it.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/loop.h"
#include "store/store.h"

struct feed;
struct feed_topic;

struct feed_reader {
	/*
	 * Handed one event. False: no room, nothing was taken; call feed_resume() later. It may
	 * call feed_unfollow(), also for other readers, and feed_follow().
	 */
	bool (*on_event)(struct feed_reader *reader, uint64_t seq, const char *json);
	/*
	 * The store can't be read for now; the feed tries again by itself. Once for each outage.
	 * May be NULL.
	 */
	void (*on_trouble)(struct feed_reader *reader);

	/* the feed's own */
	struct feed_topic  *topic; /* NULL: follows nothing */
	struct feed_reader *next, **at;
	uint64_t            seq;    /* the last event taken */
	uint64_t            ticket; /* whose turn it is to be read for: the lowest */
	bool                wants;  /* there may be more than it has */
	bool                full;
};

struct feed *feed_create(struct loop *loop, struct store *store);
void         feed_destroy(struct feed *feed); /* no reader may be left */

/*
 * Events after `seq` (0: from the first); a key without a graph is all of the tenant's. The reader is the caller's memory
 * until feed_unfollow().
 */
void feed_follow(
    struct feed *feed, struct feed_reader *reader, const struct store_key *key, uint64_t seq);
void feed_unfollow(struct feed_reader *reader);
void feed_resume(struct feed_reader *reader);

/* Events of this graph were stored, up to number `seq`. */
void feed_announce(struct feed *feed, const struct store_key *key, uint64_t seq);

#endif
