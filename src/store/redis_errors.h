/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_errors.h - what an error that a Redis answers means for the command. Of all but
 * REDIS_ERROR_OTHER, nothing was done.
 */
#ifndef STORE_REDIS_ERRORS_H
#define STORE_REDIS_ERRORS_H

enum redis_error {
	REDIS_ERROR_SCRIPT, /* it does not know the script */
	REDIS_ERROR_SICK,   /* it can't serve us for now */
	REDIS_ERROR_MOVED,  /* the slot is another's: say it there, from now on */
	REDIS_ERROR_ASK,    /* this key is there already: say it there, this once */
	REDIS_ERROR_LATER,  /* it will pass: say it again */
	REDIS_ERROR_OTHER
};

enum redis_error redis_error_of(const char *text);

#endif
