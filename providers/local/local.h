/* SPDX-License-Identifier: Apache-2.0
 *
 * local.h - the drivers for what happens from this host: files and folders below a root (local), programs that run here (exec),
 * requests that are sent and connections that are made from here (http, net).
 *
 * Types: local:file, local:directory, local:null, exec:command, http:request, net:port. All are global and need no
 * credentials. Every path is relative to the root and is opened beneath it without following any
 * symbolic link, so that nothing outside the root can be read, written or deleted through a path.
 * (A command is a program of this host and can do what the server's user can; it runs only where it was allowed at start, as
 * a request is sent only where its URL was.)
 *
 * ROOT/.mgraph holds one record per node (local_index.h): it is to this host what tags are to a
 * cloud. It is durable before the thing it speaks of is made, so a crash in between is found.
 *
 *   OP_READ  record and thing  OP_OK, with the properties as they are on disk now
 *            record, no thing  OP_ABSENT
 *            thing, no record  OP_CONFLICT: it is not ours; OP_OK where the op adopts, and no other record names it (local_claim.h)
 *   The record of a command, or of a request, says "started" until it has ended well. One whose server died in
 *   mid-run is answered as OP_ABSENT and so is run again: it must be idempotent.
 *
 * File operations are done at once, in a task of the loop; commands are processes that are watched.
 */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H

struct fetcher;
struct loop_ev;
struct provider;
struct sealed_key;

/* The root is made when only its last part is missing. NULL, and errno, when it can't be had.
 * Commands that run when the provider is destroyed are killed. */
struct local_options {
	const char     *name; /* "local", "exec", "http" or "net" */
	struct loop_ev *ev;
	const char     *root;
	const char *allow; /* exec: programs, http: URLs, net: places (local_allow.h); NULL: none */
	struct fetcher          *fetcher; /* of http and net */
	const struct sealed_key *key;     /* opens what is sealed; NULL: nothing does */
};
struct provider *local_create(const struct local_options *options);

#endif
