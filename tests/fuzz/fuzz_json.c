/* SPDX-License-Identifier: Apache-2.0
 * fuzz_json.c - any bytes as JSON: what is read must survive its own text and its canonical form. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define CANON_MAX (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text is valid, and means the same. */
static void
check_same(const char *text, size_t len, struct json_object *json)
{
	struct json_object *again = json_read(text, len, NULL);

	must(again != NULL);
	must(json_same(json, again));
	must(json_same(again, json));
	json_object_put(again);
}

static void
check_canonical(struct json_object *json)
{
	struct json_object *again;
	struct str          text, text_again;

	str_init(&text, CANON_MAX);
	str_init(&text_again, CANON_MAX);
	json_canonical(json, &text);
	must(!text.overflow);
	check_same(text.data, text.len, json);
	again = json_read(text.data, text.len, NULL);
	json_canonical(again, &text_again);
	must(str_eq(text.data, text_again.data));
	json_object_put(again);
	str_fini(&text);
	str_fini(&text_again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char               *input = xmalloc(size > 0 ? size : 1); /* reading past it is seen */
	struct err          err = { .code = ERR_OK };
	struct json_object *json, *copy;
	const char         *text;
	size_t              len;

	memcpy(input, data, size);
	json = json_read(input, size, &err);
	free(input);
	if (json == NULL) {
		must(err.code == ERR_BAD_JSON && err.detail[0] != '\0');
		return 0;
	}
	text = json_text_len(json, &len);
	must(len == strlen(text));
	check_same(text, len, json);
	check_canonical(json);
	copy = json_copy(json);
	must(json_same(json, copy));
	json_object_put(copy);
	json_object_put(json);
	return 0;
}
