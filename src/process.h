/* SPDX-License-Identifier: Apache-2.0
 *
 * process.h - what a process that goes on running does first.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

/* Guards secrets, raises limits, keeps files to the owner. False: secrets can't be protected, which is said on stderr. */
bool process_setup(const char *command, bool verbose);

/* Is nobody but this host's own users let in at this address? */
bool process_is_loopback(const char *address);

#endif
