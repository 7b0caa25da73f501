/* SPDX-License-Identifier: Apache-2.0
 *
 * traffic.h - what clients ask, in numbers: by route, method and status.
 */
#ifndef API_TRAFFIC_H
#define API_TRAFFIC_H

struct exchange;
struct metrics;
struct traffic;

struct traffic      *
traffic_create(struct metrics *metrics); /* NULL without metrics, and that is fine */
void traffic_destroy(struct traffic *traffic);

/* An exchange ends, whose status was set, or whose client went away before that. */
void traffic_ended(const struct traffic *traffic, const struct exchange *x);

/* A request was refused before it was one of a route. */
void traffic_refused(const struct traffic *traffic, int status);

/* A stream begins (1), or is over (-1). */
void traffic_streams(const struct traffic *traffic, int by);

#endif
