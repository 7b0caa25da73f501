/* SPDX-License-Identifier: Apache-2.0
 *
 * again.h - calls that have had no effect are made again, a few times, before anybody hears of it.
 *
 * An operation of ours is several calls. Were each that is throttled the end of its operation, one of six calls would hardly
 * ever come to its end while every third is throttled. What stays in vain is the engine's to judge, as is what took longer to wait
 * for than a moment, and every call whose effect is not known.
 */
#ifndef AWS_AGAIN_H
#define AWS_AGAIN_H

#include "providers/aws/calls.h"

struct loop;
struct aws_again;

/* Calls go to `wire`, which outlives this. */
struct aws_again *aws_again_create(struct loop *loop, const struct aws_calls *wire);
void              aws_again_destroy(struct aws_again *again); /* no call is in the air */
struct aws_calls  aws_again_calls(struct aws_again *again);   /* borrowed from it */

#endif
