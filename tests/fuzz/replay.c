/* SPDX-License-Identifier: Apache-2.0
 * replay.c - the main() of a fuzz target without a fuzzer.
 *
 *   fuzz_x                                     its corpus once, and a few mutations of it: for `make check`
 *   fuzz_x --mutate N --seed S [FILE|FOLDER]…  those or its corpus, then N mutations, drawn by S, S + 1, …
 *   fuzz_x FILE|FOLDER…                        these inputs
 *
 * The corpus of fuzz_x is tests/fuzz/corpus/x below $srcdir. An input that the target dies of, or takes too long for, is
 * left behind in fuzz_x.input; its seed with --mutate 1 makes it again. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/mutate.h"
#include "util/check.h"
#include "util/mem.h"

#define PATH_SIZE   4096
#define INPUTS_MAX  1000
#define CHECK_N     200 /* mutations in `make check` */
#define SECONDS_MAX 60  /* for one input, with sanitizers on a busy machine */
#define TELL_EVERY  10000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct replay {
	const char   *name; /* "x" */
	char          kept[PATH_SIZE];
	struct input  corpus[INPUTS_MAX];
	size_t        n;
	unsigned long mutations;
	uint64_t      seed;
};

/* ---- the corpus ---- */

static void
read_file(struct replay *replay, const char *path)
{
	FILE        *file = fopen(path, "rb");
	struct input input = { .data = xmalloc(INPUT_MAX) };

	must(file != NULL);
	must(replay->n < INPUTS_MAX);
	input.size = fread(input.data, 1, INPUT_MAX, file);
	fclose(file);
	replay->corpus[replay->n++] = input;
}

static int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In order, so that a seed means the same everywhere. */
static void
read_path(struct replay *replay, const char *path)
{
	struct dirent **entries;
	struct stat     st;
	int             n;

	if (stat(path, &st) < 0) {
		fprintf(stderr, "%s: there is no such corpus\n", path);
		exit(EXIT_FAILURE);
	}
	if (!S_ISDIR(st.st_mode)) {
		read_file(replay, path);
		return;
	}
	n = scandir(path, &entries, is_shown, alphasort);
	must(n >= 0);
	for (int i = 0; i < n; i++) {
		char below[PATH_SIZE * 2];

		snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name);
		read_file(replay, below);
		free(entries[i]);
	}
	free(entries);
}

static void
read_own(struct replay *replay)
{
	const char *srcdir = getenv("srcdir");
	char        path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".",
	    replay->name);
	read_path(replay, path);
}

/* ---- runs ---- */

static void
run(const struct replay *replay, const struct input *input)
{
	FILE    *file = fopen(replay->kept, "wb");
	uint8_t *data = xmalloc(input->size > 0 ? input->size : 1); /* an overrun by one is seen */

	must(file != NULL);
	must(fwrite(input->data, 1, input->size, file) == input->size);
	must(fclose(file) == 0);
	memcpy(data, input->data, input->size);
	alarm(SECONDS_MAX);
	LLVMFuzzerTestOneInput(data, input->size);
	alarm(0);
	free(data);
}

static void
run_mutations(const struct replay *replay)
{
	for (unsigned long i = 0; i < replay->mutations; i++) {
		struct input input = mutate(replay->corpus, replay->n, replay->seed + i);

		run(replay, &input);
		free(input.data);
		if ((i + 1) % TELL_EVERY == 0)
			fprintf(stderr, "fuzz_%s: %lu of %lu\n", replay->name, i + 1,
			    replay->mutations);
	}
}

/* Two options with a number each, then paths. */
static void
take_arguments(struct replay *replay, int argc, char **argv)
{
	int at = 1;

	for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
		if (strcmp(argv[at], "--mutate") == 0) {
			replay->mutations = strtoul(argv[at + 1], NULL, 10);
		} else if (strcmp(argv[at], "--seed") == 0) {
			replay->seed = strtoull(argv[at + 1], NULL, 10);
		} else {
			fprintf(stderr, "%s: there is no such option\n", argv[at]);
			exit(EXIT_FAILURE);
		}
	}
	if (at == argc)
		read_own(replay);
	for (; at < argc; at++)
		read_path(replay, argv[at]);
}

int
main(int argc, char **argv)
{
	static struct replay replay = { .seed = 1 };
	const char          *file = strrchr(argv[0], '/');

	replay.name = strstr(file != NULL ? file : argv[0], "fuzz_");
	must(replay.name != NULL);
	snprintf(replay.kept, sizeof(replay.kept), "%s.input", replay.name);
	replay.name += strlen("fuzz_");
	if (argc == 1)
		replay.mutations = CHECK_N;
	take_arguments(&replay, argc, argv);
	for (size_t i = 0; i < replay.n; i++)
		run(&replay, &replay.corpus[i]);
	run_mutations(&replay);
	unlink(replay.kept);
	printf("fuzz: %zu inputs replayed, %lu mutated, 0 wrong\n", replay.n, replay.mutations);
	for (size_t i = 0; i < replay.n; i++)
		free(replay.corpus[i].data);
	return replay.n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
