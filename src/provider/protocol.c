/* SPDX-License-Identifier: Apache-2.0
 * protocol.c - a table for each struct says what crosses; two functions carry it over, there and back. */
#include "provider/protocol.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

#define POINTER_MAX 1024
#define NO_TYPE     "there is no type '%.128s' here"

enum form {
	FORM_TEXT,   /* const char *, borrowed */
	FORM_BUFFER, /* char[size] */
	FORM_FLAG,
	FORM_WHOLE, /* int64_t */
	FORM_OBJECT,
	FORM_LIST,
	FORM_KIND,
	FORM_RESULT
};

enum { BORROWED, OWNED = 1, NEEDED = 2 };

struct field {
	const char *name;
	enum form   form;
	size_t      offset, size;
	unsigned    how; /* OWNED: a reference of the struct's own. NEEDED: there is always one */
};

#define FIELD(of, member, form, how)                                                              \
	{                                                                                         \
#member, form, offsetof(struct of, member), sizeof(((struct of *)0)->member), how \
	}

static const struct field op_fields[] = {
	FIELD(op, kind, FORM_KIND, NEEDED),
	FIELD(op, after, FORM_KIND, NEEDED),
	FIELD(op, desired, FORM_OBJECT, BORROWED),
	FIELD(op, changes, FORM_LIST, BORROWED),
	FIELD(op, known, FORM_OBJECT, BORROWED),
	FIELD(op, tags, FORM_OBJECT, BORROWED),
	FIELD(op, restores, FORM_FLAG, BORROWED),
	FIELD(op, token, FORM_TEXT, BORROWED),
	FIELD(op, trace, FORM_TEXT, BORROWED),
	FIELD(op, adopt, FORM_FLAG, BORROWED),
	FIELD(op, undo, FORM_FLAG, BORROWED),
	FIELD(op, kept, FORM_OBJECT, BORROWED),
};

static const struct field identity_fields[] = {
	FIELD(identity, tenant, FORM_TEXT, NEEDED),
	FIELD(identity, deployment_id, FORM_TEXT, NEEDED),
	FIELD(identity, graph_id, FORM_TEXT, NEEDED),
	FIELD(identity, node_id, FORM_TEXT, NEEDED),
	FIELD(identity, edge_id, FORM_TEXT, NEEDED),
	FIELD(identity, resource_id, FORM_TEXT, NEEDED),
	FIELD(identity, spec_hash, FORM_TEXT, NEEDED),
	FIELD(identity, region, FORM_TEXT, NEEDED),
	FIELD(identity, primary, FORM_FLAG, BORROWED),
	FIELD(identity, renamed, FORM_FLAG, BORROWED),
	FIELD(identity, protect, FORM_FLAG, BORROWED),
};

static const struct field op_answer_fields[] = {
	FIELD(op, result, FORM_RESULT, NEEDED),
	FIELD(op, retry_after_ms, FORM_WHOLE, BORROWED),
	FIELD(op, throttled, FORM_FLAG, BORROWED),
	FIELD(op, over, FORM_FLAG, BORROWED),
	FIELD(op, found, FORM_OBJECT, OWNED),
	FIELD(op, code, FORM_BUFFER, BORROWED),
	FIELD(op, message, FORM_BUFFER, BORROWED),
	FIELD(op, request_id, FORM_BUFFER, BORROWED),
};

static const struct field whose_answer_fields[] = {
	FIELD(whose, result, FORM_RESULT, NEEDED),
	FIELD(whose, account, FORM_BUFFER, BORROWED),
	FIELD(whose, code, FORM_BUFFER, BORROWED),
	FIELD(whose, message, FORM_BUFFER, BORROWED),
};

static const struct field sweep_fields[] = {
	FIELD(sweep, tenant, FORM_TEXT, BORROWED),
	FIELD(sweep, deployment_id, FORM_TEXT, BORROWED),
	FIELD(sweep, region, FORM_TEXT, NEEDED),
};

static const struct field sweep_answer_fields[] = {
	FIELD(sweep, result, FORM_RESULT, NEEDED),
	FIELD(sweep, retry_after_ms, FORM_WHOLE, BORROWED),
	FIELD(sweep, hits, FORM_LIST, OWNED),
	FIELD(sweep, code, FORM_BUFFER, BORROWED),
	FIELD(sweep, message, FORM_BUFFER, BORROWED),
};

static const struct field errand_fields[] = {
	FIELD(errand, name, FORM_TEXT, NEEDED),
	FIELD(errand, params, FORM_OBJECT, BORROWED),
};

