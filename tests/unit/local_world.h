/* SPDX-License-Identifier: Apache-2.0
 *
 * local_world.h - what the tests of the driver `local` stand on: a temporary folder with the root and a
 * folder outside of it, the real loop, and the driver; and a way to ask it and to look at the disk.
 */
#ifndef TESTS_UNIT_LOCAL_WORLD_H
#define TESTS_UNIT_LOCAL_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "provider/provider.h"

struct local_world {
	char             folder[64], root[80], outside[80];
	struct loop_ev  *ev;
	struct provider *provider;
	struct identity  identity;
	bool             adopt; /* what is asked adopts */
	bool             answered;
};

extern struct local_world local_world;

struct asked {
	struct op            op;
	struct resource_type type;
};

/* The fixture: commands are allowed in it. */
void local_setup(void);
void local_teardown(void);

/* The driver and the loop alone, for restarts. */
void local_up(bool commands_allowed);
void local_up_with(const char *allow); /* --exec-allow */
void local_down(void);

/* Asks; the answer comes when the loop runs. */
struct asked *local_begin(enum op_kind kind, const char *type, const char *desired);
struct asked *local_ask(enum op_kind kind, const char *type, const char *desired);
void          local_end(struct asked *asked);

/* Asks, expects the result, and hands out the text of `found`, or the message. */
const char *
local_expect(enum op_kind kind, const char *type, const char *desired, enum op_result result);

#define HAS(text, part) ck_assert_msg(strstr((text), (part)) != NULL, "no %s in %s", part, text)
#define FILE_A          "{\"path\":\"a.txt\",\"content\":\"hello\"}"

/* The disk: `under` is a folder of the world. */
void        disk_put(const char *under, const char *name, const char *content);
const char *disk_get(const char *under, const char *name); /* NULL: there is no such file */
void        disk_remove(const char *name);                 /* of the root */
void        disk_folder(const char *name);
void        disk_link(const char *target, const char *name);
bool        disk_has(const char *name);
unsigned    disk_mode(const char *name);

#endif
