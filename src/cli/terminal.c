/* SPDX-License-Identifier: Apache-2.0
 * terminal.c - asks the terminal what it is, and the person what they want. */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "util/secret.h"

#define COLUMNS_DEFAULT 80
#define ROWS_DEFAULT    24
#define ANSWER_SIZE     64
#define SECRET_SIZE     4096 /* what a terminal takes as one line */

bool
terminal_is(FILE *stream)
{
	return isatty(fileno(stream)) == 1;
}

bool
terminal_live(FILE *stream)
{
	const char *term = getenv("TERM");

	return terminal_is(stream) && term != NULL && !str_eq(term, "dumb");
}

bool
terminal_color(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return terminal_live(stream) && (no_color == NULL || *no_color == '\0');
}

void
terminal_size(FILE *stream, size_t *ret_columns, size_t *ret_rows)
{
	struct winsize size = { 0 };

	*ret_columns = COLUMNS_DEFAULT;
	*ret_rows = ROWS_DEFAULT;
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
		return;
	*ret_columns = size.ws_col;
	*ret_rows = size.ws_row;
}

bool
terminal_ask(const char *question)
{
	char answer[ANSWER_SIZE];

	fprintf(stderr, "%s ", question);
	fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) == NULL) {
		fputc('\n', stderr);
		return false;
	}
	answer[strcspn(answer, "\r\n")] = '\0';
	return str_eq(answer, "yes");
}

bool
terminal_ask_secret(const char *question, struct str *out)
{
	char           line[SECRET_SIZE] = "";
	struct termios shown, hidden;
	bool           good;

	if (tcgetattr(fileno(stdin), &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(fileno(stdin), TCSAFLUSH, &hidden) != 0)
		return false;
	fprintf(stderr, "%s ", question);
	fflush(stderr);
	good = fgets(line, sizeof(line), stdin) != NULL;
	tcsetattr(fileno(stdin), TCSAFLUSH, &shown);
	fputc('\n', stderr);
	str_add(out, line);
	secret_wipe(line, sizeof(line));
	return good;
}