static const struct field errand_answer_fields[] = {
	FIELD(errand, result, FORM_RESULT, NEEDED),
	FIELD(errand, answer, FORM_OBJECT, OWNED),
	FIELD(errand, rate, FORM_OBJECT, OWNED),
	FIELD(errand, code, FORM_BUFFER, BORROWED),
	FIELD(errand, message, FORM_BUFFER, BORROWED),
};

static const struct field check_answer_fields[] = {
	FIELD(check, result, FORM_RESULT, NEEDED),
	FIELD(check, code, FORM_BUFFER, BORROWED),
	FIELD(check, message, FORM_BUFFER, BORROWED),
};

static const struct field item_fields[] = {
	FIELD(check_item, properties, FORM_OBJECT, NEEDED),
	FIELD(check_item, tags, FORM_OBJECT, BORROWED),
	FIELD(check_item, pointer, FORM_TEXT, NEEDED),
};

/* ---- writing ---- */

static void
add_name(struct str *out, const char *name)
{
	str_add(out, out->len > 0 && strchr("{[", out->data[out->len - 1]) == NULL ? ",\"" : "\"");
	str_add(out, name);
	str_add(out, "\":");
}

static void
add_text(struct str *out, const struct field *field, const char *text)
{
	if (text == NULL || (text[0] == '\0' && !(field->how & NEEDED)))
		return;
	add_name(out, field->name);
	json_add_string(out, text);
}

static void
add_json(struct str *out, const struct field *field, struct json_object *json)
{
	if (json == NULL)
		return;
	add_name(out, field->name);
	json_add(out, json);
}

static void
add_field(struct str *out, const struct field *field, const void *at)
{
	switch (field->form) {
	case FORM_TEXT: add_text(out, field, *(const char *const *)at); return;
	case FORM_BUFFER: add_text(out, field, at); return;
	case FORM_FLAG:
		if (*(const bool *)at) {
			add_name(out, field->name);
			str_add(out, "true");
		}
		return;
	case FORM_WHOLE:
		if (*(const int64_t *)at != 0) {
			add_name(out, field->name);
			str_addf(out, "%lld", (long long)*(const int64_t *)at);
		}
		return;
	case FORM_OBJECT:
	case FORM_LIST: add_json(out, field, *(struct json_object *const *)at); return;
	case FORM_KIND: add_text(out, field, op_kind_name(*(const enum op_kind *)at)); return;
	case FORM_RESULT: add_text(out, field, op_result_name(*(const enum op_result *)at)); return;
	}
}

static void
add_fields(struct str *out, const struct field *fields, size_t n, const void *from)
{
	for (size_t i = 0; i < n; i++)
		add_field(out, &fields[i], (const char *)from + fields[i].offset);
}

#define ADD_FIELDS(out, fields, from) add_fields(out, fields, array_len(fields), from)

/* ---- reading ---- */

/* Where it is read, and what is wrong there. */
struct reading {
	const char      *pointer;
	struct problems *problems;
};

