/* SPDX-License-Identifier: Apache-2.0
 *
 * provider.h - what the engine asks of the outside world.
 *
 * start() never calls done() before it returns. After cancel() returns, done() is never called for
 * that op (the call itself may still take effect). The op is the caller's memory and outlives both.
 * A create with a token seen before must have the effect of one create: a crash replays it, and
 * every retry of it is preceded by an OP_READ that looks for what the last try may have made.
 * Errors are classified once, here; the engine decides by class alone and knows no cloud.
 */
#ifndef PROVIDER_PROVIDER_H
#define PROVIDER_PROVIDER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "provider/resource_type.h"
#include "util/err.h"

struct near;
struct credentials; /* a provider's own, per execution, in guarded memory */

/* Who a resource is, in every cloud. All borrowed. */
struct identity {
	const char *tenant;
	const char *deployment_id;
	const char *graph_id;
	const char *node_id;
	const char *edge_id;
	const char *resource_id;
	const char *spec_hash;
	const char *region;  /* "" for a global type */
	bool        primary; /* the first region of this resource (or it is global): plain names */
	bool renamed; /* it was made under another resource id: the one in its tags says nothing */
	bool protect; /* nobody is to delete it: its tags say so */
};

enum op_kind {
	OP_READ, /* find it by identity; confirm that it is ours */
	OP_CREATE,
	OP_UPDATE, /* in place: `changes` names the properties to set */
	OP_DELETE,
	OP_SETTLE, /* is it usable yet (gone yet, after OP_DELETE)? one look, no waiting */
	OP_LIST, /* what there is of this type, whosever it is; of the parent that `desired` names */
	OP_CHECK, /* of a check: does it hold? Nothing is kept of it, and nothing else comes of it */
	OP_KINDS_N
};

enum op_result {
	OP_PENDING, /* in flight, or never started */
	OP_OK, /* done. `found` says what is there now (DELETE, SETTLE: if it says more). SETTLE: ready. CHECK: it
		* holds; `found` has its outputs */
	OP_ABSENT,    /* READ: there is none of ours. DELETE: it was gone already */
	OP_NOT_YET,   /* SETTLE: ask again after retry_after_ms */
	OP_THROTTLED, /* too fast; retry_after_ms when the provider said so (the driver
		       * bounds it), else 0 */
	OP_TRANSIENT, /* failed without effect, and may work later */
	OP_UNKNOWN, /* no answer, or one that leaves open whether it took effect: read before a retry */
	OP_CONFLICT,  /* something of that name is there and is not ours */
	OP_AMBIGUOUS, /* more than one resource claims to be this node */
	OP_NOT_FOUND, /* something it needs is not there */
	OP_DENIED,    /* these credentials may not do this */
	OP_EXPIRED,   /* the credentials have expired or are not valid */
	OP_INVALID,   /* the provider refuses these properties, for good */
	OP_QUOTA,     /* a limit of the account is reached */
	OP_TIMEOUT,   /* the engine's own: the node has taken longer than it may */
	OP_STALE,     /* the engine's own: the node is not as the plan has it that is applied */
	OP_FAILED, /* SETTLE: it came to a bad end. CHECK: it does not hold. Others: any other refusal, for good */
	OP_RESULTS_N
};

/* "throttled": also the error_type in the API. */
const char *op_result_name(enum op_result result);
const char *op_kind_name(enum op_kind kind); /* "create" */
/* The other way. False: there is none of that name. */
MUSTCHECK bool op_result_from(const char *name, enum op_result *ret_result);
MUSTCHECK bool op_kind_from(const char *name, enum op_kind *ret_kind);

#define OP_FOUND_DEPTH 3

/* What a provider found: members `id` (string), `properties` (in our names, normalised so that
 * diff compares like with like), `outputs` (by the type's output names), `tags` (all of them). Where the type's file
 * can't say it: `fixed`, JSON Pointers of properties that only a new resource can change, and `keys`, names of the
 * properties that it is found by. `reserved` are the keys of those tags that an update leaves as they are, since the cloud has
 * them for itself, or changes none. Of an OP_LIST there is but `items`: of each what it is found by, as `properties`, or the
 * `name` that those are part of, and its `tags` where the list has them. What a READ that found nothing, and then the CREATE, put in as `kept`
 * (an object; members of the later one count) comes back to the DELETE that undoes the create. What else a provider puts in comes
 * back to it in `known`. It is kept in records, in which it is some levels deep: it fits there, at OP_FOUND_DEPTH (json_fits_at()). */
