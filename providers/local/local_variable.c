/* SPDX-License-Identifier: Apache-2.0
 * local_variable.c - the table of them. */
#include "providers/local/local_variable.h"

#include <fnmatch.h>
#include <stddef.h>

#include "util/check.h"

static const char *const patterns[] = {
	/* What glibc itself takes from a program that may do more than its caller (unsecvars.h), but for TMPDIR, which only says
	 * where to write; and what musl has of its own. */
	"LD_*", "GLIBC_TUNABLES", "GCONV_PATH", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN",
	"LOCPATH", "MALLOC_*", "MUSL_LOCPATH", "NIS_PATH", "NLSPATH", "RESOLV_HOST_CONF",
	"RES_OPTIONS", "TZDIR",

	/* Where programs, and the files that tell them what else to run, are looked for. */
	"PATH", "HOME", "XDG_*",

	/* Shells and interpreters, which sudo takes as well: what they read first, and where they load from. */
	"BASH_ENV", "BASH_FUNC_*", "BASHOPTS", "CDPATH", "ENV", "FPATH", "GLOBIGNORE", "IFS",
	"NULLCMD", "PROMPT_COMMAND", "PS4", "READNULLCMD", "SHELL", "SHELLOPTS", "ZDOTDIR",
	"AWKLIBPATH", "AWKPATH", "BUNDLE_*", "CLASSPATH", "COMPLUS_*", "CORECLR_*", "DOTNET_*",
	"ERL_*", "GEM_*", "GUILE_*", "_JAVA_OPTIONS", "JAVA_*", "JDK_JAVA_OPTIONS", "LUA_*",
	"NODE_*", "NPM_CONFIG_*", "PERL*", "PHPRC", "PHP_INI_SCAN_DIR", "PYTHON*", "R_ENVIRON*",
	"R_HOME", "R_LIBS*", "R_PROFILE*", "RUBY*", "TCLLIBPATH",

	/* Programs that run others: which, with what options, or by which file. */
	"*_ASKPASS", "*EDITOR", "*PAGER", "ANSIBLE_*", "AWS_CONFIG_FILE",
	"AWS_SHARED_CREDENTIALS_FILE", "BROWSER", "CARGO_*", "CURL_HOME", "CVS_RSH", "DOCKER_*",
	"GIT_*", "GNUMAKEFLAGS", "GOFLAGS", "HELM_*", "KUBECONFIG", "LESSCLOSE", "LESSOPEN",
	"MAKEFILES", "MAKEFLAGS", "OPENSSL_*", "PIP_*", "RSYNC_*", "RUSTC*", "SASL_*", "SSH_*",
	"SVN_SSH", "TAR_OPTIONS", "TF_CLI_*", "VISUAL", "WGETRC"
};

/* Some programs take their own in any case. */
bool
local_variable_steers(const char *name)
{
	for (size_t i = 0; i < array_len(patterns); i++) {
		if (fnmatch(patterns[i], name, FNM_CASEFOLD) == 0)
			return true;
	}
	return false;
}
