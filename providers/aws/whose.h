/* SPDX-License-Identifier: Apache-2.0
 *
 * whose.h - which AWS account credentials are for, asked of STS: it needs no permission of theirs.
 */
#ifndef AWS_WHOSE_H
#define AWS_WHOSE_H

#include "interpreter/calls.h"

/* The contract is that of provider.h. Credentials that did not name their account do so from now on. */
void aws_whose_start(const struct calls *calls, struct whose *whose);
void aws_whose_cancel(struct whose *whose);

#endif
