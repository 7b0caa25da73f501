/* SPDX-License-Identifier: Apache-2.0
 * cli.c - finds the command, parses its options, and prints help. */
#include "cli/cli.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/check.h"
#include "util/str.h"

#define PROGRAM     "mgraph-deploy"
#define OPTIONS_MAX 24
#define LONG_ONLY   256 /* val of the first option without a letter */
#define HELP_INDENT 26
#define SHORTS_SIZE (2 * OPTIONS_MAX + 2)
#define LEFT_SIZE   64
#define NAME_SIZE   64

static const struct command *const commands[] = { &cmd_plan, &cmd_apply, &cmd_verify, &cmd_schedule,
	&cmd_continue, &cmd_pause, &cmd_cancel, &cmd_status, &cmd_watch, &cmd_graph, &cmd_destroy,
	&cmd_move, &cmd_discover, &cmd_import, &cmd_history, &cmd_diff, &cmd_seal, &cmd_types,
	&cmd_keys, &cmd_tenants, &cmd_openapi, &cmd_health };

static const struct cli_option common_options[] = {
	{ "server", 0, "URL", offsetof(struct cli, server),
	    "where the server listens [" CLI_SERVER_DEFAULT "]", false },
	{ "key", 0, "KEY", offsetof(struct cli, key), "the API key", false },
	{ "cacert", 0, "FILE", offsetof(struct cli, ca),
	    "of the certificates to trust instead of the system's", false },
	{ "cert", 0, "FILE", offsetof(struct cli, cert),
	    "your own certificate (PEM), for a server that asks for it", false },
	{ "cert-key", 0, "FILE", offsetof(struct cli, cert_key), "its key, if it is not in there",
	    false },
	{ "actor", 0, "NAME", offsetof(struct cli, actor),
	    "on whose behalf: it is shown beside the key", false },
	{ "json", 0, NULL, offsetof(struct cli, json), "print the server's JSON, and nothing else",
	    false },
	{ "help", 'h', NULL, offsetof(struct cli, help), "print this help", false },
};

/* ---- options ---- */

/* The common options and a command's own, in the shape that getopt_long() wants. */
struct option_set {
	const struct cli_option *all[OPTIONS_MAX];
	size_t                   n;
	struct option            longs[OPTIONS_MAX + 1];
	char                     shorts[SHORTS_SIZE];
};

static void
option_set_add(struct option_set *set, const struct cli_option *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cli_option *option = &options[i];
		struct option           *as = &set->longs[set->n];

		must(set->n < OPTIONS_MAX);
		must(option->letter == 0 || option->value == NULL);
		as->name = option->name;
		as->has_arg = option->value != NULL ? required_argument : no_argument;
		as->val = LONG_ONLY + (int)set->n;
		if (option->letter != 0)
			set->shorts[strlen(set->shorts)] = option->letter;
		set->all[set->n++] = option;
	}
}

static const struct cli_option *
option_found(const struct option_set *set, int val)
{
	for (size_t i = 0; i < set->n; i++) {
		if (val == LONG_ONLY + (int)i || val == set->all[i]->letter)
			return set->all[i];
	}
	return NULL;
}

static bool
list_add(struct cli_list *list, const struct cli_option *option, const char *value)
{
	if (list->n == CLI_LIST_MAX) {
		fprintf(stderr, "%s: --%s can be given %d times\n", PROGRAM, option->name,
		    CLI_LIST_MAX);
		return false;
	}
	list->items[list->n++] = value;
	return true;
}

static bool
option_take(struct cli *cli, const struct cli_option *option, const char *value)
{
	void *place = (char *)cli + option->offset;

	if (option->is_list)
		return list_add(place, option, value);
	if (option->value != NULL)
		memcpy(place, &value, sizeof(value));
	else
		*(bool *)place = true;
	return true;
}

/* False when an option is unknown, or its value is missing: getopt has said so. */
static bool
options_parse(struct cli *cli, const struct option_set *set, int argc, char **argv)
{
	const struct cli_option *option;
	int                      val;

	while ((val = getopt_long(argc, argv, set->shorts, set->longs, NULL)) != -1) {
		option = option_found(set, val);
		if (option == NULL || !option_take(cli, option, optarg))
			return false;
	}
	return true;
}

/* ---- help ---- */

static void
help_option(FILE *to, const struct cli_option *option)
{
	char left[LEFT_SIZE], letter[8] = "    ";

	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
	    option->value != NULL ? " " : "", option->value != NULL ? option->value : "");
	if (strlen(left) > HELP_INDENT)
		fprintf(to, "  %s\n%*s", left, HELP_INDENT + 3, "");
	else
		fprintf(to, "  %-*s ", HELP_INDENT, left);
	for (const char *c = option->help; *c != '\0'; c++) {
		fputc(*c, to);
		if (*c == '\n')
			fprintf(to, "%*s", HELP_INDENT + 3, "");
	}
	fputc('\n', to);
}

