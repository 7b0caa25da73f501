/* SPDX-License-Identifier: Apache-2.0
 *
 * github.h - the GitHub provider: provider.h over GitHub's REST API and the type files under schemas/github.
 */
#ifndef GITHUB_GITHUB_H
#define GITHUB_GITHUB_H

#include "interpreter/calls.h"
#include "loop/loop.h"
#include "provider/provider.h"
#include "util/sealed.h"

struct github_caller;

/* The loop, the caller and the key are borrowed; without a key nothing sealed can be opened. */
struct provider *github_provider_create(
    struct loop *loop, struct github_caller *caller, const struct sealed_key *key);

/* On any wire; `calls` is copied. */
struct provider *github_provider_create_on(
    struct loop *loop, const struct calls *calls, const struct sealed_key *key);

#endif
