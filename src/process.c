/* SPDX-License-Identifier: Apache-2.0
 * process.c - signals, limits, modes, and who an address lets in. */
#include "process.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "util/log.h"
#include "util/secret.h"
#include "util/str.h"

bool
process_setup(const char *command, bool verbose)
{
	struct rlimit files;

	if (!secret_setup()) {
		fprintf(stderr, "mgraph-deploy %s: secrets can't be protected here\n", command);
		return false;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/* Small pieces are joined as they are freed. Else all of them are at once when a large one is: after a large graph, for 150 ms. */
	mallopt(M_MXFAST, 0);
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	log_set_level(verbose ? LOG_DEBUG : LOG_INFO);
	return true;
}

bool
process_is_loopback(const char *address)
{
	return str_starts(address, "127.") || str_starts(address, "[::1]:") ||
	       str_starts(address, "localhost:") || str_starts(address, "unix:");
}
