/* SPDX-License-Identifier: Apache-2.0
 * local_directory.c - local:directory: one folder with a given mode, deleted only when empty. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/local/local_place.h"
#include "util/json.h"

#define MODE_DEFAULT "0755"

static void
look(struct local_call *call, const char *path, int fd, struct json_object *tags)
{
	struct json_object *properties = json_object_new_object();
	struct stat         st;
	char                mode[LOCAL_MODE_SIZE];

	must(fstat(fd, &st) == 0);
	json_set_str(properties, "path", path);
	json_set_str(properties, "mode", local_place_mode(mode, st.st_mode));
	call->op->found = local_found(
	    path, properties, local_place_outputs(call->local, path), json_object_get(tags));
	op_answer(call->op, OP_OK, "%s", "");
}

/* A folder made by us is readable for us until it has got its mode, through a descriptor that must
 * not be O_PATH: those take no fchmod. One that is there already keeps what it holds. */
static bool
make(struct local_call *call, int dir, const char *name, bool ours)
{
	const char *text = json_get_str(call->op->desired, "mode");
	mode_t      mode = (mode_t)strtoul(text == NULL ? MODE_DEFAULT : text, NULL, 8);
	int         fd = -1;
	bool        ok = mkdirat(dir, name, 0700) == 0 || (errno == EEXIST && ours);

	if (ok)
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	ok = fd >= 0 && fchmod(fd, mode) == 0 && fsync(fd) == 0 && fsync(dir) == 0;
	if (!ok)
		local_answer_errno(call->op, errno, "Making the folder");
	if (fd >= 0)
		close(fd);
	return ok;
}

static const struct local_place place = {
	.noun = "folder",
	.open_flags = O_PATH,
	.unlink_flags = AT_REMOVEDIR,
	.format = S_IFDIR,
	.look = look,
	.make = make,
};

static enum local_step
directory_read(struct local_call *call)
{
	return local_place_read(call, &place);
}

static enum local_step
directory_write(struct local_call *call)
{
	return local_place_write(call, &place);
}

static enum local_step
directory_delete(struct local_call *call)
{
	return local_place_delete(call, &place);
}

static void
directory_validate(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	(void)local;
	local_validate_path(properties, "path", pointer, problems);
}

const struct local_kind local_directory = {
	.type = "local:directory",
	.run = { [OP_READ] = directory_read,
	    [OP_CREATE] = directory_write,
	    [OP_UPDATE] = directory_write,
	    [OP_DELETE] = directory_delete },
	.validate = directory_validate,
};
