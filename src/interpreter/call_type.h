/* SPDX-License-Identifier: Apache-2.0
 *
 * call_type.h - a driver's half of a resource type file, parsed: which calls make up each operation.
 *
 * docs/internals/resource-types.md is the vocabulary. All strings and JSON are borrowed from the
 * resource_type's file, which outlives this. A word the vocabulary does not have is an error, so
 * that a slip of the pen in a type file is found when it is loaded and not when it is needed.
 */
#ifndef INTERPRETER_CALL_TYPE_H
#define INTERPRETER_CALL_TYPE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interpreter/driver.h"
#include "provider/provider.h"
#include "provider/resource_type.h"
#include "util/err.h"

#define STEPS_MAX 32      /* of one list */
#define WHEN_TAGS "$tags" /* in "when", beside properties */
#define WHEN_ANY  "*"     /* and for whatever property */

/* Lists of steps: members of the file by these names. */
enum step_list {
	LIST_READ,
	LIST_CREATE,
	LIST_UPDATE,
	LIST_DELETE,
	LIST_FINISH, /* after a create has settled: what can't be asked for earlier */
	LIST_REMOVE, /* after a delete has settled: likewise */
	LIST_UNDO,   /* instead of the delete, where that undoes a create */
	LIST_TAG,
	LIST_UNTAG,
	LIST_WHY,        /* after it has come to a bad end: what has the reason */
	LIST_IN_THE_WAY, /* after a delete was refused: what may be in its way */
	LIST_LIST,       /* what there is of this type, or of it below one parent */
	LIST_CHECK,      /* of a check: what is asked, and what must be so in the answers */
	LISTS_N
};

/* "if": {"text": template, "is": [...]} or {"text": template, "isnt": [...]}; text NULL: always. */
struct condition {
	const char         *text;
	struct json_object *is, *isnt;
};

/* One step is one call (or one call per item). */
struct step {
	const char         *call;     /* the operation: "GetRole" */
	const char         *service;  /* whose it is: the type's, unless the step names another */
	struct json_object *params;   /* template of its input; NULL: none */
	struct json_object *with;     /* names of properties that go in by their members' names */
	bool                with_all; /* "*": all that are set and that no other step takes */
	bool                changed_only; /* of these, only those that changed */
	struct json_object *patch;        /* property -> path, or paths, of patch operations */
	struct json_object *when;         /* only if one of these is set (UPDATE: has changed) */
	struct condition    condition;    /* only if this holds */
	const char         *each; /* once per item of this property, as {$item}; NULL: once */
	bool                each_removed;  /* items that are to go, else those that are to come */
	const char         *each_answered; /* or of the list at this path in the answer before */
	const char         *each_noted;    /* or of the list that was noted under this name */
	const char         *in;            /* where the resource is in the answer; NULL: nowhere */
	struct json_object *take; /* property -> path in the answer, or an object of such */
	struct json_object
	    *take_if; /* {path, is}: only when the answer has one of these values there */
	struct json_object
	    *pick; /* {from, where, unless, first, last, none}: of a list, the one that is
				     it; the answer from here on */
	struct json_object *fails; /* {code, message}: where an answer says that it failed */
	struct json_object
	    *expect; /* property -> path in the answer: what it says must be so there */
	struct json_object *note;   /* name -> path in the answer: {noted.name} from here on */
	struct json_object *keep;   /* name -> template: {kept.name} of who undoes it */
	const char         *hook;   /* what else is to be made of each answer */
	const char         *tags;   /* path of the tags in the answer */
	struct json_object *region; /* {path, aliases}: the answer says where the resource is */
	struct json_object *errors; /* meaning -> codes, before those of the type */
	struct json_object *help;   /* code -> what to do about it, for people */
	const char         *name;   /* for a way back to it; NULL: its call is its name */
	const char         *at;     /* template of the region that is asked; NULL: the resource's */
	const char *back_to; /* the list goes on from the step of this name; NULL: from the next */
	struct condition back_if; /* while this holds; no text: once it was made */
};

struct steps {
	struct step *items;
	size_t       n;
};

/* The first of this name; its end: there is none. */
size_t steps_find(const struct steps *steps, const char *name);

/* When a resource is usable: one of AWS's own waiters by name, or one spelt out in the file. */
struct settle {
	struct condition    condition; /* else it is ready */
	const char         *waiter;    /* NULL: see `spelt` */
	struct json_object *spelt;     /* the same form as in AWS's waiters-2.json */
	struct json_object *params;    /* template */
	const char         *reason;    /* path in the answer: why it failed; may be NULL */
	struct json_object
		   *fails; /* {code, message}: where an answer says that it failed, and as what */
	const char *in;    /* path to the resource in it, whose outputs are complete now */
	int64_t     every_ms; /* instead of the waiter's own delay; 0: the waiter's */
};

/* The name under which the cloud knows it. */
struct naming {
	const char      *primary; /* template: in the first region, or global */
	const char      *other;   /* in the other regions; NULL: as in the first */
	const char      *plain;   /* when plain_if holds; NULL: never */
	struct condition plain_if;
	const char
	    *output; /* the cloud makes it: the output that has it; NULL: it is made of the above */
	size_t length_max; /* 0: not checked */
};

struct call_type {
	const struct resource_type *rt;
	const struct driver        *driver;
	const char                 *service; /* "iam": whose operations they are */
	struct naming               naming;
	char               *naming_owned; /* "{role_name}", when the file names no template */
	struct steps        lists[LISTS_N];
	struct settle       settle[OP_KINDS_N]; /* by what was done before; READ: nothing */
	struct json_object *errors;             /* meaning -> codes; may be NULL */
	bool                tagged;             /* READ asks for its tags: they say whose it is */
	bool                tags_apart;         /* a create gives them in a call of their own */
};

MUSTCHECK enum err_code call_type_parse(const struct driver *driver, const struct resource_type *rt,
    struct call_type **ret_type, struct err *err);
void                    call_type_free(struct call_type *type); /* NULL is fine */

/* The schema of one property, `$ref` followed; NULL when there is none. */
struct json_object *call_type_property(const struct call_type *type, const char *name);

/* Is the property one that steps other than a "*" step hand over? */
bool call_type_takes(const struct call_type *type, enum step_list list, const char *property);

#endif
