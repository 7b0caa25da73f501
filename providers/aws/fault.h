/* SPDX-License-Identifier: Apache-2.0
 *
 * fault.h - puts an AWS error into one of the classes of provider.h, by its code and HTTP status.
 *
 * One table, for all services. A type file may re-class a code which means something else for it
 * (DynamoDB's LimitExceededException is about haste, not about a quota): it sees the raw code.
 */
#ifndef AWS_FAULT_H
#define AWS_FAULT_H

#include <stdbool.h>

#include "provider/provider.h"

/* Names of operations that change nothing: Get..., List..., Describe..., Head... */
bool fault_is_read(const char *operation);

/* No answer came, or none that can be understood: unknown, but for reads. */
enum op_result fault_unanswered(const char *operation);

enum op_result fault_class(const char *operation, int status, const char *code, bool html);

#endif
