/* SPDX-License-Identifier: Apache-2.0
 * fault.c - by status, by code, and by the headers of the rate limits. */
#include "providers/github/fault.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/str.h"

#define MS_PER_S        1000
#define SECONDARY_MS    60000             /* what GitHub asks for where it names no time */
#define RESET_MARGIN_MS 1000              /* its clock and ours */
#define WAIT_MAX_MS     (3600 * MS_PER_S) /* a primary limit is reset each hour */

static const struct {
	int            status;
	enum op_result result;
} statuses[] = {
	{ 400, OP_INVALID },
	{ 401, OP_EXPIRED },
	{ 403, OP_DENIED },
	{ 404, OP_NOT_FOUND },
	{ 409, OP_CONFLICT },
	{ 410, OP_NOT_FOUND },
	{ 422, OP_INVALID },
	{ 429, OP_THROTTLED },
	{ 451, OP_DENIED },
	{ 500, OP_UNKNOWN },
	{ 502, OP_UNKNOWN },
	{ 503, OP_UNKNOWN },
	{ 504, OP_UNKNOWN },
};

bool
github_fault_is_read(const char *operation)
{
	return str_starts(operation, "GET ");
}

enum op_result
github_fault_unanswered(const char *operation)
{
	return github_fault_is_read(operation) ? OP_TRANSIENT : OP_UNKNOWN;
}

enum op_result
github_fault_class(const char *operation, int status, const char *code)
{
	enum op_result result = OP_FAILED;

	for (size_t i = 0; i < array_len(statuses); i++) {
		if (statuses[i].status == status)
			result = statuses[i].result;
	}
	if (str_eq(code, "already_exists"))
		result = OP_CONFLICT;
	return result == OP_UNKNOWN ? github_fault_unanswered(operation) : result;
}

/* ---- rate limits ---- */

static bool
number_in(const struct fetch *fetch, const char *name, uint64_t *ret_value)
{
	char text[32];

	return fetch_header_in(fetch, name, text, sizeof(text)) != NULL &&
	       str_to_u64(text, ret_value);
}

/* The primary limit is used up. */
static bool
until_reset(const struct fetch *fetch, int64_t wall_ms, int64_t *ret_ms)
{
	uint64_t seconds, remaining;

	if (!number_in(fetch, "x-ratelimit-remaining", &remaining) || remaining > 0 ||
	    !number_in(fetch, "x-ratelimit-reset", &seconds) || seconds >= INT32_MAX * 4ULL)
		return false;
	*ret_ms = (int64_t)seconds * MS_PER_S - wall_ms + RESET_MARGIN_MS;
	return true;
}

/* How long to keep away, in the order that GitHub names; 0: this is about no rate. */
static int64_t
wait_ms(const struct fetch *fetch, const char *message, int64_t wall_ms)
{
	int64_t ms;

	if (!fetch_retry_after(fetch, wall_ms, WAIT_MAX_MS, &ms) &&
	    !until_reset(fetch, wall_ms, &ms)) {
		if (fetch->status != 429 && strstr(message, "rate limit") == NULL)
			return 0;
		ms = SECONDARY_MS;
	}
	return ms < RESET_MARGIN_MS ? RESET_MARGIN_MS : ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
}

struct json_object *
github_rate(const struct fetch *fetch)
{
	static const struct {
		const char *header, *member;
	} told[] = {
		{ "x-ratelimit-limit", "limit" },
		{ "x-ratelimit-remaining", "remaining" },
		{ "x-ratelimit-reset", "reset" },
		{ "x-ratelimit-used", "used" },
	};
	struct json_object *rate = NULL;
	uint64_t            value;

	for (size_t i = 0; i < array_len(told); i++) {
		if (!number_in(fetch, told[i].header, &value) || value > INT64_MAX)
			continue;
		if (rate == NULL)
			rate = json_object_new_object();
		json_set_i64(rate, told[i].member, (int64_t)value);
	}
	return rate;
}

/* ---- what it says ---- */

/* "Validation Failed: name already_exists": the message alone says little. */
static void
say(struct call *call, struct json_object *body)
{
	const char         *message = json_get_str(body, "message");
	struct json_object *errors = json_get_array(body, "errors");
	struct json_object *first = errors != NULL && json_object_array_length(errors) > 0
					? json_object_array_get_idx(errors, 0)
					: NULL;
	const char *code = json_get_str(first, "code"), *field = json_get_str(first, "field");
	const char *more = json_get_str(first, "message");

	if (more == NULL && json_object_is_type(first, json_type_string))
		more = json_object_get_string(first);
	if (more == NULL)
		more = code;
	snprintf(call->code, sizeof(call->code), "%s", code != NULL ? code : "");
	snprintf(call->message, sizeof(call->message), "%s%s%s%s%s",
	    message != NULL ? message : "GitHub gave no reason", more != NULL ? ": " : "",
	    more != NULL && field != NULL ? field : "", more != NULL && field != NULL ? " " : "",
	    more != NULL ? more : "");
}

void
github_fault_take(
    struct call *call, const struct fetch *fetch, struct json_object *body, int64_t wall_ms)
{
	bool    by_rate = fetch->status == 403 || fetch->status == 429;
	int64_t ms;

	say(call, body);
	ms = by_rate ? wait_ms(fetch, call->message, wall_ms) : 0;
	call->result =
	    ms > 0 ? OP_THROTTLED : github_fault_class(call->operation, fetch->status, call->code);
	call->retry_after_ms = ms;
	if (call->code[0] == '\0')
		snprintf(call->code, sizeof(call->code), "%d", fetch->status);
	if (fetch->status >= 300 && fetch->status < 400)
		snprintf(call->message, sizeof(call->message),
		    "it has moved, as a repository does that was renamed: name it as it is now");
}
