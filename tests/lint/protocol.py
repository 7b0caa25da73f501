#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""protocol.py - all that a provider is asked and answers crosses to another process: each member of those structs of
provider.h is in the codec's tables, or is told here why it is not."""

import re

import tree

# Of the process that it is in; or written and read by hand: the type by its name, items and problems one by one.
STAYS = {
    "op": {"type", "identity", "credentials", "done", "output", "impl"},
    "identity": set(),
    "whose": {"credentials", "done", "impl"},
    "sweep": {"credentials", "done", "impl"},
    "errand": {"credentials", "done", "impl"},
    "check": {"items", "items_n", "problems", "done", "impl"},
    "check_item": {"type"},
}
MEMBER = re.compile(r"(?:\(\*(\w+)\)\(|(\w+)(?:\[\w+\])?;)")
FIELD = re.compile(r"FIELD\((\w+), (\w+),")


def members(code, struct):
    body = re.search(r"^struct %s \{\n(.*?)^\};" % struct, code, re.M | re.S).group(1)
    return {match[1] or match[2] for line in body.split(";") if (match := MEMBER.search(line + ";"))}


def main():
    wrong, checked = [], 0
    header = tree.code(tree.read("src/provider/provider.h"))
    crosses = {}
    for struct, member in FIELD.findall(tree.code(tree.read("src/provider/protocol.c"))):
        crosses.setdefault(struct, set()).add(member)
    for struct, stays in STAYS.items():
        there = members(header, struct)
        checked += len(there)
        wrong += [f"src/provider/protocol.c: {struct}.{m} does not cross"
                  for m in sorted(there - stays - crosses[struct] if struct in crosses else there - stays)]
        wrong += [f"tests/lint/protocol.py: {struct} has no {m}" for m in sorted(stays - there)]
    tree.finish("protocol", checked, "members", wrong)


main()
