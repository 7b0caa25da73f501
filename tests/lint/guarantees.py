#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guarantees.py - holds docs/guarantees.md to the tests there are: each test that it names exists, each failure has
its row, and each row names a test, or says why there is none."""

import re

import tree

PAGE = "docs/guarantees.md"
GUARANTEES = [f"G{n}" for n in range(1, 11)]
FAILURES = range(1, 71)
WITHOUT_A_TEST = ("can't arise", "not built yet")
LOOKS_LIKE_A_TEST = re.compile(r"(test_\w+\.\w+|sim|judge|planted|fuzz|lint):")
CODE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^### (G\d+)\b", re.M)
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.M)

# How a test is named: which file holds it, and what it looks like there. {0} and {1} are the name's two parts.
NAMES = {
    r"(test_\w+\.c):(\w+)": ("tests/unit/{0}", r"^START_TEST\({1}\)"),
    r"(test_\w+\.py):(\w+)": ("tests/integration/{0}", r"^def {1}\("),
    r"(sim):([A-Z_]+)": ("tests/sim/chance.h", r"\bX\({1},"),
    r"(judge):(\w+)": ("tests/sim/judge.h", r"^ \*   {1}  "),
    r"(planted):([A-Z_]+)": ("tests/sim/planted.c", r"\bX\({1},"),
    r"(fuzz):(\w+)": ("tests/fuzz/fuzz_{1}.c", ""),
    r"(lint):(\w+)": ("tests/lint/{1}.py", ""),
}


def is_there(name):
    for pattern, (path, there) in NAMES.items():
        match = re.fullmatch(pattern, name)
        if match:
            try:
                text = tree.read(path.format(*match.groups()))
            except OSError:
                return False
            return re.search(there.format(*match.groups()), text, re.M) is not None
    return False


def names_in(text):
    return [name for name in CODE.findall(text) if LOOKS_LIKE_A_TEST.match(name)]


def check_row(number, rest):
    cells = [cell.strip() for cell in rest.split("|")]
    if len(cells) != 3 or not all(cells):
        return f"failure {number} has not got what it is, what happens, and its tests"
    if not names_in(cells[2]) and not cells[2].startswith(WITHOUT_A_TEST):
        return f"failure {number} names no test, and does not say why"
    return None


def main():
    text = tree.read(PAGE)
    names = names_in(text)
    wrong = [f"{PAGE}: there is no test {name}" for name in sorted(set(names)) if not is_there(name)]
    rows = [(int(n), rest) for n, rest in ROW.findall(text)]
    wrong += [f"{PAGE}: {why}" for number, rest in rows if (why := check_row(number, rest))]
    if [number for number, _ in rows] != list(FAILURES):
        wrong.append(f"{PAGE}: the failures are not those from {FAILURES[0]} to {FAILURES[-1]}, in order and once each")
    if HEADING.findall(text) != GUARANTEES:
        wrong.append(f"{PAGE}: the guarantees are not {', '.join(GUARANTEES)}")
    tree.finish("guarantees", len(names), "names of tests", wrong)


main()
