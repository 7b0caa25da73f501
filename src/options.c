/* SPDX-License-Identifier: Apache-2.0
 * options.c - reads what the rows say there is. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/check.h"
#include "util/str.h"

#define ENV_PREFIX     "MGRAPH_DEPLOY_"
#define NAME_MAX_BYTES 64
#define ROWS_MAX       64
#define HELP_INDENT    29
#define HELP_WIDTH     100
#define HELP_MAX       2048

static bool
is_list(const struct option_row *row)
{
	return row->argument != NULL && str_ends(row->argument, "...");
}

/* A switch as the environment says it. False: it is neither yes nor no. */
static bool
read_switch(const char *value, bool *ret)
{
	static const char *const words[] = { "0", "no", "false", "off", "1", "yes", "true", "on" };

	for (size_t i = 0; i < array_len(words); i++) {
		if (strcasecmp(value, words[i]) != 0)
			continue;
		*ret = i >= array_len(words) / 2;
		return true;
	}
	return false;
}

static bool
set(void *into, const struct option_row *row, const char *value)
{
	void *member = (char *)into + row->offset;

	if (is_list(row)) {
		struct str *list = member;

		str_add(list, list->len > 0 ? "," : "");
		str_add(list, value);
	} else if (row->argument != NULL) {
		*(const char **)member = value;
	} else {
		return read_switch(value, member);
	}
	return true;
}

static const char *
from_environment(const struct option_row *row)
{
	char        name[NAME_MAX_BYTES] = ENV_PREFIX;
	size_t      at = strlen(name);
	const char *value;

	for (const char *c = row->name; *c != '\0'; c++) {
		must(at < sizeof(name) - 1);
		name[at++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	}
	name[at] = '\0';
	value = getenv(name);
	if (value == NULL && row->also != NULL)
		value = getenv(row->also);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* By words, and never wider than a terminal. */
static void
print_wrapped(const char *text)
{
	size_t column = HELP_INDENT;

	for (size_t len; *text != '\0'; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		if (column + 1 + len > HELP_WIDTH && column > HELP_INDENT) {
			printf("\n%*s", HELP_INDENT, "");
			column = HELP_INDENT;
		}
		printf("%s%.*s", column > HELP_INDENT ? " " : "", (int)len, text);
		column += len + (column > HELP_INDENT);
	}
}

static void
help(const struct option_table *table)
{
	printf("Usage: mgraph-deploy %s [OPTION]...\n"
	       "%s Each option can also be set by " ENV_PREFIX "<OPTION>.\n\n",
	    table->command, table->summary);
	for (size_t i = 0; i < table->rows_n; i++) {
		const struct option_row *row = &table->rows[i];
		char                     left[64];
		struct str               text;

		snprintf(left, sizeof(left), "--%s%s%s", row->name,
		    row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
		str_init(&text, HELP_MAX);
		str_add(&text, row->help);
		if (row->otherwise != NULL)
			str_addf(&text, " [%s]", row->otherwise);
		if (strlen(left) > HELP_INDENT - 3)
			printf("  %s\n%*s", left, HELP_INDENT, "");
		else
			printf("  %-*s ", HELP_INDENT - 3, left);
		print_wrapped(text.data);
		putchar('\n');
		str_fini(&text);
	}
}

/* False: the environment says one as it can't be, and that was said. All are set all the same. */
static bool
set_unsaid(const struct option_table *table, void *into)
{
	bool good = true;

	for (size_t i = 0; i < table->rows_n; i++) {
		const struct option_row *row = &table->rows[i];
		const char              *value = from_environment(row);

		if (value == NULL)
			value = row->otherwise;
		if (is_list(row))
			str_init(
			    (struct str *)(void *)((char *)into + row->offset), OPTION_LIST_MAX);
		if (value == NULL || set(into, row, value))
			continue;
		fprintf(stderr,
		    "mgraph-deploy %s: --%s is \"%s\" in the environment: 1, yes, true or on, or "
		    "0, "
		    "no, false or off is wanted\n",
		    table->command, row->name, value);
		good = false;
	}
	return good;
}

/* The command line says it all, or nothing. */
static void
take(const struct option_row *row, void *into, const char *value, bool *is_said)
{
	if (is_list(row) && !*is_said)
		str_clear((struct str *)(void *)((char *)into + row->offset));
	*is_said = true;
	must(set(into, row, value));
}

enum options_verdict
options_read(const struct option_table *table, void *into, int argc, char **argv)
{
	struct option longs[ROWS_MAX + 2] = { { 0 } };
	bool          said[ROWS_MAX] = { 0 };
	int           at, c;

	must(table->rows_n <= ROWS_MAX);
	if (!set_unsaid(table, into))
		return OPTIONS_MISUSED;
	for (size_t i = 0; i < table->rows_n; i++)
		longs[i] = (struct option){ table->rows[i].name,
			table->rows[i].argument != NULL ? required_argument : no_argument, NULL,
			0 };
	longs[table->rows_n] = (struct option){ "help", no_argument, NULL, 'h' };
	while ((c = getopt_long(argc, argv, "h", longs, &at)) != -1) {
		if (c == 'h') {
			help(table);
			return OPTIONS_HELPED;
		}
		if (c != 0)
			return OPTIONS_MISUSED; /* getopt has said why */
		take(&table->rows[at], into, optarg != NULL ? optarg : "1", &said[at]);
	}
	if (optind < argc) {
		fprintf(
		    stderr, "mgraph-deploy %s: unexpected \"%s\"\n", table->command, argv[optind]);
		return OPTIONS_MISUSED;
	}
	return OPTIONS_GO;
}

void
options_fini(const struct option_table *table, void *into)
{
	for (size_t i = 0; i < table->rows_n; i++) {
		if (is_list(&table->rows[i]))
			str_fini((struct str *)(void *)((char *)into + table->rows[i].offset));
	}
}
