/* SPDX-License-Identifier: Apache-2.0
 * feed.c - reads pages of events for those who want them, and hands them on.
 *
 * Readers of one graph form a topic, with at most one read in flight. A read starts after the
 * reader that has waited longest, and its page is handed to every reader it can serve: two
 * thousand who are up to date cost one read, and one who replays from the start takes turns with
 * them.
 *
 *            follow, announce, resume               page                         to all
 *   idle ───────────────────────────────► reading ─────► handing out, by pieces ────────► idle
 *     ▲                                      │ the store is down
 *     └──────────────── retry ◄──────────────┘
 *
 * A page for a thousand readers is a lot of work: between its pieces others have their turn. */
#include "feed/feed.h"

#include <stdlib.h>
#include <string.h>

#include "feed/page.h"
#include "util/check.h"
#include "util/mem.h"

#define TOPICS_BUCKETS 1024
#define RETRY_FIRST_US 100000
#define RETRY_LAST_US  2000000
#define PIECE_EVENTS   16 /* of a page, that are handed out before others have their turn */

struct feed_topic {
	struct feed        *feed;
	struct feed_topic  *next; /* in its bucket */
	struct store_key    key;
	struct feed_reader *readers;
	struct feed_reader *current; /* it is handed events; NULL: it left meanwhile */
	struct feed_reader *after;   /* who comes after it */
	struct page         page;
	struct task         task;
	struct timer        retry;
	int64_t             retry_us;
	bool                reading;
	bool                handing;   /* the page is not with all of them yet: `after` is next */
	bool                calling;   /* a reader is being called: it may not go away */
	uint64_t            announced; /* up to this number, since its task has run; 0: nothing */
	bool                trouble;   /* the readers were told */
};

struct feed {
	struct loop       *loop;
	struct store      *store;
	uint64_t           tickets;
	size_t             topics_n;
	struct feed_topic *topics[TOPICS_BUCKETS];
};

/* ---- topics by graph ---- */

static bool
key_is_same(const struct store_key *a, const struct store_key *b)
{
	return strcmp(a->graph, b->graph) == 0 && strcmp(a->deployment, b->deployment) == 0 &&
	       strcmp(a->tenant, b->tenant) == 0;
}

