/* SPDX-License-Identifier: Apache-2.0
 * hook.c - finds a hook by its name. */
#include "interpreter/hook.h"

#include "interpreter/driver.h"
#include "util/str.h"

const struct hook *
hook_find(const struct call_type *type, const char *name)
{
	const struct driver *driver = type->driver;

	for (size_t i = 0; i < driver->hooks_n; i++) {
		if (str_eq(driver->hooks[i].name, name))
			return &driver->hooks[i];
	}
	return NULL;
}
