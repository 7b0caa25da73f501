/* SPDX-License-Identifier: Apache-2.0
 * render_proof.c - what a destroy shows in its end: nothing is left, or this is. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/json.h"

#define LEFT_MAX 20 /* lines; all of them are in the status */

static size_t
length_of(struct json_object *proof, const char *member)
{
	struct json_object *list = json_get_array(proof, member);

	return list != NULL ? json_object_array_length(list) : 0;
}

/* How many of the places that were swept are regions; the others hold what is global. */
static size_t
count_regions(struct json_object *proof)
{
	size_t n = 0;

	for (size_t i = 0; i < length_of(proof, "swept"); i++) {
		struct json_object *place =
		    json_object_array_get_idx(json_get_array(proof, "swept"), i);
		const char *region = json_get_str(place, "region");

		n += region != NULL && *region != '\0';
	}
	return n;
}

static void
render_nothing(struct str *out, struct json_object *proof)
{
	size_t regions_n = count_regions(proof), swept_n = length_of(proof, "swept");

	if (swept_n == 0 && length_of(proof, "warnings") > 0) {
		str_add(out, "All that its graph names is gone.\n");
		return;
	}
	str_add(out, "Nothing is left (");
	if (swept_n == 0)
		str_add(out, "each resource was looked at");
	else if (regions_n == 0)
		str_add(out, "swept what is global");
	else
		str_addf(out, "swept %zu %s%s", regions_n, regions_n == 1 ? "region" : "regions",
		    swept_n > regions_n ? " and what is global" : "");
	str_add(out, ").\n");
}

/* `  arn:aws:sqs:eu-west-1:111111111111:jobs "jobs"` */
static void
render_left(struct str *out, struct json_object *left)
{
	const char *resource_id = json_get_str(left, "resource_id");

	str_add(out, "  ");
	render_text(out, json_get_str(left, "id"));
	if (resource_id != NULL) {
		str_add(out, " \"");
		render_text(out, resource_id);
		str_add_char(out, '"');
	}
	str_add_char(out, '\n');
}

static void
render_all_left(struct str *out, struct json_object *proof, int64_t left_n, bool color)
{
	size_t n = length_of(proof, "left");

	render_paint(out, PAINT_YELLOW, color);
	str_addf(out, "%" PRId64 " of the deployment left:\n", left_n);
	render_paint(out, PAINT_PLAIN, color);
	for (size_t i = 0; i < n && i < LEFT_MAX; i++)
		render_left(out, json_object_array_get_idx(json_get_array(proof, "left"), i));
	if (left_n > LEFT_MAX)
		str_addf(out, "  and %" PRId64 " more\n", left_n - LEFT_MAX);
}

void
render_proof(struct str *out, struct json_object *execution, bool color)
{
	struct json_object *proof = json_get_object(execution, "proof");
	int64_t             left_n = json_get_i64(proof, "left_n", 0);

	if (proof == NULL)
		return;
	if (left_n > 0)
		render_all_left(out, proof, left_n, color);
	else
		render_nothing(out, proof);
	for (size_t i = 0; i < length_of(proof, "warnings"); i++) {
		struct json_object *warning =
		    json_object_array_get_idx(json_get_array(proof, "warnings"), i);

		str_add(out, "Warning: ");
		render_text(out, json_object_get_string(warning));
		str_add_char(out, '\n');
	}
}
