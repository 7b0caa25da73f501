/* SPDX-License-Identifier: Apache-2.0
 *
 * terraform_inside.h - what the files of a plan in Terraform's words share.
 */
#ifndef PLAN_TERRAFORM_INSIDE_H
#define PLAN_TERRAFORM_INSIDE_H

#include "plan/plan_terraform.h"

#define TERRAFORM_NAME_MAX 512

/* How Terraform shows a value: what is known and may be shown; and, in the same form, true for what is not known yet,
 * and for what is not shown. All the caller's to put; NULL where there is nothing. */
struct terraform_value {
	struct json_object *shown, *unknown, *sensitive;
};

/* terraform_value.c. What there is (action->found is there), and what is to be. */
struct terraform_value terraform_before(
    const struct spec_node *node, const char *region, const struct plan_action *action);
struct terraform_value
terraform_after(const struct spec_node *node, const char *region, const struct plan_action *action);
/* One property of the config, without what may not be shown. */
struct json_object *terraform_constant(const struct spec_node *node, const char *property);
void                terraform_value_fini(struct terraform_value *value);

/* terraform_names.c */
void terraform_type(const struct resource_type *type, char buf[TERRAFORM_NAME_MAX]);
void terraform_name(const char *resource_id, char buf[TERRAFORM_NAME_MAX]);
void terraform_provider(const struct resource_type *type, char buf[TERRAFORM_NAME_MAX]);
/* Without its index. */
void terraform_address(
    const struct resource_type *type, const char *resource_id, char buf[TERRAFORM_NAME_MAX]);

/* terraform_configuration.c: the caller puts it. */
struct json_object *terraform_configuration(const struct spec *spec);

#endif
