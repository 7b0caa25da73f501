#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""schemas.py - every file under schemas/ is JSON without duplicate keys; every resource type is what
schemas/api/resource-type.json says one is, says of all it has what that is, and is in the file that the registry looks for it in."""

import json

import jsonschema

import tree

META = "schemas/api/resource-type.json"
EXAMPLES = "schemas/api/examples/"


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"duplicate keys: {', '.join(twice)}")
    return dict(pairs)


def parse(path):
    return json.loads(tree.read(path), object_pairs_hook=no_duplicates)


def is_resource_type(path):
    return path.count("/") >= 2 and not path.startswith("schemas/api/")


def name_by_path(path):
    """schemas/aws/lambda_function.json: aws:lambda:function."""
    return ":".join(path.removesuffix(".json").split("/")[1:]).replace("_", ":", 1)


def undescribed(schema, where):
    """Properties, on any level, that nothing is said of."""
    for name, value in schema.get("properties", {}).items():
        if not value.get("description") and "$ref" not in value:
            yield f"{where}.{name}"
        yield from undescribed(value, f"{where}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from undescribed(schema[word], where + "[]")
    for name, value in schema.get("$defs", {}).items():
        yield from undescribed(value, name)


def silences(path, file):
    """What people would look for in vain."""
    missing = ["description"] if not file.get("description") else []
    missing += undescribed(file.get("properties", {}), "properties")
    missing += [f"outputs.{name}" for name, output in file.get("outputs", {}).items() if not output.get("description")]
    return [f"{path}: {name}: nothing says what it is" for name in missing]


def problems(path, validator):
    try:
        json_value = parse(path)
    except ValueError as error:
        return [f"{path}: {error}"]
    found = []
    if path.startswith(EXAMPLES):
        return found
    schema = json_value.get("properties") if is_resource_type(path) else json_value
    # A request's schema is a JSON Schema as a whole, a resource type holds one.
    if isinstance(schema, dict):
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            found.append(f"{path}: not a JSON Schema: {error.json_path}: {error.message}")
    if is_resource_type(path):
        found += [f"{path}: {error.json_path}: {error.message}" for error in validator.iter_errors(json_value)]
        if json_value.get("type") != name_by_path(path):
            found.append(f"{path}: its type must be {name_by_path(path)}")
        found += silences(path, json_value)
    return found


def main():
    validator = jsonschema.Draft202012Validator(parse(META))
    paths = tree.files(".json", folders=("schemas",))
    wrong = [problem for path in paths for problem in problems(path, validator)]
    tree.finish("schemas", len(paths), "files", wrong)


main()