static void complain(const struct reading *reading, const char *name, const char *code,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
complain(const struct reading *reading, const char *name, const char *code, const char *fmt, ...)
{
	char       detail[256];
	struct str at;
	va_list    args;

	va_start(args, fmt);
	str_vformat(detail, sizeof(detail), fmt, args);
	va_end(args);
	str_init(&at, POINTER_MAX);
	str_add(&at, reading->pointer);
	json_pointer_add(&at, name);
	problems_add(reading->problems, at.data, code, "%s", detail);
	str_fini(&at);
}

/* Cut off between two characters where it does not fit. */
static void copy_text(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void
copy_text(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_vformat(buf, size, fmt, args);
	va_end(args);
}

/* What only the engine says of an op can't come from outside. */
static bool
read_result(const char *name, enum op_result *result)
{
	return op_result_from(name, result) && *result != OP_PENDING && *result != OP_TIMEOUT &&
	       *result != OP_STALE;
}

/* False: it is of another form. */
static bool
read_field(const struct field *field, struct json_object *value, void *at)
{
	static const enum json_type types[] = {
		[FORM_TEXT] = json_type_string,
		[FORM_BUFFER] = json_type_string,
		[FORM_FLAG] = json_type_boolean,
		[FORM_WHOLE] = json_type_int,
		[FORM_OBJECT] = json_type_object,
		[FORM_LIST] = json_type_array,
		[FORM_KIND] = json_type_string,
		[FORM_RESULT] = json_type_string,
	};
	const char *text;

	if (!json_object_is_type(value, types[field->form]))
		return false;
	text = types[field->form] == json_type_string ? json_object_get_string(value) : "";
	switch (field->form) {
	case FORM_TEXT: *(const char **)at = text; return true;
	case FORM_BUFFER: copy_text(at, field->size, "%s", text); return true;
	case FORM_FLAG: *(bool *)at = json_object_get_boolean(value); return true;
	case FORM_WHOLE: *(int64_t *)at = json_object_get_int64(value); return true;
	case FORM_OBJECT:
	case FORM_LIST:
		*(struct json_object **)at = field->how & OWNED ? json_object_get(value) : value;
		return true;
	case FORM_KIND: return op_kind_from(text, at);
	case FORM_RESULT: return read_result(text, at);
	}
	return false;
}

static bool
read_fields(struct json_object *json, const struct field *fields, size_t n, void *into,
    const struct reading *reading)
{
	size_t before = reading->problems->n;

	for (size_t i = 0; i < n; i++) {
		struct json_object *value = json_get(json, fields[i].name);
		void               *at = (char *)into + fields[i].offset;

		if (value != NULL && !read_field(&fields[i], value, at))
			complain(reading, fields[i].name, "wrong_type", "it is of another form");
		else if (value == NULL && fields[i].how & NEEDED)
			complain(reading, fields[i].name, "missing_property", "it is missing");
	}
	return reading->problems->n == before;
}

#define READ_FIELDS(json, fields, into, reading) \
	read_fields(json, fields, array_len(fields), into, reading)

/* Of an answer nobody wants to know all that is wrong with it. */
static bool
read_answer(struct json_object *json, const struct field *fields, size_t n, void *into)
{
	struct problems problems;
	bool            good;

	problems_init(&problems);
	good = json_object_is_type(json, json_type_object) &&
	       read_fields(json, fields, n, into, &(struct reading){ "", &problems });
	problems_fini(&problems);
	return good;
}

#define READ_ANSWER(json, fields, into) read_answer(json, fields, array_len(fields), into)

/* NULL, and a problem: it is not there, or it is a composite, which no provider has. */
static const struct resource_type *
read_type(struct json_object *json, const struct registry *registry, struct resource_type *kind,
    const struct reading *reading)
{
	const char                 *name = json_get_str(json, "type");
	const struct resource_type *type = name != NULL ? registry_type(registry, name) : NULL;

	if (name != NULL && type == NULL && registry_kind(registry, name, kind))
		type = kind;
	if (type != NULL && type->resources == NULL)
		return type;
	complain(reading, "type", "unknown_type", NO_TYPE, name != NULL ? name : "");
	return NULL;
}

/* ---- ops ---- */

void
protocol_add_op(struct str *out, const struct op *op)
{
	str_add(out, "{\"type\":");
	json_add_string(out, op->type->name);
	ADD_FIELDS(out, op_fields, op);
	add_name(out, "identity");
	str_add_char(out, '{');
	ADD_FIELDS(out, identity_fields, op->identity);
	str_add(out, "}}");
}

bool
protocol_read_op(struct json_object *json, const struct registry *registry, struct op *op,
    struct identity *identity, struct resource_type *kind, struct problems *problems)
{
	const struct reading outer = { "/ask", problems }, inner = { "/ask/identity", problems };
	bool                 good = READ_FIELDS(json, op_fields, op, &outer);

	op->identity = identity;
	good = READ_FIELDS(json_get(json, "identity"), identity_fields, identity, &inner) && good;
	op->type = read_type(json, registry, kind, &outer);
	return good && op->type != NULL;
}

void
protocol_add_op_answer(struct str *out, const struct op *op)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, op_answer_fields, op);
	str_add_char(out, '}');
}

/* That nothing was found where something was would be made anew. */
bool
protocol_read_op_answer(struct json_object *json, struct op *op)
{
	if (!READ_ANSWER(json, op_answer_fields, op))
		return false;
	if (op->found == NULL)
		return (op->kind != OP_READ && op->kind != OP_LIST) || op->result != OP_OK;
	return json_fits_at(op->found, OP_FOUND_DEPTH);
}

/* ---- whose ---- */

void
protocol_add_whose_answer(struct str *out, const struct whose *whose)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, whose_answer_fields, whose);
	str_add_char(out, '}');
}

bool
protocol_read_whose_answer(struct json_object *json, struct whose *whose)
{
	return READ_ANSWER(json, whose_answer_fields, whose);
}

/* ---- sweeps ---- */

