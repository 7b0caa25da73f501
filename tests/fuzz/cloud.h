/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud.h - for fuzz targets: the AWS provider down to its HTTP exchanges, whose answers are bytes of the input.
 *
 * Answers are parted by a byte 1e. Each is a status, lines of headers, an empty line and a body; one that begins with "!"
 * is none: the byte behind it says how the exchange failed. "1d N 1d piece 1d", without the blanks, is N times the piece, so
 * that what is huge or deep is a few bytes here. When all have been given they are given again, until the op has
 * had enough; from then on no whole answer comes.
 */
#ifndef TESTS_FUZZ_CLOUD_H
#define TESTS_FUZZ_CLOUD_H

#include <stddef.h>
#include <stdint.h>

#include "provider/registry.h"

struct cloud;

/* As long as the process lives: it has read service models. */
struct cloud *cloud_create(void);

/* A registry that knows the provider and the names of our types. */
struct registry *cloud_registry(struct cloud *cloud);

/*
 * Runs ops of a type, one after the other, each with what the one before has found. A letter each: r read, a read and adopt,
 * c create, u update, d delete; s, t and g settle after a create, an update and a delete. A "!" behind it cancels it when its
 * first request is in the air. What the config wants is a value that fits the type's schema. Aborts when an op
 * breaks the contract of provider.h.
 */
void cloud_play(struct cloud *cloud, const struct resource_type *type, const char *ops,
    const uint8_t *answers, size_t size);

/* The path of something in the source tree: $srcdir, else the current folder. Overwritten by the next. */
const char *cloud_path(const char *below);

#endif
