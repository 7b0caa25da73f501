# SPDX-License-Identifier: Apache-2.0
"""test_versions.py - a change of a function's code is published as a new version, and its alias follows."""

from configs import TRUST

CODE = "def handler(event, context):\n    return '%s'\n"


def config_of(credentials, says):
    return {"deployment_id": "versions", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": ["eu-west-1"]}], "resources": {
                "role": {"type": "aws:iam:role", "properties": {
                    "role_name": "versions", "assume_role_policy": TRUST}},
                "fn": {"type": "aws:lambda:function", "properties": {
                    "function_name": "versions", "role": "@role", "runtime": "python3.12", "handler": "index.handler",
                    "code": {"inline": CODE % says}}},
                "version": {"type": "aws:lambda:version", "properties": {
                    "function_name": "@fn.name", "code_sha256": "@fn.code_sha256"}},
                "live": {"type": "aws:lambda:alias", "properties": {
                    "function_name": "@fn.name", "alias_name": "live", "function_version": "@version"}}}}


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    return reply.json["summary"]


def versions(client):
    return [version["Version"] for version in client.list_versions_by_function(FunctionName="versions")["Versions"]]


def test_a_change_of_code_is_published_and_the_old_version_stays(server, cloud, credentials):
    client = cloud.client("lambda", "eu-west-1")
    assert run(server, "apply", config_of(credentials, "hello"))["add"] == 4
    assert client.get_alias(FunctionName="versions", Name="live")["FunctionVersion"] == "1"
    assert run(server, "apply", config_of(credentials, "hello"))["no_op"] == 4
    assert run(server, "apply", config_of(credentials, "bye")) == {"add": 0, "change": 3, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 1}
    assert client.get_alias(FunctionName="versions", Name="live")["FunctionVersion"] == "2"
    assert versions(client) == ["$LATEST", "1", "2"]


def test_all_versions_go_and_the_function_stays(server, cloud, credentials):
    client = cloud.client("lambda", "eu-west-1")
    for says in ("hello", "bye"):
        config = config_of(credentials, says)
        del config["resources"]["live"]
        run(server, "apply", config)
    assert versions(client) == ["$LATEST", "1", "2"]
    config["resources"]["version"]["operation"] = "delete"
    assert run(server, "apply", config) == {"add": 0, "change": 0, "replace": 0, "destroy": 1, "adopt": 0, "move": 0, "no_op": 2}
    assert versions(client) == ["$LATEST"]
    assert run(server, "apply", config) == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 3}