struct op {
	/* what is asked; borrowed until done */
	enum op_kind                kind;
	enum op_kind                after; /* OP_SETTLE: after which kind */
	const struct resource_type *type;
	const struct identity      *identity;
	struct credentials         *credentials; /* NULL for providers that need none */
	struct json_object         *desired;     /* properties, references resolved */
	struct json_object         *changes;     /* OP_UPDATE: array of property names */
	struct json_object         *known; /* UPDATE, DELETE, SETTLE: what was found; else NULL */
	struct json_object         *tags;  /* the user's own tags, string to string; may be NULL */
	const char                 *token; /* same token, same effect */
	const char                 *trace; /* what work it belongs to (trace.h); may be NULL */
	bool
	     restores; /* UPDATE: it is put back as it was: `tags` are all that it is to have, those of ours among them */
	bool adopt; /* READ: take over what is there and is not ours */
	bool
	    undo; /* DELETE: of what a create of this execution has made, or may have, as far as it came */
	struct json_object *kept; /* the same: what that create had kept for it; may be NULL */

	/* what came */
	enum op_result result;
	int64_t        retry_after_ms;
	bool           throttled; /* on the way, whatever came of it in the end */
	bool           over; /* SETTLE: what was begun has failed so; no look shows anything else */
	struct json_object *found;           /* owned by the op; op_fini() puts it */
	char                code[96];        /* the provider's own code: "EntityAlreadyExists" */
	char                message[512];    /* for people; never holds a secret */
	char                request_id[128]; /* the provider's, for its support */

	void (*done)(struct op *op);

	/* What it writes on its way, for people, as it comes: "stdout", "stderr". NULL: nobody listens. Never holds a secret. */
	void (*output)(struct op *op, const char *stream, const char *text, size_t len);
	void *impl; /* the provider's own, NULL at rest */
};

/* Sets result and message (and an empty code). For providers. */
void op_answer(struct op *op, enum op_result result, const char *fmt, ...) PRINTF_LIKE(3, 4);
void op_fini(struct op *op);

/* The standard tags of a node, as a new object: mgraph:graph-id, mgraph:node-id, mgraph:edge-id,
 * mgraph:deploy-id, mgraph:resource-id, mgraph:spec-hash; and the user's own beside them. */
struct json_object *identity_tags(const struct identity *identity, struct json_object *users);

/* Those that an op gives it, as a new object. */
struct json_object *op_tags(const struct op *op);

/* What the tags of ours begin with. */
#define IDENTITY_TAGS "mgraph:"

/* The one of them that says which spec it was last brought to. */
#define IDENTITY_HASH_TAG "mgraph:spec-hash"

/* There only on what is protected, as "true". */
#define IDENTITY_PROTECT_TAG "mgraph:protect"

/* What it is called in the config. */
#define IDENTITY_RESOURCE_TAG "mgraph:resource-id"

/* Whose node it is, as tags say that name one. */
#define IDENTITY_NODE_TAG       "mgraph:node-id"
#define IDENTITY_DEPLOYMENT_TAG "mgraph:deploy-id"
#define IDENTITY_GRAPH_TAG      "mgraph:graph-id"
#define IDENTITY_EDGE_TAG       "mgraph:edge-id"

/* These tags say: ours, and this node. Without the one that has the resource id they still do. */
bool identity_owns(const struct identity *identity, struct json_object *tags);
/* One of them says: another's. */
bool identity_denies(const struct identity *identity, struct json_object *tags);

#define ACCOUNT_SIZE 64

/* Whose account credentials are for: asked before they are used, since an execution stays in the accounts that it
 * began in. The caller's memory, as an op is. */
struct whose {
	struct credentials *credentials; /* borrowed until done */

	enum op_result result; /* OP_OK: `account` says it; OP_INVALID: not the one they claim */
	char           account[ACCOUNT_SIZE];
	char           code[96];
	char           message[512];

	void (*done)(struct whose *whose);
	void *impl; /* the provider's own, NULL at rest */
};

/* What there is of a deployment in one region, by its tags alone: asked in pages, where a read takes a call for each resource.
 * Such an index lags, and not all types are in it: that a resource is not among the hits says nothing, and that it is says
 * how it was a moment ago. A hit has the id under which it is listed, which the type's file reads backwards (locate.h), and
 * its tags but for those that the cloud has for itself, or of them as many as may be relied on; or at once its `type`, and the `properties` that it is found by. The
 * caller's memory, as an op is. */
struct sweep {
	/* what is asked; borrowed until done */
	struct credentials *credentials;
	const char         *tenant;        /* whose, where the index can tell; NULL: anybody's */
	const char         *deployment_id; /* NULL: all that has tags of ours */
	const char         *region;        /* "": what is global */

	/* what came */
	enum op_result result; /* OP_OK: `hits` has all of them */
	int64_t        retry_after_ms;
	struct json_object  *
            hits; /* array of {id, tags, region ("": global; left out: as asked), type, properties}; owned by the sweep; sweep_fini() puts it */
	char code[96];
	char message[512];

	void (*done)(struct sweep *sweep);
	void *impl; /* the provider's own, NULL at rest */
};
void sweep_fini(struct sweep *sweep);