void
protocol_add_sweep(struct str *out, const struct sweep *sweep)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, sweep_fields, sweep);
	str_add_char(out, '}');
}

bool
protocol_read_sweep(struct json_object *json, struct sweep *sweep, struct problems *problems)
{
	return READ_FIELDS(json, sweep_fields, sweep, (&(struct reading){ "/ask", problems }));
}

void
protocol_add_sweep_answer(struct str *out, const struct sweep *sweep)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, sweep_answer_fields, sweep);
	str_add_char(out, '}');
}

bool
protocol_read_sweep_answer(struct json_object *json, struct sweep *sweep)
{
	return READ_ANSWER(json, sweep_answer_fields, sweep) &&
	       (sweep->hits != NULL || sweep->result != OP_OK);
}

/* ---- errands ---- */

void
protocol_add_errand(struct str *out, const struct errand *errand)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, errand_fields, errand);
	str_add_char(out, '}');
}

bool
protocol_read_errand(struct json_object *json, struct errand *errand, struct problems *problems)
{
	return READ_FIELDS(json, errand_fields, errand, (&(struct reading){ "/ask", problems }));
}

void
protocol_add_errand_answer(struct str *out, const struct errand *errand)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, errand_answer_fields, errand);
	str_add_char(out, '}');
}

bool
protocol_read_errand_answer(struct json_object *json, struct errand *errand)
{
	return READ_ANSWER(json, errand_answer_fields, errand);
}

/* ---- checks ---- */

void
protocol_add_check(struct str *out, const struct check *check)
{
	str_add(out, "{\"items\":[");
	for (size_t i = 0; i < check->items_n; i++) {
		str_add(out, i > 0 ? ",{\"type\":" : "{\"type\":");
		json_add_string(out, check->items[i].type->name);
		ADD_FIELDS(out, item_fields, &check->items[i]);
		str_add_char(out, '}');
	}
	str_add(out, "]}");
}

bool
protocol_read_check(struct json_object *json, const struct registry *registry,
    struct protocol_items *items, struct problems *problems)
{
	struct json_object *list = json_get_array(json, "items");
	size_t              before = problems->n;
	struct str          at;

	if (list == NULL) {
		complain(
		    &(struct reading){ "/ask", problems }, "items", "wrong_type", "it is a list");
		return false;
	}
	items->n = json_object_array_length(list);
	items->items = xcalloc(items->n, sizeof(*items->items));
	items->kinds = xcalloc(items->n, sizeof(*items->kinds));
	str_init(&at, POINTER_MAX);
	for (size_t i = 0; i < items->n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct reading      reading = { NULL, problems };

		str_clear(&at);
		str_addf(&at, "/ask/items/%zu", i);
		reading.pointer = at.data;
		(void)READ_FIELDS(item, item_fields, &items->items[i], &reading);
		items->items[i].type = read_type(item, registry, &items->kinds[i], &reading);
	}
	str_fini(&at);
	return problems->n == before;
}

void
protocol_items_fini(struct protocol_items *items)
{
	free(items->items);
	free(items->kinds);
	*items = (struct protocol_items){ 0 };
}

void
protocol_add_check_answer(struct str *out, const struct check *check)
{
	str_add_char(out, '{');
	ADD_FIELDS(out, check_answer_fields, check);
	add_name(out, "problems");
	str_add_char(out, '[');
	for (size_t i = 0; i < check->problems.n; i++) {
		const struct problem *problem = &check->problems.items[i];

		str_add(out, i > 0 ? ",{\"pointer\":" : "{\"pointer\":");
		json_add_string(out, problem->pointer);
		add_name(out, "code");
		json_add_string(out, problem->code);
		add_name(out, "detail");
		json_add_string(out, problem->detail);
		str_add_char(out, '}');
	}
	str_add(out, check->problems.truncated ? "],\"truncated\":true}" : "]}");
}

bool
protocol_read_check_answer(struct json_object *json, struct check *check)
{
	struct json_object *list = json_get_array(json, "problems");
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	if (!READ_ANSWER(json, check_answer_fields, check))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct json_object *problem = json_object_array_get_idx(list, i);
		const char         *pointer = json_get_str(problem, "pointer");
		const char         *code = json_get_str(problem, "code");
		const char         *detail = json_get_str(problem, "detail");

		if (pointer == NULL || code == NULL || detail == NULL)
			return false;
		problems_add(&check->problems, pointer, code, "%s", detail);
	}
	check->problems.truncated =
	    check->problems.truncated || json_get_bool(json, "truncated", false);
	return list != NULL || check->result != OP_OK;
}
