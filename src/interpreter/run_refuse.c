/* SPDX-License-Identifier: Apache-2.0
 * run_refuse.c - what is told of an error: what to do about it, and what is in the way of a delete. */
#include "interpreter/run.h"

#include <stdio.h>
#include <string.h>

#include "interpreter/paths.h"
#include "util/json.h"
#include "util/str.h"

#define NAMES_BYTES_MAX 512

static void
add_text(char *message, size_t size, const char *text)
{
	size_t len = strlen(message);

	snprintf(message + len, size - len, "%s", text);
}

/* As the step's file says for this code. */
static void
add_help(struct call *call, const struct step *step)
{
	const char *help = json_get_str(step->help, call->code);

	if (help == NULL)
		return;
	add_text(call->message, sizeof(call->message), *call->message != '\0' ? "; " : "");
	add_text(call->message, sizeof(call->message), help);
}

void
run_refuse(struct run *run, enum op_result result)
{
	bool may_tell = run->op->kind == OP_DELETE && run->mode == MODE_WORK &&
			run->type->lists[LIST_IN_THE_WAY].n > 0;

	add_help(&run->call, run_step(run));
	if (!may_tell || (result != OP_CONFLICT && result != OP_FAILED)) {
		run_end_call(run, result);
		return;
	}
	run_tell_call(run, result);
	run->op->result = OP_PENDING; /* until it is told whole */
	run->refused_as = result;
	run->made = false;
	run_leave_step(run);
	run_list(run, MODE_IN_THE_WAY, LIST_IN_THE_WAY);
}

/* "; attached policies: a, b" */
static void
add_names(struct op *op, const char *what, struct json_object *names)
{
	size_t n =
	    json_object_is_type(names, json_type_array) ? json_object_array_length(names) : 0;
	struct str text;

	if (n == 0)
		return;
	str_init(&text, NAMES_BYTES_MAX);
	str_add(&text, "; ");
	for (; *what != '\0'; what++)
		str_add_char(&text, *what == '_' ? ' ' : *what);
	for (size_t i = 0; i < n; i++) {
		str_add(&text, i == 0 ? ": " : ", ");
		str_add(&text, json_object_get_string(json_object_array_get_idx(names, i)));
	}
	add_text(op->message, sizeof(op->message), text.data);
	str_fini(&text);
}

/* What can't be asked is not told. */
void
run_answer_in_the_way(struct run *run, enum meaning means, enum op_result result)
{
	struct json_object *note = run_step(run)->note;

	(void)result;
	if (means == MEANS_OK && note != NULL) {
		json_object_object_foreach (note, what, path) {
			struct json_object *names =
			    path_find(run->call.out, json_object_get_string(path));

			add_names(run->op, what, names);
			json_object_put(names);
		}
	}
	run_step_done(run);
}

void
run_end_in_the_way(struct run *run)
{
	run->op->result = run->refused_as;
	run_end(run);
}
