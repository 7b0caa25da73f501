/* SPDX-License-Identifier: Apache-2.0
 *
 * discovery.h - a request that looks through its accounts for what there is of a deployment.
 */
#ifndef API_DISCOVERY_H
#define API_DISCOVERY_H

#include "api/exchange.h"
#include "discover/discover.h"

/* What is asked, and what came of it. */
struct exchange_discovery {
	struct exchange_part part;
	const char                 *
            region; /* of some credentials, for where nobody says which regions there are; borrowed; NULL: none has one */
	bool                is_asked;
	struct discovery    asked;
	struct spec        *spec; /* that was rebuilt; owned, as all that follows */
	struct json_object *config, *resources;
	exchange_step      *then, *then_spec;
};

struct exchange_discovery *discovery_of(struct exchange *x);

/* Opens the credentials of all providers and accounts that `json` has, which is at `pointer` in the body, into x->start;
 * asks whose they are, and goes on with `then`. */
void discovery_open(
    struct exchange *x, struct json_object *json, const char *pointer, exchange_step *then);

/* Looks through the accounts of x->start.keyring, in these regions (NULL: all). discovery_of(x) has what came, for `then`: of one
 * deployment its things, and what they were rebuilt to; NULL: of all of them how much there is. Once in an exchange. */
void discovery_ask(struct exchange *x, const char *deployment_id, struct json_object *regions,
    exchange_step *then);

/* Reads what is named there, whosever it is, as discovery_import() does. */
void discovery_read(
    struct exchange *x, const char *deployment_id, struct json_object *wanted, exchange_step *then);

/* Both: the Spec Graph of a deployment, from its tags alone, as x->spec. Where there is nothing of it x->spec stays NULL. */
void discovery_of_spec(struct exchange *x, const char *deployment_id, struct json_object *json,
    const char *pointer, exchange_step *then);

#endif
