/* SPDX-License-Identifier: Apache-2.0
 *
 * local_claim.h - whose a path is: asked before anything there is shown, made or taken over for a node that has no record of it.
 *
 * A path is whose record names it. ROOT/.mgraph/<SHA-256 of the path>.path is a link, never followed, whose target is the key of that
 * record, so that no look reads all records. It is made before the record and removed after it: one whose record is not there, or
 * names another path, is nobody's.
 */
#ifndef LOCAL_LOCAL_CLAIM_H
#define LOCAL_LOCAL_CLAIM_H

#include "providers/local/local_root.h"
#include "provider/provider.h"

/* No other deployment's record names the path; no other tenant's names a folder above it, nor, where the op adopts, another deployment's;
 * and what is adopted holds nothing of another tenant. False: the op has been answered. */
MUSTCHECK bool local_claim_allows(const struct local_root *root, struct op *op, const char *path);

/* The record of the op's node is going to name the path. False: the op has been answered. */
MUSTCHECK bool local_claim_take(const struct local_root *root, struct op *op, const char *path);
void local_claim_drop(const struct local_root *root, const struct op *op, const char *path);

/* Those of all records there are, as an older version has made none. */
void local_claim_all(const struct local_root *root);

#endif
