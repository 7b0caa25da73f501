/* SPDX-License-Identifier: Apache-2.0
 *
 * protocol.h - provider.h over HTTP and JSON: the one codec, of who asks and of who answers.
 *
 * docs/internals/provider-protocol.md describes the whole. Here are the two objects that a question and its answer are:
 * all that goes into a struct of provider.h, and all that comes out, but for the credentials, which are not looked into here.
 * What is empty is left out, and what is not known is passed over, so that either side may be the newer one.
 *
 * What is read borrows from the JSON, but for what its struct owns. False: the JSON is not what it should be, and the
 * struct is not to be used; of a question every problem is told.
 */
#ifndef PROVIDER_PROTOCOL_H
#define PROVIDER_PROTOCOL_H

#include "provider/provider.h"
#include "provider/registry.h"
#include "util/str.h"

#define PROTOCOL_VERSION 1
#define PROTOCOL_ROOT    "/provider/v1"

/* What a provider is asked, by the last part of the path. */
#define PROTOCOL_OPS      "ops"
#define PROTOCOL_WHOSE    "whose"
#define PROTOCOL_SWEEPS   "sweeps"
#define PROTOCOL_ERRANDS  "errands"
#define PROTOCOL_VALIDATE "validate"

/* In the window of a type, where the region goes. */
#define PROTOCOL_REGION "{region}"

/* Who answers says that it is at it, so often, where the answer takes its time: with white space before it. */
#define PROTOCOL_BEAT_MS 10000

void protocol_add_op(struct str *out, const struct op *op);
void protocol_add_op_answer(struct str *out, const struct op *op);
/* `kind` is memory for the type, where that is a kind of an open one. */
MUSTCHECK bool
protocol_read_op(struct json_object *json, const struct registry *registry, struct op *op,
    struct identity *identity, struct resource_type *kind, struct problems *problems);
MUSTCHECK bool protocol_read_op_answer(struct json_object *json, struct op *op);

/* Of a whose there is nothing in the question. */
void           protocol_add_whose_answer(struct str *out, const struct whose *whose);
MUSTCHECK bool protocol_read_whose_answer(struct json_object *json, struct whose *whose);

void protocol_add_sweep(struct str *out, const struct sweep *sweep);
void protocol_add_sweep_answer(struct str *out, const struct sweep *sweep);
MUSTCHECK bool
protocol_read_sweep(struct json_object *json, struct sweep *sweep, struct problems *problems);
MUSTCHECK bool protocol_read_sweep_answer(struct json_object *json, struct sweep *sweep);

void protocol_add_errand(struct str *out, const struct errand *errand);
void protocol_add_errand_answer(struct str *out, const struct errand *errand);
MUSTCHECK bool
protocol_read_errand(struct json_object *json, struct errand *errand, struct problems *problems);
MUSTCHECK bool protocol_read_errand_answer(struct json_object *json, struct errand *errand);

/* Items as they were read, with memory for those types that are kinds of open ones. */
struct protocol_items {
	struct check_item    *items;
	struct resource_type *kinds;
	size_t                n;
};

void           protocol_add_check(struct str *out, const struct check *check);
void           protocol_add_check_answer(struct str *out, const struct check *check);
MUSTCHECK bool protocol_read_check(struct json_object *json, const struct registry *registry,
    struct protocol_items *items, struct problems *problems);
void           protocol_items_fini(struct protocol_items *items); /* harmless when all zero */
MUSTCHECK bool protocol_read_check_answer(struct json_object *json, struct check *check);

#endif
