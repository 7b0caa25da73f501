/* SPDX-License-Identifier: Apache-2.0
 *
 * judging.h - what judges share: how a version's execution runs, and what is stored of it.
 */
#ifndef SIM_JUDGING_H
#define SIM_JUDGING_H

#include "provider/provider.h"
#include "version.h"

struct op;
struct world;

/* In the order of its last execution. */
const struct graph *graph_of(const struct version *version);
bool                is_before(const struct graph *graph, uint32_t first, uint32_t then);
struct store_key    key_of(const struct version *version);
const char         *name_of(const struct version *version, uint32_t vertex);

/* The stored record of a vertex; NULL: there is none. */
const char *record_of(struct world *world, const struct version *version, uint32_t vertex);

/* What has to be behind a predecessor before its successor starts. */
bool is_behind(const struct version *version, uint32_t vertex);

/* The first box of a vertex. */
const struct box *box_of(const struct world *world, const struct version *version, uint32_t vertex);

/* Its execution is held to a plan, and it is not as that says. */
bool is_stale(struct world *world, const struct version *version, uint32_t vertex);

/* A call that changes something leaves. */
void
judge_plan(struct world *world, const struct version *version, uint32_t vertex, enum op_kind kind);

#endif
