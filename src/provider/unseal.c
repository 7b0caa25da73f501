/* SPDX-License-Identifier: Apache-2.0
 * unseal.c - goes through a value, and opens what is sealed in it. */
#include "provider/unseal.h"

#include <string.h>

#include "util/json.h"
#include "util/utf8.h"

#define MEMBER      "$sealed"
#define POINTER_MAX 1024

bool
is_sealed(struct json_object *value)
{
	return json_object_is_type(value, json_type_object) &&
	       json_object_object_length(value) == 1 && json_get_str(value, MEMBER) != NULL;
}

/* ---- looking ---- */

typedef void box_fn(void *arg, const char *box, const char *pointer);

/* As deep as JSON is; so all below. */
static void
each_box(struct json_object *value, struct str *pointer, box_fn *fn, void *arg)
{
	size_t len = pointer->len;

	if (is_sealed(value)) {
		fn(arg, json_get_str(value, MEMBER), pointer->data);
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, name, member) {
			json_pointer_add(pointer, name);
			each_box(member, pointer, fn, arg);
			str_cut(pointer, len);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			json_pointer_add_index(pointer, i);
			each_box(json_object_array_get_idx(value, i), pointer, fn, arg);
			str_cut(pointer, len);
		}
	}
}

static void
each_box_in(struct json_object *value, const char *pointer, box_fn *fn, void *arg)
{
	struct str at;

	str_init(&at, POINTER_MAX);
	str_add(&at, pointer);
	each_box(value, &at, fn, arg);
	str_fini(&at);
}

static void
note_box(void *arg, const char *box, const char *pointer)
{
	(void)box;
	(void)pointer;
	*(bool *)arg = true;
}

bool
holds_sealed(struct json_object *value)
{
	bool holds = false;

	each_box_in(value, "", note_box, &holds);
	return holds;
}

struct json_object *
sealed_parts(struct json_object *value)
{
	struct json_object *out;

	if (json_object_is_type(value, json_type_array)) {
		out = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			struct json_object *item = json_object_array_get_idx(value, i);

			if (holds_sealed(item))
				json_object_array_add(out, sealed_parts(item));
		}
		return out;
	}
	if (is_sealed(value) || !json_object_is_type(value, json_type_object))
		return json_object_get(value);
	out = json_object_new_object();
	json_object_object_foreach (value, name, member) {
		if (holds_sealed(member))
			json_set(out, name, sealed_parts(member));
	}
	return out;
}

/* ---- opening ---- */

/* JSON has text alone. */
static bool
is_text(const struct secret *secret)
{
	const char *text = secret_open(secret);
	size_t      len = secret_len(secret);

	return strlen(text) == len && utf8_len(text, len) == len;
}

static enum err_code
open_text(
    const struct sealed_key *key, const char *box, struct secret **ret_secret, struct err *err)
{
	enum err_code code;

	if (key == NULL)
		return err_set(err, ERR_INVALID_CONFIG,
		    "it is sealed, and this process has no key to open it");
	code = sealed_open(key, box, ret_secret, err);
	if (code == ERR_OK && !is_text(*ret_secret))
		code = err_set(err, ERR_INVALID_CONFIG, "what is sealed is no text in UTF-8");
	return code;
}

static struct json_object *
open_box(const struct sealed_key *key, const char *box, struct err *err)
{
	struct secret      *secret = NULL;
	struct json_object *text = NULL;

	if (open_text(key, box, &secret, err) == ERR_OK)
		text = json_string(secret_open(secret), secret_len(secret));
	secret_destroy(secret);
	return text;
}

static struct json_object *
unseal_list(const struct sealed_key *key, struct json_object *list, struct err *err)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct json_object *opened = item != NULL ? unseal(key, item, err) : NULL;

		if (item != NULL && opened == NULL) {
			json_object_put(out);
			return NULL;
		}
		json_object_array_add(out, opened);
	}
	return out;
}

static struct json_object *
unseal_members(const struct sealed_key *key, struct json_object *object, struct err *err)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (object, name, value) {
		struct json_object *opened = value != NULL ? unseal(key, value, err) : NULL;

		if (value != NULL && opened == NULL) {
			json_object_put(out);
			return NULL;
		}
		json_set(out, name, opened);
	}
	return out;
}

struct json_object *
unseal(const struct sealed_key *key, struct json_object *value, struct err *err)
{
	if (is_sealed(value))
		return open_box(key, json_get_str(value, MEMBER), err);
	if (json_object_is_type(value, json_type_object))
		return unseal_members(key, value, err);
	if (json_object_is_type(value, json_type_array))
		return unseal_list(key, value, err);
	return json_object_get(value);
}

/* ---- checking, and handing out ---- */

struct check {
	const struct sealed_key *key;
	struct problems         *problems;
};

static void
check_box(void *arg, const char *box, const char *pointer)
{
	const struct check *check = arg;
	struct secret      *secret = NULL;
	struct err          err = { 0 };

	if (open_text(check->key, box, &secret, &err) != ERR_OK)
		problems_add(check->problems, pointer, "not_openable", "%s", err.detail);
	secret_destroy(secret);
}

void
unseal_check(const struct sealed_key *key, struct json_object *value, const char *pointer,
    struct problems *problems)
{
	struct check check = { key, problems };

	each_box_in(value, pointer, check_box, &check);
}

struct opener {
	const struct sealed_key *key;
	unsealed_fn             *fn;
	void                    *arg;
};

static void
hand_out(void *arg, const char *box, const char *pointer)
{
	const struct opener *opener = arg;
	struct secret       *secret = NULL;
	struct err           err = { 0 };

	(void)pointer;
	if (open_text(opener->key, box, &secret, &err) == ERR_OK)
		opener->fn(opener->arg, secret);
	secret_destroy(secret);
}

void
unseal_each(const struct sealed_key *key, struct json_object *value, unsealed_fn *fn, void *arg)
{
	struct opener opener = { key, fn, arg };

	each_box_in(value, "", hand_out, &opener);
}
