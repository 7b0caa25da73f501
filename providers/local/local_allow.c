/* SPDX-License-Identifier: Apache-2.0
 * local_allow.c - lists of programs and of URLs. */
#include "providers/local/local_allow.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define PATH_OTHERWISE "/usr/local/bin:/usr/bin:/bin"
#define PATH_BYTES_MAX 4096
#define HOST_BYTES_MAX 256
#define POINTER_MAX    4096
#define QUOTED_SIZE    512

void
local_allow_init(struct local_allow *allow, const char *list)
{
	*allow = (struct local_allow){ .list = list != NULL ? xstrdup(list) : NULL };
	for (const char *at = list; at != NULL && *at != '\0';) {
		size_t     len = strcspn(at, ",");
		struct str item;

		str_init(&item, PATH_BYTES_MAX);
		str_add_mem(&item, at, len);
		if (len > 0) {
			allow->items = xrealloc(allow->items, allow->n + 1, sizeof(*allow->items));
			allow->items[allow->n++] = str_take(&item);
			allow->all = allow->all || str_eq(allow->items[allow->n - 1], "*");
		}
		str_fini(&item);
		at += len + (at[len] == ',');
	}
}

void
local_allow_fini(struct local_allow *allow)
{
	for (size_t i = 0; i < allow->n; i++)
		free(allow->items[i]);
	free(allow->items);
	free(allow->list);
	*allow = (struct local_allow){ 0 };
}

/* ---- programs ---- */

/* Its path, which the caller frees; NULL: there is none on PATH. */
static char *
find_program(const char *name)
{
	const char *path = getenv("PATH");
	char       *found = NULL;
	struct str  file;

	str_init(&file, PATH_BYTES_MAX);
	for (path = path != NULL ? path : PATH_OTHERWISE; *path != '\0' && found == NULL;) {
		size_t len = strcspn(path, ":");

		str_clear(&file);
		str_add_mem(&file, path, len);
		str_addf(&file, "/%s", name);
		if (len > 0 && !file.overflow && access(file.data, X_OK) == 0)
			found = str_take(&file);
		path += len + (path[len] == ':');
	}
	str_fini(&file);
	return found;
}

void
local_allow_find_programs(struct local_allow *allow)
{
	char quoted[QUOTED_SIZE];

	for (size_t i = 0; i < allow->n; i++) {
		char *found =
		    strchr(allow->items[i], '/') == NULL ? find_program(allow->items[i]) : NULL;

		if (found == NULL && !str_eq(allow->items[i], "*") &&
		    access(allow->items[i], X_OK) != 0)
			log_warn("exec.missing", "program=%s why=\"there is no such program\"",
			    log_quote(quoted, sizeof(quoted), allow->items[i]));
		if (found == NULL)
			continue;
		free(allow->items[i]);
		allow->items[i] = found;
	}
}

const char *
local_allow_program(const struct local_allow *allow, const char *name)
{
	if (allow->all)
		return name;
	for (size_t i = 0; i < allow->n; i++) {
		const char *last = strrchr(allow->items[i], '/');

		if (str_eq(allow->items[i], name) || (last != NULL && str_eq(last + 1, name)))
			return allow->items[i];
	}
	return NULL;
}

/* ---- URLs ---- */

/* Where the host ends, and with it what a name before an @ could pretend to be. */
static bool
host_of(const char *url, char host[HOST_BYTES_MAX])
{
	const char *at = strstr(url, "://");
	size_t      len;

	if (at == NULL || !(str_starts(url, "http://") || str_starts(url, "https://") ||
			      str_starts(url, LOCAL_ALLOW_PORT)))
		return false;
	at += strlen("://");
	len = strcspn(at, "/?#");
	if (memchr(at, '@', len) != NULL || memchr(at, '\\', len) != NULL)
		return false;
	if (*at == '[')
		len = strcspn(at, "]") + 1;
	else
		len = strcspn(at, ":/?#");
	if (len == 0 || len >= HOST_BYTES_MAX)
		return false;
	memcpy(host, at, len);
	host[len] = '\0';
	return true;
}

