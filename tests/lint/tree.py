# SPDX-License-Identifier: Apache-2.0
"""tree.py - what all lints share: the files of the source tree, C without comments, and the summary."""

import os
import re
import sys

ROOT = os.environ.get("srcdir", ".")
FOLDERS = ("src", "providers", "tests")
# Comments, strings and characters, in one pattern, so that none is found inside another.
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(*suffixes, folders=FOLDERS):
    """Paths relative to the source tree, sorted."""
    found = []
    for folder in folders:
        for path, dirs, names in os.walk(os.path.join(ROOT, folder)):
            dirs[:] = sorted(d for d in dirs if d not in ("__pycache__", ".deps", "node_modules", "built"))
            found += [os.path.relpath(os.path.join(path, n), ROOT) for n in names if n.endswith(suffixes)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blank(match):
    """Keeps the lines and the quotes of what is blanked out."""
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[0]
    return re.sub(r"[^\n]", " ", text)


def code(text):
    """C source with comments and the insides of strings turned to spaces: same lines, same columns."""
    return TOKEN.sub(blank, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def finish(name, checked, what, wrong, notes=()):
    """One line each, then the summary. It is an error to have checked nothing."""
    for note in notes:
        print(f"note: {note}")
    for one in wrong:
        print(one)
    print(f"{name}: {checked} {what} checked, {len(wrong)} wrong")
    if checked == 0:
        print(f"{name}: there was nothing to check")
    sys.exit(1 if wrong or checked == 0 else 0)
