/* SPDX-License-Identifier: Apache-2.0
 *
 * durations.h - how long nodes of a type take, learned from those that this process has run, or from their records.
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

/* As it was recorded by an earlier process. It counts until this one has measured one. */
void durations_recall(struct durations *durations, const struct resource_type *type,
    enum plan_act act, double seconds);

/* Negative: neither measured nor recalled. */
double durations_known(
    const struct durations *durations, const struct resource_type *type, enum plan_act act);

double durations_of(
    const struct durations *durations, const struct resource_type *type, enum plan_act act);

/* Weighs a graph by how long creates take, or deletes when it is reversed. */
void durations_weigh(struct durations *durations, struct graph *graph);

#endif
