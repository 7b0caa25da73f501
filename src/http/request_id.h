/* SPDX-License-Identifier: Apache-2.0
 *
 * request_id.h - what a request is called, in its answer and in the logs of everybody on its way.
 */
#ifndef HTTP_REQUEST_ID_H
#define HTTP_REQUEST_ID_H

#define REQUEST_ID_SIZE 129 /* up to 128 of A-Z a-z 0-9 - . _ ~ : / + = @ and a NUL */

/* The client's own, if it is one; NULL or anything else: a new one, of 32 hex digits. */
void request_id_set(char out[REQUEST_ID_SIZE], const char *given);

#endif
