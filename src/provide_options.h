/* SPDX-License-Identifier: Apache-2.0
 *
 * provide_options.h - what `mgraph-deploy provider` was told: on its command line, else by MGRAPH_DEPLOY_<OPTION>.
 */
#ifndef PROVIDE_OPTIONS_H
#define PROVIDE_OPTIONS_H

#include <stdbool.h>

#include "options.h"
#include "util/str.h"

struct provide_options {
	const char *listen;      /* HOST:PORT or unix:PATH */
	struct str  drivers;     /* names, with commas between */
	const char *key;         /* file with the API key; NULL: none is asked for */
	const char *sealing_key; /* file with the private key; NULL: from the environment, or new */
	const char *aws_endpoint;    /* NULL: AWS's own */
	const char *github_endpoint; /* NULL: GitHub\'s own */
	const char *types;           /* one more folder of resource types; NULL: none */
	const char *share;      /* schemas and service models; NULL: found beside the program */
	const char *local_root; /* NULL: there is no local driver */
	const char *exec_allow; /* programs that may run; NULL: none */
	const char *http_allow; /* URLs that may be asked; NULL: none */
	const char *net_allow;  /* hosts and ports that may be connected to; NULL: none */
	bool        verbose;
};

/* As options_read(). */
enum options_verdict provide_options_read(struct provide_options *options, int argc, char **argv);
void                 provide_options_fini(struct provide_options *options);

#endif
