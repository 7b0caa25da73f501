/* SPDX-License-Identifier: Apache-2.0
 * cache.c - asks a sister service, and judges its answer. */
#include "archive/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

#define URL_MAX      4096
#define ANSWER_MAX   (256u * 1024 * 1024)
#define WAIT_MS      30000
#define BYTES_PER_MS 100 /* a large body is given more time */
#define KIND_MAX     48

void
sister_init(struct sister *sister, struct fetcher *fetcher, const char *name, const char *url,
    const char *key_name, const char *key)
{
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	*sister = (struct sister){ .fetcher = fetcher, .name = name };
	sister->url = xstrndup(url, len);
	sister->key_name = xstrdup(key_name);
	if (key != NULL)
		sister->key = secret_create(key, strlen(key));
}

void
sister_fini(struct sister *sister)
{
	free(sister->url);
	free(sister->key_name);
	secret_destroy(sister->key);
}

/* ---- what a right answer has ---- */

bool
cache_expect_json(const struct cache_call *call, struct json_object *answer)
{
	(void)call;
	(void)answer;
	return true;
}

bool
cache_expect_stored(const struct cache_call *call, struct json_object *answer)
{
	(void)call;
	return json_get_str(answer, "cache_id") != NULL;
}

bool
cache_expect_updated(const struct cache_call *call, struct json_object *answer)
{
	(void)call;
	return json_get_bool(answer, "updated_content", false);
}

/* Under that very name: one that the service does not like it would rewrite, silently. */
bool
cache_expect_child(const struct cache_call *call, struct json_object *answer)
{
	const char *key = json_get_str(answer, "data_key"), *id = json_get_str(answer, "file_id");
	char        name[sizeof(call->child)];

	if (key == NULL || id == NULL)
		return false;
	snprintf(name, sizeof(name), "%s%s%s", key, key[0] != '\0' ? "/" : "", id);
	return strcmp(name, call->child) == 0;
}

bool
cache_expect_exists(const struct cache_call *call, struct json_object *answer)
{
	(void)call;
	return json_get_bool(answer, "exists", false);
}

/* ---- verdicts ---- */

static enum cache_verdict
verdict_of_status(int status)
{
	static const struct row {
		int                status;
		enum cache_verdict verdict;
	} rows[] = {
		{ 200, CACHE_OK },
		{ 404, CACHE_ABSENT },
		{ 401, CACHE_TROUBLE },
		{ 403, CACHE_TROUBLE },
		{ 408, CACHE_TROUBLE },
		{ 429, CACHE_TROUBLE },
		{ 502, CACHE_TROUBLE },
		{ 503, CACHE_TROUBLE },
		{ 504, CACHE_TROUBLE },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		if (rows[i].status == status)
			return rows[i].verdict;
	}
	return CACHE_REFUSED;
}

/* The kind of an error, where the body has one. It is a word of capitals; nothing else is told on. */
static const char *
kind_of(struct json_object *answer)
{
	const char *kind = json_get_str(json_get_object(answer, "detail"), "error_type");
	size_t      len = kind != NULL ? strspn(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") : 0;

	return len > 0 && len < KIND_MAX && kind[len] == '\0' ? kind : "";
}

static void
judge_answer(struct cache_call *call, struct json_object *answer)
{
	int         status = call->fetch.status;
	const char *kind = kind_of(answer);

	call->verdict = verdict_of_status(status);
	if (str_eq(kind, "UPDATE_FAILED")) /* how it says that there is nothing to update */
		call->verdict = CACHE_ABSENT;
	if (call->verdict == CACHE_OK && (answer == NULL || !call->expect(call, answer))) {
		call->verdict = CACHE_REFUSED;
		snprintf(call->error, sizeof(call->error),
		    "the %s has answered, but not that it has done it", call->sister->name);
	} else if (call->verdict != CACHE_OK) {
		snprintf(call->error, sizeof(call->error), "the %s has answered %d%s%s",
		    call->sister->name, status, kind[0] != '\0' ? " " : "", kind);
	}
}

static void
judge(struct cache_call *call)
{
	struct fetch       *fetch = &call->fetch;
	struct json_object *answer;

	call->error[0] = '\0';
	if (fetch->result != FETCH_DONE) {
		call->verdict = fetch->result == FETCH_TOO_LARGE ? CACHE_REFUSED : CACHE_TROUBLE;
		snprintf(call->error, sizeof(call->error), "the %s can't be reached: %.120s",
		    call->sister->name, fetch->error);
		return;
	}
	answer = json_read(fetch->body_in.data, fetch->body_in.len, NULL);
	judge_answer(call, answer);
	if (call->verdict == CACHE_OK)
		call->json = answer;
	else
		json_object_put(answer);
}

/* ---- calls ---- */

static void
on_fetched(struct fetch *fetch)
{
	struct cache_call *call = container_of(fetch, struct cache_call, fetch);

	call->busy = false;
	judge(call);
	fetch_fini(fetch);
	call->done(call);
}

void
cache_call_init(struct cache_call *call, struct sister *sister, const char *trace)
{
	must(!call->busy);
	json_object_put(call->json);
	if (call->url.max > 0)
		str_fini(&call->url);
	call->json = NULL;
	call->sister = sister;
	call->trace = trace;
	str_init(&call->url, URL_MAX);
	str_add(&call->url, sister->url);
}

static void
send(struct cache_call *call, const char *method, const char *text, size_t len,
    cache_expect *expect, void (*done)(struct cache_call *))
{
	struct sister *sister = call->sister;

	must(!call->url.overflow);
	call->busy = true;
	call->expect = expect;
	call->done = done;
	fetch_init(&call->fetch, method, call->url.data, on_fetched);
	fetch_header_add(&call->fetch, "accept", "application/json");
	fetch_trace(&call->fetch, call->trace);
	if (sister->key != NULL)
		fetch_header_add(&call->fetch, sister->key_name, secret_open(sister->key));
	if (text != NULL)
		fetch_header_add(&call->fetch, "content-type", "application/json");
	call->fetch.body = text;
	call->fetch.body_len = len;
	call->fetch.body_max = ANSWER_MAX;
	call->fetch.timeout_ms = WAIT_MS + (int64_t)(len / BYTES_PER_MS);
	fetch_start(sister->fetcher, &call->fetch);
}

void
cache_get(struct cache_call *call, cache_expect *expect, void (*done)(struct cache_call *))
{
	send(call, "GET", NULL, 0, expect, done);
}

void
cache_post(struct cache_call *call, const char *text, size_t len, cache_expect *expect,
    void (*done)(struct cache_call *))
{
	send(call, "POST", text, len, expect, done);
}

void
cache_put_child(struct cache_call *call, const char *ns, const char *cache_id, const char *name,
    const char *text, size_t len, void (*done)(struct cache_call *))
{
	str_addf(&call->url, "/%s/cache/%s/data/store/json/%s", ns, cache_id, name);
	snprintf(call->child, sizeof(call->child), "%s", name);
	cache_post(call, text, len, cache_expect_child, done);
}

void
cache_call_fini(struct cache_call *call)
{
	if (call->busy) {
		fetch_cancel(call->sister->fetcher, &call->fetch);
		fetch_fini(&call->fetch);
	}
	call->busy = false;
	json_object_put(call->json);
	call->json = NULL;
	if (call->url.max > 0)
		str_fini(&call->url);
	call->url = (struct str){ 0 };
}
