#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""listed.py - holds the lists of the local.mk files, and the list of unit test suites, to the files there are.
A list left behind builds in the tree it was written in and nowhere else, and a suite left out tests nothing.
With --fix it brings the local.mk files up to date."""

import os
import re
import sys

import tree

# Of each fragment: what its lists name. A new file goes to the list that holds its folder's other files.
FRAGMENTS = {
    "src": (".c", ".h"),
    "providers": (".c", ".h"),
    "schemas": (".json",),
    "web": (".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".svg", ".json"),
    "tests": (".c", ".h", ".py", ".ini"),
}
ENTRY = re.compile(r"%D%/([\w./-]+)")


def there(folder, suffixes):
    return {p.removeprefix(folder + "/") for p in tree.files(*suffixes, folders=(folder,))}


def fix(lines, missing, gone):
    lines = [line for line in lines if not (m := ENTRY.fullmatch(line.strip(" \t\\"))) or m[1] not in gone]
    for path in sorted(missing):
        entries = [(m[1], at) for at, line in enumerate(lines) if (m := ENTRY.fullmatch(line.strip(" \t\\")))]
        near = [(e, at) for e, at in entries if os.path.dirname(e) == os.path.dirname(path)]
        if not near:
            raise SystemExit(f"listed: no list holds files of the folder of {path}: add it by hand")
        before = [at for e, at in near if e < path]
        at = before[-1] + 1 if before else near[0][1]
        lines.insert(at, f"\t%D%/{path} \\")
    # The last entry of a list has no backslash, and any other has one.
    for at, line in enumerate(lines):
        if ENTRY.fullmatch(line.strip(" \t\\")):
            more = at + 1 < len(lines) and ENTRY.fullmatch(lines[at + 1].strip(" \t\\"))
            lines[at] = line.rstrip(" \\") + (" \\" if more else "")
    return lines


def main():
    wrong, checked = [], 0
    for folder, suffixes in FRAGMENTS.items():
        fragment = f"{folder}/local.mk"
        text = tree.read(fragment)
        listed = {p for p in ENTRY.findall(text) if p.endswith(suffixes)}
        files = there(folder, suffixes)
        checked += len(files)
        missing, gone = files - listed, listed - files
        if (missing or gone) and "--fix" in sys.argv:
            with open(os.path.join(tree.ROOT, fragment), "w", encoding="utf-8") as file:
                file.write("\n".join(fix(text.splitlines(), missing, gone)) + "\n")
            continue
        wrong += [f"{fragment}: {folder}/{path} is not listed" for path in sorted(missing)]
        wrong += [f"{fragment}: {folder}/{path} is listed but not there" for path in sorted(gone)]
    suites = set(re.findall(r"^X\((\w+)\)", tree.read("tests/unit/suites.h"), re.M))
    tests = {os.path.basename(p)[len("test_") : -len(".c")] for p in there("tests", (".c",)) if "/test_" in p}
    wrong += [f"tests/unit/suites.h: {name} is in one place only" for name in sorted(suites ^ tests)]
    tree.finish("listed", checked, "files", wrong)


main()
