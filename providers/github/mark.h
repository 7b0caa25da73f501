/* SPDX-License-Identifier: Apache-2.0
 *
 * mark.h - tags for what GitHub has none for: an Actions variable beside the resource, one for each.
 *
 * A type file says with "marks" where: "/repos/{owner}/{repo}". The variable is named by the node, MGRAPH_<NODE ID>, and holds the tags
 * as JSON. So whose a resource is, and of which version, stands in GitHub itself; the variables of a repository list what is in it.
 */
#ifndef GITHUB_MARK_H
#define GITHUB_MARK_H

#include <json-c/json.h>

/* Adds to the lists of a type file the steps that read, write and remove the variable. */
void mark_expand(struct json_object *file);

#endif
