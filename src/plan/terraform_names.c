/* SPDX-License-Identifier: Apache-2.0
 * terraform_names.c - types, providers and resources as Terraform calls them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "plan/terraform_inside.h"
#include "util/check.h"
#include "util/json.h"

/* Who publishes a provider, where it is not ours alone. */
static const char *const publishers[][2] = {
	{ "aws", "hashicorp/aws" },
	{ "github", "integrations/github" },
	{ "local", "hashicorp/local" },
	{ "http", "hashicorp/http" },
};

void
terraform_type(const struct resource_type *type, char buf[TERRAFORM_NAME_MAX])
{
	const char *name = json_get_str(type->file, "terraform");

	snprintf(buf, TERRAFORM_NAME_MAX, "%s", name != NULL ? name : type->name);
	for (char *c = buf; name == NULL && *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c))
			*c = '_';
	}
}

void
terraform_provider(const struct resource_type *type, char buf[TERRAFORM_NAME_MAX])
{
	for (size_t i = 0; i < array_len(publishers); i++) {
		if (str_eq(publishers[i][0], type->provider)) {
			snprintf(
			    buf, TERRAFORM_NAME_MAX, "registry.terraform.io/%s", publishers[i][1]);
			return;
		}
	}
	snprintf(buf, TERRAFORM_NAME_MAX, "registry.terraform.io/mgraph-deploy/%s", type->provider);
}

/* An identifier does not begin with a digit. */
void
terraform_name(const char *resource_id, char buf[TERRAFORM_NAME_MAX])
{
	snprintf(buf, TERRAFORM_NAME_MAX, "%s%s", isdigit((unsigned char)resource_id[0]) ? "_" : "",
	    resource_id);
}

void
terraform_address(
    const struct resource_type *type, const char *resource_id, char buf[TERRAFORM_NAME_MAX])
{
	char type_name[TERRAFORM_NAME_MAX], name[TERRAFORM_NAME_MAX];
	int  len;

	terraform_type(type, type_name);
	terraform_name(resource_id, name);
	len = snprintf(buf, TERRAFORM_NAME_MAX, "%s.%s", type_name, name);
	must(len > 0 && len < TERRAFORM_NAME_MAX);
}
