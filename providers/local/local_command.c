/* SPDX-License-Identifier: Apache-2.0
 * local_command.c - exec:command: a program run once for each version of it, perhaps one that verifies, and one to delete.
 *
 *   create   record "started" ──► the program runs ──► good exit: record "done" ──► OP_OK
 *                                                  └─► else: OP_FAILED, the record stays "started"
 *   update   as create, unless nothing has changed that the program gets
 *   read     record "done" ──► the verifying program, if there is one ──► exit 0: as the record has it
 *   delete   the program runs, as the record has it ──► exit 0: the record is removed ──► OP_OK
 *
 * One that says "started", or does not verify, reads as one that lacks its program: an apply runs it (again), a destroy deletes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "providers/local/local_process.h"
#include "providers/local/local_variable.h"
#include "provider/mask.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define ARGUMENTS_MAX     256
#define VARIABLES_MAX     256
#define TIMEOUT_S_MAX     3600
#define TIMEOUT_S_DEFAULT 300
#define US_PER_S          1000000
#define STDERR_IN_MESSAGE 300
#define STDERR_IN_OUTPUT  8192
#define CLEAN_VARIABLES   3

#define STEERS                                                                        \
	"could make an allowed program run another: this server takes it only where " \
	"--exec-allow is *"

/* ---- the arguments and the environment ---- */

struct words {
	char  *at[ARGUMENTS_MAX + VARIABLES_MAX + CLEAN_VARIABLES + 1]; /* owned; NULL-terminated */
	size_t n;
};

static void
words_fini(struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->at[i]);
}

static void
words_add(struct words *words, char *word)
{
	must(words->n + 1 < array_len(words->at));
	words->at[words->n++] = word;
	words->at[words->n] = NULL;
}

static void
add_variable(struct words *words, const char *name, const char *value)
{
	size_t size = strlen(name) + strlen(value) + 2;
	char  *word = xmalloc(size);

	snprintf(word, size, "%s=%s", name, value);
	words_add(words, word);
}

/* The clean part: what programs can't do without, and nothing else of the server's own. */
static void
add_clean(struct words *words, struct json_object *given)
{
	static const struct {
		const char *name, *otherwise;
	} clean[CLEAN_VARIABLES] = {
		{ "PATH", "/usr/local/bin:/usr/bin:/bin" },
		{ "HOME", "/" },
		{ "LANG", "C.UTF-8" },
	};

	for (size_t i = 0; i < array_len(clean); i++) {
		const char *value = getenv(clean[i].name);

		if (!json_has(given, clean[i].name))
			add_variable(
			    words, clean[i].name, value == NULL ? clean[i].otherwise : value);
	}
}

static bool
is_text(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) &&
	       strlen(json_object_get_string(value)) == (size_t)json_object_get_string_len(value);
}

static bool
argv_of(struct words *words, struct json_object *array)
{
	size_t n = array == NULL ? 0 : json_object_array_length(array);

	if (n == 0 || n > ARGUMENTS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct json_object *word = json_object_array_get_idx(array, i);

		if (!is_text(word))
			return false;
		words_add(words, xstrdup(json_object_get_string(word)));
	}
	return words->at[0][0] != '\0';
}

static bool
environment_of(struct words *words, struct json_object *given)
{
	words->at[0] = NULL;
	add_clean(words, given);
	if (given == NULL)
		return true;
	if (json_object_object_length(given) > VARIABLES_MAX)
		return false;
	json_object_object_foreach (given, name, value) {
		if (*name == '\0' || strchr(name, '=') != NULL || !is_text(value))
			return false;
		add_variable(words, name, json_object_get_string(value));
	}
	return true;
}

/* ---- running ---- */

static struct json_object *
end_of(const struct local_output *output, size_t most)
{
	size_t      len;
	const char *text = local_output_end(output, most, &len);

	return json_string(text, len);
}