/* What validate() says of many resources, asked of a driver in another process. The caller's memory, as an op is. */
struct check_item {
	const struct resource_type *type;
	struct json_object         *properties;
	struct json_object         *tags;    /* the user's own; may be NULL */
	const char                 *pointer; /* of the properties, or of what they were made from */
};

struct check {
	const struct check_item *items; /* borrowed until done */
	size_t                   items_n;

	enum op_result  result;   /* OP_OK: `problems` has all of them */
	struct problems problems; /* owned by the check; check_fini() puts them */
	char            code[96];
	char            message[512];

	void (*done)(struct check *check);
	void *impl; /* the provider's own, NULL at rest */
};
void check_fini(struct check *check);

/* The regions that the account has: {"regions": [...]}. */
#define ERRAND_REGIONS "regions"

/* One thing to be done outside of any graph, by a name that the provider knows: "secrets/create". Nothing is recorded of it. The
 * caller's memory, as an op is. */
struct errand {
	/* what is asked; borrowed until done */
	struct credentials *credentials;
	const char         *name;
	struct json_object *params;

	/* what came */
	enum op_result      result;
	struct json_object *answer; /* OP_OK; owned by the errand; errand_fini() puts it */
	struct json_object
	    *rate; /* {limit, remaining, reset, used}, where the provider tells; likewise */
	char code[96];
	char message[512];

	void (*done)(struct errand *errand);
	void *impl; /* the provider's own, NULL at rest */
};
void errand_fini(struct errand *errand);

/* Of the name of a region: new ones appear every year. */
enum region_standing { REGION_KNOWN, REGION_UNHEARD_OF, REGION_NONE };

/* Embedded as the first member of each driver's own struct. */
struct provider {
	const char *name; /* "aws" */

	/* Checks the provider's part of a type file; sets type->impl. */
	enum err_code (*load)(struct provider *, struct resource_type *, struct err *);

	/* More checks of a resource's properties than its schema can say; no I/O. May be NULL. */
	void (*validate)(struct provider *, const struct resource_type *,
	    struct json_object *properties, const char *pointer, struct problems *);

	/* The same, asked of another process, as start and cancel do. NULL, both: validate() has said it all. */
	void (*start_check)(struct provider *, struct check *);
	void (*cancel_check)(struct provider *, struct check *);

	/* Can a region be called so, and is it known? Offers the names of those that are. No I/O. NULL: any may be. */
	enum region_standing (*region)(struct provider *, const char *region, struct near *near);

	/* Why its types are not here yet, for people; NULL: they are. May be NULL: they always are. */
	const char *(*away)(struct provider *);

	/* Credentials for an account, as a config names it ("": none is named), from the config's
	 * `credentials.<provider>`, which is at the pointer (NULL: none were given). NULL and problems when they
	 * cannot do. The JSON's secret strings are wiped by the caller. */
	bool needs_credentials;
	struct credentials *(*open)(struct provider *, struct json_object *json,
	    const char *account, const char *pointer, struct problems *);
	void (*close)(struct credentials *);

	/* The key that secrets of it are to be sealed for, in hex; NULL: it is not known, yet. NULL itself: it takes nothing sealed. */
	const char *(*public_key)(struct provider *);

	bool takes_sealed;

	/* Can what is sealed among a resource's properties be opened? No I/O. NULL: nobody here can tell. */
	void (*check_sealed)(struct provider *, struct json_object *properties, const char *pointer,
	    struct problems *);

	/* What a create would call it, where the node is part of that, or it depends on the region; no I/O. False: it has no
	 * such name, or that is made of what is not known yet. NULL: nobody here knows. */
	bool (*physical_name)(struct provider *, const struct resource_type *,
	    const struct identity *, struct json_object *properties, char *buf, size_t size);

	/* As start and cancel do. NULL, both: there are no accounts here. */
	void (*ask_whose)(struct provider *, struct whose *);
	void (*cancel_whose)(struct provider *, struct whose *);

	/* As start and cancel do. NULL, both: what is there is read one by one. */
	void (*start_sweep)(struct provider *, struct sweep *);
	void (*cancel_sweep)(struct provider *, struct sweep *);

	/* As start and cancel do. NULL, both: it has none. */
	void (*start_errand)(struct provider *, struct errand *);
	void (*cancel_errand)(struct provider *, struct errand *);

	/* Which concurrency window an op falls in: account, region and service, as one string. The op has type, identity
	 * and credentials alone; those may be NULL: then the rest of it. */
	void (*window)(struct provider *, const struct op *, char *buf, size_t size);
	unsigned window_size; /* how many ops at once in one window */

	void (*start)(struct provider *, struct op *);
	void (*cancel)(struct provider *, struct op *);
	void (*unload)(void *type_impl); /* frees what load() made; may be NULL */
	void (*destroy)(struct provider *);
};

#endif