static bool
is_of_the_link(const char *host)
{
	static const char *const patterns[] = { "169.254.*", "[[]fe8*", "[[]fe9*", "[[]fea*",
		"[[]feb*", "[[]::ffff:169.254.*" };

	for (size_t i = 0; i < array_len(patterns); i++) {
		if (fnmatch(patterns[i], host, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}

/* Where the path begins: at a '/', or at its end, where there is none. */
static const char *
path_of(const char *url)
{
	const char *at = strstr(url, "://") + strlen("://");

	return at + strcspn(at, "/?#");
}

/* The next character of a path. A '%' may itself be encoded ("%252e"): each server on the way may decode it once more. */
static char
next_of(const char **at)
{
	const char *from = *at + 1;
	char        hex[3] = "";

	if (**at != '%' || !isxdigit((unsigned char)from[0]) || !isxdigit((unsigned char)from[1]))
		return *(*at)++;
	while (str_starts(from, "25") && isxdigit((unsigned char)from[2]) &&
	       isxdigit((unsigned char)from[3]))
		from += 2;
	memcpy(hex, from, 2);
	*at = from + 2;
	return (char)strtoul(hex, NULL, 16);
}

/* May a server take the path for another one than it reads? By a part "." or "..", which a ';' ends for some, or by what ends a part
 * for some alone: a backslash, or a '/' that is encoded. */
static bool
strays(const char *url)
{
	const char *at = path_of(url), *end = at + strcspn(at, "?#");
	size_t      dots = 0, other = 0; /* of the part so far */

	while (at < end) {
		bool encoded = *at == '%';
		char c = next_of(&at);

		if (c == '\\' || (c == '/' && encoded))
			return true;
		if ((c == '/' || c == ';') && other == 0 && (dots == 1 || dots == 2))
			return true;
		dots = c == '/' ? 0 : dots + (c == '.');
		other = c == '/' ? 0 : other + (c != '.');
	}
	return other == 0 && (dots == 1 || dots == 2);
}

/* "https://a.example.com" is no beginning of "https://a.example.com.evil"; and what begins with a path must stay below it. */
static bool
begins(const char *url, const char *entry)
{
	size_t len = strlen(entry);
	bool   has_path = strlen(path_of(entry)) > 1;

	return str_starts(url, entry) &&
	       (entry[len - 1] == '/' || url[len] == '\0' || strchr("/?#", url[len]) != NULL) &&
	       !(has_path && strays(url));
}

bool
local_allow_url(const struct local_allow *allow, const char *url)
{
	char host[HOST_BYTES_MAX];
	bool of_the_link;

	if (!host_of(url, host))
		return false;
	of_the_link = is_of_the_link(host);
	for (size_t i = 0; i < allow->n; i++) {
		const char *entry = allow->items[i];

		if (strstr(entry, "://") != NULL ? begins(url, entry)
		    : of_the_link                ? str_eq(entry, host)
						 : fnmatch(entry, host, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}

bool
local_allow_link(const struct local_allow *allow, const char *url)
{
	char host[HOST_BYTES_MAX];

	return host_of(url, host) && is_of_the_link(host) && local_allow_url(allow, url);
}

const char *
local_allow_note(const char *url)
{
	char host[HOST_BYTES_MAX];

	return host_of(url, host) && strays(url) ? "; no path with a part \".\" or \"..\", an "
						   "encoded slash or a backslash is below "
						   "one that is listed"
						 : "";
}

void
local_allow_refuse(
    const struct local_allow *allow, const struct local_refusal *refusal, struct problems *problems)
{
	bool       some = allow->list != NULL;
	struct str place;

	str_init(&place, POINTER_MAX);
	str_addf(&place, "%s%s", refusal->pointer, refusal->below);
	problems_add(problems, place.data, "not_allowed", "this server %s %s %s%s (%s)%s%s%s",
	    refusal->does, some ? "other" : "no", refusal->things, some ? " alone" : "",
	    refusal->option, some ? ": " : "", some ? allow->list : "",
	    some ? local_allow_note(refusal->url) : "");
	str_fini(&place);
}
