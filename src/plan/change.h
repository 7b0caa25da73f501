/* SPDX-License-Identifier: Apache-2.0
 *
 * change.h - a new config against the last one that was applied: what has no place in it any more. Pure.
 *
 * What is to go, or stays though the config does not name it, is put into the config as resources with the operation
 * `delete` or `leave`: one Spec Graph says all that is done, so that a plan is saved, a crash survived and a history
 * told in the one way there is.
 *
 *   dropped          a resource, or one of its regions, is no longer in the config: left, or deleted if told to prune
 *   replaced         what it is found by has changed (its name): the new one is made, those that refer to it turn to
 *                    it, then the old one is deleted; the other way round where both can't be there at once
 *
 * Its own deletions that were not done are taken along from version to version, and so is what was left.
 */
#ifndef PLAN_CHANGE_H
#define PLAN_CHANGE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/graph.h"

struct change {
	const struct spec  *spec; /* what is wanted */
	const struct graph *base; /* what there is, as far as is known; not reversed */
	const bool *gone; /* per vertex of base: it was to go, and has gone; NULL: nothing has */
	bool        prune;
};

/* Comes first. A resource that is known under another node id stays so, also in a config that does not say `formerly` any
 * more; and a stored graph that leaves something deletes it when told to prune. The config with that; NULL: it is
 * the same. The caller puts it. */
struct json_object *change_names(const struct spec *spec, const struct spec *base, bool prune);

/* The config of all of it; NULL: that of `spec` says it all. The caller puts it. */
struct json_object *change_config(const struct change *change);

#endif
