/* SPDX-License-Identifier: Apache-2.0
 *
 * engine_index.h - the index of tags that the engine's make-believe cloud may have.
 */
#ifndef UNIT_ENGINE_INDEX_H
#define UNIT_ENGINE_INDEX_H

#include "engine_world.h"

/* From now on the cloud tells what is there of a deployment in a region, or refuses as the world says. */
void engine_index_open(struct engine_world *world);

#endif
