/* SPDX-License-Identifier: Apache-2.0
 * pattern.c - compiled patterns in a bounded table, and matching within limits. */
#include "util/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define PATTERN_TABLE_SLOTS   1024 /* a power of two; type files hold a few hundred patterns */
#define PATTERN_TABLE_PROBES  8
#define PATTERN_STEPS_MAX     200000
#define PATTERN_DEPTH_MAX     2000
#define PATTERN_HEAP_KIBI_MAX 1024
#define PATTERN_COMPILE_OPTIONS                                                          \
	(PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | \
	    PCRE2_NEVER_BACKSLASH_C)

struct slot {
	char       *text; /* NULL: free */
	pcre2_code *code;
};

static struct slot          slots[PATTERN_TABLE_SLOTS];
static pcre2_match_context *limits;
static pcre2_match_data    *match_data;

static size_t
hash_of(const char *text)
{
	size_t hash = 2166136261u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

static pcre2_code *
compile(const char *pattern, char *why, size_t why_size)
{
	PCRE2_SIZE  at = 0;
	int         error = 0;
	pcre2_code *code = NULL;

	if (strlen(pattern) > PATTERN_LEN_MAX) {
		snprintf(why, why_size, "longer than %d bytes", PATTERN_LEN_MAX);
		return NULL;
	}
	code = pcre2_compile(
	    (PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PATTERN_COMPILE_OPTIONS, &error, &at, NULL);
	if (code == NULL) {
		unsigned char message[160];

		pcre2_get_error_message(error, message, sizeof(message));
		snprintf(why, why_size, "%s at offset %zu", (char *)message, (size_t)at);
	}
	return code;
}

static void
slot_fill(struct slot *slot, const char *pattern, pcre2_code *code)
{
	free(slot->text);
	pcre2_code_free(slot->code);
	slot->text = xstrdup(pattern);
	slot->code = code;
}

/* When all the places a pattern may have are taken, the first of them changes hands. */
static pcre2_code *
code_of(const char *pattern)
{
	size_t       hash = hash_of(pattern);
	struct slot *slot = &slots[hash % PATTERN_TABLE_SLOTS];
	pcre2_code  *code;
	char         why[8];

	for (size_t i = 0; i < PATTERN_TABLE_PROBES; i++) {
		struct slot *at = &slots[(hash + i) % PATTERN_TABLE_SLOTS];

		if (at->text != NULL && strcmp(at->text, pattern) == 0)
			return at->code;
		if (at->text == NULL) {
			slot = at;
			break;
		}
	}
	code = compile(pattern, why, sizeof(why));
	if (code != NULL)
		slot_fill(slot, pattern, code);
	return code;
}

static void
setup(void)
{
	limits = pcre2_match_context_create(NULL);
	match_data = pcre2_match_data_create(1, NULL);
	must(limits != NULL);
	must(match_data != NULL);
	pcre2_set_match_limit(limits, PATTERN_STEPS_MAX);
	pcre2_set_depth_limit(limits, PATTERN_DEPTH_MAX);
	pcre2_set_heap_limit(limits, PATTERN_HEAP_KIBI_MAX);
}

enum pattern_result
pattern_match(const char *pattern, const char *text, size_t len)
{
	pcre2_code *code = code_of(pattern);
	int         got;

	if (code == NULL)
		return PATTERN_INVALID;
	if (limits == NULL)
		setup();
	got = pcre2_match(code, (PCRE2_SPTR)text, len, 0, 0, match_data, limits);
	if (got >= 0)
		return PATTERN_MATCH;
	return got == PCRE2_ERROR_NOMATCH ? PATTERN_NO_MATCH : PATTERN_GIVEN_UP;
}

const char *
pattern_problem(const char *pattern, char *buf, size_t size)
{
	pcre2_code *code = compile(pattern, buf, size);

	if (code == NULL)
		return buf;
	pcre2_code_free(code);
	return NULL;
}

void
pattern_forget_all(void)
{
	for (size_t i = 0; i < PATTERN_TABLE_SLOTS; i++) {
		free(slots[i].text);
		pcre2_code_free(slots[i].code);
		slots[i] = (struct slot){ 0 };
	}
	pcre2_match_context_free(limits);
	pcre2_match_data_free(match_data);
	limits = NULL;
	match_data = NULL;
}
