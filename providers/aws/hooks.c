/* SPDX-License-Identifier: Apache-2.0
 * hooks.c - the table of hooks, and the hooks themselves. */
#include "providers/aws/hooks.h"

#include <stdlib.h>
#include <string.h>

#include "providers/aws/cloudcontrol.h"
#include "providers/aws/copy.h"
#include "providers/aws/zip.h"
#include "util/base64.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- lambda_code: {inline, filename} | {zip_file} | {s3_bucket, s3_key, ...} | {image_uri} ---- */

#define INLINE_BYTES_MAX (512 * 1024)
#define ZIP_BYTES_MAX    (64 * 1024 * 1024)
#define SHA_TEXT_MAX     64 /* of a SHA-256 as base64 */

static const struct {
	const char *ours, *theirs;
} code_members[] = {
	{ "zip_file", "ZipFile" },
	{ "s3_bucket", "S3Bucket" },
	{ "s3_key", "S3Key" },
	{ "s3_object_version", "S3ObjectVersion" },
	{ "image_uri", "ImageUri" },
};

/* What a runtime's source files end in. */
static const struct {
	const char *runtime, *ending;
} endings[] = {
	{ "python", ".py" },
	{ "nodejs", ".js" },
	{ "ruby", ".rb" },
};

/* "app.py" from the handler "app.run"; empty when it can't be told. */
static void
code_filename(struct json_object *properties, struct json_object *code, struct str *out)
{
	const char *given = json_get_str(code, "filename");
	const char *handler = json_get_str(properties, "handler");
	const char *runtime = json_get_str(properties, "runtime");
	const char *dot = handler != NULL ? strrchr(handler, '.') : NULL;

	if (given != NULL)
		str_add(out, given);
	for (size_t i = 0; given == NULL && dot != NULL && i < array_len(endings); i++) {
		if (runtime != NULL && str_starts(runtime, endings[i].runtime)) {
			str_add_mem(out, handler, (size_t)(dot - handler));
			str_add(out, endings[i].ending);
		}
	}
}

/* The archive as bytes; false when the code is not of a kind that we have the bytes of. */
static bool
code_archive(struct json_object *properties, struct json_object *code, struct str *out)
{
	const char *source = json_get_str(code, "inline");
	const char *base64 = json_get_str(code, "zip_file");
	struct str  name;
	bool        made = false;

	str_init(&name, ZIP_NAME_MAX);
	if (source != NULL) {
		code_filename(properties, code, &name);
		if (name.len > 0 && !name.overflow && strlen(source) <= INLINE_BYTES_MAX) {
			zip_one(out, name.data, source, strlen(source));
			made = true;
		}
	} else if (base64 != NULL && strlen(base64) <= ZIP_BYTES_MAX) {
		made = base64_decode(out, base64, strlen(base64), "\r\n ");
	}
	str_fini(&name);
	return made && !out->overflow;
}

static struct json_object *
code_write(const struct scope *scope, struct json_object *value, struct err *err)
{
	struct json_object *out = json_object_new_object();
	struct str          archive;

	str_init(&archive, ZIP_BYTES_MAX);
	if (json_has(value, "inline")) {
		if (code_archive(scope->op->desired, value, &archive)) {
			json_set(out, "ZipFile", base64_json(archive.data, archive.len));
		} else {
			(void)err_set(err, ERR_INVALID_CONFIG,
			    "the inline code is too large, or no file "
			    "name is given for it");
			json_object_put(out);
			out = NULL;
		}
	} else {
		for (size_t i = 0; i < array_len(code_members); i++)
			json_set_str(
			    out, code_members[i].theirs, json_get_str(value, code_members[i].ours));
	}
	str_fini(&archive);
	return out;
}

/* Where we have the bytes, their hash decides. Where we have not (S3, images), the function still
 * has the code of this config if its spec-hash tag is that of this config. */
static bool
code_is_same(const struct op *op, struct json_object *wanted, struct json_object *found)
{
	const char *sha = json_get_str(json_get_object(found, "outputs"), "code_sha256");
	const char *hash = json_get_str(json_get_object(found, "tags"), "mgraph:spec-hash");
	uint8_t     digest[DIGEST_SHA256_BYTES];
	struct str  archive, text;
	bool        same;

	str_init(&archive, ZIP_BYTES_MAX);
	if (code_archive(op->desired, wanted, &archive)) {
		digest_sha256(archive.data, archive.len, digest);
		str_init(&text, SHA_TEXT_MAX);
		base64_add(&text, digest, sizeof(digest));
		same = str_eq(sha, text.data);
		str_fini(&text);
	} else {
		same = hash != NULL && str_eq(hash, op->identity->spec_hash);
	}
	str_fini(&archive);
	return same;
}

static struct json_object *
code_read(const struct op *op, const char *name, struct json_object *found)
{
	struct json_object *wanted = json_get(op->desired, name);
	struct json_object *other;

	if (wanted == NULL)
		return NULL;
	if (code_is_same(op, wanted, found))
		return json_object_get(wanted);
	other = json_object_new_object();
	json_set_str(
	    other, "sha256", json_get_str(json_get_object(found, "outputs"), "code_sha256"));
	return other;
}

