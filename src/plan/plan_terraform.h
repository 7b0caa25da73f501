/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_terraform.h - a plan in the words of `terraform show -json`, for tools that read that. Pure.
 *
 * Types are called as Terraform calls them (`terraform` in a type's file, else by its own name); properties are called as in
 * the config. An address has the resource id for a name, and the region for an index where there is more than one.
 */
#ifndef PLAN_PLAN_TERRAFORM_H
#define PLAN_PLAN_TERRAFORM_H

#include "plan/plan.h"

/* {format_version, terraform_version, resource_changes[], planned_values, prior_state, configuration, applyable, complete,
 * errored}. Of what was looked at in vain there is no change. actions NULL: none was looked at, all is as if new. */
struct json_object *plan_to_terraform(const struct graph *graph, const struct plan_action *actions);

#endif
