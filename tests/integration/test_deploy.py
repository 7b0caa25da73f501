# SPDX-License-Identifier: Apache-2.0
"""test_deploy.py - the main job: plan, apply, change and destroy on the real wire protocols of four services."""

import cloud as clouds
import configs
import pytest

TAGS = {"mgraph:graph-id", "mgraph:node-id", "mgraph:edge-id", "mgraph:deploy-id", "mgraph:resource-id",
        "mgraph:spec-hash"}


def apply(server, config, **headers):
    reply = server.post("/deploy/apply", {"config": config}, **headers)
    assert reply.status == 200, reply
    return reply.json


def test_a_plan_shows_what_would_be_created_and_changes_nothing(server, cloud, credentials):
    reply = server.post("/deploy/plan", {"config": configs.hello(credentials)})
    assert reply.status == 200, reply
    plan = reply.json
    assert plan["summary"] == {"add": 7, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 0}
    assert plan["parallel_groups"] == [
        ["execution-role"], ["api@us-east-1", "api@eu-west-1"],
        ["data@us-east-1", "data@eu-west-1", "files@us-east-1", "files@eu-west-1"]]
    assert cloud.everything() == {}


def test_an_apply_creates_each_resource_once_in_each_region_with_the_standard_tags(server, cloud, credentials):
    execution = apply(server, configs.hello(credentials))
    assert execution["status"] == "completed"
    assert execution["summary"] == {"add": 7, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 0}
    found = cloud.everything()
    assert len(found) == 7 and set(clouds.counted(found).values()) == {1}
    for key, tags in found.items():
        assert TAGS <= set(tags), key
        assert tags["mgraph:deploy-id"] == "hello"
        assert tags["mgraph:graph-id"] == execution["graph_id"]
    nodes = {op["resource_id"]: op["node_id"] for op in execution["operations"]}
    assert {tags["mgraph:resource-id"]: tags["mgraph:node-id"] for tags in found.values()} == nodes
    # The bucket's name is global: it carries the node id, and the region where there are several.
    assert ("bucket", "us-east-1", f"hello-files-{nodes['files']}") in found
    assert ("bucket", "eu-west-1", f"hello-files-{nodes['files']}-eu-west-1") in found


def test_references_are_resolved_to_what_was_created(server, cloud, credentials):
    execution = apply(server, configs.hello(credentials))
    arn = execution["outputs"]["execution-role"]["arn"]
    for region in configs.REGIONS:
        function = cloud.client("lambda", region).get_function(FunctionName="hello-api")
        assert function["Configuration"]["Role"] == arn


def test_the_same_config_again_changes_nothing(server, proxy, credentials):
    apply(server, configs.hello(credentials))
    proxy.clear_log()
    execution = apply(server, configs.hello(credentials))
    assert execution["summary"] == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 7}
    for entry in proxy.log:
        assert entry["method"] in ("GET", "HEAD") or entry["operation"].startswith(("Get", "List", "Describe")), entry


def test_a_changed_property_is_changed_in_place(server, cloud, credentials):
    before = apply(server, configs.hello(credentials))
    plan = server.post("/deploy/plan", {"config": configs.hello(credentials, timeout=17)}).json
    assert plan["summary"]["change"] == 2
    changed = [op for op in plan["operations"] if op["operation"] == "update"]
    assert [op["resource_id"] for op in changed] == ["api", "api"]
    assert changed[0]["diff"] == [{"path": "/timeout", "before": 3, "after": 17, "origin": "config"}]
    after = apply(server, configs.hello(credentials, timeout=17))
    assert after["summary"] == {"add": 0, "change": 2, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 5}
    for region in configs.REGIONS:
        function = cloud.client("lambda", region).get_function(FunctionName="hello-api")
        assert function["Configuration"]["Timeout"] == 17
        assert function["Tags"]["mgraph:graph-id"] == after["graph_id"] != before["graph_id"]


def test_changed_code_is_seen_and_sent(server, cloud, credentials):
    first = configs.hello(credentials, regions=["us-east-1"])
    apply(server, first)
    sha = cloud.client("lambda").get_function(FunctionName="hello-api")["Configuration"]["CodeSha256"]
    first["resources"]["api"]["properties"]["code"] = {"inline": "def handler(e, c):\n    return 2\n"}
    assert apply(server, first)["summary"]["change"] == 1
    assert cloud.client("lambda").get_function(FunctionName="hello-api")["Configuration"]["CodeSha256"] != sha
    assert apply(server, first)["summary"]["change"] == 0


@pytest.mark.parametrize("how", ["graph_id", "deployment_id", "config"])
def test_a_destroy_leaves_nothing_and_a_second_one_does_nothing(server, cloud, credentials, how):
    execution = apply(server, configs.hello(credentials))
    body = {"graph_id": {"graph_id": execution["graph_id"], "credentials": credentials},
            "deployment_id": {"deployment_id": "hello", "credentials": credentials},
            "config": {"config": configs.hello(credentials)}}[how]
    reply = server.post("/deploy/destroy", body)
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    assert reply.json["summary"]["destroy"] == 7
    assert cloud.everything() == {}
    again = server.post("/deploy/destroy", body)
    assert again.json["summary"] == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 7}


def test_a_saved_plan_is_applied_by_its_id(server, cloud, credentials):
    plan = server.post("/deploy/plan", {"config": configs.hello(credentials)}).json
    reply = server.post("/deploy/apply", {"graph_id": plan["spec_graph_id"], "credentials": credentials})
    assert reply.status == 200, reply
    assert reply.json["graph_id"] == plan["spec_graph_id"]
    assert len(cloud.everything()) == 7


def test_what_is_there_and_not_ours_is_left_alone(server, cloud, credentials):
    cloud.client("iam").create_role(RoleName="hello-role", AssumeRolePolicyDocument="{}")
    execution = apply(server, configs.hello(credentials))
    assert execution["status"] == "failed" and not execution["success"]
    assert execution["failed_operation"]["resource_id"] == "execution-role"
    assert execution["failed_operation"]["error"]["type"] == "conflict"
    assert execution["operations_blocked"] == 6
    assert set(cloud.everything()) == {("role", "", "hello-role")}


def test_the_spec_graph_can_be_had_as_mgraph_json(server, credentials):
    execution = apply(server, configs.hello(credentials))
    graph = server.get(f"/deploy/graph/{execution['graph_id']}").json["graph"]["model"]["data"]
    assert graph["graph_id"] == execution["graph_id"]
    assert len(graph["nodes"]) == 5  # the deployment and its four resources
    assert all(node_id == node["node_id"] for node_id, node in graph["nodes"].items())
