/* SPDX-License-Identifier: Apache-2.0
 * sample.h - for fuzz targets: a value that a JSON Schema lets pass, with as many of its members as can be. */
#ifndef TESTS_FUZZ_SAMPLE_H
#define TESTS_FUZZ_SAMPLE_H

#include <json-c/json.h>

/* Of the schema of a type's properties; {} when none is found. */
struct json_object *sample_make(struct json_object *schema);

#endif