/* A graph id is a hash already, but its tenants may choose it: mixed with FNV-1a. */
static size_t
bucket_of(const struct store_key *key)
{
	uint32_t hash = 2166136261u;

	for (const char *c = key->graph; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (const char *c = key->tenant; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash % TOPICS_BUCKETS;
}

static struct feed_topic *
topic_find(const struct feed *feed, const struct store_key *key)
{
	struct feed_topic *topic = feed->topics[bucket_of(key)];

	while (topic != NULL && !key_is_same(&topic->key, key))
		topic = topic->next;
	return topic;
}

/* Nobody follows it any more. Its memory stays until the end of the turn: we may be inside it. */
static void
topic_end(struct feed_topic *topic)
{
	struct feed        *feed = topic->feed;
	struct feed_topic **at = &feed->topics[bucket_of(&topic->key)];

	must(topic->readers == NULL);
	while (*at != topic)
		at = &(*at)->next;
	*at = topic->next;
	feed->topics_n--;
	page_fini(&topic->page);
	timer_disarm(feed->loop, &topic->retry);
	task_cancel(feed->loop, &topic->task);
	loop_bury(feed->loop, free, topic);
}

static void
topic_wake(struct feed_topic *topic)
{
	task_wake(topic->feed->loop, &topic->task);
}

/* ---- who wants what ---- */

static void
reader_want(struct feed_reader *reader)
{
	if (!reader->wants)
		reader->ticket = ++reader->topic->feed->tickets;
	reader->wants = true;
}

/* The one who has waited longest; NULL when all have what there is, or no room. */
static struct feed_reader *
topic_first(const struct feed_topic *topic)
{
	struct feed_reader *first = NULL;

	for (struct feed_reader *reader = topic->readers; reader != NULL; reader = reader->next) {
		if (!reader->wants || reader->full)
			continue;
		if (first == NULL || reader->ticket < first->ticket)
			first = reader;
	}
	return first;
}

static void
topic_read(struct feed_topic *topic)
{
	struct feed_reader *first;

	/* What is announced while a page is on its way may not be in it: that is seen when it is here. */
	if (topic->reading || timer_is_armed(&topic->retry))
		return;
	for (struct feed_reader *reader = topic->readers; reader != NULL; reader = reader->next) {
		if (reader->seq < topic->announced)
			reader_want(reader);
	}
	topic->announced = 0;
	first = topic_first(topic);
	if (first == NULL)
		return;
	topic->reading = true;
	page_read(&topic->page, first->seq);
}

/* ---- handing out ---- */

/* Where in the page the events after `seq` begin: by counting, unless some were trimmed away. */
static size_t
page_find(const struct page *page, uint64_t seq)
{
	uint64_t skip = seq - page->after;
	size_t   i = 0;

	must(seq >= page->after);
	if (page->items_n == 0 || seq >= page->items[page->items_n - 1].number)
		return page->items_n;
	if (page->items[page->items_n - 1].number == page->after + page->items_n)
		return (size_t)skip;
	while (i < page->items_n && page->items[i].number <= seq)
		i++;
	return i;
}

/*
 * Hands a reader those of the page that it has not taken; it comes first in the next piece, if it is not through then. It wants more when the
 * page was full, and nothing when the page was the stream's end. How many it was handed.
 */
static size_t
reader_serve(struct feed_topic *topic, struct feed_reader *reader)
{
	const struct page *page = &topic->page;
	size_t             first = page_find(page, reader->seq);

	for (size_t i = first; i < page->items_n; i++) {
		const struct store_item *item = &page->items[i];
		bool                     taken;

		if (i - first == PIECE_EVENTS) {
			topic->after = reader;
			return i - first;
		}
		taken = reader->on_event(reader, item->number, item->text);
		if (topic->current != reader) /* it left meanwhile */
			return i - first;
		if (!taken) {
			reader->full = true;
			return i - first;
		}
		reader->seq = item->number;
	}
	if (reader->seq < page->until)
		reader->seq = page->until; /* what is missing is forgotten */
	reader->wants = false;
	if (page->is_full)
		reader_want(reader);
	return page->items_n - first;
}

static size_t
reader_tell_trouble(struct feed_topic *topic, struct feed_reader *reader)
{
	(void)topic;
	if (reader->on_trouble != NULL)
		reader->on_trouble(reader);
	return 0;
}

static size_t
reader_serve_if_wanting(struct feed_topic *topic, struct feed_reader *reader)
{
	bool wants = reader->wants && !reader->full && reader->seq >= topic->page.after;

	return wants ? reader_serve(topic, reader) : 0;
}

/* Calls for each reader from `after` on, while any of them may leave, until they were handed so much. */
static void
topic_for_each(struct feed_topic *topic, size_t (*call)(struct feed_topic *, struct feed_reader *),
    size_t                        most)
{
	topic->calling = true;
	for (size_t n = 0; topic->after != NULL && n < most;) {
		topic->current = topic->after;
		topic->after = topic->current->next;
		n += 1 + call(topic, topic->current);
	}
	topic->current = NULL;
	topic->calling = false;
}

static void
topic_trouble(struct feed_topic *topic)
{
	timer_arm(topic->feed->loop, &topic->retry, topic->retry_us);
	topic->retry_us = topic->retry_us * 2 < RETRY_LAST_US ? topic->retry_us * 2 : RETRY_LAST_US;
	if (!topic->trouble) {
		topic->trouble = true;
		topic->after = topic->readers;
		topic_for_each(topic, reader_tell_trouble, SIZE_MAX);
	}
}

/* It is not kept for those who had no room. */
static void
topic_end_page(struct feed_topic *topic)
{
	page_clear(&topic->page);
	if (topic->readers == NULL)
		topic_end(topic);
	else
		topic_wake(topic);
}

static void
topic_hand_out(struct feed_topic *topic)
{
	topic_for_each(topic, reader_serve_if_wanting, PIECE_EVENTS);
	if (topic->after != NULL) {
		topic_wake(topic);
		return;
	}
	topic->handing = false;
	topic_end_page(topic);
}

static void
topic_run(struct task *task)
{
	struct feed_topic *topic = container_of(task, struct feed_topic, task);

	if (topic->handing)
		topic_hand_out(topic);
	else
		topic_read(topic);
}

static void
on_page(struct page *page)
{
	struct feed_topic *topic = container_of(page, struct feed_topic, page);

	topic->reading = false;
	if (page->result == STORE_OK) {
		topic->trouble = false;
		topic->retry_us = RETRY_FIRST_US;
		topic->handing = true;
		topic->after = topic->readers;
		topic_hand_out(topic);
		return;
	}
	topic_trouble(topic);
	topic_end_page(topic);
}

static void
on_retry(struct timer *timer)
{
	topic_wake(container_of(timer, struct feed_topic, retry));
}

/* ---- what is new ---- */

static void
topic_announce(struct feed_topic *topic, uint64_t seq)
{
	if (topic->announced < seq)
		topic->announced = seq;
	topic_wake(topic);
}

/* Nobody knows of which there is something new. */
static void
announce_all(struct feed *feed)
{
	for (size_t i = 0; i < array_len(feed->topics); i++) {
		for (struct feed_topic *topic = feed->topics[i]; topic != NULL; topic = topic->next)
			topic_announce(topic, UINT64_MAX);
	}
}

/* By whichever process, this one included. */
static void
on_told(void *arg, const struct store_key *key, uint64_t seq, uint64_t number)
{
	struct feed     *feed = arg;
	struct store_key tenant = { 0 };

	if (key == NULL) {
		announce_all(feed);
		return;
	}
	memcpy(tenant.tenant, key->tenant, sizeof(tenant.tenant));
	feed_announce(feed, key, seq);
	feed_announce(feed, &tenant, number);
}

/* ---- public ---- */

struct feed *
feed_create(struct loop *loop, struct store *store)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));

	feed->loop = loop;
	feed->store = store;
	store_listen(store, on_told, feed);
	return feed;
}

