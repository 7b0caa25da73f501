/* SPDX-License-Identifier: Apache-2.0
 * place.c - region and service to host and signing region. */
#include "providers/aws/place.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/str.h"

#define REGION_BYTES_MAX 32
#define HOST_PATTERN     "{service}.{region}.{dnsSuffix}"

static bool
matches(const char *pattern, const char *region)
{
	regex_t regex;
	bool    found;

	if (pattern == NULL || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&regex, region, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

/* The empty region is any region of the first partition: good enough for its global services. */
static struct json_object *
partition_of(struct json_object *partitions, const char *region)
{
	size_t n = partitions != NULL ? json_object_array_length(partitions) : 0;

	if (*region == '\0')
		return n > 0 ? json_object_array_get_idx(partitions, 0) : NULL;
	for (size_t i = 0; i < n; i++) {
		struct json_object *partition = json_object_array_get_idx(partitions, i);

		if (json_array_has_text(json_get_array(partition, "regions"), region))
			return partition;
	}
	for (size_t i = 0; i < n; i++) {
		struct json_object *partition = json_object_array_get_idx(partitions, i);

		if (matches(json_get_str(partition, "regionRegex"), region))
			return partition;
	}
	return NULL;
}

/* ---- is it a region? ---- */

/* Between its last hyphens: where it is, seen from what is before that. */
static bool
is_compass(const char *text, size_t len)
{
	static const char *const words[] = { "central", "east", "north", "northeast", "northwest",
		"south", "southeast", "southwest", "west" };

	for (size_t i = 0; i < array_len(words); i++) {
		if (strlen(words[i]) == len && strncmp(text, words[i], len) == 0)
			return true;
	}
	return false;
}

static bool
has_direction(const char *region)
{
	const char *end = strrchr(region, '-'), *start = end;

	while (start != NULL && start > region && start[-1] != '-')
		start--;
	return start != NULL && is_compass(start, (size_t)(end - start));
}

static void
offer_all(struct json_object *partitions, struct near *near)
{
	for (size_t i = 0; i < json_object_array_length(partitions); i++) {
		struct json_object *regions =
		    json_get_array(json_object_array_get_idx(partitions, i), "regions");

		for (size_t k = 0; regions != NULL && k < json_object_array_length(regions); k++)
			near_offer(
			    near, json_object_get_string(json_object_array_get_idx(regions, k)));
	}
}

enum region_standing
place_region(struct json_object *endpoints, const char *region, struct near *near)
{
	struct json_object *partitions = json_get_array(endpoints, "partitions");
	struct json_object *partition = partition_of(partitions, region);

	if (partitions == NULL || json_array_has_text(json_get_array(partition, "regions"), region))
		return REGION_KNOWN;
	offer_all(partitions, near);
	return partition != NULL && has_direction(region) ? REGION_UNHEARD_OF : REGION_NONE;
}

/* ---- where it is ---- */

struct names {
	const char *service, *region, *suffix;
};

/* The value of the "{name}" at `at`, and its length there; NULL when it is plain text. */
static const char *
name_at(const char *at, const struct names *names, size_t *ret_len)
{
	const struct {
		const char *text, *value;
	} known[] = {
		{ "{service}", names->service },
		{ "{region}", names->region },
		{ "{dnsSuffix}", names->suffix },
	};

	for (size_t i = 0; i < array_len(known); i++) {
		if (str_starts(at, known[i].text)) {
			*ret_len = strlen(known[i].text);
			return known[i].value;
		}
	}
	return NULL;
}

static bool
host_fill(char *host, size_t size, const char *pattern, const struct names *names)
{
	struct str out;
	bool       fits;

	str_init(&out, size - 1);
	while (*pattern != '\0') {
		size_t      len = 1;
		const char *value = name_at(pattern, names, &len);

		if (value != NULL)
			str_add(&out, value);
		else
			str_add_char(&out, *pattern);
		pattern += len;
	}
	fits = !out.overflow && out.len > 0;
	memcpy(host, out.data, out.len + 1);
	str_fini(&out);
	return fits;
}

static const char *
first_of(const char *a, const char *b, const char *c, const char *d)
{
	return a != NULL ? a : b != NULL ? b : c != NULL ? c : d;
}

bool
place_find(struct json_object *endpoints, const char *prefix, const char *region,
    struct aws_place *ret_place)
{
	const char         *asked = region != NULL ? region : "", *signing, *pattern;
	struct json_object *partition, *service, *endpoint;
	struct aws_place    place;

	if (prefix == NULL || strlen(asked) > REGION_BYTES_MAX)
		return false;
	partition = partition_of(json_get_array(endpoints, "partitions"), asked);
	if (partition == NULL)
		return false;
	service = json_get_object(json_get_object(partition, "services"), prefix);
	region = asked;
	if (json_get_bool(service, "global", false))
		region = json_get_str(service, "partitionEndpoint");
	if (region == NULL || *region == '\0')
		return false;
	endpoint = json_get_object(json_get_object(service, "endpoints"), region);
	signing = json_get_str(json_get_object(endpoint, "credentialScope"), "region");
	pattern = first_of(json_get_str(endpoint, "hostname"), json_get_str(service, "hostname"),
	    json_get_str(partition, "hostname"), HOST_PATTERN);
	snprintf(place.region, sizeof(place.region), "%s", signing != NULL ? signing : region);
	if (!host_fill(place.host, sizeof(place.host), pattern,
		&(struct names){ prefix, region, json_get_str(partition, "dnsSuffix") }))
		return false;
	*ret_place = place;
	return true;
}

static const struct {
	const char *prefix, *partition;
} partitions[] = {
	{ "cn-", "aws-cn" },
	{ "us-gov-", "aws-us-gov" },
};

const char *
aws_partition(const char *region)
{
	for (size_t i = 0; i < array_len(partitions); i++) {
		if (str_starts(region, partitions[i].prefix))
			return partitions[i].partition;
	}
	return "aws";
}
