/* SPDX-License-Identifier: Apache-2.0
 * run_check.c - what must be so in an answer, by the properties that say so. */
#include "interpreter/run.h"

#include <stdio.h>

#include "interpreter/paths.h"
#include "provider/expect.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/str.h"

#define WHY_MAX (64 * 1024)

/* A text may be JSON; what is no text is. */
static bool
holds(struct json_object *expect, struct json_object *there, struct str *why)
{
	bool                plain = json_object_is_type(there, json_type_string);
	const char         *text = plain ? json_object_get_string(there) : json_text(there);
	struct json_object *json =
	    plain ? json_read(text, (size_t)json_object_get_string_len(there), NULL)
		  : json_object_get(there);
	bool good = expect_holds(expect, there != NULL ? text : "", json, why);

	json_object_put(json);
	return good;
}

static bool
property_holds(struct run *run, struct json_object *expect, const char *path)
{
	struct json_object *opened = unseal(run->type->driver->key, expect, NULL);
	struct json_object *there = path_find(run->call.out, path);
	struct str          why;
	bool                good;

	str_init(&why, WHY_MAX);
	good = holds(opened != NULL ? opened : expect, there, &why);
	if (!good)
		snprintf(run->call.message, sizeof(run->call.message),
		    "the answer is not what is expected: %s", why.data);
	str_fini(&why);
	json_object_put(there);
	json_object_put(opened);
	return good;
}

bool
run_is_as_expected(struct run *run, const struct step *step)
{
	if (step->expect == NULL)
		return true;
	json_object_object_foreach (step->expect, name, path) {
		struct json_object *expect = json_get_object(run->op->desired, name);

		if (expect != NULL && !property_holds(run, expect, json_object_get_string(path)))
			return false;
	}
	return true;
}
