# SPDX-License-Identifier: Apache-2.0
"""test_github_contract.py - holds every GitHub type file to GitHub's own description of its API, without any network, as
tests/lint/contract.py holds AWS's to the service models: that each call there is and every part of its path has a value,
that what goes into it and what is read of its answer are members of it and of the same type, that what must be sent is
sent for sure, and that the values we allow are among those that GitHub takes.

The lint knows service models alone: schemas of the description are told in their form here."""

import functools
import json
import os
import re
import sys

import pytest

import processes
from github.contract import SPECIFICATION

sys.path.append(str(processes.TOP / "tests" / "lint"))
os.environ.setdefault("srcdir", str(processes.TOP))
import contract  # noqa: E402 (it is where the lints are)

TYPES = sorted((processes.TOP / "schemas" / "github").glob("*.json"))
# On the wire each JSON type is itself.
FITS = {"structure": {"object"}, "map": {"object"}, "list": {"array"}, "any": contract.PLAIN | {"object", "array"},
        "string": {"string"}, "integer": {"integer"}, "number": {"number", "integer"}, "boolean": {"boolean"}}
# What is so although the description of github.com does not say it.
KNOWN = {
    ("github:repo", "GitHub does not know ['internal']"),  # of enterprises, whose description has it
}
NOTHING = {"type": "structure", "members": {}, "required": []}


class Api:
    """The description, whose operations are told as a service model has them. A part of a shape stays a schema until it is
    asked for: structures hold one another."""

    def __init__(self):
        self.whole = json.loads(SPECIFICATION.read_text())

    def follow(self, part):
        while "$ref" in part:
            kind, name = part["$ref"].removeprefix("#/components/").split("/")
            part = self.whole["components"][kind][name]
        return part

    def shape(self, schema):
        schema = self.follow(schema)
        every = schema.get("allOf", [])
        several = [self.shape(part) for part in schema.get("anyOf", []) + schema.get("oneOf", []) + every]
        more = schema.get("additionalProperties", True)
        if "properties" in schema or (schema.get("type") == "object" and not several and more is False):
            several.append({"type": "structure", "required": schema.get("required", []),
                            "members": {name: {"schema": part} for name, part in schema.get("properties", {}).items()}})
        if several:
            shape = functools.reduce(functools.partial(either, every=bool(every)), several)
        elif schema.get("type") == "array":
            shape = {"type": "list", "member": {"schema": schema["items"]}}
        elif schema.get("type") == "object":
            shape = {"type": "map", "value": {"schema": more if isinstance(more, dict) else {}}}
        else:
            shape = {"type": schema["type"]} if "type" in schema else contract.ANY
        if "enum" in schema and schema.get("type") == "string":
            shape["enum"] = schema["enum"]
        return {**shape, "nullable": True} if schema.get("nullable") else shape

    def operation(self, call):
        """By its method and its path; None: there is none."""
        method, _, path = call.replace("{+", "{").partition(" ")
        item = self.whole["paths"].get(path, {})
        operation = item.get(method.lower())
        if operation is None:
            return None
        parameters = [self.follow(part) for part in item.get("parameters", []) + operation.get("parameters", [])]
        content = self.follow(operation.get("requestBody", {})).get("content", {})
        body = self.shape(content["application/json"]["schema"]) if content else NOTHING
        sent = {part["name"]: {"schema": part["schema"]} for part in parameters
                if part["in"] == "path" or (part["in"] == "query" and method == "GET")}
        names = re.findall(r"{(\w+)}", path)
        return {"input": {"inline": {"type": "structure", "members": {**body["members"], **sent},
                                     "required": names + body["required"]}},
                "output": {"inline": self.answer(operation)}, "path": names}

    def answer(self, operation):
        answers = [self.follow(reply).get("content", {}) for status, reply in operation["responses"].items() if status[0] == "2"]
        shapes = [self.shape(part["application/json"]["schema"]) for part in answers if "application/json" in part]
        return functools.reduce(either, shapes) if shapes else NOTHING


