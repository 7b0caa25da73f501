/* SPDX-License-Identifier: Apache-2.0
 *
 * aws_real.h - for tests: AWS's own service models, as the build has stripped them.
 *
 * AWS_MODELS_DIR says where they are, when it is not where the build puts them.
 */
#ifndef TESTS_AWS_REAL_H
#define TESTS_AWS_REAL_H

#include "providers/aws/model.h"

const char *aws_real_folder(void);

/* A fixture, and what it is for. */
void                      aws_real_open(void);
void                      aws_real_close(void);
const struct aws_service *aws_real_service(const char *name);

#endif
