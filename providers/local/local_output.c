/* SPDX-License-Identifier: Apache-2.0
 * local_output.c - masks a stream piece by piece. */
#include "providers/local/local_output.h"

#include <string.h>

#include "provider/mask.h"
#include "util/secret.h"
#include "util/utf8.h"

/* A variable of an environment can't be longer than 128 KiB, so no more is held back. */
#define COMING_MAX (512 * 1024)

void
local_output_init(struct local_output *output, const struct mask *mask)
{
	*output = (struct local_output){ .mask = mask };
	str_init(&output->coming, COMING_MAX);
	str_init(&output->kept, 3 * LOCAL_OUTPUT_MAX);
}

void
local_output_fini(struct local_output *output)
{
	secret_wipe(output->coming.data, output->coming.len);
	str_fini(&output->coming);
	str_fini(&output->kept);
}

/* Bytes from the start that are masked and end with a character. */
static size_t
settled(struct local_output *output, bool more)
{
	struct str *coming = &output->coming;
	size_t      len = coming->len;

	if (output->mask != NULL)
		len = mask_text(output->mask, coming->data, len, more);
	return more ? utf8_cut(coming->data, len) : len;
}

const char *
local_output_take(
    struct local_output *output, const char *data, size_t len, bool more, size_t *ret_len)
{
	struct str *coming = &output->coming;

	str_drop(coming, output->told);
	str_add_mem(coming, data, len);
	must(!coming->overflow);
	output->told = settled(output, more);
	str_add_mem(&output->kept, coming->data, output->told);
	must(!output->kept.overflow);
	if (output->kept.len > 2 * LOCAL_OUTPUT_MAX)
		str_drop(&output->kept, output->kept.len - LOCAL_OUTPUT_MAX);
	*ret_len = output->told;
	return coming->data;
}

const char *
local_output_end(const struct local_output *output, size_t most, size_t *ret_len)
{
	const struct str *kept = &output->kept;
	size_t            from;

	must(most <= LOCAL_OUTPUT_MAX);
	from = kept->len > most ? utf8_skip(kept->data, kept->len, kept->len - most) : 0;
	*ret_len = kept->len - from;
	return kept->data + from;
}