/* "create exited with 3: <the end of its stderr>" */
static void
answer_failed(struct op *op, const char *what, const struct local_process *process)
{
	struct json_object *text = end_of(local_process_stderr(process), STDERR_IN_MESSAGE);
	const char         *err = json_object_get_string(text);
	size_t              len = strlen(err);
	char                how[64];

	while (len > 0 && (err[len - 1] == '\n' || err[len - 1] == '\r'))
		len--;
	if (local_process_timed_out(process))
		snprintf(how, sizeof(how), "ran out of time and was killed");
	else if (local_process_signal(process) != 0)
		snprintf(how, sizeof(how), "died of signal %d", local_process_signal(process));
	else
		snprintf(how, sizeof(how), "exited with %d", local_process_exit_code(process));
	op_answer(op, OP_FAILED, "The %s command %s%s%.*s", what, how, len > 0 ? ": " : "",
	    (int)len, err);
	snprintf(op->code, sizeof(op->code), "%s",
	    local_process_timed_out(process) ? "timeout" : "command_failed");
	json_object_put(text);
}

static void
answer_found(struct local_call *call, bool good)
{
	call->op->found = local_record_found(call->record, good ? NULL : "create");
	op_answer(call->op, OP_OK, "%s", "");
}

static void
answer_created(struct local_call *call, const struct local_process *process)
{
	struct op          *op = call->op;
	struct json_object *outputs = json_object_new_object();

	json_set_i64(outputs, "exit_code", local_process_exit_code(process));
	json_set(outputs, "stdout", end_of(local_process_stdout(process), LOCAL_OUTPUT_MAX));
	json_set(outputs, "stderr", end_of(local_process_stderr(process), STDERR_IN_OUTPUT));
	json_set(call->record, "outputs", outputs);
	json_set_str(call->record, "state", "done");
	if (local_index_write(&call->local->root, op, call->record)) {
		answer_found(call, true);
	} else {
		/* It ran, and nothing says so: the next read finds "started". */
		op->result = OP_UNKNOWN;
	}
}

/* Which of a record's programs an op runs. */
static const char *
program_of(const struct op *op)
{
	return op->kind == OP_READ ? "verify" : op->kind == OP_DELETE ? "delete" : "create";
}

static bool
ended_well(const struct local_call *call, const struct local_process *process)
{
	struct json_object *good =
	    json_get_array(json_get_object(call->record, "properties"), "success_codes");
	struct json_object *code = json_object_new_int(local_process_exit_code(process));
	bool                well = good != NULL && str_eq(program_of(call->op), "create")
				       ? json_array_has(good, code)
				       : local_process_exit_code(process) == 0;

	json_object_put(code);
	return well;
}

static void
answer_ended(struct local_call *call, const struct local_process *process)
{
	struct op *op = call->op;
	bool       well = ended_well(call, process);

	if (op->kind == OP_READ)
		answer_found(call, well);
	else if (!well)
		answer_failed(op, program_of(op), process);
	else if (op->kind != OP_DELETE)
		answer_created(call, process);
	else if (local_index_remove(&call->local->root, op))
		op_answer(op, OP_OK, "%s", "");
}

/* What a command writes is told as it comes, but for one that only looks. */
static void
on_output(void *arg, bool is_stderr, const char *text, size_t len)
{
	struct local_call *call = arg;
	struct op         *op = call->op;

	if (op != NULL && op->output != NULL && op->kind != OP_READ)
		op->output(op, is_stderr ? "stderr" : "stdout", text, len);
}

static void
on_ended(void *arg, struct local_process *process)
{
	struct local_call *call = arg;

	call->process = NULL;
	if (call->op != NULL)
		answer_ended(call, process);
	local_call_done(call);
}

static int64_t
timeout_us(struct json_object *properties)
{
	return local_number(properties, "timeout_seconds", 1, TIMEOUT_S_MAX, TIMEOUT_S_DEFAULT) *
	       US_PER_S;
}

static void
start_in(struct local_call *call, struct local_process_spec *spec)
{
	const char *program = local_allow_program(&call->local->allow, spec->argv[0]);

	if (program == NULL) {
		op_answer(call->op, OP_DENIED, "The program %s is not allowed by this server",
		    spec->argv[0]);
		return;
	}
	spec->program = program;
	call->process = local_process_start(call->local->ev, spec);
	if (call->process == NULL && (errno == ENOENT || errno == ENOTDIR))
		op_answer(call->op, OP_NOT_FOUND, "There is no program %s", spec->argv[0]);
	else if (call->process == NULL)
		local_answer_errno(call->op, errno, spec->argv[0]);
}