static void
help_of_command(FILE *to, const struct command *command)
{
	fprintf(to, "Usage: %s %s %s\n\n%s\n", PROGRAM, command->name, command->synopsis,
	    command->help);
	if (command->more != NULL)
		fprintf(to, "\n%s\n", command->more);
	fprintf(to, "\nOptions:\n");
	for (size_t i = 0; i < command->options_n; i++)
		help_option(to, &command->options[i]);
	for (size_t i = 0; i < array_len(common_options); i++)
		help_option(to, &common_options[i]);
	fprintf(to,
	    "\nEnvironment: MGRAPH_DEPLOY_SERVER, MGRAPH_DEPLOY_KEY, MGRAPH_DEPLOY_CACERT,\n"
	    "MGRAPH_DEPLOY_CERT, MGRAPH_DEPLOY_CERT_KEY, MGRAPH_DEPLOY_ACTOR, NO_COLOR\n");
}

static int
usage(const struct command *command)
{
	fprintf(stderr, "Usage: %s %s %s\n%s %s --help tells more.\n", PROGRAM, command->name,
	    command->synopsis, PROGRAM, command->name);
	return CLI_ERROR;
}

static void
help_of_all(FILE *to)
{
	fprintf(to, "Usage: %s COMMAND [OPTIONS]\n\nCommands:\n", PROGRAM);
	fprintf(to, "  %-10s %s\n", "serve", "run the server");
	fprintf(to, "  %-10s %s\n", "provider", "serve drivers to servers elsewhere");
	for (size_t i = 0; i < array_len(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->help);
	fprintf(to, "\n%s COMMAND --help tells more; %s --version says which one this is.\n",
	    PROGRAM, PROGRAM);
}

/* ---- the program ---- */

static const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < array_len(commands); i++) {
		if (str_eq(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static const char *
env_or(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : otherwise;
}

static bool
operands_take(struct cli *cli, const struct command *command, int n, char **operands)
{
	if (n < command->operands_min || n > command->operands_max) {
		fprintf(stderr, "%s %s: %s\n", PROGRAM, command->name,
		    n > command->operands_max ? "too many operands" : "an operand is missing");
		return false;
	}
	cli->operand = n > 0 ? operands[0] : NULL;
	cli->operand_2 = n > 1 ? operands[1] : NULL;
	return true;
}

static int
command_run(const struct command *command, struct cli *cli, int argc, char **argv)
{
	struct option_set set = { .n = 0 };
	char              name[NAME_SIZE]; /* by which getopt complains */

	snprintf(name, sizeof(name), "%s %s", PROGRAM, command->name);
	argv[0] = name;
	option_set_add(&set, command->options, command->options_n);
	option_set_add(&set, common_options, array_len(common_options));
	optind = 0; /* forget the parse before this one, and its "+" */
	if (!options_parse(cli, &set, argc, argv))
		return usage(command);
	if (cli->help) {
		help_of_command(stdout, command);
		return CLI_OK;
	}
	if (!operands_take(cli, command, argc - optind, argv + optind))
		return usage(command);
	return command->run(cli);
}

/* Who reads no further, as `head` does, has what was wanted. */
static bool
reader_is_gone(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

static int
output_end(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (!reader_is_gone())
		fprintf(stderr, "%s: standard output could not be written\n", PROGRAM);
	return CLI_ERROR;
}

/* Options may stand before the command as well: they are parsed up to it, and then after it. */
static int
run(int argc, char **argv)
{
	struct option_set     set = { .n = 0, .shorts = "+" };
	const struct command *command;
	struct cli            cli = { .server = env_or("MGRAPH_DEPLOY_SERVER", CLI_SERVER_DEFAULT),
			   .key = env_or("MGRAPH_DEPLOY_KEY", NULL),
			   .ca = env_or("MGRAPH_DEPLOY_CACERT", NULL),
			   .cert = env_or("MGRAPH_DEPLOY_CERT", NULL),
			   .cert_key = env_or("MGRAPH_DEPLOY_CERT_KEY", NULL),
			   .actor = env_or("MGRAPH_DEPLOY_ACTOR", NULL) };

	if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", PROGRAM, PACKAGE_VERSION);
		return CLI_OK;
	}
	option_set_add(&set, common_options, array_len(common_options));
	if (!options_parse(&cli, &set, argc, argv))
		return CLI_ERROR;
	if ((cli.help && optind >= argc) || str_eq(argv[optind], "help")) {
		help_of_all(stdout);
		return CLI_OK;
	}
	if (optind >= argc) {
		help_of_all(stderr);
		return CLI_ERROR;
	}
	command = command_find(argv[optind]);
	if (command == NULL) {
		fprintf(stderr, "%s: there is no command %s; see %s --help\n", PROGRAM,
		    argv[optind], PROGRAM);
		return CLI_ERROR;
	}
	return command_run(command, &cli, argc - optind, argv + optind);
}

int
cli_main(int argc, char **argv)
{
	return output_end(run(argc, argv));
}
