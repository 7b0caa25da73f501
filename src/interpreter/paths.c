/* SPDX-License-Identifier: Apache-2.0
 * paths.c - walks a dotted path; a projection walks the rest of it once for each element. */
#include "interpreter/paths.h"

#include <ctype.h>
#include <string.h>

#include "util/base64.h"
#include "util/json.h"
#include "util/str.h"
#include "util/utf8.h"

#define STEP_BYTES_MAX 128
#define PATH_DEPTH_MAX 16 /* projections within projections */

bool
path_is_plain(const char *path)
{
	for (; *path != '\0'; path++) {
		if (!isalnum((unsigned char)*path) && strchr("._-[]/=", *path) == NULL)
			return false;
	}
	return true;
}

static struct json_object *walk(struct json_object *json, const char *path, int depth);

static struct json_object *
project(struct json_object *list, const char *rest, int depth)
{
	struct json_object *all = json_object_new_array();
	size_t              n = json_object_array_length(list);

	for (size_t i = 0; i < n; i++) {
		struct json_object *part =
		    walk(json_object_array_get_idx(list, i), rest, depth + 1);

		/* A projection within flattens into the outer one. */
		if (json_object_is_type(part, json_type_array) && strstr(rest, "[]") != NULL) {
			for (size_t k = 0; k < json_object_array_length(part); k++)
				json_object_array_add(
				    all, json_object_get(json_object_array_get_idx(part, k)));
			json_object_put(part);
		} else if (part != NULL) {
			json_object_array_add(all, part);
		}
	}
	return all;
}

static struct json_object *
member(struct json_object *json, const char *step, size_t len)
{
	char     name[STEP_BYTES_MAX];
	uint64_t index;

	if (len == 0)
		return json;
	if (len >= sizeof(name))
		return NULL;
	memcpy(name, step, len);
	name[len] = '\0';
	if (!json_object_is_type(json, json_type_array))
		return json_get(json, name);
	if (!str_to_u64(name, &index) || index >= json_object_array_length(json))
		return NULL;
	return json_object_array_get_idx(json, index);
}

/* A text that a path goes into is JSON, as a policy within an answer is. */
static struct json_object *
walk_text(const char *text, const char *path, int depth)
{
	struct json_object *json =
	    depth < PATH_DEPTH_MAX ? json_read(text, strlen(text), NULL) : NULL;
	struct json_object *value = walk(json, path, depth + 1);

	json_object_put(json);
	return value;
}

static struct json_object *
last_part(const char *text)
{
	const char *slash = strrchr(text, '/');

	return json_object_new_string(slash != NULL ? slash + 1 : text);
}

/* NULL: it is not base64, or of no text. */
static struct json_object *
decoded(struct json_object *text)
{
	size_t              len = (size_t)json_object_get_string_len(text);
	struct json_object *value = NULL;
	struct str          plain;

	str_init(&plain, len + 1);
	if (base64_decode(&plain, json_object_get_string(text), len, "\n") &&
	    utf8_len(plain.data, plain.len) == plain.len)
		value = json_object_new_string_len(plain.data, (int)plain.len);
	str_fini(&plain);
	return value;
}

/* What a path may end with, of the text there; NULL: this is no such end. */
static struct json_object *
walk_end(struct json_object *text, const char *path, bool *ret_is_end)
{
	*ret_is_end = strcmp(path, "/") == 0 || strcmp(path, "=") == 0;
	if (!*ret_is_end)
		return NULL;
	return *path == '/' ? last_part(json_object_get_string(text)) : decoded(text);
}

static struct json_object *
walk(struct json_object *json, const char *path, int depth)
{
	struct json_object *value;
	bool                is_end;

	while (json != NULL && *path != '\0') {
		size_t len;

		if (*path == '.') {
			path++;
			continue;
		}
		if (json_object_is_type(json, json_type_string)) {
			value = walk_end(json, path, &is_end);
			return is_end ? value
				      : walk_text(json_object_get_string(json), path, depth);
		}
		if (str_starts(path, "[]")) {
			if (!json_object_is_type(json, json_type_array) || depth == PATH_DEPTH_MAX)
				return NULL;
			return project(json, path + 2, depth);
		}
		if (*path == '[') {
			len = strcspn(path + 1, "]");
			json = member(json, path + 1, len);
			path += 1 + len + (path[1 + len] == ']');
			continue;
		}
		len = strcspn(path, ".[");
		if (len > 1 && path[len] == '\0' && strchr("/=", path[len - 1]) != NULL)
			len--;
		json = member(json, path, len);
		path += len;
	}
	return json_object_get(json);
}

struct json_object *
path_find(struct json_object *json, const char *path)
{
	return walk(json, path, 0);
}
