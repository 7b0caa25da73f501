/* SPDX-License-Identifier: Apache-2.0
 *
 * call.h - one call of any operation of any AWS service, by its service model.
 *
 * Parameters and answers are JSON in the model's own member names; the protocol, the endpoint and the
 * signature are this module's business. It makes one try: retries are the engine's. Errors are put into
 * one of the classes of provider.h, by HTTP status and error code as AWS documents them.
 */
#ifndef AWS_CALL_H
#define AWS_CALL_H

#include "interpreter/calls.h"
#include "net/fetch.h"

struct aws_models; /* model.h: the service models, loaded on first use */
struct aws_caller;

struct aws_caller_options {
	const char *models_dir; /* where the stripped models are installed */
	const char *endpoint;   /* instead of AWS's own endpoints, for every service; NULL: AWS */
};

/* The fetcher is borrowed; `wall_ms` is asked for the date of each signature through the loop. */
struct loop;
struct aws_caller *aws_caller_create(
    struct loop *loop, struct fetcher *fetcher, const struct aws_caller_options *options);
void               aws_caller_destroy(struct aws_caller *caller);
struct aws_models *aws_caller_models(struct aws_caller *caller);
bool aws_caller_is_at_aws(const struct aws_caller *caller); /* and not at another endpoint */

/* done() is never called before start returns, and never after cancel returns. A parameter that does
 * not fit the model is answered with OP_INVALID. */
void aws_call_start(struct aws_caller *caller, struct call *call);
void aws_call_cancel(struct aws_caller *caller, struct call *call);

#endif
