# SPDX-License-Identifier: Apache-2.0
"""cycles.py - the life of a resource type: made, read back without a difference, changed in place, and gone; looked at
by somebody else as well. A cycle is a file of tests/data/cycles:

    resources  the config's resources; the one under test is called "it"
    update     properties of "it" to change in place; null: it is left out then
    others     the same of other resources, by their names, that the one under test refers to
    look       how somebody else sees it: what that is called is his to say; then `is`: path -> value once made, `then`:
               path -> value once changed, and `gone`: error codes, or {path: value} where the look works all the same

Texts of a look may hold {output} of "it"; a path is JMESPath. What no emulator can do is listed in cycles/SKIPPED.json,
{type: reason}: the contract alone holds those."""

import json
import pathlib

import jmespath
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CYCLES = ROOT / "tests" / "data" / "cycles"


def cycles(provider):
    for path in sorted(CYCLES.glob("*.json")):
        cycle = json.loads(path.read_text())
        if path.name != "SKIPPED.json" and cycle["resources"]["it"]["type"].startswith(provider + ":"):
            marks = [pytest.mark.managed_policies] if cycle.get("managed_policies") else []
            yield pytest.param(cycle, id=path.stem, marks=marks)


def check_all_are_there(provider):
    """Every type has a cycle or a reason. What is a check and nothing else has no life."""
    folder = ROOT / "schemas" / provider
    files = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    names = {stem: file["type"] for stem, file in files.items() if file.get("as_check") != "only"}
    cycled = {param.id for param in cycles(provider)}
    skipped = json.loads((CYCLES / "SKIPPED.json").read_text())
    assert {name for stem, name in names.items() if stem not in cycled and provider + "_" + stem not in cycled} == {
        name for name in skipped if name.startswith(provider + ":")}
    assert all(skipped.values())


def config_of(cycle, base, changes=None):
    """Changes are by resource."""
    resources = json.loads(json.dumps(cycle["resources"]))
    for name, properties in (changes or {}).items():
        together = resources[name]["properties"] | properties
        resources[name]["properties"] = {key: value for key, value in together.items() if value is not None}
    return {"deployment_id": "cycle", "version": "v1", "tags": {"team": "web"}, **base, "resources": resources}


def apply(server, config):
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    return reply.json


def filled(value, outputs):
    """Texts with {output} in them."""
    if isinstance(value, str):
        for name, text in outputs.items():
            value = value.replace("{%s}" % name, str(text))
        return value
    if isinstance(value, list):
        return [filled(item, outputs) for item in value]
    return {key: filled(item, outputs) for key, item in value.items()} if isinstance(value, dict) else value


def expect(look, seen, outputs, wanted):
    answer = seen(filled(look, outputs))
    for path, value in wanted.items():
        assert jmespath.search(path, answer) == filled(value, outputs), (path, answer)


def expect_gone(look, seen, outputs, refusal):
    if isinstance(look["gone"], dict):
        expect(look, seen, outputs, look["gone"])
        return
    with pytest.raises(refusal) as caught:
        seen(filled(look, outputs))
    assert caught.value.code in look["gone"]


def expect_no_change(server, config):
    plan = server.post("/deploy/plan", {"config": config}, prefer="wait=60").json
    changes = [(op["resource_id"], op["operation"], op.get("changes")) for op in plan["operations"]
               if op["operation"] != "no_op"]
    assert changes == [], changes


def live(server, cycle, base, seen, refusal, in_place=True):
    """Through all of it. `base` is the rest of a config; `seen(look)` is what somebody else sees, who raises
    `refusal`, with a `code`, where nothing is. A change that is cut short may end as a creation, if not `in_place`."""
    look, config = cycle["look"], config_of(cycle, base)
    outputs = apply(server, config)["outputs"]["it"]
    outputs = next(iter(outputs.values())) if all(isinstance(v, dict) for v in outputs.values()) else outputs
    expect(look, seen, outputs, look["is"])
    expect_no_change(server, config)
    changes = {**cycle.get("others", {}), **({"it": cycle["update"]} if "update" in cycle else {})}
    if changes:
        config = config_of(cycle, base, changes)
        changed = apply(server, config)
        change, add = changed["summary"]["change"], changed["summary"]["add"]
        assert change + add >= len(changes | {"it": {}}) and not (in_place and add), changed
        expect(look, seen, outputs, look["then"])
        expect_no_change(server, config)
    reply = server.post("/deploy/destroy", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    expect_gone(look, seen, outputs, refusal)
    assert server.post("/deploy/destroy", {"config": config}, prefer="wait=60").json["status"] == "completed"
