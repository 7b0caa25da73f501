/* SPDX-License-Identifier: Apache-2.0
 *
 * telemetry.h - what the engine tells of itself in numbers (util/metrics.h); nothing where nobody keeps them.
 */
#ifndef ENGINE_TELEMETRY_H
#define ENGINE_TELEMETRY_H

#include <stdint.h>

#include "provider/provider.h"

struct engine;
struct execution;
struct telemetry;

/* NULL where the engine's options have no metrics; that is fine everywhere here. */
struct telemetry *telemetry_create(struct engine *engine);
void              telemetry_destroy(struct telemetry *telemetry);

/* A provider has answered. */
void telemetry_op(const struct telemetry *telemetry, const struct op *op, int64_t took_us);

/* An execution is as it will stay, as far as this process is concerned. */
void telemetry_ended(const struct telemetry *telemetry, const struct execution *execution);

#endif
