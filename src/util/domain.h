/* SPDX-License-Identifier: Apache-2.0
 *
 * domain.h - domain names, which may be written in more than one way.
 */
#ifndef UTIL_DOMAIN_H
#define UTIL_DOMAIN_H

#include <stdbool.h>

/* The same name? Its case does not matter, nor a dot at its end, nor that DNS writes a star as \\052. */
bool domain_same(const char *a, const char *b);

#endif
