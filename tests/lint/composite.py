# SPDX-License-Identifier: Apache-2.0
"""composite.py - what contract.py asks of a composite type: that its resources are of types that there are, with the
properties that those have and require."""

import json
import re

import jsonschema

import tree

PROPERTY = re.compile(r"\{([a-z][a-z0-9_.]*)\}")  # of a composite
LINK = re.compile(r"@\{?([a-z][a-z0-9-]*)(?:\.([a-z0-9_]+))?\}?")  # to another resource of it


def types_of(schema):
    types = schema.get("type", [])
    return set(types if isinstance(types, list) else [types])


class Composite:
    """The file of a composite type, and those of the types that it is made of."""

    def __init__(self, path, types):
        self.path, self.type, self.types, self.wrong, self.notes, self.facts = (
            path, json.loads(tree.read(path)), types, [], [], 0)
        self.inner = {name: types.get(part["type"]) for name, part in self.type["resources"].items()}

    def fact(self, holds, where, what):
        self.facts += 1
        if not holds:
            self.wrong.append(f"{self.path}: {where}: {what}")
        return bool(holds)

    def property(self, path):
        schema = self.type["properties"]
        for name in path.split("."):
            schema = schema.get("properties", {}).get(name, {})
        return schema

    def link(self, name, output, where):
        inner = self.inner.get(name)
        if self.fact(inner, where, f"there is no resource {name}") and output:
            self.fact(output in inner["outputs"], where, f"{name} has no output {output}")

    def value(self, value, schema, root, where):
        """What a member is given, against the schema that its type has for it."""
        if isinstance(value, dict) and "properties" in schema:
            for key, part in value.items():
                if self.fact(key in schema["properties"], where, f"there is no {key}"):
                    self.value(part, schema["properties"][key], root, f"{where}.{key}")
            return
        text = json.dumps(value)
        for link in LINK.findall(text):
            self.link(*link, where)
        whole = PROPERTY.fullmatch(value) if isinstance(value, str) else None
        if whole:
            mine, theirs = (types_of(part) for part in (self.property(whole[1]), schema))
            self.fact(mine and mine <= theirs, where, f"{'/'.join(sorted(mine))} for {'/'.join(sorted(theirs))}")
        elif not PROPERTY.search(text) and not LINK.search(text):
            found = list(jsonschema.Draft202012Validator({**schema, "$defs": root.get("$defs", {})}).iter_errors(value))
            self.fact(not found, where, found and found[0].message)

    def check_part(self, name, part):
        inner = self.inner[name]
        if not self.fact(inner and "resources" not in inner, name, f"{part['type']} is no type, or a composite"):
            return
        given, schema = dict(part["properties"]), inner["properties"]
        spread = given.pop("*", None)
        for key in schema.get("required", []):
            self.fact(key in given, name, f"{key} is required, and not given")
        if spread:
            self.fact(self.property(spread.strip("{}")).get("type") == "object", name, f"{spread} has no members")
        self.value(given, schema, schema, name)

    def check(self):
        for name, part in self.type["resources"].items():
            self.check_part(name, part)
        for name, output in self.type["outputs"].items():
            self.link(*output["from"].split("."), f"outputs.{name}")
