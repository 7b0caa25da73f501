/* SPDX-License-Identifier: Apache-2.0
 *
 * shapes.h - configs of any size and a known shape, of the instant provider's resources.
 */
#ifndef BENCH_SHAPES_H
#define BENCH_SHAPES_H

#include <json-c/json.h>
#include <stddef.h>

/* n resources n0, n1, ...; the caller puts it.
 *
 *   chain  each waits for the one before it
 *   fan    all but two wait for the first, and the last waits for all of them
 *   mixed  a tenth is a chain, a tenth a fan; of the others each waits for some that are not far before it,
 *          and refers to one of these
 */
struct json_object *shape_config(const char *shape, size_t n);

#endif
