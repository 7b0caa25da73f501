/* SPDX-License-Identifier: Apache-2.0
 * fuzz_type_file.c - any bytes as a type file of `--types DIR`: refused with a reason, or a type whose ops end.
 *
 * What lies behind a byte 1e is what the cloud answers to those ops (cloud.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/cloud.h"
#include "util/check.h"
#include "util/json.h"

#define ANSWERS   0x1e
#define FILE_NAME "/type.json"
#define EVERY_OP  "rcsutdgacsutdgr"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* To a config that is empty, of either kind; then an error. */
static const char empty_answers[] = "200\n\n{}\x1e"
				    "200\n\n<R/>\x1e"
				    "400\n\n";

static char folder[4096];

static void
remove_folder(void)
{
	char path[sizeof(folder) + sizeof(FILE_NAME)];

	snprintf(path, sizeof(path), "%s" FILE_NAME, folder);
	unlink(path);
	rmdir(folder);
}

static struct cloud *
setup(void)
{
	const char *temp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/fuzz-XXXXXX", temp != NULL ? temp : "/tmp");
	must(mkdtemp(folder) != NULL);
	must(atexit(remove_folder) == 0);
	return cloud_create();
}

static void
write_file(const uint8_t *data, size_t size)
{
	char  path[sizeof(folder) + sizeof(FILE_NAME)];
	FILE *file;

	snprintf(path, sizeof(path), "%s" FILE_NAME, folder);
	file = fopen(path, "wb");
	must(file != NULL);
	must(fwrite(data, 1, size, file) == size);
	must(fclose(file) == 0);
}

/* A composite has no ops. */
static void
play(struct cloud *cloud, const struct registry *registry, struct json_object *file,
    const uint8_t *answers, size_t size)
{
	const struct resource_type *type = registry_type(registry, json_get_str(file, "type"));

	must(type != NULL);
	if (type->resources == NULL)
		cloud_play(cloud, type, EVERY_OP, answers, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cloud *cloud;
	struct registry     *registry;
	const uint8_t       *end = size > 0 ? memchr(data, ANSWERS, size) : NULL;
	size_t               len = end != NULL ? (size_t)(end - data) : size;
	struct json_object  *file = json_read((const char *)data, len, NULL);
	struct err           err = { 0 };

	if (cloud == NULL)
		cloud = setup();
	write_file(data, len);
	registry = cloud_registry(cloud);
	if (registry_load(registry, folder, &err) != ERR_OK)
		must(err.code != ERR_OK && err.detail[0] != '\0');
	else if (end != NULL)
		play(cloud, registry, file, end + 1, size - len - 1);
	else
		play(cloud, registry, file, (const uint8_t *)empty_answers,
		    sizeof(empty_answers) - 1);
	registry_destroy(registry);
	json_object_put(file);
	return 0;
}
