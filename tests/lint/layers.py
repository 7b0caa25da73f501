#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layers.py - holds every #include to docs/layers.txt."""

import re

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
EVERYTHING = "*"


def read_rules():
    layers, only = {}, {}
    for number, line in enumerate(tree.read("docs/layers.txt").splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, colon, rest = line.partition(":")
        if not colon:
            raise SystemExit(f"docs/layers.txt:{number}: no colon")
        header = re.fullmatch(r"only <(.+)>", name)
        if header:
            only[header.group(1)] = rest.split()
        else:
            layers[name] = rest.split()
    return layers, only


def layer_of(path):
    """Of a file, or of a header as it is included ("util/str.h", "providers/aws/call.h"). What lies
    in src/ itself is the program that puts all together: main."""
    parts = path.removeprefix("src/").split("/")
    if parts[0] == "providers" and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0] if len(parts) > 1 else "main"


def rule_of(layers, layer):
    if layer in layers:
        return layers[layer]
    return layers.get("providers/*") if layer.startswith("providers/") else None


def is_known(layers, layer):
    return rule_of(layers, layer) is not None


def wrong_include(layers, only, path, quote, header):
    """What is wrong with it, or None."""
    for name, allowed in only.items():
        if (header == name or name.endswith("/") and header.startswith(name)) and path not in allowed:
            if not path.startswith("tests/"):
                return f"only {' '.join(allowed)} may include <{name}>"
    if quote == "<" or "/" not in header:
        return None
    mine, theirs = layer_of(path), layer_of(header)
    rule = rule_of(layers, mine)
    if rule is None:
        return f"the layer {mine} is not in docs/layers.txt"
    if mine == theirs or EVERYTHING in rule:
        return None
    if not is_known(layers, theirs):
        return f'"{header}" is in no layer'
    if theirs not in rule:
        return f"{mine} may not include {theirs}"
    return None


def main():
    layers, only = read_rules()
    wrong, checked = [], 0
    for path in tree.files(".c", ".h"):
        text = tree.read(path)
        for match in INCLUDE.finditer(text):
            checked += 1
            why = wrong_include(layers, only, path, *match.groups())
            if why:
                wrong.append(f"{path}:{tree.line_of(text, match.start())}: {why}")
    tree.finish("layers", checked, "includes", wrong)


main()
