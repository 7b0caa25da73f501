/* SPDX-License-Identifier: Apache-2.0
 *
 * local_allow.h - what the operator lets configs reach: programs to run, URLs to ask, ports to knock at.
 *
 * A list of entries between commas; "*" is all there is, and no list is nothing.
 */
#ifndef LOCAL_LOCAL_ALLOW_H
#define LOCAL_LOCAL_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

struct local_allow {
	char **items; /* owned */
	size_t n;
	char  *list; /* as it was given, for people; NULL: nothing is allowed */
	bool   all;
};

void local_allow_init(struct local_allow *allow, const char *list); /* NULL: nothing */
/* Programs that are listed without a slash are looked for on PATH now, and not again. */
void local_allow_find_programs(struct local_allow *allow);
void local_allow_fini(struct local_allow *allow);

/* The program to run for argv[0], which is a path, or the last part of one that is listed; NULL: it is not allowed. Borrowed. */
const char *local_allow_program(const struct local_allow *allow, const char *name);

#define LOCAL_ALLOW_PORT "tcp://" /* before host:port: as if it were a URL */

/* A URL by an entry that it begins with ("https://hooks.example.com/build/"), or by its host ("*.example.com"). Addresses of the
 * link, where clouds keep their machines' credentials, need an entry that is just them. Below an entry with a path is nothing that
 * a server may take for another path than it reads. */
bool        local_allow_url(const struct local_allow *allow, const char *url);
const char *local_allow_note(const char *url); /* that it is such a one; "": it is none */
bool        local_allow_link(
	   const struct local_allow *allow, const char *url); /* it is such an address, and allowed */

/* A problem, of what is not allowed: where it stands, and what this server does to which things by which option. */
struct local_refusal {
	const char *pointer, *below;
	const char *does, *things, *option;
	const char *url;
};
void local_allow_refuse(const struct local_allow *allow, const struct local_refusal *refusal,
    struct problems *problems);

#endif
