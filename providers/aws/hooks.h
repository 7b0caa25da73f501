/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.h - what no word of the vocabulary can say of AWS's types, all in one table.
 */
#ifndef AWS_HOOKS_H
#define AWS_HOOKS_H

#include "interpreter/hook.h"

extern const struct hook aws_hooks[];
extern const size_t      aws_hooks_n;

#endif
