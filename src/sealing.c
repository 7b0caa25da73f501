/* SPDX-License-Identifier: Apache-2.0
 * sealing.c - finds the key, and leaves no other trace of it in the process. */
#include "sealing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/secret_file.h"

#define TEXT_SIZE 256

/* In place, so that it is not to be seen in the process's first environment any more either. */
void
sealing_key_forget(void)
{
	char *text = getenv(SEALING_VARIABLE);

	if (text != NULL)
		secret_wipe(text, strlen(text));
	unsetenv(SEALING_VARIABLE);
}

static bool
read_text(int fd, const char *path, char text[TEXT_SIZE], struct err *err)
{
	ssize_t len = read(fd, text, TEXT_SIZE - 1);

	if (len < 0)
		err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	return len >= 0;
}

static struct sealed_key *
read_file(const char *path, struct err *err)
{
	int                fd = secret_file_open(path, err);
	char               text[TEXT_SIZE] = "";
	struct sealed_key *key = NULL;
	struct err         why;

	if (fd < 0)
		return NULL;
	if (read_text(fd, path, text, err)) {
		key = sealed_key_read(text, strlen(text), &why);
		if (key == NULL)
			err_set(err, ERR_INTERNAL, "%s: %s", path, why.detail);
	}
	close(fd);
	secret_wipe(text, sizeof(text));
	return key;
}

static struct sealed_key *
read_variable(const char *text, struct err *err)
{
	struct err         why;
	struct sealed_key *key = sealed_key_read(text, strlen(text), &why);

	if (key == NULL)
		err_set(err, ERR_INTERNAL, SEALING_VARIABLE ": %s", why.detail);
	return key;
}

struct sealed_key *
sealing_key_open(const char *path, struct err *err)
{
	const char        *text = getenv(SEALING_VARIABLE);
	struct sealed_key *key;

	if (path != NULL)
		key = read_file(path, err);
	else if (text != NULL && *text != '\0')
		key = read_variable(text, err);
	else
		key = sealed_key_create();
	sealing_key_forget();
	return key;
}
