/* SPDX-License-Identifier: Apache-2.0
 *
 * hangs.h - inside what its type's file says that a resource hangs on (`hangs_on`): does this config make that?
 *
 * A service says of what it can't find only that it is not there. What another resource makes may be there in a moment; what
 * nothing makes will not, however long one waits.
 */
#ifndef PLAN_HANGS_H
#define PLAN_HANGS_H

#include "plan/spec.h"

/* Might it come? Also where the type does not say what it is, or what it is called is known later. */
bool hangs_may_come(const struct spec *spec, const struct spec_node *node);

#endif
