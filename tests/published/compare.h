/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h - are two request bodies the same to a service, whatever their spaces and order?
 */
#ifndef TESTS_PUBLISHED_COMPARE_H
#define TESTS_PUBLISHED_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "providers/aws/model.h"

bool compare_body(enum aws_protocol protocol, const char *got, size_t got_len, const char *want);

#endif
