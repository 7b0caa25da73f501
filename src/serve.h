/* SPDX-License-Identifier: Apache-2.0
 *
 * serve.h - `mgraph-deploy serve`: the service, from its options to its end.
 */
#ifndef SERVE_H
#define SERVE_H

/* argv[0] is "serve". Returns the exit code. */
int serve_main(int argc, char **argv);

#endif
