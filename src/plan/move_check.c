/* SPDX-License-Identifier: Apache-2.0
 * move_check.c - what can't move, and what is lost by a move: by what the files of the types say of it (`move`). */
#include <stdarg.h>
#include <string.h>

#include "plan/move_inside.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 1024
#define TEXT_MAX    1024

static struct json_object *
words_of(const struct spec_node *node)
{
	return json_get_object(node->type->file, "move");
}

bool
move_has(const struct spec_node *node, struct json_object *value)
{
	return value != NULL &&
	       json_same(json_get(node->properties, json_get_str(value, "property")),
		   json_get(value, "is"));
}

/* ---- what it holds ---- */

/* All of it is in its config, unless that ignores the property which has it. */
static bool
holds_more(const struct spec_node *node)
{
	const char *name = json_get_str(words_of(node), "ignored");
	struct str  pointer;
	bool        ignored;

	if (name == NULL)
		return true;
	str_init(&pointer, POINTER_MAX);
	json_pointer_add(&pointer, name);
	ignored = json_array_has_text(node->ignore, pointer.data);
	str_fini(&pointer);
	return ignored;
}

/* From one account to another only where the type says what that takes. */
static bool
can_copy(const struct move *move, const struct spec_node *node)
{
	struct json_object *copy = json_get_object(words_of(node), "copy");

	return copy != NULL && (move->to_account == NULL || json_has(copy, "across")) &&
	       holds_more(node);
}

static bool
has_to_be_asked(const struct spec_node *node)
{
	return json_get_bool(words_of(node), "asked", false);
}

bool
move_copies(const struct move *move, const struct spec_node *node)
{
	return can_copy(move, node) && (!has_to_be_asked(node) || move_names(move->copy, node));
}

const char *
move_loss(const struct spec_node *node)
{
	return holds_more(node) ? json_get_str(words_of(node), "loses") : NULL;
}

/* ---- one resource ---- */

static void say(struct problems *problems, const struct spec_node *node, const char *property,
    const char *code, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Of a property of it, or of the whole. */
static void
say(struct problems *problems, const struct spec_node *node, const char *property, const char *code,
    const char *fmt, ...)
{
	struct str pointer, text;
	va_list    args;

	str_init(&pointer, POINTER_MAX);
	str_init(&text, TEXT_MAX);
	str_add(&pointer, "/resources");
	json_pointer_add(&pointer, node->resource_id);
	if (property != NULL) {
		str_add(&pointer, "/properties");
		json_pointer_add(&pointer, property);
	}
	va_start(args, fmt);
	str_vaddf(&text, fmt, args);
	va_end(args);
	problems_add(problems, pointer.data, code, "%s", text.data);
	str_fini(&text);
	str_fini(&pointer);
}

static void
check_known(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	(void)move;
	if (node->operation == SPEC_VERIFY && node->check_of == NULL)
		say(problems, node, NULL, "not_movable",
		    "not all of it is known, as its tags and the cloud tell it: give the config");
}

static void
check_protection(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	(void)move;
	if (node->protect)
		say(problems, node, NULL, "protected",
		    "it is protected: apply a version that does not protect it first");
}

/* The type says that it can't, at all or with this value: no two of it can have the name that the config insists on. */
static void
check_type(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	struct json_object *how = words_of(node), *unless = json_get_object(how, "unless");

	(void)move;
	if (json_has(how, "refuse"))
		say(problems, node, NULL, "not_movable", "%s", json_get_str(how, "refuse"));
	if (move_has(node, unless))
		say(problems, node, json_get_str(unless, "property"), "not_movable", "%s",
		    json_get_str(unless, "why"));
}

static void
check_loss(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	const char *loss = move_loss(node);

	if (loss == NULL || move_copies(move, node) || move_names(move->without_data, node))
		return;
	say(problems, node, NULL, "loses_data", "%s%s", loss,
	    can_copy(move, node) ? ", unless `copy` names it" : "");
}

/* Whoever names something means it. */
static void
check_copy(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	struct json_object *copy = json_get_object(words_of(node), "copy");

	if (!json_object_is_type(move->copy, json_type_array) || !move_names(move->copy, node) ||
	    can_copy(move, node))
		return;
	if (copy == NULL || !holds_more(node))
		say(problems, node, NULL, "not_copyable", "there is nothing in it that is copied");
	else
		say(problems, node, NULL, "not_copyable",
		    "what it holds is copied within one account only");
}

static void
check_place(const struct move *move, const struct spec_node *node, struct problems *problems)
{
	if (move->to_region != NULL && move_is_in(node, move->to_region))
		say(problems, node, NULL, "already_there", "it is in that region as well");
	if (move->to_region != NULL && move->to_account != NULL && node->regions_n > 1)
		say(problems, node, NULL, "not_movable",
		    "it is in other regions as well, which would change their account: move it to "
		    "the region, then all of it to the account");
}

static void (*const checks[])(
    const struct move *move, const struct spec_node *node, struct problems *problems) = {
	check_known,
	check_protection,
	check_type,
	check_loss,
	check_copy,
	check_place,
};

/* ---- all of them ---- */

/* Whoever names something means it. */
static void
check_names(const struct move *move, const bool *moves, struct problems *problems)
{
	for (size_t i = 0; move->resources != NULL && i < move->spec->nodes_n; i++) {
		const struct spec_node *node = &move->spec->nodes[i];

		if (!moves[i] && move_names(move->resources, node) && !spec_node_is_leaving(node))
			say(problems, node, NULL, "not_there", "%s",
			    node->type->global && move->from_region != NULL
				? "it is global: it is in no region"
				: "it is not where the move begins");
	}
}

bool
move_check(const struct move *move, const bool *moves, struct problems *problems)
{
	size_t before = problems->n, n = 0;

	check_names(move, moves, problems);
	for (size_t i = 0; i < move->spec->nodes_n; i++) {
		for (size_t c = 0; moves[i] && c < array_len(checks); c++)
			checks[c](move, &move->spec->nodes[i], problems);
		n += moves[i];
	}
	if (n == 0)
		problems_add(problems, "", "nothing_to_move",
		    "there is nothing of it where the move begins");
	return problems->n == before;
}
