/* SPDX-License-Identifier: Apache-2.0
 *
 * host_inside.h - between the files of the host: a request on its way to its answer.
 */
#ifndef HOST_HOST_INSIDE_H
#define HOST_HOST_INSIDE_H

#include "host/host.h"
#include "host/opened.h"
#include "provider/protocol.h"

struct visit;

/* A question that the protocol knows. */
struct question {
	const char *path;          /* below the root */
	bool        needs_account; /* it is asked with credentials, where the provider needs some */
	bool (*is_known)(const struct provider *provider);
	bool (*read)(struct visit *visit, struct json_object *json, struct problems *problems);
	void (*start)(struct visit *visit);
	void (*cancel)(struct visit *visit);
	void (*refuse)(struct visit *visit, const struct problem *problem); /* of the credentials */
	void (*add_answer)(struct str *out, const struct visit *visit);
	void (*fini)(struct visit *visit);
};

struct host {
	struct host_options  options;
	struct opened_cache *opened;
	struct visit        *first; /* those that ask */
	size_t               asked_n;
};

struct visit {
	struct host           *host;
	struct http_request   *request;
	struct visit          *next, **link;
	const struct question *question;
	struct json_object    *body;
	struct provider       *provider;
	struct opened         *opened;
	bool                   asks;    /* and the driver has not answered */
	bool                   streams; /* the answer has begun */
	struct timer           beat;
	union {
		struct op     op;
		struct whose  whose;
		struct sweep  sweep;
		struct errand errand;
		struct check  check;
	};
	struct identity       identity;
	struct resource_type  kind;
	struct protocol_items items;
};

/* Each answers, and ends the visit. */
void visit_reply(struct visit *visit, const char *text, size_t len);
void visit_refuse(struct visit *visit, const struct err *err);
void visit_refuse_all(struct visit *visit, enum err_code code, const struct problems *problems);

/* Of a POST below the root. NULL: there is no such question. */
const struct question *question_find(const char *path);

/* From the body to the answer. */
void visit_ask(struct visit *visit);
void visit_answer(struct visit *visit); /* what was asked is answered */
void visit_forget(struct visit *visit); /* whatever it asks, nobody wants to know any more */

#endif
