/* SPDX-License-Identifier: Apache-2.0
 * main.c - one program: the service, its client, and its drivers for services elsewhere. */
#include <string.h>

#include "cli/cli.h"
#include "provide.h"
#include "serve.h"

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve_main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "provider") == 0)
		return provide_main(argc - 1, argv + 1);
	return cli_main(argc, argv);
}
