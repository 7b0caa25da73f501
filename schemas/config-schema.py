#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""config-schema.py - the schema of a config for editors: api/config.json, which knows resources only in general, with the
properties of every type.

    config-schema.py FOLDER >config.json        FOLDER holds api/config.json, and the type files in folders of their own

It says less than the server does: a reference may stand for any value, and what a resource must have is asked for only where
no `references` could give it."""

import json
import pathlib
import sys

REFERENCE = {"$ref": "#/$defs/reference"}
# Words that are schemas, lists of schemas, and schemas by name.
ONE = ("items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames")
SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")
SAID = ("title", "description", "default")  # to people, in an editor
# What says which properties there must be.
PRESENCE = ("required", "dependentRequired", "oneOf", "anyOf", "allOf", "not", "if", "then", "else", "dependentSchemas")


def plain(schema, base):
    """Without our annotations, and with references to the type's own definitions."""
    if not isinstance(schema, dict):
        return schema
    out = {}
    for word, value in schema.items():
        if word.startswith("x-"):
            continue
        if word == "$ref":
            value = base + value.removeprefix("#")
        elif word in ONE:
            value = plain(value, base)
        elif word in SEVERAL:
            value = [plain(item, base) for item in value]
        elif word in NAMED:
            value = {name: plain(item, base) for name, item in value.items()}
        out[word] = value
    return out


def or_reference(schema):
    """The value, or what stands for it until it is known; what people read stays outside."""
    if not isinstance(schema, dict) or not schema:
        return schema
    said = {word: schema[word] for word in SAID if word in schema}
    value = {word: schema[word] for word in schema if word not in SAID}
    return said | {"anyOf": [within(value), REFERENCE]}


def within(schema):
    """The same of all values that it holds."""
    out = dict(schema)
    for word in ("properties", "patternProperties", "$defs"):
        if word in out:
            out[word] = {name: or_reference(item) for name, item in out[word].items()}
    for word in ("items", "additionalProperties"):
        if word in out:
            out[word] = or_reference(out[word])
    return out


def split(schema):
    """What the properties are, and which there must be."""
    presence = {word: schema[word] for word in PRESENCE if word in schema}
    for word in presence:
        if word in ("then", "else"):
            presence[word] = within(presence[word])
        elif word in SEVERAL:
            presence[word] = [within(item) for item in presence[word]]
    return {word: value for word, value in schema.items() if word not in PRESENCE}, presence


def clause(file, pointer):
    """What holds of a resource if it is of this type."""
    name, kinds = file["type"], file.get("kinds")
    is_it = {"pattern": "^%s:%s" % (name, kinds["pattern"].removeprefix("^"))} if kinds else {"const": name}
    then = {"properties": {"properties": {"$ref": pointer}}}
    _, presence = split(plain(file["properties"], pointer))
    if presence:
        then |= {"if": {"not": {"required": ["references"]}},
                 "then": {"required": ["properties"], "properties": {"properties": presence}}}
    return {"if": {"required": ["type"], "properties": {"type": is_it}}, "then": then}


def names(files):
    exact = {"enum": [file["type"] for file in files if "kinds" not in file]}
    return [exact] + [{"pattern": "^%s:%s" % (file["type"], file["kinds"]["pattern"].removeprefix("^"))}
                      for file in files if "kinds" in file]


def config_schema(folder):
    schema = json.loads((folder / "api" / "config.json").read_text())
    files = sorted((json.loads(path.read_text()) for path in folder.glob("*/*.json") if path.parent.name != "api"),
                   key=lambda file: file["type"])
    definitions = schema["$defs"]
    definitions["reference"] = {
        "title": "Reference or secret",
        "description": "\"@resource\" or \"@resource.output\", \"@{resource.output}\" within a longer string, or "
                       "{\"$sealed\": \"...\"}.",
        "anyOf": [{"type": "string", "pattern": "^@|@\\{"},
                  {"type": "object", "required": ["$sealed"], "properties": {"$sealed": {"type": "string"}}}]}
    definitions["types"] = {}
    resource = definitions["resource"]
    resource["allOf"] = []
    resource["properties"]["type"]["anyOf"] = names(files)
    check = definitions["check"]
    check["allOf"] = []
    check["properties"]["type"]["anyOf"] = names([file for file in files if "as_check" in file])
    for file in files:
        pointer = "#/$defs/types/" + file["type"]
        properties, _ = split(plain(file["properties"], pointer))
        definitions["types"][file["type"]] = within({"title": file["title"], "description": file.get("description", "")}
                                                    | properties)
        resource["allOf"].append(clause(file, pointer))
        if "as_check" in file:
            check["allOf"].append(clause(file, pointer))
    return schema


def main():
    json.dump(config_schema(pathlib.Path(sys.argv[1])), sys.stdout, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
