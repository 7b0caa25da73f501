/* SPDX-License-Identifier: Apache-2.0
 *
 * local_variable.h - which environment variables make a program run something else than what it is.
 *
 * Where only some programs may run, none of these is taken from a config. It is a second line: no list of such names is ever
 * complete, and a program that runs what it is told to needs none of them.
 */
#ifndef LOCAL_LOCAL_VARIABLE_H
#define LOCAL_LOCAL_VARIABLE_H

#include <stdbool.h>

/* It says what is loaded or run, or where that is looked for: to the loader, a shell, an interpreter, or a program that runs others. */
bool local_variable_steers(const char *name);

#endif
