/* SPDX-License-Identifier: Apache-2.0
 * run_list.c - of what a list has picked, what each is found by.
 *
 * The list shows all there is, whosever it is. Whoever asks for it reads what may be its own. */
#include "interpreter/run.h"

#include "util/json.h"

#define NOTE_NAME "name" /* the name that the properties are part of */

/* What the list was asked for is the same for all: of their parent. */
static struct json_object *
properties_of(const struct run *run, const struct found *found)
{
	struct json_object *names = resource_type_identity_properties(run->type->rt);
	struct json_object *out = run->op->desired != NULL ? json_copy(run->op->desired) : NULL;
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	if (out == NULL)
		out = json_object_new_object();
	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));
		struct json_object *value = json_get(found->properties, name);

		if (value != NULL)
			json_set(out, name, json_object_get(value));
	}
	return out;
}

static void
add_item(struct run *run, struct json_object *hit)
{
	const struct step  *step = run_step(run);
	struct json_object *item = json_object_new_object();
	struct found        found;

	found_init(&found);
	found_take(&found, run->type, step, hit, false);
	json_set(item, "properties", properties_of(run, &found));
	json_set_str(item, "name", json_get_str(found.noted, NOTE_NAME));
	if (step->tags != NULL)
		json_set(item, "tags", json_object_get(found.tags));
	json_object_array_add(run->listed, item);
	found_fini(&found);
}

static void
take_hits(struct run *run)
{
	size_t n = run->hits != NULL ? json_object_array_length(run->hits) : 0;

	for (size_t i = 0; i < n; i++)
		add_item(run, json_object_array_get_idx(run->hits, i));
	json_object_put(run->hits);
	run->hits = NULL;
}

/* What it hangs on has gone: there is none of it. */
void
run_list_answer(struct run *run, enum meaning means, enum op_result result)
{
	switch (means) {
	case MEANS_OK:
		take_hits(run);
		run_step_done(run);
		return;
	case MEANS_FINE:
	case MEANS_EXISTS: run_step_done(run); return;
	case MEANS_GONE:
	case MEANS_ELSEWHERE: run_list_end(run); return;
	case MEANS_ERROR: run_end_call(run, result); return;
	}
	must(!"unreachable");
}

void
run_list_end(struct run *run)
{
	struct json_object *found = json_object_new_object();

	json_set(found, "items", json_object_get(run->listed));
	run_end_ok(run, found);
}
