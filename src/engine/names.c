/* SPDX-License-Identifier: Apache-2.0
 * names.c - the words of an execution, as the API and the store spell them. */
#include "engine/engine.h"

#include "util/check.h"
#include "util/str.h"

static const char *const kinds[EXECUTION_KINDS_N] = {
#define X(name, text) [EXECUTION_##name] = text,
	EXECUTION_KINDS(X)
#undef X
};

static const char *const modes[MODES_N] = {
#define X(name, text) [MODE_##name] = text,
	EXECUTION_MODES(X)
#undef X
};

static const char *const statuses[STATUSES_N] = {
#define X(name, text) [STATUS_##name] = text,
	EXECUTION_STATUSES(X)
#undef X
};

static const char *const reasons[REASONS_N] = {
#define X(name, text) [REASON_##name] = text,
	EXECUTION_REASONS(X)
#undef X
};

static const char *const on_failures[ON_FAILURES_N] = {
#define X(name, text) [ON_FAILURE_##name] = text,
	ON_FAILURES(X)
#undef X
};

static const char *const untils[UNTILS_N] = {
#define X(name, text) [UNTIL_##name] = text,
	UNTILS(X)
#undef X
};

/* -1: none of them. */
static int
find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(names[i], name))
			return (int)i;
	}
	return -1;
}

#define NAME_OF(names, n, value)         \
	do {                             \
		must((value) < (n));     \
		return (names)[(value)]; \
	} while (0)

#define VALUE_OF(names, n, name, ret)                 \
	do {                                          \
		int at_ = find((names), (n), (name)); \
                                                      \
		if (at_ >= 0)                         \
			*(ret) = at_;                 \
		return at_ >= 0;                      \
	} while (0)

const char *
execution_kind_name(enum execution_kind kind)
{
	NAME_OF(kinds, EXECUTION_KINDS_N, kind);
}

const char *
execution_mode_name(enum execution_mode mode)
{
	NAME_OF(modes, MODES_N, mode);
}

const char *
execution_status_name(enum execution_status status)
{
	NAME_OF(statuses, STATUSES_N, status);
}

const char *
execution_reason_name(enum execution_reason reason)
{
	NAME_OF(reasons, REASONS_N, reason);
}

const char *
on_failure_name(enum on_failure on_failure)
{
	NAME_OF(on_failures, ON_FAILURES_N, on_failure);
}

bool
execution_kind_from(const char *name, enum execution_kind *ret)
{
	VALUE_OF(kinds, EXECUTION_KINDS_N, name, ret);
}

bool
execution_mode_from(const char *name, enum execution_mode *ret)
{
	VALUE_OF(modes, MODES_N, name, ret);
}

bool
execution_status_from(const char *name, enum execution_status *ret)
{
	VALUE_OF(statuses, STATUSES_N, name, ret);
}

bool
execution_reason_from(const char *name, enum execution_reason *ret)
{
	VALUE_OF(reasons, REASONS_N, name, ret);
}

bool
on_failure_from(const char *name, enum on_failure *ret)
{
	VALUE_OF(on_failures, ON_FAILURES_N, name, ret);
}

bool
until_from(const char *name, enum until *ret)
{
	VALUE_OF(untils, UNTILS_N, name, ret);
}
