#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""functions.py - no function over 70 lines, no file over 600; a file over 400 is noted."""

import re

import tree

FUNCTION_MAX = 70
FILE_NOTE = 400
FILE_MAX = 600

# In this tree a definition has its name in the first column, and its braces as well. Check's tests
# are the macro START_TEST(name).
START = re.compile(r"^(?:START_TEST\((\w+)\)|(\w+)\()", re.M)


def functions(code):
    """(name, line of the opening brace, lines from brace to brace) of each function."""
    for match in START.finditer(code):
        brace = code.find("\n{\n", match.end() - 1)
        between = code[match.end() : brace]
        if brace < 0 or ";" in between or "}" in between:
            continue
        end = code.find("\n}", brace)
        if end > 0:
            yield match.group(1) or match.group(2), tree.line_of(code, brace + 1), code.count("\n", brace, end)


def main():
    wrong, notes, checked = [], [], 0
    for path in tree.files(".c", ".h"):
        code = tree.code(tree.read(path))
        lines = code.count("\n")
        if lines > FILE_MAX:
            wrong.append(f"{path}: {lines} lines, more than {FILE_MAX}")
        elif lines > FILE_NOTE:
            notes.append(f"{path}: {lines} lines, more than {FILE_NOTE}")
        for name, line, length in functions(code):
            checked += 1
            if length > FUNCTION_MAX:
                wrong.append(f"{path}:{line}: {name}() has {length} lines, more than {FUNCTION_MAX}")
    tree.finish("functions", checked, "functions", wrong, notes)


main()
