/* SPDX-License-Identifier: Apache-2.0
 * said.c - a search for a key, and names. */
#include "said.h"

#include <stdlib.h>
#include <string.h>

#include "util/check.h"

static const char *const phases[NODE_STATES_N] = {
#define X(name, phase, status) [NODE_##name] = phase,
	NODE_STATES(X)
#undef X
};

/* Behind `"name":`; NULL when there is none. */
static const char *
find(const char *json, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = json; (at = strstr(at, name)) != NULL; at += len) {
		if (at > json && at[-1] == '"' && at[len] == '"' && at[len + 1] == ':')
			return at + len + 2;
	}
	return NULL;
}

const char *
said(const char *json, const char *name, char out[SAID_SIZE])
{
	const char *at = find(json, name);
	size_t      len;

	out[0] = '\0';
	if (at == NULL)
		return out;
	at += *at == '"';
	len = strcspn(at, "\",}");
	must(len < SAID_SIZE);
	memcpy(out, at, len);
	out[len] = '\0';
	return out;
}

uint64_t
said_number(const char *json, const char *name)
{
	char text[SAID_SIZE];

	return strtoull(said(json, name, text), NULL, 10);
}

bool
said_is(const char *json, const char *name, const char *value)
{
	char text[SAID_SIZE];

	return strcmp(said(json, name, text), value) == 0;
}

enum node_state
said_state(const char *json)
{
	char text[SAID_SIZE];
	int  state = 0;

	said(json, "phase", text);
	while (state < NODE_STATES_N && strcmp(text, phases[state]) != 0)
		state++;
	return (enum node_state)state;
}

enum execution_status
said_status(const char *json)
{
	char                  text[SAID_SIZE];
	enum execution_status status;

	return execution_status_from(said(json, "status", text), &status) ? status : STATUSES_N;
}

enum execution_reason
said_reason(const char *json)
{
	char                  text[SAID_SIZE];
	enum execution_reason reason;

	return execution_reason_from(said(json, "reason", text), &reason) ? reason : REASONS_N;
}

const char *
state_name(enum node_state state)
{
	must(state < NODE_STATES_N);
	return phases[state];
}
