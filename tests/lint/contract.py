#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""contract.py - holds every AWS type file to AWS's own service models, without any network: that each call there is, that
what goes into it and what is read of its answer are members of it and of a fitting type, that required members are sent,
and that the values we allow are among those that AWS takes. One fact is one of these, at one place of one file. A
composite has no calls: its resources are held to the files of their types."""

import functools
import glob
import gzip
import json
import os
import re

import composite
import tree

MODELS = os.environ.get("AWS_MODELS") or "/usr/lib/python3/dist-packages/botocore/data"
# Newer than the models of some distributions that we build on: where a model lacks these, that is noted and no more.
NEWER = {
    "schemas/aws/dynamodb_table.json": "deletion_protection_enabled", "schemas/aws/pipes_pipe.json": "log_configuration",
    "schemas/aws/s3_bucket.json": "aws:kms:dsse",
}
LISTS = ("read", "create", "update", "delete", "finish", "remove", "tag", "untag", "why", "in_the_way", "check")
REFERENCE = re.compile(r"\{([^{}]+)\}")
# Of our JSON types, those that each type of AWS's can be. A number or a flag may be text on the wire.
FITS = {
    "structure": {"object"}, "map": {"object"}, "list": {"array"}, "boolean": {"boolean"},
    "string": {"string", "integer", "number", "boolean"}, "character": {"string"}, "blob": {"string"},
    "timestamp": {"string", "integer", "number"}, "integer": {"integer"}, "long": {"integer"},
    "float": {"number", "integer"}, "double": {"number", "integer"}, "bigdecimal": {"number", "integer"},
}
ANY = {"type": "any"}  # within a text that is JSON
PLAIN = {"string", "integer", "number", "boolean"}
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


@functools.cache
def load(service, name):
    paths = sorted(glob.glob(os.path.join(MODELS, service, "*", name + ".json*")))
    if not paths:
        return {}
    with (gzip.open if paths[-1].endswith(".gz") else open)(paths[-1], "rt", encoding="utf-8") as file:
        return json.load(file)


def fold(name):
    return name.replace("_", "").lower()


def as_list(value):
    return value if isinstance(value, list) else [value]


class Contract:
    """One type file and the model of its service."""

    cloud, fits, tags = "AWS", FITS, ("list", "map")

    def __init__(self, path):
        self.path, self.type, self.wrong, self.notes, self.facts = (
            path, json.loads(tree.read(path)), [], [], 0)
        self.model, self.waiters = self.models(self.type)
        self.properties = self.type["properties"]["properties"]
        self.read = set()  # properties and outputs that some answer has
        steps = [step for name in LISTS for step in self.type.get(name, []) if isinstance(step, dict)]
        self.noted = {name for step in steps for name in step.get("note", {})}
        self.types = {}
        self.hooked = any("hook" in step for step in steps)  # a hook may note what it likes

    def models(self, named):
        """Of the service that a type or a step names, else of the type's: its operations, and its waiters."""
        service = named.get("service", self.type.get("service"))
        return load(service, "service-2"), load(service, "waiters-2").get("waiters", {})

    def fact(self, holds, where, what):
        self.facts += 1
        if not holds:
            text = f"{self.path}: {where}: {what}"
            newer = self.path in NEWER and NEWER[self.path] in text
            (self.notes if newer else self.wrong).append(text)
        return bool(holds)

    # ---- shapes and schemas ----

    def shape(self, reference):
        return reference.get("inline") or self.model["shapes"][reference["shape"]]

    def schema(self, schema):
        name = schema.get("$ref", "")
        return self.type["properties"]["$defs"][name.removeprefix("#/$defs/")] if name else schema

    def member(self, shape, name, schema):
        """The member that stands for a property: its name and its shape, or None."""
        if shape["type"] != "structure":
            return None
        given = schema.get("x-member")
        for key, reference in shape["members"].items():
            if key == given if given else fold(key) == fold(name):
                return key, self.shape(reference)
        return None

    def walk(self, shape, path):
        """The shape at a path in an answer, or None; behind [] it is a list of what is there in each item."""
        return self.go(shape, [step.removesuffix("]") for step in re.split(r"[.\[]", path.rstrip("/=")) if step])

    def go(self, shape, steps):
        for at, step in enumerate(steps):
            if shape["type"] == "list" and step == "":
                found = self.go(self.shape(shape["member"]), steps[at + 1:])
                return found if not found or "" in steps[at + 1:] else {"type": "list", "member": {"inline": found}}
            if shape["type"] == "list" and step.isdigit():
                shape = self.shape(shape["member"])
            elif shape["type"] == "map":
                shape = self.shape(shape["value"])
            elif shape["type"] in ("string", "any"):
                return ANY
            elif step in shape.get("members", {}):
                shape = self.shape(shape["members"][step])
            else:
                return None
        return shape

    def counted(self, shape):
        """The list of a structure that counts its items, or None."""
        members = shape.get("members", {})
        return self.shape(members["Items"]) if {"Items", "Quantity"} <= members.keys() else None

    # ---- does a property fit? ----

    def fit(self, schema, shape, where, reads=False):
        schema = self.schema(schema)
        if "x-hook" in schema or shape is ANY or (reads and "x-values" in schema):
            return
        types = set(as_list(schema.get("type", [])))
        if reads and shape["type"] == "list" and types and types <= PLAIN:
            shape = self.shape(shape["member"])  # its first item
        if types == {"object"} and shape["type"] == "list":
            self.fit_pairs(schema, shape, where)
            return
        if "array" in types:
            shape = self.counted(shape) or shape
        if not schema.get("x-document") and "x-join" not in schema and types:
            self.fact(types & self.fits[shape["type"]], where, f"{'/'.join(sorted(types))} for a {shape['type']}")
        if "enum" in schema and "enum" in shape:
            odd = [value for value in schema["enum"] if value != "" and value not in shape["enum"]]
            self.fact(not odd, where, f"{self.cloud} does not know {odd}")
        if shape["type"] == "structure" and "properties" in schema:
            self.fit_structure(schema, shape, where, reads)
        elif shape["type"] == "list" and "items" in schema:
            item = self.shape(shape["member"])
            if "x-item" in schema and (reads or item["type"] == "structure"):
                item = self.walk(item, schema["x-item"])
                if not self.fact(item, where, f"an item has no {schema['x-item']}"):
                    return
            self.fit(schema["items"], item, where + "[]", reads)
        elif shape["type"] == "map" and isinstance(schema.get("additionalProperties"), dict):
            self.fit(schema["additionalProperties"], self.shape(shape["value"]), where + "{}", reads)

    def pair(self, shape):
        """The shape of the values, where an item of the list is a pair."""
        members = self.shape(shape["member"]).get("members", {}) if shape["type"] == "list" else {}
        values = [name for name in members if name.endswith("Value") or name == "value"]
        keys = [name for name in members if name.endswith("Key") or name == "key"]
        return self.shape(members[values[0]]) if keys and values else None

    def fit_pairs(self, schema, shape, where):
        value = self.pair(shape)
        if not self.fact(value, where, "an object for a list that is none of pairs"):
            return
        for name, part in {**schema.get("properties", {}), "{}": schema.get("additionalProperties")}.items():
            if isinstance(part, dict):
                self.fit(part, value, f"{where}.{name}")

    def fit_structure(self, schema, shape, where, reads):
        ours = {}
        for name, part in schema["properties"].items():
            part = self.schema(part)
            if reads:
                self.find(shape, name, part, f"{where}.{name}", needed=not part.get("writeOnly"))
                continue
            found = self.member(shape, name, part)
            if self.fact(found, where, f"there is no member for {name}"):
                ours[found[0]] = name in schema.get("required", []) or "default" in part
                self.fit(part, found[1], f"{where}.{name}", reads)
        for name in () if reads else shape.get("required", []):
            sent = ours.get(name) or (name == "Quantity" and self.counted(shape))
            self.fact(sent, where, f"{name} is required by {self.cloud}, but not here")

    def find(self, shape, name, schema, where, needed=True):
        """A property in an answer, at one of its paths or by its member's name; a map may have any."""
        if shape["type"] in ("map", "any") and "x-read" not in schema:
            self.fit(schema, self.shape(shape["value"]) if shape["type"] == "map" else ANY, where, reads=True)
            return True
        paths = as_list(schema.get("x-read", []))
        found = [part for part in (self.walk(shape, path) for path in paths) if part]
        if not paths:
            member = self.member(shape, name, schema)
            found = [member[1]] if member else []
        if needed or paths:
            self.fact(found, where, "the answer does not have it")
        for part in found[:1]:
            self.fit(schema, part, where, reads=True)
        return bool(found)

    # ---- templates ----

    def property(self, path):
        schema = self.type["properties"]
        for name in path.split("."):
            schema = self.schema(schema)
            schema = schema.get("items") if name.isdigit() else schema.get("properties", {}).get(name)
            if schema is None:
                return None
        return self.schema(schema)

    def reference(self, name, shape, where, step):
        whole = shape is not None
        if name.startswith("!"):
            return
        if name in ("$tags", "$tag_keys"):
            self.fact(whole and shape["type"] in self.tags, where, f"{{{name}}} for no {' or '.join(self.tags)}")
        elif name == "$item":
            taken = (step.get("each") or {}).get("added") or (step.get("each") or {}).get("removed")
            if taken and whole:
                self.fit(self.property(taken).get("items", {}), shape, where)
        elif name.startswith("noted."):
            self.fact(self.hooked or name.split(".")[1] in self.noted, where, f"{name} is noted by no step")
        elif name.startswith("outputs."):
            self.fact(name.split(".")[1] in self.type["outputs"], where, f"{name} is no output")
        elif not name.startswith("$"):
            schema = self.property(name.removeprefix("known."))
            if self.fact(schema is not None, where, f"{name} is no property") and whole:
                self.fit(schema, shape, where)

    def template(self, template, shape, where, step):
        if template is None:
            self.fact(shape.get("nullable"), where, f"{self.cloud} takes no null")
            return
        if isinstance(template, str):
            whole = re.fullmatch(REFERENCE, template)
            if whole:
                self.reference(whole[1], shape, where, step)
                return
            for name in REFERENCE.findall(template):
                self.reference(name, None, where, step)
        kind = JSON_TYPES[type(template)]
        if kind in ("array", "object") and shape["type"] == "string":
            self.document(template, where, step)
            return
        if not self.fact(kind in self.fits[shape["type"]], where, f"{kind} for a {shape['type']}"):
            return
        if kind == "string" and "enum" in shape and "{" not in template:
            self.fact(template in shape["enum"], where, f"{self.cloud} does not know {template}")
        if kind == "array":
            for item in template:
                member = self.shape(shape["member"])
                if isinstance(item, dict) and "*" in item:
                    self.template(item["*"], shape, where, step)
                    item = {key: part for key, part in item.items() if key != "*"}
                    member = {**member, "required": []}
                elif isinstance(item, dict) and "$each" in item:
                    item = {key: part for key, part in item.items() if key != "$each"}
                self.template(item, member, where + "[]", step)
        elif kind == "object":
            self.structure(template, shape, where, step)

    def document(self, template, where, step):
        if isinstance(template, str):
            for name in REFERENCE.findall(template):
                self.reference(name, None, where, step)
        elif isinstance(template, (dict, list)):
            for part in template.values() if isinstance(template, dict) else template:
                self.document(part, where, step)

    def structure(self, template, shape, where, step, sent=()):
        sent = set(sent) | set(template)
        for key, part in template.items():
            if key == "*" and part.startswith("{$"):
                sent |= set(shape["members"])
            elif key == "*":
                spread = self.property(part.strip("{}")) or {}
                if "x-hook" in spread:
                    continue
                self.fit_structure(spread, {**shape, "required": []}, where, False)
                sent |= {found[0] for name, sub in spread.get("properties", {}).items()
                         if (found := self.member(shape, name, sub))}
            elif shape["type"] == "map":
                self.template(part, self.shape(shape["value"]), f"{where}.{key}", step)
            elif self.fact(key in shape["members"], where, f"there is no member {key}"):
                self.template(part, self.shape(shape["members"][key]), f"{where}.{key}", step)
        for name in shape.get("required", []):
            token = shape["members"][name].get("idempotencyToken")
            self.fact(name in sent or token, where, f"{name} is required by {self.cloud}, and not sent")

    # ---- steps ----

    def with_names(self, step):
        if step.get("with") != "*":
            return step.get("with", [])
        steps = [one for name in ("create", "finish") for one in self.steps(name)]
        taken = {name for one in steps for name in as_list(one.get("with", [])) + one.get("when", [])}
        taken |= {name for one in steps for name in (one.get("each") or {}).values()}
        taken |= {name for one in steps for name in one.get("patch", {})}
        named = {name.split(".")[0] for name in REFERENCE.findall(json.dumps(step.get("params", {})))}
        return [name for name, schema in self.properties.items()
                if name not in taken | named and not self.schema(schema).get("x-local")]

    def steps(self, name):
        steps = []
        for step in self.type.get(name, []):
            steps += self.steps(step) if isinstance(step, str) else [step]
        return steps

    def input(self, step, operation, where):
        shape = self.shape(operation["input"]) if "input" in operation else {"type": "structure", "members": {}}
        sent = set()
        for name in self.with_names(step):
            schema = self.property(name)
            found = self.member(shape, name, schema)
            if self.fact(found, where, f"there is no member for {name}"):
                sent.add(found[0])
                self.fit(schema, found[1], f"{where}.{name}")
                if "x-null" in schema:
                    self.fact(found[1].get("nullable"), where, f"{self.cloud} takes no null for {name}")
        self.structure(step.get("params", {}), shape, where, step, sent)

    def patch(self, step, operation, where):
        """A patch operation's path begins with a member of what is patched, which the answer is."""
        whole = self.shape(operation["output"])["members"] if "patch" in step else {}
        for name, paths in step.get("patch", {}).items():
            self.fact(self.property(name) is not None, where, f"patch: {name} is no property")
            for part, path in paths.items() if isinstance(paths, dict) else [(None, paths)]:
                first = path.removeprefix("replace ").split("/")[1]
                self.fact(first in whole or first == "*", where, f"patch: there is no {first}")
                if part:
                    self.fact(self.property(f"{name}.{part}") is not None, where, f"patch: {part} is no property")

    def output(self, step, operation, where, reads):
        words = [word for word in ("note", "pick", "in", "take", "take_if", "fails", "expect", "tags", "region") if word in step]
        if not words or not self.fact("output" in operation, where, "it has no answer"):
            return
        shape = self.shape(operation["output"])
        for path in step.get("fails", {}).values():
            self.fact(self.walk(shape, path), where, f"fails: there is no {path}")
        for name, path in step.get("expect", {}).items():
            self.fact(self.walk(shape, path), where, f"expect: there is no {path}")
            self.fact(self.property(name), where, f"expect: {name} is no property")
        if "pick" in step:
            shape = self.picked(step["pick"], shape, where)
        for path in step.get("note", {}).values() if shape else ():
            self.fact(self.walk(shape, path), where, f"note: there is no {path}")
        for word in ("take_if", "region"):
            if shape and word in step:
                self.fact(self.walk(shape, step[word]["path"]), where, f"{word}: there is no {step[word]['path']}")
        if shape and "tags" in step:
            self.fact(self.walk(shape, step["tags"]), where, f"tags: there is no {step['tags']}")
        if shape:
            self.take(step, shape, where, reads)

    def picked(self, pick, shape, where):
        place = pick.get("from", pick.get("path"))
        found = self.walk(shape, place)
        if not self.fact(found, where, f"pick: there is no {place}"):
            return None
        found = self.shape(found["member"]) if found["type"] == "list" else found
        unless = as_list(pick.get("unless", []))
        for path in list(pick.get("where", {})) + [part["path"] for part in unless]:
            self.fact(self.walk(found, path), where, f"pick: there is no {path}")
        for part in unless:
            # EC2's answers have states in lower case where its model has them in upper case.
            texts = [text for text in part["is"] if isinstance(text, str)]
            known = {text.casefold() for text in (self.walk(found, part["path"]) or {}).get("enum", texts)}
            odd = [text for text in texts if text.casefold() not in known]
            self.fact(not odd, where, f"{self.cloud} does not know {odd}")
        return found

    def take(self, step, shape, where, reads):
        for name, paths in step.get("take", {}).items():
            schema = self.property(name) or {}
            parts = paths.items() if isinstance(paths, dict) else [(None, paths)]
            for part, path in parts:
                found = self.walk(shape, path)
                if self.fact(found, where, f"take: there is no {path}"):
                    self.read.add(name)
                    self.fit(schema["properties"][part] if part else schema, found, f"{where}.{name}", reads=True)
        if "in" not in step and ("pick" not in step or "take" in step):
            return
        found = self.walk(shape, step.get("in", ""))
        if not self.fact(found, where, f"in: there is no {step.get('in')}"):
            return
        self.read |= {name for name, output in self.type["outputs"].items()
                      if (path := output.get("member", output.get("pairs"))) and self.walk(found, path)}
        for name in self.properties if reads and "take" not in step else ():
            schema = self.property(name)
            if not schema.get("x-local") and not schema.get("writeOnly") and "x-hook" not in schema:
                if self.find(found, name, schema, f"{where}.{name}", needed=False):
                    self.read.add(name)

    def check_step(self, step, where, reads):
        self.model, _ = self.models(step)
        operation = self.model.get("operations", {}).get(step["call"])
        if not self.fact(operation, where, f"there is no operation {step['call']}"):
            return
        where = f"{where} {step['call']}"
        self.input(step, operation, where)
        self.patch(step, operation, where)
        self.output(step, operation, where, reads)

    # ---- the whole ----

    def check_settle(self):
        for after, settle in self.type.get("settle", {}).items():
            waiter = settle.get("waiter")
            waiter = self.waiters.get(waiter) if isinstance(waiter, str) else waiter
            if "waiter" in settle and self.fact(waiter, f"settle.{after}", f"there is no waiter {settle['waiter']}"):
                step = {"call": waiter["operation"], "params": settle.get("params", {})}
                step |= {word: settle[word] for word in ("in", "fails") if word in settle}
                self.check_step(step, f"settle.{after}", False)

    def check_all_read(self):
        silent = set(self.type["identity"].get("properties", []))
        for name in self.properties if self.type.get("as_check") != "only" else ():
            schema = self.property(name)
            untold = schema.get("x-local") or schema.get("writeOnly") or schema.get("x-untold") is True
            untold = untold or schema.get("x-digest")
            if not (name in silent or untold or "x-hook" in schema):
                self.fact(name in self.read, name, "no answer has it")
        for name, output in self.type["outputs"].items():
            self.fact("text" in output or name in self.read, f"outputs.{name}", "no answer has it")

    def check_list(self):
        """What a list says of things is no answer to what they are like."""
        read = set(self.read)
        for at, step in enumerate(self.type.get("list", [])):
            self.check_step(step, f"list[{at}]", False)
        self.read = read

    def check_discovery(self):
        """All that has tags is listed by them, by its own service, or below its parent."""
        if self.cloud != "AWS":
            return  # nobody else lists by tags
        identity, ours = self.type["identity"], set(self.properties)
        tagged = any("tags" in step for step in self.type.get("read", []))
        self.fact(not tagged or "arn" in identity or "list" in self.type, "identity", "nothing lists it")
        for arn in as_list(identity.get("arn", [])):
            names = {name.removeprefix("+") for name in REFERENCE.findall(arn)} - {"*"}
            odd = {name for name in names if not name.startswith("$")} - ours
            self.fact(not odd, "identity.arn", f"{odd} are no properties")
            needed = set(identity.get("properties", [])) & set(self.type["properties"].get("required", []))
            self.fact(needed <= names or "$name" in names or "list" in self.type, "identity.arn",
                      f"it does not tell {needed - names}, and no list does")
        parent = identity.get("parent")
        if parent and self.fact(parent["type"] in self.types, "identity.parent", f"there is no type {parent['type']}"):
            has = self.types[parent["type"]]
            for name, of in parent["properties"].items():
                self.fact(name in ours, "identity.parent", f"{name} is no property")
                self.fact(of in has["outputs"] or of in has["properties"]["properties"], "identity.parent",
                          f"{parent['type']} has neither output nor property {of}")

    def check(self):
        if not self.fact(self.model, "service", f"there is no model of {self.type.get('service')}"):
            return
        for name in LISTS:
            for at, step in enumerate(self.type.get(name, [])):
                if isinstance(step, dict):
                    self.check_step(step, f"{name}[{at}]", name == "read")
        self.check_settle()
        self.check_list()
        self.check_all_read()
        self.check_discovery()


def main():
    paths = tree.files(".json", folders=("schemas/aws",))
    types = {file["type"]: file for file in (json.loads(tree.read(path)) for path in paths)}
    composites = [path for path in paths if "resources" in json.loads(tree.read(path))]
    contracts = [composite.Composite(path, types) if path in composites else Contract(path) for path in paths]
    for contract in contracts:
        contract.types = types
        contract.check()
    tree.finish("contract", sum(contract.facts for contract in contracts), "facts",
                [wrong for contract in contracts for wrong in contract.wrong],
                [note for contract in contracts for note in contract.notes])


if __name__ == "__main__":
    main()
