/* SPDX-License-Identifier: Apache-2.0
 * aws_real.c - AWS's own service models, where tests find them. */
#include "tests/unit/aws_real.h"

#include <check.h>
#include <stdlib.h>

static struct aws_models *models;

const char *
aws_real_folder(void)
{
	const char *folder = getenv("AWS_MODELS_DIR");

#ifdef TEST_AWS_MODELS
	if (folder == NULL)
		folder = TEST_AWS_MODELS;
#endif
	ck_assert_msg(folder != NULL, "AWS_MODELS_DIR is not set");
	return folder;
}

void
aws_real_open(void)
{
	models = aws_models_create(aws_real_folder());
}

void
aws_real_close(void)
{
	aws_models_destroy(models);
}

const struct aws_service *
aws_real_service(const char *name)
{
	struct err                err = { ERR_OK, "" };
	const struct aws_service *service = aws_models_service(models, name, &err);

	ck_assert_msg(service != NULL, "%s", err.detail);
	return service;
}
