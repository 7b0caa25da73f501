/* SPDX-License-Identifier: Apache-2.0
 *
 * fields.h - what header fields of a request say that are lists, or have a form of their own.
 *
 * NULL is a field that was not sent.
 */
#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* Accept and those like it (RFC 9110, 12.4.2): how welcome is the first of `names` (NULL behind the last) that is there,
 * from 0, which is a no, to 1000? -1: none is there. */
int field_weight(const char *field, const char *const *names);

/* What Content-Type and Content-Encoding of a body say that is not JSON as it is; NULL: nothing. */
const char *field_json_fault(const char *type, const char *encoding);

/* Accept-Encoding (RFC 9110, 12.5.3): may the answer be in gzip? */
bool field_accepts_gzip(const char *field);

/* Prefer (RFC 7240): is there one of that name? Its value, without quotes, is *ret_len long; 0: it has none. */
bool field_prefers(const char *field, const char *name, const char **ret_value, size_t *ret_len);

#define FIELD_GZIP_TAIL "-gzip\"" /* how the tag of an answer in gzip ends */

/* If-None-Match: "*", or entity tags with their quotes, of which one is `tag`; weak or of a compressed answer is no matter.
 * tag NULL: there is nothing. */
bool field_matches(const char *field, const char *tag);
bool field_matches_strongly(const char *field, const char *tag); /* If-Match: a weak one is none */

/* A list with commas, as Origin is looked for in: is `item` one of its words, or one of them "*"? */
bool field_has_word(const char *field, const char *item);

/* traceparent (W3C Trace Context): one that can be passed on? */
bool field_is_traceparent(const char *field);

#endif
