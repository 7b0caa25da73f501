/* SPDX-License-Identifier: Apache-2.0
 *
 * sealing.h - the key pair that secrets are sealed for: a process's own, or one that a fleet shares.
 */
#ifndef SEALING_H
#define SEALING_H

#include "util/sealed.h"

/* The private half of the sister services' key pair, in hex: whoever has their environment can use it here. */
#define SEALING_VARIABLE "SERVICE__AUTH__PRIVATE_KEY"

/* From the file; else from the environment, which it is wiped from in either case; else new, and known to nobody else. NULL
 * and *err when what is there is no key, or others may read the file. */
MUSTCHECK struct sealed_key *sealing_key_open(const char *path, struct err *err);

/* For a process that has no use for one. */
void sealing_key_forget(void);

#endif
