/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_scripts.h - what runs inside Redis: every verb that touches a lease is one script, so it
 * happens whole or not at all.
 *
 * Each returns an array: a status, then what belongs to it. All keys of a script carry the same
 * hash tag. Writes are repeatable: sequence numbers, fences and "already mine" see to it.
 */
#ifndef STORE_REDIS_SCRIPTS_H
#define STORE_REDIS_SCRIPTS_H

enum redis_script {
	REDIS_SCRIPT_BEGIN,
	REDIS_SCRIPT_APPEND,
	REDIS_SCRIPT_RENEW,
	REDIS_SCRIPT_RELEASE,
	REDIS_SCRIPT_FINISH,
	REDIS_SCRIPT_HEADER,
	REDIS_SCRIPT_READ,
	REDIS_SCRIPT_OLDEST,
	REDIS_SCRIPT_DROP,
	REDIS_SCRIPT_SUPERSEDED,
	REDIS_SCRIPT_DROP_GRAPHS,
	REDIS_SCRIPT_ARCHIVE_GET,
	REDIS_SCRIPT_ARCHIVE_TAKE,
	REDIS_SCRIPT_ARCHIVE_PUT,
	REDIS_SCRIPT_ARCHIVE_SETTLE,
	REDIS_SCRIPT_VERIFIED_GET,
	REDIS_SCRIPT_VERIFIED_PUT,
	REDIS_SCRIPT_TELL,
	REDIS_SCRIPT_TOLD,
	REDIS_SCRIPT_HOOK,
	REDIS_SCRIPT_ACCESS_PUT,
	REDIS_SCRIPT_ONCE_TAKE,
	REDIS_SCRIPT_ONCE_PUT,
	REDIS_SCRIPT_FORMAT,
	REDIS_SCRIPTS_N
};

/* The first element of an answer. */
enum redis_status {
	REDIS_STATUS_OK,   /* begin: fence, last seq; append: last seq; archive: marker, last seq */
	REDIS_STATUS_HELD, /* begin: the text of another owner's lease; archive: that owner */
	REDIS_STATUS_FENCED,     /* a newer fence exists, or it was released */
	REDIS_STATUS_GAP,        /* append: the last seq, which is before the one it follows */
	REDIS_STATUS_ABSENT,     /* begin: no unfinished execution of this graph */
	REDIS_STATUS_UNFINISHED, /* begin: another execution of the deployment: "G:E" */
	REDIS_STATUS_KEEP,       /* begin: which execution is to be kept, whose key was not said */
	REDIS_STATUS_STALE, /* begin: another execution of the deployment has begun in between */
	REDIS_STATUSES_N
};

const char *redis_script_text(enum redis_script script);

#endif
