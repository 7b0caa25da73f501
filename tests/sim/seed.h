/* SPDX-License-Identifier: Apache-2.0
 *
 * seed.h - all that happens in the world of one seed.
 */
#ifndef SIM_SEED_H
#define SIM_SEED_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "world.h"

/* Its trace's hash; the same for the same seed. `verdict` is "" when no judge has found anything. */
uint64_t seed_run(uint64_t seed, struct coverage *coverage, bool shown, char verdict[VERDICT_SIZE]);

/* The engine's log, among the lines of the trace. */
void seed_show_log(bool shown);

#endif
