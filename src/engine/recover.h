/* SPDX-License-Identifier: Apache-2.0
 *
 * recover.h - takes up executions that have lost their process: after a restart, and of processes that died.
 *
 * At once, and then every few seconds, the store is asked what is unfinished. What nobody holds is resumed: it goes on
 * by itself, or stays paused where it was, or is parked until a client brings the credentials that it needs.
 */
#ifndef ENGINE_RECOVER_H
#define ENGINE_RECOVER_H

#include <stdint.h>

struct engine;
struct recovery;

struct recovery *recovery_create(struct engine *engine, int64_t every_ms);
void             recovery_destroy(struct recovery *recovery); /* NULL is fine */

#endif
