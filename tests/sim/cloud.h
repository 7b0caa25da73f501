/* SPDX-License-Identifier: Apache-2.0
 *
 * cloud.h - a make-believe cloud: boxes by type, region and name or tags, and calls that take their time.
 *
 *   named    its name is unique: a second create conflicts with the first
 *   tokened  found by its tags; the cloud remembers client tokens: same token, same effect
 *   loose    found by its tags, and nothing else: a second create makes a second one
 *
 * A call leaves, lands (then it takes effect) and is answered. What a write did is seen by reads after at most half the
 * horizon. A call that nobody waits for any more (it was given up, its process died, or its answer says that nobody
 * knows) lands within the other half, or never; the types' doubt_seconds are no less than the horizon. OP_SETTLE says
 * OK only when reads show what was done.
 *
 *   kept     named, in a vault: another provider, which wants credentials that hold
 */
#ifndef SIM_CLOUD_H
#define SIM_CLOUD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "provider/provider.h"
#include "util/digest.h"

struct cloud;
struct process;
struct world;

#define BOX_ID_SIZE 96

struct box {
	struct box         *next;
	char                deployment[32];
	char                resource[32];
	char                node[OBJ_ID_SIZE];
	char                graph[OBJ_ID_SIZE], execution[OBJ_ID_SIZE]; /* that asked for it */
	char                region[32];
	char                name[48]; /* "": it has none */
	uint32_t            vertex;   /* of who asked for it */
	const char         *type;
	char                id[BOX_ID_SIZE]; /* also its ARN */
	char                token[64];
	struct json_object *properties, *tags;
	int64_t             visible_us; /* reads show it */
	int64_t             ready_us;   /* it is usable */
	int64_t             gone_us;    /* reads show it no longer; 0: nobody has deleted it */
};

/* A copy of this is the provider of each process (process.h). */
extern const struct provider cloud_provider, cloud_vault;

/* Of the vault; they hold until then. The engine closes them. */
struct credentials *cloud_credentials(int64_t until_us);

struct cloud *cloud_create(struct world *world);
void          cloud_destroy(struct cloud *cloud);
unsigned      cloud_window_size(const struct cloud *cloud);
size_t        cloud_calls_n(const struct cloud *cloud);  /* under way, waited for or not */
uint64_t      cloud_writes_n(const struct cloud *cloud); /* that have left so far */

/* How many calls a process waits for from nodes of the same window as this op's. */
unsigned
cloud_in_flight(const struct cloud *cloud, const struct process *process, const struct op *op);

/* Both are what one vertex wants: the same deployment, node, region, type and name. */
bool box_is_like(const struct box *one, const struct box *other);

/* The first box like this that nobody has deleted, or of which something is still there; `after` NULL, else the one
 * after it. */
const struct box *
cloud_find(const struct cloud *cloud, const struct box *like, const struct box *after);
const struct box *cloud_find_lingering(const struct cloud *cloud, const struct box *like);

/* The next one of a deployment that nobody has deleted; a protected one, of one of its nodes or (NULL) of any. */
const struct box *
cloud_next(const struct cloud *cloud, const char *deployment, const struct box *after);
const struct box      *
cloud_find_protected(const struct cloud *cloud, const char *deployment, const char *node);
bool box_is_protected(const struct box *box);

/* An index may still list something of a deployment that none of these graphs' nodes is. */
bool cloud_may_list(const struct cloud *cloud, const char    *deployment,
    bool (*is_known)(void *arg, const struct box *box), void *arg);

#endif
