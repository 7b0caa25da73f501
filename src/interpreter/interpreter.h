/* SPDX-License-Identifier: Apache-2.0
 *
 * interpreter.h - what every provider has in common whose types are files of steps.
 *
 * A provider embeds this as its first member: it brings the types, and the driver its wire.
 */
#ifndef INTERPRETER_INTERPRETER_H
#define INTERPRETER_INTERPRETER_H

#include "interpreter/driver.h"
#include "loop/loop.h"
#include "provider/provider.h"

struct interpreter {
	struct provider provider;
	struct loop    *loop;
	struct driver   driver;
};

/* Sets the provider's functions, but for those of credentials, its window and its end. The loop is borrowed, the driver is copied. */
void
interpreter_init(struct interpreter *interpreter, struct loop *loop, const struct driver *driver);

#endif
