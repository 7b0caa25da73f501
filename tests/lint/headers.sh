#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers.sh - every header compiles alone.
set -u
src=$(cd "${srcdir:-.}" && pwd)
export src
export CC="${CC:-gcc}"
export CPPFLAGS="${CPPFLAGS:-$(pkg-config --cflags libevent json-c libcurl hiredis libcrypto check)}"

# Twice, so that its guard is tried as well; from stdin, since a header as the main file warns.
one='printf "#include \"%s\"\n#include \"%s\"\nextern int lint_is_not_empty;\n" "$1" "$1" |
	$CC -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
		-I"$src/src" -I"$src" $CPPFLAGS -x c - || echo "WRONG: $1 does not compile alone"'

# suites.h is a list, to be included between a #define and an #undef.
list=$(find "$src/src" "$src/providers" "$src/tests" -name '*.h' ! -name suites.h | LC_ALL=C sort)
n=$(printf '%s\n' "$list" | grep -c .)
out=$(printf '%s\n' "$list" | xargs -P "$(nproc)" -I{} sh -c "$one" one {} 2>&1)
wrong=$(printf '%s\n' "$out" | grep -c '^WRONG: ')
[ -z "$out" ] || printf '%s\n' "$out"
echo "headers: $n headers checked, $wrong wrong"
[ "$n" -gt 0 ] && [ "$wrong" -eq 0 ] && [ -z "$out" ]
