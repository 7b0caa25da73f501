/* SPDX-License-Identifier: Apache-2.0
 *
 * ids.h - inside plan: the 8-character ids of a Spec Graph.
 *
 * An id is the start of a SHA-256 over what it names. Where two names of one graph meet in one
 * id, the later one in the order of resource ids is hashed again with a counter, so that the ids
 * do not depend on the order of the config.
 */
#ifndef PLAN_IDS_H
#define PLAN_IDS_H

#include <stdint.h>

#include "plan/spec.h"

#define IDS_EXPANDS_TO \
	"expands_to" /* the edges composite -> part, beside those of what waits for what */

/* The node that stands for the deployment itself. */
void ids_root(const char *tenant, const char *deployment_id, char out[OBJ_ID_SIZE]);

/* Every node_id, edge_id and hash. Edges are sorted already; `rank` is a node's place by resource
 * id. */
void ids_assign(struct spec *spec, const uint32_t *rank);

/* No two that stay are one resource. */
void ids_check(const struct spec *spec, struct problems *problems);

/* Of (tenant, canonical config, salt). False: the config is too long. */
MUSTCHECK bool ids_graph(struct spec *spec);

#endif
