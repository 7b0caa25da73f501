/* SPDX-License-Identifier: Apache-2.0
 *
 * said.h - what stored JSON says: members of records, headers and events, as record.c writes them.
 */
#ifndef SIM_SAID_H
#define SIM_SAID_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"
#include "engine/node.h"

#define SAID_SIZE 96

/* The first member of this name; "" when there is none. Texts from outside come after all that is asked for here, so
 * that a search will do. */
const char *said(const char *json, const char *name, char out[SAID_SIZE]);
uint64_t    said_number(const char *json, const char *name);
bool        said_is(const char *json, const char *name, const char *value);

/* The N of each when it is none. */
enum node_state       said_state(const char *json);
enum execution_status said_status(const char *json);
enum execution_reason said_reason(const char *json);

const char *state_name(enum node_state state);

#endif
