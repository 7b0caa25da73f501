/* SPDX-License-Identifier: Apache-2.0
 *
 * call.h - one call of GitHub's REST API, named as its documentation names it: "PUT /repos/{owner}/{repo}/topics".
 *
 * A parameter that the path names goes there, percent-encoded; "{+path}" keeps its slashes (RFC 6570). The others are the query of
 * a GET, and the JSON body of anything else. An answer that comes in pages (RFC 8288, `Link: rel="next"`) is read to its end and
 * given as one: lists are joined, and so are the lists within objects.
 */
#ifndef GITHUB_CALL_H
#define GITHUB_CALL_H

#include "interpreter/calls.h"
#include "net/fetch.h"

struct github_caller;

/* The fetcher is borrowed. `endpoint` NULL: GitHub's own. */
struct loop;
struct github_caller      *
github_caller_create(struct loop *loop, struct fetcher *fetcher, const char *endpoint);
void github_caller_destroy(struct github_caller *caller);

/* As calls.h has them. */
struct calls github_caller_calls(struct github_caller *caller);

#endif
