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

struct means {
	struct mean measured[PLAN_ACTS_N], recalled[PLAN_ACTS_N];
};

struct durations {
	struct lh_table *table; /* the file of a type -> its struct means */
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

static struct means *
means_of(const struct durations *durations, const struct resource_type *type)
{
	void *means = NULL;

	return lh_table_lookup_ex(durations->table, type->file, &means) ? means : NULL;
}

/* Made when it is not there yet. */
static struct means *
means_for(struct durations *durations, const struct resource_type *type)
{
	struct means *means = means_of(durations, type);

	if (means == NULL) {
		means = xcalloc(1, sizeof(*means));
		must(lh_table_insert(durations->table, type->file, means) == 0);
	}
	return means;
}

static void
mean_add(struct mean *mean, double seconds)
{
	if (mean->n < MEMORY)
		mean->n++;
	mean->seconds += (seconds - mean->seconds) / mean->n;
}

void
durations_add(struct durations *durations, const struct resource_type *type, enum plan_act act,
    double seconds)
{
	must(act < PLAN_ACTS_N);
	mean_add(&means_for(durations, type)->measured[act], seconds);
}

void
durations_recall(struct durations *durations, const struct resource_type *type, enum plan_act act,
    double seconds)
{
	must(act < PLAN_ACTS_N);
	mean_add(&means_for(durations, type)->recalled[act], seconds);
}

double
durations_known(
    const struct durations *durations, const struct resource_type *type, enum plan_act act)
{
	const struct means *means = means_of(durations, type);

	if (means == NULL || means->measured[act].n + means->recalled[act].n == 0)
		return -1;
	return means->measured[act].n > 0 ? means->measured[act].seconds
					  : means->recalled[act].seconds;
}

double
durations_of(const struct durations *durations, const struct resource_type *type, enum plan_act act)
{
	double known = durations_known(durations, type, act);

	return known >= 0 ? known : type->seconds;
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
