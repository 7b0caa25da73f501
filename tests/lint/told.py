#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""told.py - what pages list of the program is what its sources have: the events of the log, what the audit trail says, which
routes take an Idempotency-Key, how many resource types there are."""

import json
import re

import tree

OPERATIONS, API = "docs/operations.md", "docs/api.md"
CODE = re.compile(r"`([^`\n]+)`")
# An event is named by the words before the format; or is that of a connection, which one place logs for all.
LOGGED = re.compile(r"\blog_(?:debug|info|warn|error|line)\(((?:[^\";]|\"[\w.]+\")*)[,)]")
DOWN = re.compile(r"\.down = \"([\w.]+)\"")
WORD = re.compile(r"\"([\w.]+)\"")
OUTCOME = re.compile(r"\baudit_(?:done|process)\(([^;]*)\);")
ROUTE = re.compile(r"\{ \.method = \"(\w+)\",\s*\.path = \"([^\"]+)\"(.*?)\.handle = ", re.S)
# How many types of a provider: where that is said.
COUNTS = (
    ("README.md", r"\[(\d+) of AWS, (\d+) of GitHub\]", ("aws", "github")),
    ("docs/README.md", r"^(\d+) of AWS, each", ("aws",)),
    ("docs/README.md", r"; (\d+) of GitHub, each", ("github",)),
    ("docs/comparison.md", r"AWS \((\d+) types", ("aws",)),
)


def sources():
    return [tree.read(path) for path in tree.files(".c", folders=("src", "providers"))]


def differs(page, what, told, there):
    return [f"{page}: {what} `{one}` is left out" for one in sorted(there - told)] + [
        f"{page}: there is no {what} `{one}`" for one in sorted(told - there)
    ]


def between(text, begin, end):
    """What a page says from here to there."""
    match = re.search(re.escape(begin) + "(.*?)" + end, text, re.S)
    return match[1] if match else ""


def events(page, texts):
    logged = {word for text in texts for match in LOGGED.finditer(text) for word in WORD.findall(match[1])}
    logged |= {word for text in texts for word in DOWN.findall(text)}
    rows = re.findall(r"^\| ([^|]*) \|", between(page, "## Logs", r"\n##"), re.M)
    told = {name for row in rows for name in CODE.findall(row)}
    return len(logged), differs(OPERATIONS, "event", told, logged)


def audit(page, texts, routes):
    changes = {match[1] for _, _, rest in routes if (match := re.search(r"\.audit = \"([\w.]+)\"", rest))}
    words = {word for text in texts for match in OUTCOME.finditer(text) for word in WORD.findall(match[1])}
    changes |= {word for word in words if "." in word}
    ends = words - changes
    part = between(page, "### The audit trail", r"\n##")
    told = set(CODE.findall(between(part, "`what` is", "`outcome` is")))
    outcomes = set(CODE.findall(between(part, "`outcome` is", "\n\n")))
    wrong = differs(OPERATIONS, "what of the audit trail", told, changes)
    return len(changes | words), wrong + differs(OPERATIONS, "outcome", outcomes & ends, ends)


def once(page, routes):
    taken = {path for _, path, rest in routes if ".once = " in rest}
    told = set(CODE.findall(between(page, "It is taken by", r"[;.] ")))
    wrong = [f"{API}: {name} takes no Idempotency-Key" for name in sorted(told) if not any(is_end(path, name) for path in taken)]
    return len(taken), wrong + [f"{API}: {path} takes an Idempotency-Key, too" for path in sorted(taken) if not any(is_end(path, name) for name in told)]


def is_end(path, name):
    return path.endswith("/" + name)


def counted(provider):
    """Composites are told of by themselves: they have resources instead of a provider."""
    paths = tree.files(".json", folders=(f"schemas/{provider}",))
    return sum("resources" not in json.loads(tree.read(path)) for path in paths)


def counts():
    wrong = []
    for page, pattern, providers in COUNTS:
        match = re.search(pattern, tree.read(page), re.M)
        if not match or [int(n) for n in match.groups()] != [counted(provider) for provider in providers]:
            have = ", ".join(f"{counted(provider)} of {provider}" for provider in providers)
            wrong.append(f"{page}: it does not say that there are {have}")
    return len(COUNTS), wrong


def main():
    texts, page = sources(), tree.read(OPERATIONS)
    routes = ROUTE.findall(tree.read("src/api/routes.c"))
    found = [events(page, texts), audit(page, texts, routes), once(tree.read(API), routes), counts()]
    tree.finish("told", sum(n for n, _ in found), "words and numbers of pages", [one for _, wrong in found for one in wrong])


main()
