# SPDX-License-Identifier: Apache-2.0
"""test_types.py - the life of every resource type on the emulator: made, read back without a difference, changed in
place, and gone; looked at by boto3 as well. A cycle is a file of tests/data/cycles:

    resources  the config's resources; the one under test is called "it"
    update     properties of "it" to change in place (none: nothing can be)
    look       how boto3 sees it: service, operation (as a method), params (texts may hold {output} of "it"), optional
               region; then `is`: path -> value once made, `then`: path -> value once changed, and `gone`: error codes, or
               {path: value} where the call works all the same
    managed_policies  true: it needs AWS's own managed policies

A path is JMESPath. What the emulator can't do is listed in cycles/SKIPPED.json, {type: reason}: the contract lint alone
holds those."""

import json
import pathlib

import botocore.exceptions
import jmespath
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CYCLES = ROOT / "tests" / "data" / "cycles"


def cycles():
    for path in sorted(CYCLES.glob("*.json")):
        if path.name != "SKIPPED.json":
            cycle = json.loads(path.read_text())
            marks = [pytest.mark.managed_policies] if cycle.get("managed_policies") else []
            yield pytest.param(cycle, id=path.stem, marks=marks)


def config_of(cycle, credentials, changes=None):
    resources = json.loads(json.dumps(cycle["resources"]))
    resources["it"]["properties"].update(changes or {})
    return {"deployment_id": "cycle", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": ["eu-west-1"]}], "tags": {"team": "web"},
            "resources": resources}


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


def expect(look, cloud, outputs, wanted):
    client = cloud.client(look["service"], look.get("region", "eu-west-1"))
    answer = getattr(client, look["operation"])(**filled(look["params"], outputs))
    for path, value in wanted.items():
        assert jmespath.search(path, answer) == filled(value, outputs), (path, answer)


def expect_gone(look, cloud, outputs):
    if isinstance(look["gone"], dict):
        expect(look, cloud, outputs, look["gone"])
        return
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        expect(look, cloud, outputs, {})
    assert caught.value.response["Error"]["Code"] in look["gone"]


def expect_no_change(server, config):
    plan = server.post("/deploy/plan", {"config": config}, prefer="wait=60").json
    changes = [(op["resource_id"], op["operation"], op.get("changes")) for op in plan["operations"]
               if op["operation"] != "no_op"]
    assert changes == []


def test_every_type_has_a_cycle_or_a_reason():
    cycled = {path.stem for path in CYCLES.glob("*.json")} - {"SKIPPED"}
    skipped = json.loads((CYCLES / "SKIPPED.json").read_text())
    files = {path.stem: json.loads(path.read_text())["type"] for path in (ROOT / "schemas" / "aws").glob("*.json")}
    assert {type_name for name, type_name in files.items() if name not in cycled} == set(skipped)
    assert cycled <= files.keys() and all(skipped.values())


@pytest.mark.parametrize("cycle", list(cycles()))
def test_a_type_is_made_read_back_changed_and_gone(server, cloud, credentials, cycle):
    look, config = cycle["look"], config_of(cycle, credentials)
    execution = apply(server, config)
    outputs = execution["outputs"]["it"]
    outputs = next(iter(outputs.values())) if all(isinstance(v, dict) for v in outputs.values()) else outputs
    expect(look, cloud, outputs, look["is"])
    expect_no_change(server, config)
    if cycle.get("update"):
        config = config_of(cycle, credentials, cycle["update"])
        changed = apply(server, config)
        assert changed["summary"]["change"] >= 1 and changed["summary"]["add"] == 0, changed
        expect(look, cloud, outputs, look["then"])
        expect_no_change(server, config)
    reply = server.post("/deploy/destroy", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    expect_gone(look, cloud, outputs)
    assert server.post("/deploy/destroy", {"config": config}, prefer="wait=60").json["status"] == "completed"
