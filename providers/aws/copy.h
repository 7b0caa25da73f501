/* SPDX-License-Identifier: Apache-2.0
 *
 * copy.h - hooks of the types that copy what is in one resource into another.
 */
#ifndef AWS_COPY_H
#define AWS_COPY_H

#include "interpreter/hook.h"

/* Of a listing in pages one page: each round asks for its own. */
bool copy_take_page(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);

/* One round of s3:copy. Noted before: `from`, a page of the source, and `truncated`, whether there is more of it. The answer is the page of
 * the target behind the same key. Notes `todo`, what of the source is not in the target as it is there, as far as both pages
 * reach; `after`, how far that is; and `more`, "true" or "false". Of the answer remains one element if there is nothing to do. */
bool copy_take_round(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);

/* One round of its undo. Noted before: `from` and `truncated`, likewise. The answer is the page of the target's versions behind the marks
 * `key` and `version`. Notes `found`, those that the copy has put there; `todo`, those of the round before; `after`, `key`,
 * `version` and `more`. A mark names what is still there: a page is deleted when the one behind it has come. */
bool copy_take_undo_round(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);

/* Bucket and key of an item, as a header names them. */
struct json_object *copy_source(const struct scope *scope);

/* A digest in the place of a parameter's value: what is only compared is not kept. */
bool copy_take_digest(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err);

#endif
