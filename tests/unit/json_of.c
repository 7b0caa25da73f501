/* SPDX-License-Identifier: Apache-2.0
 * json_of.c - JSON from a text that is written in a test. */
#include "tests/unit/json_of.h"

#include <check.h>
#include <string.h>

#include "util/json.h"

struct json_object *
json_of(const char *text)
{
	struct err          err = { ERR_OK, "" };
	struct json_object *json = json_read(text, strlen(text), &err);

	ck_assert_msg(json != NULL, "%s in %s", err.detail, text);
	return json;
}
