#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format.sh - clang-format with the tree's .clang-format would leave every C file as it is.
set -u
src=${srcdir:-.}
tool=${CLANG_FORMAT:-clang-format}
if ! command -v "$tool" >/dev/null; then
	echo "format: $tool is missing: run contrib/install-deps --test"
	exit 1
fi
list=$(find "$src/src" "$src/providers" "$src/tests" -name '*.[ch]' | LC_ALL=C sort)
n=$(printf '%s\n' "$list" | grep -c .)
if ! out=$(printf '%s\n' "$list" | xargs -P "$(nproc)" -n 16 "$tool" --dry-run -Werror 2>&1) &&
	[ -z "$out" ]; then
	out="$tool failed"
fi
bad=$(printf '%s\n' "$out" | sed -n 's/^\([^:]*\.[ch]\):[0-9]*:.*/\1/p' | LC_ALL=C sort -u)
wrong=$(printf '%s\n' "$bad" | grep -c .)
for file in $bad; do
	echo "$file: run clang-format -i on it"
done
if [ "$wrong" -eq 0 ] && [ -n "$out" ]; then
	printf '%s\n' "$out"
fi
echo "format: $n files checked, $wrong wrong"
[ "$n" -gt 0 ] && [ "$wrong" -eq 0 ] && [ -z "$out" ]
