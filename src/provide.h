/* SPDX-License-Identifier: Apache-2.0
 *
 * provide.h - `mgraph-deploy provider`: drivers for other orchestrators, from its options to its end.
 */
#ifndef PROVIDE_H
#define PROVIDE_H

/* argv[0] is "provider". Returns the exit code. */
int provide_main(int argc, char **argv);

#endif
