/* SPDX-License-Identifier: Apache-2.0
 * pages.c - a cursor says behind what to go on, so that what is new moves nothing. */
#include "api/pages.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/routes.h"
#include "util/json.h"
#include "util/str.h"

#define NUMBER_SIZE 24

bool
page_number(struct exchange *x, const char *name, uint64_t most, uint64_t *ret)
{
	char        text[NUMBER_SIZE];
	const char *given = http_query(x->request, name, text, sizeof(text));
	struct err  err;

	if (given == NULL || (str_to_u64(given, ret) && *ret >= 1 && *ret <= most))
		return true;
	err_set(&err, ERR_BAD_REQUEST, "%s: a whole number from 1 to %" PRIu64 " is wanted", name,
	    most);
	reply_err(x, &err);
	return false;
}

bool
page_limit(struct exchange *x, size_t *ret_n)
{
	uint64_t limit = PAGE_USUAL;

	if (!page_number(x, "limit", STORE_PAGE_MAX, &limit))
		return false;
	*ret_n = (size_t)limit;
	return true;
}

/* As it stands in a query: names of ours have a colon at most, which may. */
static void
add_path(struct str *link, const struct exchange *x)
{
	size_t fixed = strcspn(x->route->path, "{");

	str_add_mem(link, x->route->path, fixed);
	str_add(link, x->route->path[fixed] != '\0' ? x->parameter : "");
}

void
page_next(struct exchange *x, struct json_object *body, size_t n, const char *cursor)
{
	struct str link;

	json_set_str(body, "next_cursor", cursor);
	str_init(&link, sizeof(x->out.link) - 1);
	str_add_char(&link, '<');
	add_path(&link, x);
	str_addf(&link, "?limit=%zu&cursor=%s>; rel=\"next\"", n, cursor);
	must(!link.overflow);
	memcpy(x->out.link, link.data, link.len + 1);
	str_fini(&link);
}
