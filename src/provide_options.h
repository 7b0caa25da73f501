/* SPDX-License-Identifier: Apache-2.0
 *
 * provide_options.h - what `mgraph-deploy provider` was told: on its command line, else by MGRAPH_DEPLOY_<OPTION>.
 */
#ifndef PROVIDE_OPTIONS_H
#define PROVIDE_OPTIONS_H

#include <stdbool.h>

#include "drivers.h"
#include "options.h"
#include "util/str.h"

struct provide_options {
	const char *listen;      /* HOST:PORT or unix:PATH */
	struct str  names;       /* of the drivers, with commas between */
	const char *key;         /* file with the API key; NULL: none is asked for */
	const char *sealing_key; /* file with the private key; NULL: from the environment, or new */
	struct drivers_options
	    drivers; /* share NULL: found beside the program; local_root NULL: there is no local driver */
	bool verbose;
};

/* As options_read(). */
enum options_verdict provide_options_read(struct provide_options *options, int argc, char **argv);
void                 provide_options_fini(struct provide_options *options);

#endif
