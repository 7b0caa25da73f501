/* SPDX-License-Identifier: Apache-2.0
 *
 * driver.h - the cloud that the interpreter works on: its wire, its hooks, and what its credentials are good for.
 */
#ifndef INTERPRETER_DRIVER_H
#define INTERPRETER_DRIVER_H

#include <stddef.h>

#include "interpreter/calls.h"

struct hook;
struct sealed_key;

struct driver {
	struct calls       calls;
	const char        *service; /* of a type that names none; NULL: each names its own */
	const struct hook *hooks;
	size_t             hooks_n;
	/* opens what is sealed among properties; NULL: nothing does */
	const struct sealed_key *key;
	const char *own_tags; /* what the cloud's own tags begin with; NULL: it has none */

	/* Of credentials (NULL for a call that needs none): who calls with them, where what is global is ("": nowhere), and
	 * whose account it is (NULL: not known). */
	const struct call_keys *(*keys)(const struct credentials *credentials);
	const char *(*region)(const struct credentials *credentials);
	const char *(*account)(const struct credentials *credentials);

	/* As provider.h has them. NULL, both: there are no accounts. */
	void (*ask_whose)(const struct calls *calls, struct whose *whose);
	void (*cancel_whose)(struct whose *whose);

	/* "{$partition}"; NULL: there are none. */
	const char *(*partition)(const char *region);

	/* The class of an error that an answer tells of. */
	enum op_result (*fault)(const char *operation, int status, const char *code);
};

#endif
