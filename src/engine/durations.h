/* SPDX-License-Identifier: Apache-2.0
 *
 * durations.h - how long nodes of a type take, learned from those that this process has run.
 *
 * An exponentially weighted mean per type and act, over all tenants; what the type's file says until one was measured.
 */
#ifndef ENGINE_DURATIONS_H
#define ENGINE_DURATIONS_H

#include "plan/graph.h"
#include "plan/plan.h"

struct durations;

struct durations *durations_create(void);
void              durations_destroy(struct durations *durations); /* NULL is fine */

void durations_add(struct durations *durations, const struct resource_type *type, enum plan_act act,
    double seconds);

double durations_of(
    const struct durations *durations, const struct resource_type *type, enum plan_act act);

/* Weighs a graph by how long creates take, or deletes when it is reversed. */
void durations_weigh(struct durations *durations, struct graph *graph);

#endif
