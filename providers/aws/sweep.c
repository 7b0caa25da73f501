/* SPDX-License-Identifier: Apache-2.0
 * sweep.c - GetResources, page after page. */
#include "providers/aws/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "providers/aws/aws.h"
#include "providers/aws/credentials.h"
#include "providers/aws/place.h"
#include "interpreter/members.h"
#include "interpreter/scope.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define PER_PAGE  100 /* the most there is */
#define PAGES_MAX 20000
#define EXPIRED   "PaginationTokenExpiredException" /* it took too long: once more, from the start */

struct asking {
	const struct calls *calls;
	struct sweep       *sweep;
	struct call         call;
	struct json_object *params;
	struct json_object *hits;
	unsigned            pages;
};

static void
asking_free(struct asking *asking)
{
	asking->sweep->impl = NULL;
	call_fini(&asking->call);
	json_object_put(asking->params);
	json_object_put(asking->hits);
	free(asking);
}

/* ---- the answer ---- */

/* "arn:partition:service:region:account:resource" from behind so many colons; NULL: there are fewer. */
static const char *
arn_part(const char *arn, int colons)
{
	for (; arn != NULL && colons > 0; colons--) {
		arn = strchr(arn, ':');
		if (arn != NULL)
			arn++;
	}
	return arn;
}

/* As the ARN says. That of a bucket does not: it is listed where it is. */
static void
set_region(struct json_object *hit, const char *arn, const char *asked)
{
	const char *region = arn_part(arn, 3), *account = arn_part(arn, 4);

	if (account == NULL)
		return;
	if (account == region + 1 && str_starts(arn_part(arn, 2), "s3:"))
		json_set_str(hit, "region", asked);
	else
		json_set(hit, "region", json_string(region, (size_t)(account - region - 1)));
}

/* But for AWS's own, which are no business of anybody here. */
static struct json_object *
tags_of(struct json_object *pairs)
{
	struct json_object *all = tags_read(pairs), *tags = json_object_new_object();

	json_object_object_foreach (all, key, value) {
		if (!str_starts(key, AWS_OWN_TAGS))
			json_set(tags, key, json_object_get(value));
	}
	json_object_put(all);
	return tags;
}

static void
add_page(struct asking *asking)
{
	struct json_object *list = json_get_array(asking->call.out, "ResourceTagMappingList");

	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
		struct json_object *from = json_object_array_get_idx(list, i);
		struct json_object *hit = json_object_new_object();

		const char *arn = json_get_str(from, "ResourceARN");

		json_set_str(hit, "id", arn);
		set_region(hit, arn, asking->call.region);
		json_set(hit, "tags", tags_of(json_get(from, "Tags")));
		json_object_array_add(asking->hits, hit);
	}
}

static void
end(struct asking *asking, enum op_result result)
{
	const struct call *call = &asking->call;
	struct sweep      *sweep = asking->sweep;

	_Static_assert(sizeof(sweep->code) == sizeof(call->code), "copied whole");
	_Static_assert(sizeof(sweep->message) == sizeof(call->message), "copied whole");
	memcpy(sweep->code, call->code, sizeof(sweep->code));
	memcpy(sweep->message, call->message, sizeof(sweep->message));
	sweep->retry_after_ms = call->retry_after_ms;
	sweep->result = result;
	if (result == OP_OK)
		sweep->hits = json_object_get(asking->hits);
	asking_free(asking);
	sweep->done(sweep);
}

static void
on_answered(struct call *call)
{
	struct asking *asking = container_of(call, struct asking, call);
	const char    *token = json_get_str(call->out, "PaginationToken");

	if (call->result != OP_OK) {
		end(asking, strcmp(call->code, EXPIRED) == 0 ? OP_TRANSIENT : call->result);
		return;
	}
	add_page(asking);
	if (token == NULL || *token == '\0') {
		end(asking, OP_OK);
	} else if (++asking->pages == PAGES_MAX) {
		end(asking, OP_FAILED);
	} else {
		json_set_str(asking->params, "PaginationToken", token);
		call_fini(call);
		asking->calls->start(asking->calls->arg, call);
	}
}

/* ---- the question ---- */

static struct json_object *
params_of(const char *deployment_id)
{
	struct json_object *params = json_object_new_object();
	struct json_object *filters = json_object_new_array();
	struct json_object *filter = json_object_new_object();
	struct json_object *values = json_object_new_array();

	json_set_str(filter, "Key", IDENTITY_DEPLOYMENT_TAG);
	if (deployment_id != NULL) {
		json_object_array_add(values, json_object_new_string(deployment_id));
		json_set(filter, "Values", json_object_get(values));
	}
	json_object_put(values);
	json_object_array_add(filters, filter);
	json_set(params, "TagFilters", filters);
	json_set_i64(params, "ResourcesPerPage", PER_PAGE);
	return params;
}

/* What is global is listed in one region of its partition. */
static const char *
region_of(const struct sweep *sweep)
{
	static const struct {
		const char *partition, *home;
	} homes[] = {
		{ "aws", "us-east-1" },
		{ "aws-cn", "cn-north-1" },
		{ "aws-us-gov", "us-gov-west-1" },
	};
	const char *region = sweep->credentials->region;
	const char *partition = aws_partition(region != NULL ? region : homes[0].home);

	for (size_t i = 0; i < array_len(homes) && *sweep->region == '\0'; i++) {
		if (strcmp(homes[i].partition, partition) == 0)
			return homes[i].home;
	}
	return sweep->region;
}

void
aws_sweep_start(const struct calls *calls, struct sweep *sweep)
{
	struct asking *asking = xcalloc(1, sizeof(*asking));

	must(sweep->result == OP_PENDING && sweep->impl == NULL);
	asking->calls = calls;
	asking->sweep = sweep;
	asking->params = params_of(sweep->deployment_id);
	asking->hits = json_object_new_array();
	asking->call = (struct call){
		.service = "resourcegroupstaggingapi",
		.operation = "GetResources",
		.region = region_of(sweep),
		.params = asking->params,
		.keys = &sweep->credentials->keys,
		.token = "",
		.done = on_answered,
	};
	sweep->impl = asking;
	calls->start(calls->arg, &asking->call);
}

void
aws_sweep_cancel(struct sweep *sweep)
{
	struct asking *asking = sweep->impl;

	if (asking == NULL)
		return;
	asking->calls->cancel(asking->calls->arg, &asking->call);
	asking_free(asking);
}
