/* SPDX-License-Identifier: Apache-2.0
 * local_claim.c - asks for, makes and removes the links from paths to records. */
#include "providers/local/local_claim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/str.h"

#define NAME_SIZE (DIGEST_SHA256_HEX + 8)

/* From whom one has nothing to fear, to whom one must not come near. */
enum holder { HELD_BY_NOBODY, HELD_BY_DEPLOYMENT, HELD_BY_TENANT, HELD_BY_OTHERS };

static void
claim_name(const char *path, size_t len, char name[NAME_SIZE])
{
	char hex[DIGEST_SHA256_HEX];

	digest_sha256_hex(path, len, hex);
	snprintf(name, NAME_SIZE, "%s.path", hex);
}

/* False and errno: there is none, or it can't be read. */
static bool
claim_read(int dir, const char *name, char key[LOCAL_KEY_SIZE])
{
	ssize_t n = readlinkat(dir, name, key, LOCAL_KEY_SIZE - 1);

	key[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* ---- who holds a path ---- */

/* The hash of tenant and deployment is what is behind the node's id. */
static bool
is_of_deployment(const char *key, const struct identity *identity)
{
	char own[LOCAL_KEY_SIZE];

	local_index_key(identity, own);
	return strchr(key, '-') != NULL && str_eq(strchr(key, '-'), strchr(own, '-'));
}

static bool
is_of_tenant(struct json_object *record, const struct identity *identity)
{
	return str_eq(json_get_str(record, "tenant"), identity->tenant);
}

/* What can't be read may be anybody's. */
static enum holder
holder_of(const struct local_root *root, const struct identity *identity, int dir, const char *path,
    size_t len)
{
	char                name[NAME_SIZE], key[LOCAL_KEY_SIZE];
	struct json_object *record;
	const char         *named;
	enum holder         holder = HELD_BY_OTHERS;

	claim_name(path, len, name);
	if (!claim_read(dir, name, key))
		return errno == ENOENT ? HELD_BY_NOBODY : HELD_BY_OTHERS;
	record = local_index_of(root, key);
	if (record == NULL)
		return errno == ENOENT ? HELD_BY_NOBODY : HELD_BY_OTHERS;
	named = json_get_str(record, "path");
	if (json_object_is_type(record, json_type_object) &&
	    (named == NULL || strlen(named) != len || strncmp(named, path, len) != 0))
		holder = HELD_BY_NOBODY;
	else if (is_of_deployment(key, identity))
		holder = HELD_BY_DEPLOYMENT;
	else if (is_of_tenant(record, identity))
		holder = HELD_BY_TENANT;
	json_object_put(record);
	return holder;
}

static bool
is_free(const struct local_root *root, const struct op *op, int dir, const char *path)
{
	for (size_t len = strcspn(path, "/");; len += 1 + strcspn(path + len + 1, "/")) {
		enum holder holder = holder_of(root, op->identity, dir, path, len);
		bool        whole = path[len] == '\0';

		if (holder == HELD_BY_OTHERS || (holder == HELD_BY_TENANT && (whole || op->adopt)))
			return false;
		if (whole)
			return true;
	}
}

/* ---- what a folder holds ---- */

struct looking {
	const struct op *op;
	const char      *path;
	bool             found;
};

static void
look_below(void *arg, const char *key, struct json_object *record)
{
	struct looking *looking = arg;
	const char     *path = json_get_str(record, "path");
	size_t          len = strlen(looking->path);

	(void)key;
	if (path != NULL && str_starts(path, looking->path) && path[len] == '/' &&
	    !is_of_tenant(record, looking->op->identity))
		looking->found = true;
}

/* A folder that is adopted takes what lies in it out of others' reach. */
static bool
holds_others(const struct local_root *root, const struct op *op, const char *path)
{
	struct looking looking = { .op = op, .path = path };

	return op->adopt && str_eq(op->type->name, local_directory.type) &&
	       (local_index_each(root, look_below, &looking) != 0 || looking.found);
}

static void
answer_held(struct op *op, const char *path)
{
	op_answer(op, OP_CONFLICT,
	    "%s is not free: it, a folder above it or what it holds belongs to another deployment",
	    path);
}

bool
local_claim_allows(const struct local_root *root, struct op *op, const char *path)
{
	int  dir = local_path_ok(path) ? local_root_records(root, false) : -1;
	bool allows;

	/* A path that is none is told by who opens it. */
	if (dir < 0 && (!local_path_ok(path) || errno == ENOENT))
		return true;
	if (dir < 0) {
		local_answer_errno(op, errno, "The records");
		return false;
	}
	allows = is_free(root, op, dir, path) && !holds_others(root, op, path);
	close(dir);
	if (!allows)
		answer_held(op, path);
	return allows;
}

/* ---- making and removing ---- */

/* 0, or an errno. */
static int
claim_set(int dir, const char *path, const char *key)
{
	char name[NAME_SIZE], now[LOCAL_KEY_SIZE];

	claim_name(path, strlen(path), name);
	if (claim_read(dir, name, now) && str_eq(now, key))
		return 0;
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		return errno;
	return symlinkat(key, dir, name) == 0 ? 0 : errno;
}

/* The node has a record, though another's path it names: both are older than claims are, and keep what they have. */
static bool
is_recorded(const struct local_root *root, const char *key)
{
	struct json_object *record = local_index_of(root, key);

	json_object_put(record);
	return record != NULL;
}

bool
local_claim_take(const struct local_root *root, struct op *op, const char *path)
{
	char key[LOCAL_KEY_SIZE];
	int  dir = local_root_records(root, true), error = dir < 0 ? errno : 0;

	local_index_key(op->identity, key);
	if (error == 0 &&
	    holder_of(root, op->identity, dir, path, strlen(path)) <= HELD_BY_DEPLOYMENT)
		error = claim_set(dir, path, key);
	else if (error == 0 && !is_recorded(root, key))
		error = EEXIST; /* another process has made it since it was asked for */
	if (error == EEXIST)
		answer_held(op, path);
	else if (error != 0)
		local_answer_errno(op, error, path);
	if (dir >= 0)
		close(dir);
	return error == 0;
}

void
local_claim_drop(const struct local_root *root, const struct op *op, const char *path)
{
	char name[NAME_SIZE], key[LOCAL_KEY_SIZE], now[LOCAL_KEY_SIZE];
	int  dir = local_root_records(root, false);

	if (dir < 0)
		return;
	local_index_key(op->identity, key);
	claim_name(path, strlen(path), name);
	if (claim_read(dir, name, now) && str_eq(now, key))
		unlinkat(dir, name, 0);
	close(dir);
}

/* ---- of all records ---- */

struct claiming {
	const struct local_root *root;
	int                      dir;
};

static void
claim_for(void *arg, const char *key, struct json_object *record)
{
	const struct claiming *claiming = arg;
	const char            *path = json_get_str(record, "path");
	struct identity        nobody = { .tenant = "", .deployment_id = "", .node_id = "" };

	if (path != NULL &&
	    holder_of(claiming->root, &nobody, claiming->dir, path, strlen(path)) == HELD_BY_NOBODY)
		(void)claim_set(claiming->dir, path, key);
}

void
local_claim_all(const struct local_root *root)
{
	struct claiming claiming = { root, local_root_records(root, false) };

	if (claiming.dir < 0)
		return;
	(void)local_index_each(root, claim_for, &claiming);
	close(claiming.dir);
}
