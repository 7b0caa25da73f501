/* SPDX-License-Identifier: Apache-2.0
 *
 * local.h - the driver for this host: files, folders and commands below one root folder.
 *
 * Types: local:file, local:directory, local:command, local:null. All are global and need no
 * credentials. Every path is relative to the root and is opened beneath it without following any
 * symbolic link, so that nothing outside the root can be read, written or deleted through a path.
 * (A command is a program of this host and can do what the server's user can; it runs only where
 * commands were allowed at start.)
 *
 * ROOT/.mgraph holds one record per node (local_index.h): it is to this host what tags are to a
 * cloud. It is durable before the thing it speaks of is made, so a crash in between is found.
 *
 *   OP_READ  record and thing  OP_OK, with the properties as they are on disk now
 *            record, no thing  OP_ABSENT
 *            thing, no record  OP_CONFLICT: it is not ours; OP_OK where the op adopts
 *   A command's record says "started" until it has exited with 0. A command whose server died in
 *   mid-run is answered as OP_ABSENT and so is run again: commands must be idempotent.
 *
 * File operations are done at once, in a task of the loop; commands are processes that are watched.
 */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H

#include <stdbool.h>

struct loop_ev;
struct provider;

/* The root is made when only its last part is missing. NULL, and errno, when it can't be had.
 * Commands that run when the provider is destroyed are killed. */
struct provider *local_create(struct loop_ev *ev, const char *root, bool commands_allowed);

#endif
