/* SPDX-License-Identifier: Apache-2.0
 *
 * place.h - where a service answers in a region, by the table of endpoints that AWS publishes.
 *
 * A known region, or one that looks like a region of a partition (new ones appear every year), else
 * there is no place. A service which is global in its partition has one place, whatever the region.
 */
#ifndef AWS_PLACE_H
#define AWS_PLACE_H

#include <json-c/json.h>

#include "provider/provider.h"
#include "providers/aws/model.h"
#include "util/near.h"

/* `endpoints` is the stripped endpoints.json, or NULL; `prefix` is the service's endpointPrefix. */
MUSTCHECK bool place_find(struct json_object *endpoints, const char *prefix, const char *region,
    struct aws_place *ret_place);

/* What the table knows of a region; its regions are offered where it is not among them. Without a table any is known. */
enum region_standing
place_region(struct json_object *endpoints, const char *region, struct near *near);

/* "aws", "aws-cn", "aws-us-gov": in ARNs. */
const char *aws_partition(const char *region);

#endif
