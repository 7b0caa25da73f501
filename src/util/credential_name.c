/* SPDX-License-Identifier: Apache-2.0
 * credential_name.c - the secrets of all providers: who sends them, who checks them and who opens them ask here. */
#include "util/credential_name.h"

#include <string.h>

#include "util/str.h"

const char *const credential_secrets[] = { "secret_access_key", "session_token", "pat",
	"private_key", NULL };

bool
credential_is_secret(const char *name)
{
	for (const char *const *secret = credential_secrets; *secret != NULL; secret++) {
		if (strcmp(name, *secret) == 0)
			return true;
	}
	return false;
}

const char *
credential_sealed_name(const char *member)
{
	return str_starts(member, CREDENTIAL_SEALED) ? member + strlen(CREDENTIAL_SEALED) : NULL;
}

/* An account within a provider's credentials has some of its own, and may be called like one. */
bool
credentials_hold_plain(struct json_object *json)
{
	if (!json_object_is_type(json, json_type_object))
		return false;
	json_object_object_foreach (json, name, member) {
		if (json_object_is_type(member, json_type_object) ? credentials_hold_plain(member)
								  : credential_is_secret(name))
			return true;
	}
	return false;
}
