#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# types.sh - holds the page's sources to their types, by TypeScript's compiler. Skipped where that is not installed.
set -eu
web=${srcdir:-.}/web
if ! command -v node >/dev/null || [ ! -f "$web/node_modules/typescript/bin/tsc" ]; then
	echo "types: needs TypeScript: contrib/install-deps --test"
	exit 77
fi
node "$web/node_modules/typescript/bin/tsc" --noEmit -p "$web"
echo "types: $(find "$web/src" -name '*.ts*' | wc -l) files checked, 0 wrong"
