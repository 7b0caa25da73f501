# SPDX-License-Identifier: Apache-2.0
"""test_config_schema.py - the schema of a config that editors are given: it takes what the server takes, and tells slips of
the pen in any type's properties."""

import json
import pathlib
import subprocess
import sys

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CYCLES = sorted(path for path in (ROOT / "tests" / "data" / "cycles").glob("*.json") if path.name != "SKIPPED.json")
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.json"))
QUEUE = {"type": "aws:sqs:queue", "properties": {"queue_name": "q"}}


@pytest.fixture(scope="module")
def validator():
    made = subprocess.run([sys.executable, ROOT / "schemas" / "config-schema.py", ROOT / "schemas"], check=True,
                          capture_output=True)
    schema = json.loads(made.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def config(**resources):
    return {"deployment_id": "d", "resources": resources}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_config(validator, path):
    validator.validate(json.loads(path.read_text()))


@pytest.mark.parametrize("path", CYCLES, ids=lambda path: path.stem)
def test_what_is_proven_on_the_emulator_is_a_config(validator, path):
    validator.validate(config(**json.loads(path.read_text())["resources"]))


RIGHT = [
    {"q": QUEUE, "p": {"type": "aws:sqs:queue_policy", "references": {"queue_url": "q.url"}, "properties": {"policy": {"Statement": []}}}},
    {"q": {**QUEUE, "properties": {"queue_name": "@{x.name}-q", "delay_seconds": "@x.seconds"}}},
    {"q": {**QUEUE, "properties": {"queue_name": {"$sealed": "AAAA"}}}},
    {"o": {"type": "aws:cloudcontrol:AWS::Logs::LogGroup", "properties": {"LogGroupName": "x"}}},
]
WRONG = [
    {"q": {"type": "aws:sqs:quueue", "properties": {"queue_name": "q"}}},
    {"q": {"type": "aws:cloudcontrol:Logs", "properties": {}}},
    {"q": {**QUEUE, "properties": {"queue_name": "q", "dealy_seconds": 1}}},
    {"q": {**QUEUE, "properties": {"queue_name": "q", "delay_seconds": "1"}}},
    {"q": {**QUEUE, "properties": {"queue_name": "q", "delay_seconds": 901}}},
    {"q": {**QUEUE, "properties": {}}},
    {"q": {"type": "aws:sqs:queue"}},
    {"f": {"type": "aws:lambda:function", "properties": {
        "function_name": "f", "role": "@r", "code": {"inline": "x"}, "tracing_config": {"mode": "Sometimes"}}}},
    {"q": {**QUEUE, "propertis": {}}},
]


@pytest.mark.parametrize("resources", RIGHT)
def test_references_stand_for_any_value(validator, resources):
    validator.validate(config(**resources))


@pytest.mark.parametrize("resources", WRONG)
def test_a_slip_of_the_pen_is_told(validator, resources):
    assert not validator.is_valid(config(**resources))


def test_the_server_hands_it_out(server):
    reply = server.api.get("/schemas/config.json", x_api_key=None)
    assert reply.status == 200 and reply.headers["content-type"] == "application/schema+json"
    assert "aws:sqs:queue" in reply.json["$defs"]["types"]