/* Also of what was recorded, or is only known now. */
static bool
may_have(const struct local *local, struct json_object *given, struct op *op)
{
	if (given == NULL || local->allow.all)
		return true;
	json_object_object_foreach (given, name, value) {
		(void)value;
		if (!local_variable_steers(name))
			continue;
		op_answer(op, OP_DENIED, "The variable %s " STEERS, name);
		return false;
	}
	return true;
}

/* The environment, what is sealed in it opened for the program. */
static bool
open_environment(struct local_call *call, struct words *environment, struct json_object *properties)
{
	struct json_object *given = json_get_object(properties, "environment"), *opened = NULL;
	struct err          err = { 0 };
	bool                good;

	if (!may_have(call->local, given, call->op))
		return false;
	if (given != NULL && (opened = unseal(call->local->key, given, &err)) == NULL) {
		op_answer(call->op, OP_INVALID, "The environment: %s", err.detail);
		return false;
	}
	good = environment_of(environment, opened);
	json_object_put(opened);
	if (!good)
		op_answer(
		    call->op, OP_INVALID, "The environment has a name or a value that can't be");
	return good;
}

/* Runs properties[which]; LOCAL_DONE when it could not be started. */
static enum local_step
run(struct local_call *call, struct json_object *properties, const char *which)
{
	struct words              argv = { 0 }, environment = { 0 };
	const char               *directory = json_get_str(properties, "working_directory");
	struct local_process_spec spec = { .argv = argv.at,
		.environment = environment.at,
		.timeout_us = timeout_us(properties),
		.arg = call,
		.output = on_output,
		.ended = on_ended };

	call->mask = mask_create(call->local->key, properties);
	spec.mask = call->mask;
	spec.directory = local_root_open(&call->local->root, directory, O_PATH | O_DIRECTORY);
	if (spec.directory < 0)
		local_answer_errno(call->op, errno, "The working directory");
	else if (!argv_of(&argv, json_get_array(properties, which)))
		op_answer(call->op, OP_INVALID,
		    "%s must be a list of 1 to %d strings, a program and its "
		    "arguments",
		    which, ARGUMENTS_MAX);
	else if (open_environment(call, &environment, properties))
		start_in(call, &spec);
	if (spec.directory >= 0)
		close(spec.directory);
	words_fini(&argv);
	words_fini(&environment);
	return call->process == NULL ? LOCAL_DONE : LOCAL_LATER;
}

/* ---- the operations ---- */

static enum local_step
command_read(struct local_call *call)
{
	struct op          *op = call->op;
	struct json_object *properties;
	enum op_result      known = local_index_read(&call->local->root, op, &call->record);

	properties = json_get_object(call->record, "properties");
	if (known == OP_ABSENT)
		op_answer(op, OP_ABSENT, "%s", "");
	else if (known == OP_OK && local_record_is_done(call->record) &&
		 json_has(properties, "verify"))
		return run(call, properties, "verify");
	else if (known == OP_OK)
		answer_found(call, local_record_is_done(call->record));
	return LOCAL_DONE;
}

static enum local_step
run_anew(struct local_call *call)
{
	call->record = local_record_start(call->op, call->op->token);
	if (!local_index_write(&call->local->root, call->op, call->record))
		return LOCAL_DONE;
	return run(call, call->op->desired, "create");
}

static enum local_step
command_create(struct local_call *call)
{
	struct op          *op = call->op;
	struct json_object *record = NULL;
	enum op_result      known = local_index_read(&call->local->root, op, &record);
	bool replay = known == OP_OK && local_record_is_done(record) && op->token != NULL &&
		      str_eq(json_get_str(record, "token"), op->token);

	if (replay) {
		op->found = local_record_found(record, NULL);
		op_answer(op, OP_OK, "%s", "");
	}
	json_object_put(record);
	if (replay || (known != OP_OK && known != OP_ABSENT))
		return LOCAL_DONE;
	return run_anew(call);
}

