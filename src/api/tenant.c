/* SPDX-License-Identifier: Apache-2.0
 * tenant.c - tenants, their token buckets and their seats. */
#include "api/tenant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define US_PER_S   1000000.0
#define BURST_RATE 2 /* seconds of requests at once, where nobody says how many */

/* ---- tenants ---- */

struct tenant *
tenants_find(const struct tenants *tenants, const char *name)
{
	struct tenant *tenant;

	LIST_FOREACH(tenant, tenants, entry)
	{
		if (str_eq(tenant->name, name))
			return tenant;
	}
	return NULL;
}

struct tenant *
tenants_add(struct tenants *tenants, const char *name)
{
	struct tenant *tenant = xcalloc(1, sizeof(*tenant));

	must(strlen(name) < sizeof(tenant->name));
	memcpy(tenant->name, name, strlen(name) + 1);
	tenant->tokens = INFINITY; /* all that it may have, once that is known */
	LIST_INIT(&tenant->seats);
	LIST_INSERT_HEAD(tenants, tenant, entry);
	return tenant;
}

static void
end_unless_needed(struct tenant *tenant)
{
	if (tenant->is_known || tenant->refs > 0)
		return;
	must(LIST_EMPTY(&tenant->seats));
	LIST_REMOVE(tenant, entry);
	free(tenant);
}

void
tenants_sweep(struct tenants *tenants)
{
	struct tenant *next;

	for (struct tenant *tenant = LIST_FIRST(tenants); tenant != NULL; tenant = next) {
		next = LIST_NEXT(tenant, entry);
		end_unless_needed(tenant);
	}
}

struct tenant *
tenant_ref(struct tenant *tenant)
{
	if (tenant != NULL)
		tenant->refs++;
	return tenant;
}

void
tenant_release(struct tenant *tenant)
{
	if (tenant == NULL)
		return;
	must(tenant->refs > 0);
	tenant->refs--;
	end_unless_needed(tenant);
}

/* ---- requests per second ---- */

static double
burst_of(const struct tenant *tenant)
{
	int64_t burst = tenant->limits.values[LIMIT_BURST];

	if (burst == LIMIT_NONE)
		burst = tenant->limits.values[LIMIT_REQUESTS] * BURST_RATE;
	return (double)burst;
}

static void
fill(struct tenant *tenant, int64_t now_us)
{
	double rate = (double)tenant->limits.values[LIMIT_REQUESTS];

	tenant->tokens += rate * (double)(now_us - tenant->filled_us) / US_PER_S;
	tenant->tokens = fmin(tenant->tokens, burst_of(tenant));
	tenant->filled_us = now_us;
}

bool
tenant_take_request(struct tenant *tenant, int64_t now_us)
{
	if (tenant->limits.values[LIMIT_REQUESTS] == LIMIT_NONE)
		return true;
	fill(tenant, now_us);
	if (tenant->tokens < 1)
		return false;
	tenant->tokens--;
	return true;
}

bool
tenant_rate(struct tenant *tenant, int64_t now_us, struct rate *ret)
{
	double rate = (double)tenant->limits.values[LIMIT_REQUESTS], burst = burst_of(tenant);

	if (tenant->limits.values[LIMIT_REQUESTS] == LIMIT_NONE)
		return false;
	fill(tenant, now_us);
	*ret = (struct rate){
		.quota = (int64_t)burst,
		.window_s = (int64_t)ceil(burst / rate),
		.left = (int64_t)tenant->tokens,
		.reset_s = (int64_t)ceil((burst - tenant->tokens) / rate),
		.wait_s = tenant->tokens < 1 ? (int64_t)ceil((1 - tenant->tokens) / rate) : 0,
	};
	return true;
}

/* ---- seats ---- */

bool
seat_take(struct seat *seat, struct tenant *tenant)
{
	int64_t most = tenant->limits.values[LIMIT_WATCHERS];

	must(seat->tenant == NULL);
	if (most != LIMIT_NONE && tenant->seats_n >= (size_t)most)
		return false;
	seat->tenant = tenant_ref(tenant);
	LIST_INSERT_HEAD(&tenant->seats, seat, entry);
	tenant->seats_n++;
	return true;
}

void
seat_leave(struct seat *seat)
{
	struct tenant *tenant = seat->tenant;

	if (tenant == NULL)
		return;
	LIST_REMOVE(seat, entry);
	tenant->seats_n--;
	seat->tenant = NULL;
	tenant_release(tenant);
}
