/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_value.h - an answer of Redis, or a part of one. It lives as long as the answer does.
 */
#ifndef STORE_REDIS_VALUE_H
#define STORE_REDIS_VALUE_H

#include <stddef.h>
#include <stdint.h>

enum redis_kind {
	REDIS_KIND_NIL,
	REDIS_KIND_NUMBER,
	REDIS_KIND_TEXT,
	REDIS_KIND_LIST,
	REDIS_KIND_ERROR
};

struct redis_value {
	enum redis_kind kind;
	int64_t         number;
	const char     *text; /* of a text or an error; never NULL */
	size_t          n;    /* of a list */
	const void     *impl;
};

/* Past the end it is nil. */
struct redis_value redis_value_at(const struct redis_value *list, size_t i);

#endif
