/* SPDX-License-Identifier: Apache-2.0
 *
 * json_of.h - for tests: JSON from a text that is written in the test; the caller puts it.
 */
#ifndef TESTS_JSON_OF_H
#define TESTS_JSON_OF_H

#include <json-c/json.h>

struct json_object *json_of(const char *text); /* fails the test when it is not JSON */

#endif
