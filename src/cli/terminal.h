/* SPDX-License-Identifier: Apache-2.0
 *
 * terminal.h - what a stream leads to: a person at a terminal, or a file.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util/str.h"

bool terminal_is(FILE *stream);
bool terminal_color(FILE *stream); /* a terminal, and neither NO_COLOR nor TERM=dumb is set */
bool terminal_live(FILE *stream);  /* a terminal whose cursor can be moved */
void terminal_size(FILE *stream, size_t *ret_columns, size_t *ret_rows);

/* Asks on stderr, and reads a line from stdin: true when it is `yes` and nothing else. */
bool terminal_ask(const char *question);

/* Asks on stderr, and adds a line from stdin, which is not shown. False: there is none (errno). */
bool terminal_ask_secret(const char *question, struct str *out);

#endif
