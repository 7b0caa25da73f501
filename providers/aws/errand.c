/* SPDX-License-Identifier: Apache-2.0
 * errand.c - DescribeRegions, once: those that are enabled for the account. */
#include "providers/aws/errand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/paths.h"
#include "providers/aws/credentials.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define REGION_TO_ASK "us-east-1"

struct asking {
	struct task         task; /* answers what there is not */
	const struct calls *calls;
	struct errand      *errand;
	struct call         call;
};

static void
asking_free(struct asking *asking)
{
	asking->errand->impl = NULL;
	call_fini(&asking->call);
	free(asking);
}

static void
on_answered(struct call *call)
{
	struct asking      *asking = container_of(call, struct asking, call);
	struct errand      *errand = asking->errand;
	struct json_object *regions = NULL;

	_Static_assert(sizeof(errand->code) == sizeof(call->code), "copied whole");
	_Static_assert(sizeof(errand->message) == sizeof(call->message), "copied whole");
	memcpy(errand->code, call->code, sizeof(errand->code));
	memcpy(errand->message, call->message, sizeof(errand->message));
	errand->result = call->result;
	if (call->result == OP_OK)
		regions = path_find(call->out, "Regions[].RegionName");
	if (regions != NULL) {
		errand->answer = json_object_new_object();
		json_set(errand->answer, "regions", regions);
	} else if (call->result == OP_OK) {
		errand->result = OP_FAILED;
	}
	asking_free(asking);
	errand->done(errand);
}

static void
on_unknown(struct task *task)
{
	struct asking *asking = container_of(task, struct asking, task);
	struct errand *errand = asking->errand;

	errand->result = OP_INVALID;
	snprintf(errand->message, sizeof(errand->message), "there is no such errand");
	asking_free(asking);
	errand->done(errand);
}

void
aws_errand_start(struct loop *loop, const struct calls *calls, struct errand *errand)
{
	const struct credentials *credentials = errand->credentials;
	struct asking            *asking = xcalloc(1, sizeof(*asking));

	must(errand->result == OP_PENDING && errand->impl == NULL);
	asking->calls = calls;
	asking->errand = errand;
	errand->impl = asking;
	task_init(&asking->task, on_unknown);
	if (!str_eq(errand->name, ERRAND_REGIONS)) {
		task_wake(loop, &asking->task);
		return;
	}
	asking->call = (struct call){
		.service = "ec2",
		.operation = "DescribeRegions",
		.region = credentials->region != NULL ? credentials->region : REGION_TO_ASK,
		.keys = &credentials->keys,
		.token = "",
		.done = on_answered,
	};
	calls->start(calls->arg, &asking->call);
}

void
aws_errand_cancel(struct loop *loop, struct errand *errand)
{
	struct asking *asking = errand->impl;

	if (asking == NULL)
		return;
	task_cancel(loop, &asking->task);
	if (asking->call.service != NULL)
		asking->calls->cancel(asking->calls->arg, &asking->call);
	asking_free(asking);
}
