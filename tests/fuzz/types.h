/* SPDX-License-Identifier: Apache-2.0
 *
 * types.h - the resource types that fuzzed configs are of: those of the unit tests and of the simulator.
 */
#ifndef TESTS_FUZZ_TYPES_H
#define TESTS_FUZZ_TYPES_H

#include "provider/registry.h"

/* From the source tree's root, or $srcdir; ends the program when they can't be read. They last as long as it does. */
struct registry *types_load(void);

#endif
