/* SPDX-License-Identifier: Apache-2.0
 *
 * discovery.h - a request that looks through its accounts for what there is of a deployment.
 */
#ifndef API_DISCOVERY_H
#define API_DISCOVERY_H

#include "api/exchange.h"
#include "discover/discover.h"

/* Memory of what is asked. */
struct exchange_discovery {
	struct exchange    *x;
	struct discovery    asked;
	struct spec        *spec; /* that was rebuilt; owned, as all that follows */
	struct json_object *config, *resources;
	exchange_step      *then;
};

/* Opens the credentials of all providers and accounts that `json` has, which is at `pointer` in the body, into x->start;
 * asks whose they are, and goes on with `then`. */
void discovery_open(
    struct exchange *x, struct json_object *json, const char *pointer, exchange_step *then);

/* Looks through the accounts of x->start.keyring, in these regions (NULL: all). x->discovery has what came, for `then`: of one
 * deployment its things, and what they were rebuilt to; NULL: of all of them how much there is. */
void discovery_ask(struct exchange *x, const char *deployment_id, struct json_object *regions,
    const char *region, exchange_step *then);

/* Reads what is named there, whosever it is, as discovery_import() does. */
void discovery_read(struct exchange *x, const char *deployment_id, struct json_object *wanted,
    const char *region, exchange_step *then);

/* Both: the Spec Graph of a deployment, from its tags alone, as x->spec. Where there is nothing of it x->spec stays NULL. */
void discovery_of_spec(struct exchange *x, const char *deployment_id, struct json_object *json,
    const char *pointer, exchange_step *then);

/* The region of some provider's credentials, for where nobody says which regions there are; may be NULL. */
const char *discovery_region(struct json_object *credentials);

void discovery_forget(struct exchange *x); /* harmless when nothing is asked */

#endif
