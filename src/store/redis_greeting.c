/* SPDX-License-Identifier: Apache-2.0
 * redis_greeting.c - the first commands of a connection, and the judgement of what came back. */
#include "store/redis_greeting.h"

#include <stdio.h>
#include <string.h>

#include "util/check.h"

#define POLICY_WANTED "noeviction"

static void
say_auth(struct redis_say *say, const struct redis_url *url)
{
	redis_say_text(say, "AUTH");
	if (url->user != NULL)
		redis_say_text(say, url->user);
	redis_say_text(say, secret_open(url->password));
}

bool
redis_greeting_say(
    struct redis_greeting *greeting, const struct redis_url *url, int step, struct redis_say *say)
{
	must(step >= 0);
	must(step < GREETING_STEPS_N);
	if ((step == GREETING_AUTH && url->password == NULL) ||
	    (step == GREETING_SELECT && url->db == 0))
		return false;
	redis_say_clear(say);
	greeting->due++;
	if (step == GREETING_AUTH) {
		say_auth(say, url);
	} else if (step == GREETING_SELECT) {
		redis_say_text(say, "SELECT");
		redis_say_number(say, (uint64_t)url->db);
	} else if (step == GREETING_POLICY) {
		redis_say_text(say, "CONFIG");
		redis_say_text(say, "GET");
		redis_say_text(say, "maxmemory-policy");
		redis_say_text(say, "appendfsync");
	} else if (step == GREETING_INFO) {
		redis_say_text(say, "INFO");
	} else {
		redis_say_text(say, "SCRIPT");
		redis_say_text(say, "LOAD");
		redis_say_text(
		    say, redis_script_text((enum redis_script)(step - GREETING_SCRIPTS)));
	}
	return true;
}

/* The value of "name:value\r\n" in the text of INFO; "" when it is not there. */
static void
info_get(const char *info, const char *name, char out[REDIS_POLICY_SIZE])
{
	const char *at = strstr(info, name);

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	snprintf(out, REDIS_POLICY_SIZE, "%.*s", (int)strcspn(at, "\r\n"), at);
}

/* From a flat list of pairs: name, value. */
static void
config_get(const struct redis_value *list, const char *name, char out[REDIS_POLICY_SIZE])
{
	for (size_t i = 0; i + 1 < list->n; i += 2) {
		if (strcmp(redis_value_at(list, i).text, name) == 0)
			snprintf(out, REDIS_POLICY_SIZE, "%s", redis_value_at(list, i + 1).text);
	}
}

static void
hear_info(struct redis_greeting *greeting, const char *info)
{
	char text[REDIS_POLICY_SIZE];

	info_get(info, "\nmaxmemory_policy:", text);
	if (greeting->policy[0] == '\0')
		memcpy(greeting->policy, text, sizeof(text));
	info_get(info, "\nrole:", text);
	greeting->is_replica = strcmp(text, "slave") == 0;
	info_get(info, "\naof_enabled:", text);
	greeting->has_aof = strcmp(text, "1") == 0;
}

void
redis_greeting_hear(struct redis_greeting *greeting, int step, const struct redis_value *value)
{
	must(greeting->due > 0);
	greeting->due--;
	if (value->kind == REDIS_KIND_ERROR) {
		/* CONFIG is often not allowed in a hosted Redis: then INFO tells the policy. */
		if (step != GREETING_POLICY && greeting->refused[0] == '\0')
			snprintf(greeting->refused, sizeof(greeting->refused), "%s", value->text);
		return;
	}
	if (step == GREETING_POLICY) {
		config_get(value, "maxmemory-policy", greeting->policy);
		config_get(value, "appendfsync", greeting->fsync);
	} else if (step == GREETING_INFO)
		hear_info(greeting, value->text);
	else if (step >= GREETING_SCRIPTS)
		snprintf(greeting->sha[step - GREETING_SCRIPTS], REDIS_SHA_SIZE, "%s", value->text);
}

bool
redis_greeting_judge(const struct redis_greeting *greeting, char ret_why[REDIS_WHY_SIZE])
{
	must(greeting->due == 0);
	if (greeting->refused[0] != '\0')
		snprintf(ret_why, REDIS_WHY_SIZE, "%s", greeting->refused);
	else if (greeting->policy[0] == '\0')
		snprintf(ret_why, REDIS_WHY_SIZE, "it does not tell its maxmemory-policy");
	else if (strcmp(greeting->policy, POLICY_WANTED) != 0)
		snprintf(ret_why, REDIS_WHY_SIZE,
		    "maxmemory-policy is %s; it must be " POLICY_WANTED
		    ", or executions would be forgotten under memory pressure",
		    greeting->policy);
	else if (greeting->is_replica)
		snprintf(ret_why, REDIS_WHY_SIZE, "it is a read-only replica");
	else
		return true;
	return false;
}
