#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""links.py - each link of the documentation leads somewhere: to a file of the tree, and to a heading of it. Each page can be reached
from README.md, and is in a release."""

import os
import re

import tree

FENCED = re.compile(r"^( *)```.*?^ *```$", re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.*)$", re.M)
ELSEWHERE = re.compile(r"[a-z]+:")
START = "README.md"


def anchor(heading):
    """As GitHub makes them: letters, digits, - and _, and a - for each space."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
    return re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", text.lower()))


def anchors(page):
    found, seen = set(), {}
    for heading in HEADING.findall(FENCED.sub("", tree.read(page))):
        name = anchor(heading)
        n = seen[name] = seen.get(name, -1) + 1
        found.add(f"{name}-{n}" if n else name)
    return found


def links(page):
    text = FENCED.sub(lambda match: "\n" * match[0].count("\n"), tree.read(page))
    return [(match[1], tree.line_of(text, match.start())) for match in LINK.finditer(text) if not ELSEWHERE.match(match[1])]


def where(page, link):
    path, _, fragment = link.partition("#")
    return os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page, fragment


def check(page, link):
    path, fragment = where(page, link)
    if not os.path.exists(os.path.join(tree.ROOT, path)):
        return f"there is no {path}"
    if fragment and path.endswith(".md") and fragment not in anchors(path):
        return f"{path} has no heading #{fragment}"
    return None


def reached():
    found, left = set(), [START]
    while left:
        page = left.pop()
        if page not in found and page.endswith(".md") and os.path.exists(os.path.join(tree.ROOT, page)):
            found.add(page)
            left += [where(page, link)[0] for link, _ in links(page)]
    return found


def main():
    pages = [START, *(page for page in tree.files(".md", folders=("docs",)) if not page.startswith("docs/types/"))]
    wrong, checked = [], 0
    for page in pages:
        for link, line in links(page):
            checked += 1
            why = check(page, link)
            wrong += [f"{page}:{line}: {why}"] if why else []
    wrong += [f"{page}: no page leads to it" for page in sorted(set(pages) - reached())]
    released = "".join(tree.read(path) for path in ("Makefile.am", "contrib/local.mk", "tests/local.mk"))
    wrong += [f"{page}: it is not in a release" for page in pages[1:] if page not in released]
    tree.finish("links", checked, "links", wrong)


main()
