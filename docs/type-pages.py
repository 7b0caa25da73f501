#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""type-pages.py - a page of Markdown for each service, with all of its resource types, and one that lists the pages.

    type-pages.py TYPES CYCLES OUT      TYPES holds aws/*.json and the like, CYCLES what is proven on the emulator

What is proven there is each type's example."""

import collections
import json
import pathlib
import sys

IDENTITY = {"tagged": "by its tags", "named": "by a name that is made for it",
            "child": "by its parent, and what it is called there", "listed": "by what never changes of it"}
DEPTH_MAX = 6


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def kind_of(schema):
    kinds = schema.get("type", "any")
    text = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if "enum" in schema:
        text += ": " + ", ".join(f"`{value}`" for value in schema["enum"])
    return text


def notes(schema, required):
    said = ["required"] if required else []
    if "default" in schema:
        said.append(f"default `{json.dumps(schema['default'])}`")
    if schema.get("x-replace"):
        said.append("a change replaces")
    if schema.get("writeOnly"):
        said.append("never read back")
    if schema.get("x-irreversible"):
        said.append("a rollback can't restore it")
    return ", ".join(said)


def follow(root, schema):
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] | schema if name else schema


def within(root, schema):
    """The schema that has properties: itself, or what is in a list or a map."""
    for candidate in (schema, schema.get("items"), schema.get("additionalProperties")):
        if isinstance(candidate, dict):
            candidate = follow(root, candidate)
            if "properties" in candidate:
                return candidate
    return None


def properties(root, schema, path="", depth=0):
    """A row for each, those within others behind them."""
    holder = within(root, schema)
    if holder is None or depth > DEPTH_MAX:
        return
    for name, value in holder["properties"].items():
        value, where = follow(root, value), f"{path}{name}"
        yield (f"`{where}`", kind_of(value), notes(value, name in holder.get("required", [])),
               value.get("description", ""))
        yield from properties(root, value, where + ".", depth + 1)


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |",
            *("| " + " | ".join(map(cell, row)) + " |" for row in rows), ""]


def nature(file):
    said = ["Global." if file.get("global") else "Regional."]
    if "identity" in file:
        said.append(f"Found again {IDENTITY[file['identity']['class']]}.")
    if "seconds" in file:
        said.append(f"A create takes about {file['seconds']:g} s.")
    create = file.get("irreversible", {}).get("create")
    if create:
        unless = ", unless there is " + " or ".join(f"`{name}`" for name in create["unless"]) if "unless" in create else ""
        said.append(f"A delete does not undo a create{unless}: {create['why']}.")
    return " ".join(said)


def example(cycles, path):
    """Of a file aws/iam_role.json, iam_role.json; of github/repo.json, github_repo.json."""
    found = [cycles / name for name in (f"{path.parent.name}_{path.name}", path.name) if (cycles / name).exists()]
    if not found:
        return []
    resources = json.loads(found[0].read_text())["resources"]
    return ["```json", json.dumps({"resources": resources}, indent=2, ensure_ascii=False), "```", ""]


def section(file, shown):
    out = [f"## {file['type']}", "", f"**{file['title']}.** {file.get('description', '')}", ""]
    if "resources" in file:
        out += ["It expands into these:", "",
                *table(("resource", "type"), ((name, part["type"]) for name, part in file["resources"].items()))]
    else:
        out += [nature(file), ""]
    if "kinds" in file:
        out += [f"It stands for types such as `{file['type']}:{file['kinds']['example']}`.", ""]
    rows = list(properties(file["properties"], file["properties"]))
    out += table(("property", "type", "", "what it is"), rows) if rows else []
    out += table(("output", "what it is"), (
        (f"`{name}`" + (" (a bare reference)" if name == file["reference"] else ""), output.get("description", ""))
        for name, output in file["outputs"].items()))
    return out + shown


def page_of(file):
    """That of its service: what stands before the kind, which an open type leaves to the config."""
    parts = file["type"].split(":")
    return "-".join(parts if "kinds" in file else parts[:-1])


def main():
    types, cycles, out = map(pathlib.Path, sys.argv[1:])
    pages = collections.defaultdict(list)
    for path in sorted(types.glob("*/*.json")):
        if path.parent.name != "api":
            file = json.loads(path.read_text())
            pages[page_of(file)].append((file, example(cycles, path)))
    out.mkdir(parents=True, exist_ok=True)
    index = ["# Resource types", ""]
    for page, files in sorted(pages.items()):
        lines = [f"# {page.replace('-', ':')}", ""]
        for file, shown in files:
            lines += section(file, shown)
            index.append(f"- [{file['type']}]({page}.md): {file['title']}")
        (out / f"{page}.md").write_text("\n".join(lines))
    (out / "README.md").write_text("\n".join(index) + "\n")


if __name__ == "__main__":
    main()
