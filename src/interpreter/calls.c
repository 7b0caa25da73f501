/* SPDX-License-Identifier: Apache-2.0
 * calls.c - what a call owns. */
#include "interpreter/calls.h"

#include "util/check.h"

void
call_fini(struct call *call)
{
	must(call->impl == NULL);
	json_object_put(call->out);
	call->out = NULL;
}
