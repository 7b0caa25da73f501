/* SPDX-License-Identifier: Apache-2.0
 * fuzz_aws_xml.c - any bytes as the answer of an IAM operation, good or bad: it must end in JSON or in
 * a code, never in between, and within bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/model.h"
#include "providers/aws/wire.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

/* A small model of its own, so that the target needs no files. */
static const char iam_model[] =
    "{\"metadata\":{\"protocol\":\"query\",\"apiVersion\":\"1\",\"signingName\":\"iam\"},"
    "\"operations\":{\"GetRole\":{\"http\":{\"method\":\"POST\",\"requestUri\":\"/\"},"
    "\"output\":{\"shape\":\"Out\",\"resultWrapper\":\"GetRoleResult\"}}},"
    "\"shapes\":{\"S\":{\"type\":\"string\"},\"T\":{\"type\":\"timestamp\"},"
    "\"I\":{\"type\":\"integer\"},\"F\":{\"type\":\"double\"},\"B\":{\"type\":\"boolean\"},"
    "\"X\":{\"type\":\"blob\"},\"L\":{\"type\":\"list\",\"member\":{\"shape\":\"Out\"}},"
    "\"FL\":{\"type\":\"list\",\"flattened\":true,\"member\":{\"shape\":\"S\","
    "\"locationName\":\"Item\"}},"
    "\"M\":{\"type\":\"map\",\"key\":{\"shape\":\"S\"},\"value\":{\"shape\":\"L\"}},"
    "\"FM\":{\"type\":\"map\",\"flattened\":true,\"key\":{\"shape\":\"S\",\"locationName\":"
    "\"Name\"},"
    "\"value\":{\"shape\":\"T\",\"locationName\":\"Value\"}},"
    "\"Out\":{\"type\":\"structure\",\"members\":{\"S\":{\"shape\":\"S\"},\"T\":{\"shape\":\"T\"},"
    "\"I\":{\"shape\":\"I\"},\"F\":{\"shape\":\"F\"},\"B\":{\"shape\":\"B\"},\"X\":{\"shape\":"
    "\"X\"},"
    "\"L\":{\"shape\":\"L\"},\"FL\":{\"shape\":\"FL\"},\"M\":{\"shape\":\"M\"},"
    "\"FM\":{\"shape\":\"FM\"},\"A\":{\"shape\":\"S\",\"xmlAttribute\":true,"
    "\"locationName\":\"x:a\"}}}}}";

static struct aws_service *
service_once(void)
{
	static struct aws_service *service;

	if (service == NULL) {
		struct json_object *file = json_read(iam_model, sizeof(iam_model) - 1, NULL);

		must(file != NULL);
		service = aws_service_from("iam", file, NULL);
		json_object_put(file);
		must(service != NULL);
	}
	return service;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 400, 503 };
	char            *body = xmalloc(size + 1);

	memcpy(body, data, size);
	body[size] = '\0';
	for (size_t i = 0; i < array_len(statuses); i++) {
		const struct wire_answer answer = { statuses[i], "", body, size };
		struct wire_result       result;

		wire_parse(service_once(), "GetRole", &answer, &result);
		must((result.out != NULL) != (result.code[0] != '\0'));
		if (result.out != NULL)
			must(json_text(result.out) != NULL);
		json_object_put(result.out);
	}
	free(body);
	return 0;
}
