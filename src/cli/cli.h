/* SPDX-License-Identifier: Apache-2.0
 *
 * cli.h - the command line: one table of subcommands, one table of options for each.
 *
 * The result that a command was asked for goes to stdout; progress, questions, warnings and errors
 * go to stderr. A command's run() gets its options parsed and its operands counted, and returns the
 * exit status of the program.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#define CLI_SERVER_DEFAULT "http://127.0.0.1:10026"

enum cli_exit {
	CLI_OK = 0,
	CLI_ERROR = 1,
	CLI_CHANGES = 2 /* a plan with changes, or drift */
};

#define CLI_LIST_MAX 1000

/* The values of an option that may be given again and again. */
struct cli_list {
	const char *items[CLI_LIST_MAX];
	size_t      n;
};

/* What the options of a command line said. */
struct cli {
	const char     *server; /* never NULL */
	const char     *key;    /* NULL: none; so all that follow */
	const char     *ca, *cert, *cert_key;
	const char     *mode, *on_failure, *until, *from, *depth, *provider, *public_key, *format;
	const char     *actor, *execution_id, *limit, *cursor, *plan, *every;
	const char     *tenant, *expires;
	const char     *operand, *operand_2;
	const char     *from_region, *to_region, *from_account, *to_account;
	struct cli_list skip, only, except, empty, copy, without_data, pauses, regions, scopes,
	    limits;
	bool json, approved, step, force, credentials, prune, rollback, through, plan_only,
	    execution, help, config, replace, ready;
};

/* Where an option's value goes: a `const char *` of struct cli, or a bool when it takes none. */
struct cli_option {
	const char *name;
	char        letter; /* 0: none */
	const char *value;  /* what its value is called in the help; NULL: it takes none */
	size_t      offset; /* in struct cli */
	const char *help;
	bool        is_list; /* its values go to a struct cli_list */
};

struct command {
	const char              *name;
	const char              *synopsis; /* what follows the name */
	const char              *help;     /* one line */
	const char              *more;     /* a paragraph or two for its own help; may be NULL */
	const struct cli_option *options;
	size_t                   options_n;
	int                      operands_min, operands_max;
	int (*run)(struct cli *cli);
};

extern const struct command cmd_plan, cmd_apply, cmd_verify, cmd_schedule, cmd_continue, cmd_pause,
    cmd_cancel, cmd_status, cmd_watch, cmd_graph, cmd_destroy, cmd_move, cmd_discover, cmd_import,
    cmd_history, cmd_diff, cmd_seal, cmd_types, cmd_keys, cmd_tenants, cmd_openapi, cmd_health;

/* Options that more than one command takes. */
#define CLI_OPTION_APPROVE                                                                     \
	{                                                                                      \
		"auto-approve", 'y', NULL, offsetof(struct cli, approved), "do not ask first", \
		    false                                                                      \
	}

struct json_object;

/* Posts the body, which is taken over, and shows what was found: an exit status. */
int discovery_run(struct cli *cli, const char *path, struct json_object *body);

#define CLI_OPTIONS_SELECT                                                    \
	{ "only", 0, "NAME", offsetof(struct cli, only),                      \
		"only this resource, and what it waits for; may be\n"         \
		"given again and again",                                      \
		true },                                                       \
	{                                                                     \
		"except", 0, "NAME", offsetof(struct cli, except),            \
		    "all but this one, and what waits for it; likewise", true \
	}

#define CLI_OPTION_PRUNE                                                       \
	{                                                                      \
		"prune", 0, NULL, offsetof(struct cli, prune),                 \
		    "delete what an earlier version had, and FILE no longer\n" \
		    "names",                                                   \
		    false                                                      \
	}

/* Every command but `serve`. Returns the exit status. */
int cli_main(int argc, char **argv);

#endif
