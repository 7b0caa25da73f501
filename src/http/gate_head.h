/* SPDX-License-Identifier: Apache-2.0
 *
 * gate_head.h - reads a complete head: request line, headers, what they say of the body.
 */
#ifndef HTTP_GATE_HEAD_H
#define HTTP_GATE_HEAD_H

#include <stdbool.h>

struct gate;

/* Reads gate->head (cutting it into strings in place) into the gate's fields; false: it was refused. */
bool gate_head_parse(struct gate *gate);

#endif
