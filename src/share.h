/* SPDX-License-Identifier: Apache-2.0
 *
 * share.h - where the program's data files are: schemas/ and aws/.
 */
#ifndef SHARE_H
#define SHARE_H

/* `told` if given; else "share" beside the program (a build tree), "../share/mgraph-deploy" from it, or
 * where it was configured to be installed. NULL when there is none. The caller frees it. */
char *share_find(const char *told);

#endif
