#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""banned.py - functions that are called nowhere, or in one file only; and notes to self."""

import re

import tree

# A function, and the files that may call it.
BANNED = {
    "malloc": ("src/util/mem.c",),
    "calloc": ("src/util/mem.c",),
    "realloc": ("src/util/mem.c", "src/wiped.c"),
    "reallocarray": ("src/util/mem.c",),
    "strdup": (),
    "strndup": (),
    "asprintf": (),
    "vasprintf": (),
    "strcpy": (),
    "stpcpy": (),
    "strcat": (),
    "strncat": (),
    "sprintf": (),
    "vsprintf": (),
    "gets": (),
    "scanf": (),
    "atoi": (),
    "atol": (),
    "atoll": (),
    "atof": (),
    "strtok": (),
    "strtok_r": (),
    "alloca": (),
    "system": (),
    "popen": (),
    "tmpnam": (),
    "mktemp": (),
    "sleep": (),
    "usleep": (),
    "nanosleep": (),
    "rand": (),
    "srand": (),
    "random": (),
    "time": ("src/loop/loop_ev.c",),
    "gettimeofday": ("src/loop/loop_ev.c",),
    "clock_gettime": ("src/loop/loop_ev.c",),
    "localtime": (),
    "gmtime": (),
}
# Tests may allocate as they like (Check aborts for them), and benches have to time things.
TESTS_MAY = {"malloc", "calloc", "realloc", "strdup", "strndup"}
BENCHES_MAY = TESTS_MAY | {"clock_gettime"}

CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
NOTE = re.compile(r"\b(TODO|FIXME|XXX)\b")


def may(path, name):
    if path.startswith("tests/bench/"):
        return name in BENCHES_MAY
    if path.startswith("tests/"):
        return name in TESTS_MAY
    return path in BANNED[name]


def main():
    wrong, checked = [], 0
    for path in tree.files(".c", ".h"):
        text = tree.read(path)
        code = tree.code(text)
        checked += 1
        for match in CALL.finditer(code):
            if not may(path, match.group(1)):
                wrong.append(f"{path}:{tree.line_of(code, match.start())}: {match.group(1)}() is banned here")
        for match in NOTE.finditer(text):
            wrong.append(f"{path}:{tree.line_of(text, match.start())}: {match.group(1)}: an issue, or nothing")
    tree.finish("banned", checked, "files", wrong)


main()
