/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h - one table for the command line, the environment and --help of a program that goes on running.
 *
 * An option is given on the command line, else as MGRAPH_DEPLOY_<OPTION>. A list may be given several times: what is
 * given is joined with commas, as it stands in the environment.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTION_LIST_MAX 16384 /* bytes */

struct option_row {
	const char *name;
	const char *argument; /* NULL: there is none. "X...": it is a list */
	const char *help;
	size_t
	    offset; /* in the program's struct: const char *; bool (no argument); struct str (a list) */
	const char *also;      /* an environment variable of others that is honoured as well */
	const char *otherwise; /* what it is when nobody says */
};

struct option_table {
	const char              *command, *summary; /* "serve"; one sentence */
	const struct option_row *rows;
	size_t                   rows_n;
};

enum options_verdict { OPTIONS_GO, OPTIONS_HELPED, OPTIONS_MISUSED };

/* Into the program's struct, which is all zero. argv[0] is the command. Says on stderr what is wrong, on stdout what was
 * asked for by --help. */
enum options_verdict
     options_read(const struct option_table *table, void *into, int argc, char **argv);
void options_fini(const struct option_table *table, void *into);

#endif
