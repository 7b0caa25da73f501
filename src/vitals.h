/* SPDX-License-Identifier: Apache-2.0
 *
 * vitals.h - the numbers of a process as such (util/metrics.h): its version, memory, time and files, and whether its loop keeps up.
 */
#ifndef VITALS_H
#define VITALS_H

struct loop;
struct metrics;
struct vitals;

struct vitals *vitals_create(struct metrics *metrics, struct loop *loop, const char *version);
void           vitals_destroy(struct vitals *vitals); /* NULL is fine */

#endif
