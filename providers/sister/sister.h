/* SPDX-License-Identifier: Apache-2.0
 *
 * sister.h - a provider whose driver is in another process: every question is sent there (provider/protocol.h).
 *
 * What credentials are is not known here: their JSON is kept in guarded memory, sealed members as they are, and goes with
 * each question. What types there are is asked at the start, again and again until it is answered; the provider is away
 * until then.
 */
#ifndef SISTER_SISTER_H
#define SISTER_SISTER_H

#include "loop/loop.h"
#include "provider/registry.h"
#include "util/secret.h"

struct fetcher;
struct provider;

struct sister_options {
	struct loop     *loop;
	struct fetcher  *fetcher;
	struct registry *registry; /* takes in the types */
	const char      *name;     /* "aws" */
	const char      *url;      /* http://, https://, or unix:PATH */
	const char      *ca;       /* file of the certificates to trust; NULL: the system's */
	struct secret   *key;      /* taken over; NULL: none is asked for */
};

/* Of the options loop, fetcher and registry are borrowed. NULL and *err: such a URL can't be. */
struct provider *sister_create(const struct sister_options *options, struct err *err);

#endif
