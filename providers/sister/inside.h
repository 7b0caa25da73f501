/* SPDX-License-Identifier: Apache-2.0
 *
 * inside.h - between the files of this driver: the other process, and one question to it.
 */
#ifndef SISTER_INSIDE_H
#define SISTER_INSIDE_H

#include "provider/protocol.h"
#include "providers/sister/peer.h"
#include "util/sealed.h"

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	struct secret *json;
	char          *account;   /* as the config names it */
	char whose[ACCOUNT_SIZE]; /* which it is; until that is known, a number of its own */
};

struct sister {
	struct provider     provider;
	struct peer         peer;
	struct registry    *registry;
	unsigned            opened_n; /* ever */
	struct json_object *windows;  /* of each type, as the other side has it */

	/* the first contact (contact.c) */
	struct fetch fetch;
	char         url[PEER_URL_MAX];
	bool         knows_provider; /* else that is what is asked for */
	bool         is_there;
	char         public_key[SEALED_KEY_HEX]; /* "": it has none */
	struct timer again;
	unsigned     tries;
	char         why[PEER_WHY_SIZE];
};

struct sister_question {
	struct sister            *sister;
	void                     *of; /* the op, whose, sweep or check */
	struct fetch              fetch;
	char                      url[PEER_URL_MAX];
	const char               *trace; /* of an op; may be NULL */
	struct str                body;
	bool                      good; /* the answer was read; else there is a failure */
	struct peer_failure       failure;
	const struct sister_kind *kind;
};

/* A kind of question. */
struct sister_kind {
	const char *path;
	bool (*read)(struct json_object *answer, void *of);
	void (*answered)(struct sister_question *question);
};

/* Credentials may be NULL. What is asked is added to the body, then it is sent. answered() is called once, unless it is
 * forgotten; the question is gone after either. */
struct sister_question *sister_question_create(struct sister *sister,
    const struct sister_kind *kind, const struct credentials *credentials, void *of);
void                    sister_question_send(struct sister_question *question);
void                    sister_question_forget(struct sister_question *question);

void sister_take(struct sister *sister, struct json_object *json); /* what it can do */

void sister_contact(struct sister *sister); /* now, and from time to time */
void sister_contact_end(struct sister *sister);

#endif