void
feed_destroy(struct feed *feed)
{
	if (feed == NULL)
		return;
	must(feed->topics_n == 0);
	store_listen(feed->store, NULL, NULL);
	free(feed);
}

static struct feed_topic *
topic_create(struct feed *feed, const struct store_key *key)
{
	struct feed_topic **bucket = &feed->topics[bucket_of(key)];
	struct feed_topic  *topic = xcalloc(1, sizeof(*topic));

	topic->feed = feed;
	topic->key = *key;
	topic->retry_us = RETRY_FIRST_US;
	page_init(&topic->page, feed->store, key, on_page);
	task_init(&topic->task, topic_run);
	task_set_lane(feed->loop, &topic->task, lane_of(key->tenant));
	timer_init(&topic->retry, on_retry);
	timer_set_lane(feed->loop, &topic->retry, topic->task.lane);
	topic->next = *bucket;
	*bucket = topic;
	feed->topics_n++;
	return topic;
}

void
feed_follow(
    struct feed *feed, struct feed_reader *reader, const struct store_key *key, uint64_t seq)
{
	struct feed_topic *topic = topic_find(feed, key);

	must(reader->topic == NULL);
	must(reader->on_event != NULL);
	if (topic == NULL)
		topic = topic_create(feed, key);
	reader->topic = topic;
	reader->seq = seq;
	reader->full = false;
	reader->wants = false;
	reader->next = topic->readers;
	reader->at = &topic->readers;
	if (reader->next != NULL)
		reader->next->at = &reader->next;
	topic->readers = reader;
	reader_want(reader);
	topic_wake(topic);
}

void
feed_unfollow(struct feed_reader *reader)
{
	struct feed_topic *topic = reader->topic;

	if (topic == NULL)
		return;
	if (topic->current == reader)
		topic->current = NULL;
	if (topic->after == reader)
		topic->after = reader->next;
	*reader->at = reader->next;
	if (reader->next != NULL)
		reader->next->at = reader->at;
	reader->topic = NULL;
	if (topic->readers == NULL && !topic->calling)
		topic_end(topic);
}

void
feed_resume(struct feed_reader *reader)
{
	if (reader->topic == NULL || !reader->full)
		return;
	reader->full = false;
	topic_wake(reader->topic);
}

void
feed_announce(struct feed *feed, const struct store_key *key, uint64_t seq)
{
	struct feed_topic *topic = topic_find(feed, key);

	if (topic != NULL)
		topic_announce(topic, seq);
}
