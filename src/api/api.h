/* SPDX-License-Identifier: Apache-2.0
 *
 * api.h - the REST API: hands each request to its route, and answers in JSON.
 *
 * What it promises to clients is in schemas/api/ and in the route table (routes.c), from which the
 * OpenAPI document is made as well.
 */
#ifndef API_API_H
#define API_API_H

#include "archive/archive.h"
#include "engine/engine.h"
#include "feed/feed.h"
#include "http/http.h"
#include "store/store.h"
#include "util/err.h"

struct api;
struct access;
struct fetcher;

struct api_options {
	struct loop           *loop;
	struct engine         *engine;
	struct store          *store;
	struct feed           *feed;
	struct archive        *archive; /* NULL: there is none */
	const struct registry *registry;
	struct access         *access;      /* who may come in */
	struct fetcher        *fetcher;     /* asks other processes on this host */
	const char            *owner;       /* as the store's; borrowed */
	const char            *schemas_dir; /* holds api/NAME.json */
	const char            *share_dir;   /* holds config.json; borrowed */
	const char
	       *cors_origins; /* whose pages may ask, with commas, or "*"; NULL: none; borrowed */
	int64_t lease_ms;     /* as the store's */
	const char     *version; /* of this program */
	struct metrics *metrics; /* NULL: nobody counts */
};

/* NULL and *err when a schema is missing or broken. */
MUSTCHECK struct api *api_create(const struct api_options *options, struct err *err);
void                  api_destroy(struct api *api); /* no client may wait */

/* Whoever follows events is told that this process goes away: they come again, to another one. */
void api_farewell(struct api *api);

/* For http_create(), with the api as their arg: a body is read where the route has one, and for whose key may send it. */
size_t api_body_wanted(void *api, const struct http_request *request);
void   api_handle(void *api, struct http_request *request);
char  *api_refuse(void *api, struct http_refusal *refusal); /* answer.c */

#endif
