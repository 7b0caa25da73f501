/* SPDX-License-Identifier: Apache-2.0
 *
 * cycle.h - inside plan: finds what waits for itself, and says how.
 */
#ifndef PLAN_CYCLE_H
#define PLAN_CYCLE_H

#include "plan/spec.h"

/* One problem per cycle, up to a few: code `cycle`, "a -> b -> a", where each waits for the next.
 * */
void cycle_check(const struct spec_node *nodes, size_t nodes_n, const struct spec_edge *edges,
    size_t edges_n, struct problems *problems);

#endif
