/* SPDX-License-Identifier: Apache-2.0
 *
 * tenant.h - a tenant as this process knows it: its limits, what is left of them, and who watches.
 *
 * There is one of each tenant that has a key or is configured, and of one that had, for as long as a request of it is under
 * way: nothing of this grows with what clients send.
 */
#ifndef API_TENANT_H
#define API_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "api/limits.h"
#include "store/store.h"

struct seat;

struct tenant {
	LIST_ENTRY(tenant) entry;
	char          name[STORE_TENANT_SIZE];
	struct limits limits;
	bool          is_operator; /* its keys may have the scope admin */
	bool          is_known;    /* it has a key, or is configured */
	size_t        refs;        /* of requests */
	double        tokens;      /* of requests that it may send now */
	int64_t       filled_us;   /* when they were counted last */
	LIST_HEAD(, seat) seats;
	size_t seats_n;
};

LIST_HEAD(tenants, tenant);

struct tenant *
tenants_find(const struct tenants *tenants, const char *name); /* NULL: there is none */
struct tenant *tenants_add(struct tenants *tenants, const char *name);
void           tenants_sweep(struct tenants *tenants); /* frees those that nobody needs any more */

/* NULL is fine for both; what is released may be gone. */
struct tenant *tenant_ref(struct tenant *tenant);
void           tenant_release(struct tenant *tenant);

/* ---- requests per second ---- */

/* False: it has sent as many as it may, for now. */
bool tenant_take_request(struct tenant *tenant, int64_t now_us);

/* What is told of it: as many are left, of a quota that is whole again after a window; the next one comes after `wait_s`. */
struct rate {
	int64_t quota, window_s, left, reset_s, wait_s;
};

/* False: there is no such limit. */
bool tenant_rate(struct tenant *tenant, int64_t now_us, struct rate *ret);

/* ---- seats: who watches ---- */

/* Of a key, for as long as that is good: then it is lost. Zeroed before its first use. */
struct seat {
	LIST_ENTRY(seat) entry;
	struct tenant *tenant; /* NULL: it is not taken */
	unsigned char  sha256[DIGEST_SHA256_BYTES];
	unsigned       scope; /* that the key must have */
	void (*lost)(struct seat *seat);
};

/* False: there are as many as the tenant may have. */
bool seat_take(struct seat *seat, struct tenant *tenant);
void seat_leave(struct seat *seat); /* harmless when it is not taken */

#endif
