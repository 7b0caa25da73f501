# SPDX-License-Identifier: Apache-2.0
"""test_registry.py - holds every AWS type file to what CloudFormation's registry says of the same thing, offline, by the
schemas that cfn-lint brings: what only a create can set is replaced, what AWS alone sets is no property, what is never
read back is not compared, what is required is required, and values that we allow are allowed there.

tests/data/registry.json says which type and which property is which where the name does not (null: there is none), and
which properties of ours differ, with the reason."""

import json
import pathlib

import cfnlint.data.schemas
import pytest

pytestmark = pytest.mark.long

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = pathlib.Path(cfnlint.data.schemas.__file__).parent
INDEX = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
OURS = json.loads((ROOT / "tests" / "data" / "registry.json").read_text())


def fold(name):
    return name.replace("_", "").lower()


FOLDED = {tuple(fold(part) for part in name.split("::")[1:]): name for name in INDEX if name.count("::") == 2}


def files():
    for path in sorted((ROOT / "schemas" / "aws").glob("*.json")):
        file = json.loads(path.read_text())
        if "service" in file and "kinds" not in file:  # it is made by calls, and is one type
            yield file


def registry_name(type_name):
    _, service, kind = type_name.split(":")
    if type_name in OURS["types"]:
        return OURS["types"][type_name]
    return FOLDED.get((fold(OURS["services"].get(service, service)), fold(kind)))


def names_at(schema, member):
    """Top-level properties among the JSON Pointers of a member; of a part of one, only that one is said."""
    pointers = [pointer.removeprefix("/properties/").split("/") for pointer in schema.get(member, [])]
    return {fold(parts[0]) for parts in pointers if len(parts) == 1}


class Facts:
    """One type, and what the registry has of it."""

    def __init__(self, file):
        self.file, self.wrong, self.n = file, [], 0
        self.names = OURS["names"].get(file["type"], {})
        self.differ = {name for names in OURS["differ"].get(file["type"], {}) for name in names.split(", ")}
        self.used = set()
        self.schema = json.loads((SCHEMAS / "resources" / (INDEX[registry_name(file["type"])] + ".json")).read_text())
        self.theirs = {fold(name): value for name, value in self.schema["properties"].items()}

    def fact(self, holds, name, what):
        self.n += 1
        if holds:
            return
        self.used.add(name)
        if name not in self.differ:
            self.wrong.append(f"{self.file['type']}: {name}: {what}")

    def matching(self):
        """Our name, our schema, and the name there, folded."""
        for name, schema in self.file["properties"]["properties"].items():
            for candidate in (self.names.get(name, name), schema.get("x-member", "")):
                if fold(candidate) in self.theirs:
                    yield name, schema, fold(candidate)
                    break

    def check(self):
        fixed, may_be_fixed = names_at(self.schema, "createOnlyProperties"), names_at(
            self.schema, "conditionalCreateOnlyProperties")
        told, untold = names_at(self.schema, "readOnlyProperties"), names_at(self.schema, "writeOnlyProperties")
        required = {fold(name) for name in self.schema.get("required", [])}
        have = set()
        for name, schema, there in self.matching():
            have.add(there)
            replaces = bool(schema.get("x-replace"))
            self.fact(replaces or there not in fixed, name, "only a create can set it: x-replace")
            self.fact(not replaces or there in fixed | may_be_fixed, name, "it can be updated there")
            self.fact(there not in told, name, "AWS alone sets it")
            if there in untold:
                self.fact(schema.get("writeOnly") or schema.get("x-untold") or schema.get("x-hook")
                          or schema.get("x-local"), name, "it is never read back")
            if there in required:
                self.fact(name in self.file["properties"].get("required", []) or "default" in schema, name, "it is required")
            allowed = self.theirs[there].get("enum")
            if allowed and schema.get("enum"):
                odd = [value for value in schema["enum"] if value not in allowed]
                self.fact(not odd, name, f"the registry does not know {odd}")
        for name in sorted(required - have):
            self.fact(False, name, "it is required there, and we have no such property")
        for name in sorted(self.differ - self.used):
            self.wrong.append(f"{self.file['type']}: {name}: it does not differ any longer")


@pytest.mark.parametrize("file", list(files()), ids=lambda file: file["type"])
def test_a_type_is_what_the_registry_says(file, record_property):
    if file["type"] in OURS["types"] and OURS["types"][file["type"]] is None:
        return
    assert registry_name(file["type"]), "name its counterpart in tests/data/registry.json, or null"
    facts = Facts(file)
    facts.check()
    record_property("facts", facts.n)
    assert not facts.wrong, "\n".join(facts.wrong)