def either(one, other, every=False):
    """What is in one of two forms, or (every) in both. Beside a structure, a list is what another kind of thing is told as."""
    kinds = {one["type"], other["type"]}
    if kinds == {"structure"}:
        members = {**one["members"], **other["members"]}
        for name in one["members"].keys() & other["members"].keys():
            members[name] = {"schema": {"anyOf": [one["members"][name]["schema"], other["members"][name]["schema"]]}}
        required = [name for name in one["required"] if every or name in other["required"]]
        return {"type": "structure", "members": members, "required": required + (other["required"] if every else [])}
    if "structure" in kinds:
        return one if one["type"] == "structure" else other
    if kinds == {"string"} and "enum" in one and "enum" in other:
        return {"type": "string", "enum": one["enum"] + other["enum"]}
    return {"type": kinds.pop()} if kinds == {"string"} else one if len(kinds) == 1 else contract.ANY


pytestmark = pytest.mark.skipif(not SPECIFICATION.exists(),
                                reason="needs GitHub's description of its API: contrib/install-deps --github")


@functools.cache
def api():
    return Api()


class Operations:
    """A service model, as far as it is asked."""

    def get(self, name, otherwise=None):
        return self if name == "operations" else api().operation(name) or otherwise


class Contract(contract.Contract):
    cloud, fits, tags = "GitHub", FITS, ("string",)

    def models(self, named):
        return Operations(), {}

    def shape(self, reference):
        return reference["inline"] if "inline" in reference else api().shape(reference["schema"])

    def fact(self, holds, where, what):
        return super().fact(holds or (self.type["type"], what) in KNOWN, where, what)

    def template(self, template, shape, where, step):
        if isinstance(template, dict) and "$json" in template:
            self.fact(shape["type"] == "string", where, "JSON as text for what is none")
            self.document({key: part for key, part in template["$json"].items() if key != "*"}, where, step)
        else:
            super().template(template, shape, where, step)

    def is_sure(self, name, step):
        """Is there always a value to send of a property?"""
        schema = self.property(name)
        alternatives = [one for part in self.type["properties"].get("oneOf", []) for one in part["required"]]
        return (name in self.type["properties"].get("required", []) + alternatives or step.get("when") == [name]
                or schema.get("x-always") or (schema.get("x-local") and "default" in schema))

    def input(self, step, operation, where):
        """What the path names and the template leaves out is the property of that name."""
        params = {name: f"{{{name}}}" for name in operation["path"]} | step.get("params", {})
        step = {**step, "params": params}
        super().input(step, operation, where)
        shape = operation["input"]["inline"]
        for name in shape["required"]:
            reference = re.fullmatch(r"{([a-z_]+)}", str(params.get(name)))
            named = [reference[1]] if reference else [
                one for one in self.with_names(step) if (found := self.member(shape, one, self.property(one))) and found[0] == name]
            sure = (name in params and not reference) or any(
                self.property(one) and self.is_sure(one, step) for one in named)
            self.fact(sure, where, f"{name} is required by GitHub, and may be missing")


@pytest.fixture(scope="module")
def counts(request):
    found = {}
    yield found
    request.config.get_terminal_writer().line(
        f"\nGitHub's contract: {sum(found.values())} facts of {len(found)} types checked")


@pytest.mark.parametrize("path", TYPES, ids=[path.stem for path in TYPES])
def test_a_type_is_as_github_says(path, counts):
    held = Contract(str(path.relative_to(processes.TOP)))
    held.check()
    assert held.wrong == []
    assert held.facts > 0
    counts[path.stem] = held.facts


def test_what_is_wrong_is_seen(tmp_path):
    """A type that has a slip of each kind."""
    file = json.loads((processes.TOP / "schemas/github/repo_label.json").read_text())
    file["properties"]["required"].remove("label")
    file["properties"]["properties"]["label"]["type"] = "integer"
    file["create"][0] |= {"params": {"color": True, "colour": "x"}, "take": {"id": "number"}, "with": ["description"]}
    file["read"][0]["call"] = "GET /repos/{owner}/{repo}/label/{name}"
    file["delete"][0]["params"] = {}
    path = tmp_path / "repo_label.json"
    path.write_text(json.dumps(file))
    held = Contract(str(path))
    held.check()
    said = "\n".join(held.wrong)
    for slip in ("there is no operation GET /repos/{owner}/{repo}/label/{name}", "boolean for a string",
                 "there is no member colour", "name is required by GitHub, and not sent", "take: there is no number",
                 "name is no property"):
        assert slip in said, said
