#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""routes.py - holds the table at the top of docs/api.md to the route table: each route is there, with its method, and no other.
Within a cell, a path without a method has that of the code before it, and {a, b} stands for each of them."""

import re

import tree

TABLE = "src/api/routes.c"
PAGE = "docs/api.md"
ROUTE = re.compile(r'\.method = "(\w+)",\s*\.path = "([^"]+)"')
CODE = re.compile(r"`([^`]+)`")


def each(path):
    match = re.search(r"\{([^}]*, [^}]*)\}", path)
    return [path.replace(match[0], one) for one in match[1].split(", ")] if match else [path]


def told(cell):
    methods, path_seen = [], True
    for code in CODE.findall(cell):
        words = code.split(" ", 1)
        if words[0].isupper():
            methods = [words[0]] if path_seen else [*methods, words[0]]
            words, path_seen = words[1:], False
        for path in (p for word in words for p in each(word)):
            path_seen = True
            yield from ((method, path) for method in methods)


def main():
    routes = set(ROUTE.findall(tree.read(TABLE)))
    head = tree.read(PAGE).split("\n## ")[0]
    cells = [line.split(" | ")[0] for line in head.splitlines() if line.startswith("| [`")]
    there = {route for cell in cells for route in told(cell)}
    wrong = [f"{PAGE}: {' '.join(route)} is not in the table of routes" for route in sorted(routes - there)]
    wrong += [f"{PAGE}: {' '.join(route)} is in the table of routes, and no route" for route in sorted(there - routes)]
    tree.finish("routes", len(routes), "routes", wrong)


main()
