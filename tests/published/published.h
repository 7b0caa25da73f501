/* SPDX-License-Identifier: Apache-2.0
 *
 * published.h - the parts of the program that runs published test cases.
 */
#ifndef TESTS_PUBLISHED_H
#define TESTS_PUBLISHED_H

#include <stdbool.h>

/* False when the cases can't be found, or are fewer than they were. */
bool published_signing(const char *folder);
bool published_protocols(const char *folder);

/* Tells how a case went; problem NULL: well. Then, the end of a suite. */
void published_case(const char *suite, const char *id, const char *problem);
void published_suite_end(const char *suite);

#endif
