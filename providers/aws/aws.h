/* SPDX-License-Identifier: Apache-2.0
 *
 * aws.h - the AWS provider: provider.h over AWS's service models and the type files under schemas/aws.
 *
 * Nothing here knows a service: what a type is lies in its file (docs/internals/resource-types.md).
 */
#ifndef AWS_AWS_H
#define AWS_AWS_H

#include "loop/loop.h"
#include "provider/provider.h"
#include "interpreter/calls.h"
#include "util/sealed.h"

struct aws_caller;

#define AWS_OWN_TAGS "aws:" /* what they begin with */

/* The loop, the caller and the key are borrowed; without a key nothing sealed can be opened. */
struct provider *
aws_provider_create(struct loop *loop, struct aws_caller *caller, const struct sealed_key *key);

/* On any wire; `calls` is copied. */
struct provider *
aws_provider_create_on(struct loop *loop, const struct calls *calls, const struct sealed_key *key);

#endif
