/* SPDX-License-Identifier: Apache-2.0
 * replay.c - the main() of a fuzz target without a fuzzer: feeds it its corpus once, so that `make check`
 * covers it. The corpus of fuzz_x is tests/fuzz/corpus/x below $srcdir. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"

#define INPUT_MAX (1024 * 1024)
#define PATH_SIZE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(const char *path)
{
	uint8_t *data = xmalloc(INPUT_MAX);
	FILE    *file = fopen(path, "rb");
	size_t   size;

	must(file != NULL);
	size = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	data = xrealloc(data, size, 1); /* an overrun by one is seen */
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int
main(int argc, char **argv)
{
	const char    *name = strrchr(argv[0], '/');
	const char    *srcdir = getenv("srcdir");
	char           folder[PATH_SIZE], path[PATH_SIZE * 2];
	struct dirent *entry;
	DIR           *dir;
	int            n = 0;

	must(argc == 1);
	name = strstr(name != NULL ? name : argv[0], "fuzz_");
	must(name != NULL);
	name += strlen("fuzz_");
	snprintf(
	    folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".", name);
	dir = opendir(folder);
	if (dir == NULL) {
		fprintf(stderr, "%s: no corpus\n", folder);
		return EXIT_FAILURE;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		replay(path);
		n++;
	}
	closedir(dir);
	printf("%s: %d inputs replayed, 0 wrong\n", "fuzz", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
