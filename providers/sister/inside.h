/* SPDX-License-Identifier: Apache-2.0
 *
 * inside.h - between the files of this driver: the other process, and one question to it.
 */
#ifndef SISTER_INSIDE_H
#define SISTER_INSIDE_H

#include "net/fetch.h"
#include "provider/protocol.h"
#include "providers/sister/sister.h"

#define SISTER_URL_MAX  2048
#define SISTER_WHY_SIZE 512

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	struct secret *json;
	char          *account;   /* as the config names it */
	char whose[ACCOUNT_SIZE]; /* which it is; until that is known, a number of its own */
};

struct sister {
	struct provider     provider;
	struct loop        *loop;
	struct fetcher     *fetcher;
	struct registry    *registry;
	char               *name, *base, *socket, *ca; /* base: what paths are put behind */
	char               *place;                     /* for people: where it is */
	struct secret      *key;
	bool                is_private; /* nobody reads on the way to it */
	unsigned            opened_n;   /* ever */
	struct json_object *windows;    /* of each type, as the other side has it */

	/* the first contact (contact.c) */
	struct fetch fetch;
	char         url[SISTER_URL_MAX];
	bool         knows_provider; /* else that is what is asked for */
	bool         is_there;
	struct timer again;
	unsigned     tries;
	char         why[SISTER_WHY_SIZE];
};

/* What became of a question that was not answered as it should be. */
struct sister_failure {
	enum op_result result;
	int64_t        retry_after_ms;
	char           code[96];
	char           message[512];
};

struct sister_question {
	struct sister            *sister;
	void                     *of; /* the op, whose, sweep or check */
	struct fetch              fetch;
	char                      url[SISTER_URL_MAX];
	struct str                body;
	bool                      good; /* the answer was read; else there is a failure */
	struct sister_failure     failure;
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

/* A request to the other process, but for its body. */
void sister_prepare(const struct sister *sister, struct fetch *fetch, const char *method,
    const char *url, void (*done)(struct fetch *));
/* Why it was not answered with 200 and JSON; else the JSON, which the caller puts. */
struct json_object *
sister_read(const struct sister *sister, const struct fetch *fetch, struct sister_failure *failure);
void sister_fail(const struct sister *sister, struct sister_failure *failure, enum op_result result,
    const char *code, const char *fmt, ...) PRINTF_LIKE(5, 6);

void sister_contact(struct sister *sister); /* now, and until it is there */
void sister_contact_end(struct sister *sister);

#endif