/* What the program gets has changed: it is run again. What is only said of it takes effect at the next time. */
static bool
runs_again(const struct op *op)
{
	static const char *const names[] = { "create", "environment", "working_directory",
		"success_codes", "trigger" };

	for (size_t i = 0; i < array_len(names); i++) {
		struct json_object *name = json_object_new_string(names[i]);
		bool                has = json_array_has(op->changes, name);

		json_object_put(name);
		if (has)
			return true;
	}
	return false;
}

/* A rollback may bring back what was there before: one that did not end well, and so lacks its program. Nothing is run then. */
static enum local_step
command_update(struct local_call *call)
{
	struct op     *op = call->op;
	enum op_result known = local_index_read(&call->local->root, op, &call->record);
	bool           has_program = json_has(op->desired, "create");

	if (known == OP_ABSENT)
		op_answer(op, OP_NOT_FOUND, "There is no record that it was run");
	if (known != OP_OK)
		return LOCAL_DONE;
	if (has_program && (runs_again(op) || !local_record_is_done(call->record))) {
		json_object_put(call->record);
		call->record = NULL;
		return run_anew(call);
	}
	json_set(call->record, "properties", json_copy(op->desired));
	json_set(call->record, "tags", local_tags(op));
	if (!has_program)
		json_set_str(call->record, "state", "started");
	if (local_index_write(&call->local->root, op, call->record))
		answer_found(call, true);
	return LOCAL_DONE;
}

static enum local_step
command_delete(struct local_call *call)
{
	struct op          *op = call->op;
	struct json_object *properties;
	enum op_result      known = local_index_read(&call->local->root, op, &call->record);

	properties = json_get_object(call->record, "properties");
	if (known == OP_ABSENT)
		op_answer(op, OP_ABSENT, "%s", "");
	else if (known == OP_OK && json_has(properties, "delete"))
		return run(call, properties, "delete");
	else if (known == OP_OK && local_index_remove(&call->local->root, op))
		op_answer(op, OP_OK, "%s", "");
	return LOCAL_DONE;
}

static void
validate_program(const struct local *local, struct json_object *properties, const char *which,
    const char *pointer, struct problems *problems)
{
	struct json_object *list = json_get_array(properties, which);
	struct json_object *first = list != NULL && json_object_array_length(list) > 0
					? json_object_array_get_idx(list, 0)
					: NULL;
	struct str          place;

	if (!json_object_is_type(first, json_type_string) ||
	    local_is_reference(json_object_get_string(first)) ||
	    local_allow_program(&local->allow, json_object_get_string(first)) != NULL)
		return;
	str_init(&place, 4096);
	str_add(&place, pointer);
	json_pointer_add(&place, which);
	str_add(&place, "/0");
	problems_add(problems, place.data, "not_allowed", "this server runs %s (--exec-allow)%s%s",
	    local->allow.list != NULL ? "other programs alone" : "no programs",
	    local->allow.list != NULL ? ": " : "",
	    local->allow.list != NULL ? local->allow.list : "");
	str_fini(&place);
}

static void
validate_environment(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	struct json_object *given = json_get_object(properties, "environment");
	struct str          place;

	if (given == NULL || local->allow.all)
		return;
	str_init(&place, 4096);
	json_object_object_foreach (given, name, value) {
		(void)value;
		if (!local_variable_steers(name))
			continue;
		str_clear(&place);
		str_addf(&place, "%s/environment", pointer);
		json_pointer_add(&place, name);
		problems_add(
		    problems, place.data, "not_allowed", "the variable %.128s " STEERS, name);
	}
	str_fini(&place);
}

static void
command_validate(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	static const char *const programs[] = { "create", "verify", "delete" };

	for (size_t i = 0; i < array_len(programs); i++)
		validate_program(local, properties, programs[i], pointer, problems);
	validate_environment(local, properties, pointer, problems);
	if (json_has(properties, "working_directory"))
		local_validate_path(properties, "working_directory", pointer, problems);
}

const struct local_kind local_command = {
	.type = "exec:command",
	.run = { [OP_READ] = command_read,
	    [OP_CREATE] = command_create,
	    [OP_UPDATE] = command_update,
	    [OP_DELETE] = command_delete },
	.validate = command_validate,
	.opens = "environment",
};
