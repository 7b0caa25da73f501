/* SPDX-License-Identifier: Apache-2.0
 * durations.c - a table of means by type. */
#include "engine/durations.h"

#include <json-c/linkhash.h>
#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define TABLE_SIZE 64
#define MEMORY \
	8 /* the mean of the first so many; then each new one counts for one part in so many */

struct mean {
	double   seconds;
	unsigned n; /* no more than MEMORY */
};

struct durations {
	struct lh_table *table; /* the file of a type -> its struct mean[PLAN_ACTS_N] */
};

static void
means_free(struct lh_entry *entry)
{
	free((void *)(uintptr_t)lh_entry_v(entry));
}

struct durations *
durations_create(void)
{
	struct durations *durations = xcalloc(1, sizeof(*durations));

	durations->table = lh_kptr_table_new(TABLE_SIZE, means_free);
	must(durations->table != NULL);
	return durations;
}

void
durations_destroy(struct durations *durations)
{
	if (durations == NULL)
		return;
	lh_table_free(durations->table);
	free(durations);
}

static struct mean *
means_of(const struct durations *durations, const struct resource_type *type)
{
	void *means = NULL;

	return lh_table_lookup_ex(durations->table, type->file, &means) ? means : NULL;
}

void
durations_add(struct durations *durations, const struct resource_type *type, enum plan_act act,
    double seconds)
{
	struct mean *means = means_of(durations, type), *mean;

	must(act < PLAN_ACTS_N);
	if (means == NULL) {
		means = xcalloc(PLAN_ACTS_N, sizeof(*means));
		must(lh_table_insert(durations->table, type->file, means) == 0);
	}
	mean = &means[act];
	if (mean->n < MEMORY)
		mean->n++;
	mean->seconds += (seconds - mean->seconds) / mean->n;
}

double
durations_of(const struct durations *durations, const struct resource_type *type, enum plan_act act)
{
	const struct mean *means = means_of(durations, type);

	return means != NULL && means[act].n > 0 ? means[act].seconds : type->seconds;
}

static double
seconds_of(void *arg, const struct graph *graph, size_t vertex)
{
	return durations_of(
	    arg, graph_node(graph, vertex)->type, graph->is_reversed ? PLAN_DELETE : PLAN_CREATE);
}

void
durations_weigh(struct durations *durations, struct graph *graph)
{
	graph_weigh(graph, seconds_of, durations);
}
