/* SPDX-License-Identifier: Apache-2.0
 * fuzz_aws_answer.c - any bytes as what AWS answers to the ops of a type: each op ends once, in a result that holds.
 *
 * The first line is the type, a blank, and the ops (cloud.h); the rest is the answers. */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/cloud.h"
#include "util/mem.h"
#include "util/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that is none stands for any type. Composites have no ops. */
static const struct resource_type *
type_of(const struct registry *registry, const char *name)
{
	const struct resource_type *type = registry_type(registry, name);
	size_t                      at = 0;

	for (const char *c = name; *c != '\0'; c++)
		at = at * 31 + (unsigned char)*c;
	while (type == NULL || type->resources != NULL)
		type = registry_type_at(registry, at++ % registry_types_n(registry));
	return type;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cloud    *cloud;
	static struct registry *registry;
	const uint8_t          *line_end = size > 0 ? memchr(data, '\n', size) : NULL;
	char                   *line, *ops;

	if (cloud == NULL) {
		cloud = cloud_create();
		registry = cloud_registry(cloud);
	}
	if (line_end == NULL)
		return 0;
	line = xstrndup((const char *)data, (size_t)(line_end - data));
	ops = strchr(line, ' ');
	if (ops != NULL) {
		*ops++ = '\0';
		cloud_play(cloud, type_of(registry, line), ops, line_end + 1,
		    size - (size_t)(line_end + 1 - data));
	}
	free(line);
	return 0;
}
