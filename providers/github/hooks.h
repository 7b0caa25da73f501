/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.h - what no word of the vocabulary can say of GitHub's types, all in one table.
 */
#ifndef GITHUB_HOOKS_H
#define GITHUB_HOOKS_H

#include "interpreter/hook.h"

extern const struct hook github_hooks[];
extern const size_t      github_hooks_n;

#endif
