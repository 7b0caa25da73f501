/* SPDX-License-Identifier: Apache-2.0
 * contact.c - what the provider over there can do, then its types; again until both are known. From then on, only whether it
 * can still do that. */
#include <stdio.h>
#include <string.h>

#include "providers/sister/inside.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"

#define US_PER_S       INT64_C(1000000)
#define AGAIN_LEAST_US (US_PER_S / 4)
#define AGAIN_SHIFTS   4 /* up to four seconds */
#define LOOK_US        (10 * US_PER_S)
#define PATH_SIZE      256
#define TIMEOUT_MS     30000

static void ask(struct sister *sister);

static void
come_back(struct sister *sister, const struct peer_failure *failure)
{
	char why[PEER_WHY_SIZE + 64];

	if (!str_eq(failure->message, sister->why))
		log_warn("provider.away", "provider=%s why=%s", sister->peer.name,
		    log_quote(why, sizeof(why), failure->message));
	snprintf(sister->why, sizeof(sister->why), "%s", failure->message);
	sister->knows_provider = false;
	timer_arm(sister->peer.loop, &sister->again,
	    AGAIN_LEAST_US << (sister->tries < AGAIN_SHIFTS ? sister->tries : AGAIN_SHIFTS));
	sister->tries++;
}

/* ---- the provider ---- */

static struct json_object *
find_provider(struct json_object *answer, const char *name)
{
	struct json_object *list = json_get_array(answer, "providers");

	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
		struct json_object *json = json_object_array_get_idx(list, i);

		if (str_eq(json_get_str(json, "name"), name))
			return json;
	}
	return NULL;
}

static bool
take_provider(struct sister *sister, struct json_object *answer, struct peer_failure *failure)
{
	struct json_object *json = find_provider(answer, sister->peer.name);

	if (json_get_i64(answer, "protocol", 0) != PROTOCOL_VERSION) {
		peer_fail(&sister->peer, failure, OP_FAILED, "",
		    "it does not speak version %d of the protocol", PROTOCOL_VERSION);
		return false;
	}
	if (json == NULL) {
		peer_fail(&sister->peer, failure, OP_FAILED, "", "it does not serve that provider");
		return false;
	}
	sister_take(sister, json);
	return true;
}

/* ---- its types ---- */

static void
take_type(struct sister *sister, struct json_object *json)
{
	const char         *name = json_get_str(json, "type");
	const char         *window = json_get_str(json, "window");
	struct json_object *file = json_get_object(json, "file");
	struct err          err = { 0 };
	char                why[sizeof(err.detail) + 64];

	if (name == NULL || file == NULL)
		return;
	if (window != NULL)
		json_set_str(sister->windows, name, window);
	if (registry_add_file(sister->registry, name, file, sister->peer.place, &err) != ERR_OK)
		log_error("type.unusable", "why=%s", log_quote(why, sizeof(why), err.detail));
}

static bool
take_types(struct sister *sister, struct json_object *answer, struct peer_failure *failure)
{
	struct json_object *list = json_get_array(answer, "types");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0) {
		peer_fail(&sister->peer, failure, OP_FAILED, "", "it has no types");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		take_type(sister, json_object_array_get_idx(list, i));
	sister->is_there = true;
	return true;
}

/* ---- asking ---- */

/* Once its types are here, all that is asked is what it can do, and for which key: another one after a restart. */
static void
rest(struct sister *sister)
{
	if (sister->why[0] != '\0')
		log_info("provider.there", "provider=%s types=%d", sister->peer.name,
		    json_object_object_length(sister->windows));
	sister->why[0] = '\0';
	sister->tries = 0;
	sister->knows_provider = false;
	timer_arm(sister->peer.loop, &sister->again, LOOK_US);
}

static void
on_fetched(struct fetch *fetch)
{
	struct sister      *sister = container_of(fetch, struct sister, fetch);
	struct peer_failure failure;
	struct json_object *answer = peer_read(&sister->peer, fetch, &failure);
	bool                good = answer != NULL;

	fetch_fini(fetch);
	if (good)
		good = sister->knows_provider ? take_types(sister, answer, &failure)
					      : take_provider(sister, answer, &failure);
	json_object_put(answer);
	if (!good) {
		come_back(sister, &failure);
	} else if (sister->is_there) {
		rest(sister);
	} else {
		sister->knows_provider = true;
		ask(sister);
	}
}

static void
ask(struct sister *sister)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), PROTOCOL_ROOT "%s%s",
	    sister->knows_provider ? "/types?provider=" : "",
	    sister->knows_provider ? sister->peer.name : "");
	peer_prepare(&sister->peer, &sister->fetch, sister->url, "GET", path, on_fetched);
	sister->fetch.timeout_ms = TIMEOUT_MS;
	fetch_start(sister->peer.fetcher, &sister->fetch);
}

static void
on_again(struct timer *timer)
{
	ask(container_of(timer, struct sister, again));
}

void
sister_contact(struct sister *sister)
{
	timer_init(&sister->again, on_again);
	snprintf(sister->why, sizeof(sister->why), "%s at %.128s: it has not answered yet",
	    sister->peer.name, sister->peer.place);
	ask(sister);
}

void
sister_contact_end(struct sister *sister)
{
	timer_disarm(sister->peer.loop, &sister->again);
	fetch_cancel(sister->peer.fetcher, &sister->fetch);
	fetch_fini(&sister->fetch);
}
