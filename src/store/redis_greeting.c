/* SPDX-License-Identifier: Apache-2.0
 * redis_greeting.c - the first commands of a connection, and the judgement of what came back. */
#include "store/redis_greeting.h"

#include <stdio.h>
#include <string.h>

#include "util/check.h"
#include "util/log.h"

#define POLICY_WANTED "noeviction"
#define SHA_SIZE      41
#define SETTING_SIZE  64

enum {
	STEP_AUTH,
	STEP_SELECT,
	STEP_SETTINGS,
	STEP_INFO,
	STEP_SCRIPTS, /* the first of them */
	STEPS_N = STEP_SCRIPTS + REDIS_SCRIPTS_N
};

struct greeting {
	char refused[REDIS_WHY_SIZE];
	char policy[SETTING_SIZE];
	char fsync[SETTING_SIZE]; /* "" where it is not told */
	char sha[REDIS_SCRIPTS_N][SHA_SIZE];
	bool is_replica, is_clustered, has_aof;
};

bool
redis_greeting_say_auth(const struct redis_url *url, struct redis_say *say)
{
	if (url->password == NULL)
		return false;
	redis_say_text(say, "AUTH");
	if (url->user != NULL)
		redis_say_text(say, url->user);
	redis_say_text(say, secret_open(url->password));
	return true;
}

static bool
greeting_say(const struct redis_url *url, int step, struct redis_say *say)
{
	if (step == STEP_AUTH)
		return redis_greeting_say_auth(url, say);
	if (step == STEP_SELECT && url->db == 0)
		return false;
	if (step == STEP_SELECT) {
		redis_say_text(say, "SELECT");
		redis_say_number(say, (uint64_t)url->db);
	} else if (step == STEP_SETTINGS) {
		redis_say_text(say, "CONFIG");
		redis_say_text(say, "GET");
		redis_say_text(say, "maxmemory-policy");
		redis_say_text(say, "appendfsync");
	} else if (step == STEP_INFO) {
		redis_say_text(say, "INFO");
	} else {
		redis_say_text(say, "SCRIPT");
		redis_say_text(say, "LOAD");
		redis_say_text(say, redis_script_text((enum redis_script)(step - STEP_SCRIPTS)));
	}
	return true;
}

/* The value of "name:value\r\n" in the text of INFO; "" when it is not there. */
static void
info_get(const char *info, const char *name, char out[SETTING_SIZE])
{
	const char *at = strstr(info, name);

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	snprintf(out, SETTING_SIZE, "%.*s", (int)strcspn(at, "\r\n"), at);
}

/* From a flat list of pairs: name, value. */
static void
config_get(const struct redis_value *list, const char *name, char out[SETTING_SIZE])
{
	for (size_t i = 0; i + 1 < list->n; i += 2) {
		if (strcmp(redis_value_at(list, i).text, name) == 0)
			snprintf(out, SETTING_SIZE, "%s", redis_value_at(list, i + 1).text);
	}
}

static void
hear_info(struct greeting *greeting, const char *info)
{
	char text[SETTING_SIZE];

	info_get(info, "\nmaxmemory_policy:", text);
	if (greeting->policy[0] == '\0')
		memcpy(greeting->policy, text, sizeof(text));
	info_get(info, "\nrole:", text);
	greeting->is_replica = strcmp(text, "slave") == 0;
	info_get(info, "\naof_enabled:", text);
	greeting->has_aof = strcmp(text, "1") == 0;
	info_get(info, "\ncluster_enabled:", text);
	greeting->is_clustered = strcmp(text, "1") == 0;
}

static void
greeting_hear(void *heard, const struct redis_url *url, int step, const struct redis_value *value)
{
	struct greeting *greeting = heard;

	(void)url;
	if (value->kind == REDIS_KIND_ERROR) {
		/* CONFIG is often not allowed in a hosted Redis: then INFO tells the policy. */
		if (step != STEP_SETTINGS && greeting->refused[0] == '\0')
			snprintf(greeting->refused, sizeof(greeting->refused), "%s", value->text);
		return;
	}
	if (step == STEP_SETTINGS) {
		config_get(value, "maxmemory-policy", greeting->policy);
		config_get(value, "appendfsync", greeting->fsync);
	} else if (step == STEP_INFO)
		hear_info(greeting, value->text);
	else if (step >= STEP_SCRIPTS)
		snprintf(greeting->sha[step - STEP_SCRIPTS], SHA_SIZE, "%s", value->text);
}

static bool
greeting_judge(const void *heard, const struct redis_url *url, char ret_why[REDIS_WHY_SIZE])
{
	const struct greeting *greeting = heard;

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
	else if (greeting->is_clustered && url->scheme != REDIS_SCHEME_CLUSTER)
		snprintf(ret_why, REDIS_WHY_SIZE,
		    "it is a node of a cluster; the URL must be redis-cluster://");
	else
		return true;
	return false;
}

static void
greeting_log(const void *heard, const char *name)
{
	const struct greeting *greeting = heard;

	log_line(greeting->has_aof ? LOG_INFO : LOG_WARN, "store.up",
	    "redis=%s policy=%s appendonly=%s appendfsync=%s", name, greeting->policy,
	    greeting->has_aof ? "yes" : "no",
	    greeting->fsync[0] != '\0' ? greeting->fsync : "unknown");
}

const struct redis_greeting_kind redis_greeting = {
	.size = sizeof(struct greeting),
	.steps_n = STEPS_N,
	.say = greeting_say,
	.hear = greeting_hear,
	.judge = greeting_judge,
	.down = "store.down",
	.log = greeting_log,
};

const char *
redis_greeting_script(const struct redis_link *link, enum redis_script script)
{
	must(script < REDIS_SCRIPTS_N);
	return ((const struct greeting *)redis_link_heard(link))->sha[script];
}
