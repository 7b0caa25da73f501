# SPDX-License-Identifier: Apache-2.0
"""test_composites.py - a resource that expands into others: made, seen in both graphs, changed, and gone, in one region
and in several."""

import json
import pathlib

import botocore.exceptions
import processes
import pytest

pytestmark = [pytest.mark.managed_policies, pytest.mark.sanitized]

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples" / "lambda-service.json"
PARTS = {"api-role", "api-logging", "api-policy", "api-logs", "api-function", "api-url"}


def example(credentials, regions=("eu-west-1",)):
    config = json.loads(EXAMPLE.read_text())
    config["credentials"] = credentials
    config["targets"][0]["regions"] = list(regions)
    return config


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["success"], reply
    return reply.json


def changes(plan):
    return {(op["resource_id"], op["operation"]) for op in plan["operations"] if op["operation"] != "no_op"}


def expect_nothing_left(cloud, regions):
    iam = cloud.client("iam")
    with pytest.raises(botocore.exceptions.ClientError):
        iam.get_role(RoleName="lambda-service-api-role")
    for region in regions:
        assert cloud.client("lambda", region).list_functions()["Functions"] == []
        assert cloud.client("logs", region).describe_log_groups()["logGroups"] == []
        assert cloud.client("ssm", region).describe_parameters()["Parameters"] == []
        assert cloud.client("dynamodb", region).list_tables()["TableNames"] == []


def test_the_example_is_made_changed_in_one_place_and_gone(server, cloud, credentials):
    config = example(credentials)
    made = run(server, "apply", config)
    assert {op["resource_id"] for op in made["operations"] if op.get("composite") == "api"} == PARTS
    assert {op["resource_id"] for op in made["operations"] if "composite" not in op} == {"visits", "address"}
    outputs = made["outputs"]["api"]
    assert outputs["arn"] == made["outputs"]["api-function"]["arn"]
    assert outputs["log_group"] == "/aws/lambda/lambda-service-api"
    parameter = cloud.client("ssm", "eu-west-1").get_parameter(Name="/lambda-service/url")["Parameter"]
    assert parameter["Value"] == outputs["url"] == made["outputs"]["api-url"]["function_url"]
    assert changes(run(server, "plan", config)) == set()

    config["resources"]["api"]["properties"]["retention_in_days"] = 7
    assert changes(run(server, "plan", config)) == {("api-logs", "update")}
    assert run(server, "apply", config)["summary"] == {"add": 0, "change": 1, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 7}
    group = cloud.client("logs", "eu-west-1").describe_log_groups()["logGroups"][0]
    assert group["retentionInDays"] == 7

    run(server, "destroy", config)
    expect_nothing_left(cloud, ["eu-west-1"])


def test_in_two_regions_the_role_is_made_once_and_the_function_in_each(server, cloud, credentials):
    regions = ["eu-west-1", "us-east-1"]
    config = example(credentials, regions)
    made = run(server, "apply", config)
    where = {part: [op["region"] for op in made["operations"] if op["resource_id"] == part] for part in PARTS}
    assert where["api-role"] == where["api-logging"] == where["api-policy"] == [""]
    assert sorted(where["api-function"]) == sorted(where["api-logs"]) == sorted(where["api-url"]) == regions
    for region in regions:
        outputs = made["outputs"][f"api@{region}"]
        assert f":{region}:" in outputs["arn"]
        parameter = cloud.client("ssm", region).get_parameter(Name="/lambda-service/url")["Parameter"]
        assert parameter["Value"] == outputs["url"]
    assert made["outputs"]["api"]["role_name"] == "lambda-service-api-role"
    assert changes(run(server, "plan", config)) == set()
    run(server, "destroy", config)
    expect_nothing_left(cloud, regions)


