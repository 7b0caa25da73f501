/* SPDX-License-Identifier: Apache-2.0
 * err.c - the table of error codes, and problem lists. */
#include "util/err.h"

#include <stdarg.h>
#include <stdlib.h>

#include "util/mem.h"
#include "util/str.h"

#define PROBLEM_DETAIL_MAX 4096

static const struct err_row {
	const char *name;
	int         status;
	const char *title, *when;
} rows[ERR_N] = {
#define X(name, code, status, title, when) [ERR_##name] = { code, status, title, when },
	ERR_CODES(X)
#undef X
};

const char *
err_name(enum err_code code)
{
	must(code < ERR_N);
	return rows[code].name;
}

const char *
err_title(enum err_code code)
{
	must(code < ERR_N);
	return rows[code].title;
}

const char *
err_when(enum err_code code)
{
	must(code < ERR_N);
	return rows[code].when;
}

int
err_status(enum err_code code)
{
	must(code < ERR_N);
	return rows[code].status;
}

enum err_code
err_from(const char *name)
{
	size_t code = 0;

	while (code < ERR_N && !str_eq(rows[code].name, name))
		code++;
	return (enum err_code)code;
}

enum err_code
err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list args;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(args, fmt);
	str_vformat(err->detail, sizeof(err->detail), fmt, args);
	va_end(args);
	return code;
}

void
problems_init(struct problems *problems)
{
	*problems = (struct problems){ 0 };
}

void
problem_fini(struct problem *problem)
{
	free(problem->pointer);
	free(problem->code);
	free(problem->detail);
}

void
problems_fini(struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		problem_fini(&problems->items[i]);
	free(problems->items);
	*problems = (struct problems){ 0 };
}

void
problems_add(struct problems *problems, const char *pointer, const char *code, const char *fmt, ...)
{
	char    detail[PROBLEM_DETAIL_MAX];
	va_list args;

	if (problems->n == PROBLEMS_MAX) {
		problems->truncated = true;
		return;
	}
	va_start(args, fmt);
	str_vformat(detail, sizeof(detail), fmt, args);
	va_end(args);
	problems->items = xrealloc(problems->items, problems->n + 1, sizeof(*problems->items));
	problems->items[problems->n++] = (struct problem){
		.pointer = xstrdup(pointer),
		.code = xstrdup(code),
		.detail = xstrdup(detail),
	};
}
