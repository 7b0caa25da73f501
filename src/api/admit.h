/* SPDX-License-Identifier: Apache-2.0
 *
 * admit.h - who asks, may they do that, and do they not have too much already? Each refusal says why, and names the limit.
 */
#ifndef API_ADMIT_H
#define API_ADMIT_H

#include "api/exchange.h"

/* By the request's key and its route. False: no, and that was answered. */
MUSTCHECK bool admit(struct exchange *x);

/* By what its body asks for beside that. False: no, and that was answered. */
MUSTCHECK bool admit_body(struct exchange *x);

/* How much of a body is wanted on a route that has one, by the head alone: nothing of who may not send it. */
size_t admit_head(struct api *api, const struct route *route, const struct http_request *request);

/* On behalf of a tenant, where no request has come. False: it is not known any more. */
MUSTCHECK bool admit_tenant(struct exchange *x, const char *tenant);

/* May the tenant have this one, too? `more` is what it comes to with it. err is for reply_err(). */
MUSTCHECK enum err_code
admit_amount(struct exchange *x, enum limit limit, int64_t more, struct err *err);
/* One more execution under way? A paused one that goes on is not one more paused. */
MUSTCHECK enum err_code admit_execution(struct exchange *x, bool is_new, struct err *err);
/* A seat for a stream, lost when the key is not good any more. False: there is none left, and that was answered. */
MUSTCHECK bool admit_seat(struct exchange *x, void (*lost)(struct seat *seat));

/* What an answer says of it: members of a problem; and RateLimit-Policy, RateLimit and Retry-After, "" where it need not wait. */
#define ADMIT_FIELD_SIZE 64
struct admit_fields {
	char policy[ADMIT_FIELD_SIZE], state[ADMIT_FIELD_SIZE], wait[ADMIT_FIELD_SIZE];
};
void admit_tell(const struct exchange *x, struct json_object *problem);
bool admit_fields(const struct exchange *x, struct admit_fields *ret); /* false: there are none */

#endif