def test_both_graphs_and_the_events_show_what_it_is_of(server, credentials):
    made = run(server, "apply", example(credentials))
    graph = server.get(f"/deploy/graph/{made['graph_id']}").json["graph"]["model"]["data"]
    nodes = {node["node_data"]["key"]: node for node in graph["nodes"].values()}
    edges = {(edge["edge_label"]["predicate"], edge["from_node_id"], edge["to_node_id"])
             for edge in graph["edges"].values()}
    api = nodes["api"]["node_id"]
    assert json.loads(nodes["api"]["node_data"]["value"])["type"] == "aws:lambda:service"
    assert ("contains", nodes["lambda-service"]["node_id"], api) in edges
    assert {to for kind, origin, to in edges if (kind, origin) == ("expands_to", api)} == {
        nodes[part]["node_id"] for part in PARTS}
    for op in server.get(f"/deploy/status/{made['graph_id']}").json["operations"]:
        assert op["node_id"] == nodes[op["resource_id"]]["node_id"]
        assert op.get("composite") == ("api" if op["resource_id"] in PARTS else None)
    of = set()
    for event in server.events(f"/deploy/events/{made['graph_id']}"):
        data = json.loads(event.data)
        if data.get("composite") == "api":
            of.add(data["resource_id"])
        if data["type"] == "execution" and data["status"] == "completed":
            break
    assert of == PARTS


def test_verify_says_of_each_part_how_it_stands(server, cloud, credentials):
    config = example(credentials)
    run(server, "apply", config)
    cloud.client("logs", "eu-west-1").delete_log_group(logGroupName="/aws/lambda/lambda-service-api")
    verified = server.post("/deploy/verify", {"config": config}, prefer="wait=60").json
    assert {one["resource_id"]: one["verdict"] for one in verified["resources"] if one.get("composite") == "api"} == {
        part: "missing" if part == "api-logs" else "in_sync" for part in PARTS}


def test_a_graph_that_is_stored_is_run_as_it_was_planned(server, cloud, credentials):
    plan = run(server, "plan", example(credentials))
    body = {"graph_id": plan["spec_graph_id"], "credentials": credentials}
    assert server.post("/deploy/apply", body, prefer="wait=60").json["summary"]["add"] == 8
    assert server.post("/deploy/destroy", body, prefer="wait=60").json["status"] == "completed"
    expect_nothing_left(cloud, ["eu-west-1"])


def problems_of(server, config):
    reply = server.post("/deploy/plan", {"config": config})
    assert reply.status == 422, reply
    return {problem["pointer"].removeprefix("/config/resources/api"): problem["detail"]
            for problem in reply.json["problems"]}


def test_every_problem_is_told_at_the_composite(server, credentials):
    config = example(credentials)
    api = config["resources"]["api"]
    api["depends_on"] = ["nothing"]
    api["properties"] |= {"runtime": "cobol", "function": {"memory_size": 1}, "retention_in_days": 2}
    problems = problems_of(server, config)
    assert problems.keys() == {"/properties/runtime", "/properties/function/memory_size",
                               "/properties/retention_in_days", "/depends_on/0"}
    assert problems["/properties/retention_in_days"].startswith("of its 'api-logs': ")
    api["properties"]["function"]["role"] = "x"  # the composite's own: its parts are not looked at
    assert problems_of(server, config).keys() == {"/properties/function/role", "/depends_on/0"}


def test_the_command_line_tells_what_a_composite_is_made_of(server, credentials, tmp_path):
    cli = processes.Cli(server, tmp_path)
    said = cli("types", "aws:lambda:service")
    assert "Resources:" in said and "aws:lambda:function_url, when there is url" in said
    path = tmp_path / "config.json"
    path.write_text(json.dumps(example(credentials)))
    said = cli("plan", str(path), status=2)
    assert "api-function [eu-west-1] (aws:lambda:function, of api)" in said
    assert "address [eu-west-1] (aws:ssm:parameter)" in said
    types = server.get("/deploy/types").json["types"]
    assert [one["type"] for one in types if one["composite"]] == ["aws:lambda:service"]
    one = server.get("/deploy/types/aws:lambda:service").json
    assert one["resources"]["role"]["type"] == "aws:iam:role" and "identity" not in one