static void
code_validate(struct json_object *properties, const char *name, const char *pointer,
    struct problems *problems)
{
	struct json_object *code = json_get(properties, name);
	struct str          at, filename;

	if (!json_has(code, "inline"))
		return;
	str_init(&at, 1024);
	str_init(&filename, ZIP_NAME_MAX);
	str_addf(&at, "%s/%s", pointer, name);
	code_filename(properties, code, &filename);
	if (filename.len == 0 || filename.overflow)
		problems_add(problems, at.data, "missing_property",
		    "inline code needs a filename, since runtime and handler do not tell one");
	str_fini(&filename);
	str_fini(&at);
}

/* ---- dynamodb_index_updates: what to do to the global secondary indexes of a table ---- */

static struct json_object *
index_named(struct json_object *indexes, const char *name)
{
	size_t n = indexes != NULL ? json_object_array_length(indexes) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *index = json_object_array_get_idx(indexes, i);

		if (str_eq(json_get_str(index, "index_name"), name))
			return index;
	}
	return NULL;
}

/* {"create": {...}}, {"update": {...}} or {"delete": {...}} */
static void
add_index_update(struct json_object *updates, const char *verb, struct json_object *what)
{
	struct json_object *update = json_object_new_object();

	json_set(update, verb, what);
	json_object_array_add(updates, update);
}

static struct json_object *
index_facts(const char *name, struct json_object *throughput)
{
	struct json_object *facts = json_object_new_object();

	json_set_str(facts, "index_name", name);
	if (throughput != NULL)
		json_set(facts, "provisioned_throughput", json_object_get(throughput));
	return facts;
}

/* Of an index that stays, only the throughput can be changed; AWS says so of anything else. */
static struct json_object *
index_updates(const struct scope *scope)
{
	const struct op    *op = scope->op;
	struct json_object *wanted = json_get_array(op->desired, "global_secondary_indexes");
	struct json_object *known =
	    json_get_array(json_get_object(op->known, "properties"), "global_secondary_indexes");
	struct json_object *updates = json_object_new_array();
	size_t              wanted_n = wanted != NULL ? json_object_array_length(wanted) : 0;
	size_t              known_n = known != NULL ? json_object_array_length(known) : 0;

	for (size_t i = 0; i < known_n; i++) {
		const char *name = json_get_str(json_object_array_get_idx(known, i), "index_name");

		if (index_named(wanted, name) == NULL)
			add_index_update(updates, "delete", index_facts(name, NULL));
	}
	for (size_t i = 0; i < wanted_n; i++) {
		struct json_object *index = json_object_array_get_idx(wanted, i);
		const char         *name = json_get_str(index, "index_name");
		struct json_object *there = index_named(known, name);

		if (there == NULL)
			add_index_update(updates, "create", json_object_get(index));
		else if (!json_same(there, index))
			add_index_update(updates, "update",
			    index_facts(name, json_get(index, "provisioned_throughput")));
	}
	if (json_object_array_length(updates) > 0)
		return updates;
	json_object_put(updates);
	return NULL;
}

/* ---- acm_names: what a certificate is for beside its domain name, which AWS lists among them ---- */

static struct json_object *
names_write(const struct scope *scope, struct json_object *value, struct err *err)
{
	(void)scope;
	(void)err;
	return json_object_get(value);
}

static struct json_object *
names_read(const struct op *op, const char *name, struct json_object *found)
{
	struct json_object *all = json_get_array(json_get_object(found, "outputs"), name);
	struct json_object *main_name = json_get(op->desired, "domain_name");
	struct json_object *names = json_object_new_array();
	bool                keeps = json_array_has(json_get_array(op->desired, name), main_name);

	for (size_t i = 0; all != NULL && i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);

		if (keeps || !json_same(one, main_name))
			json_object_array_add(names, json_object_get(one));
	}
	return names;
}

/* ---- the table ---- */

const struct hook aws_hooks[] = {
	{ .name = "lambda_code",
	    .write = code_write,
	    .read = code_read,
	    .validate = code_validate },
	{ .name = "dynamodb_index_updates", .make = index_updates },
	{ .name = "acm_names", .write = names_write, .read = names_read },
	{ .name = "cloudcontrol_type", .take = cloudcontrol_take_type },
	{ .name = "cloudcontrol_arns", .take = cloudcontrol_take_arns },
	{ .name = "cloudcontrol_resource", .take = cloudcontrol_take_resource, .takes_tags = true },
	{ .name = "cloudcontrol_desired", .make = cloudcontrol_desired },
	{ .name = "cloudcontrol_patch", .make = cloudcontrol_patch },
	{ .name = "s3_copy_page", .take = copy_take_page },
	{ .name = "s3_copy_round", .take = copy_take_round },
	{ .name = "s3_copy_undo_round", .take = copy_take_undo_round },
	{ .name = "s3_copy_source", .make = copy_source },
	{ .name = "ssm_digest", .take = copy_take_digest },
};

const size_t aws_hooks_n = array_len(aws_hooks);
