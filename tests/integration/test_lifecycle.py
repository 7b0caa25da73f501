# SPDX-License-Identifier: Apache-2.0
"""test_lifecycle.py - from one version of a config to the next: what is dropped, renamed, replaced, protected, left alone."""

import configs
import pytest
import redises

pytestmark = pytest.mark.sanitized


def config(credentials, resources, regions=("us-east-1",), deployment_id="life", **more):
    return {"deployment_id": deployment_id, "credentials": credentials, "resources": resources,
            "targets": [{"provider": "aws", "regions": list(regions)}], **more}


def queue(name, **properties):
    return {"type": "aws:sqs:queue", "properties": {"queue_name": name, **properties}}


def role(name, **properties):
    return {"type": "aws:iam:role", "properties": {"role_name": name, "assume_role_policy": configs.TRUST, **properties}}


def apply(server, config, **request):
    reply = server.post("/deploy/apply", {"config": config, **request})
    assert reply.status == 200, reply
    return reply.json


def plan(server, config, **request):
    reply = server.post("/deploy/plan", {"config": config, **request})
    assert reply.status == 200, reply
    return reply.json


def acts(answer):
    return {op["resource_id"] + ("@" + op["region"] if op["region"] else ""): op["operation"]
            for op in answer["operations"]}


def queues(cloud, region="us-east-1"):
    client = cloud.client("sqs", region)
    return {url.rsplit("/", 1)[1]: client.list_queue_tags(QueueUrl=url).get("Tags", {})
            for url in client.list_queues().get("QueueUrls", [])}


# ---- dropped ----

def test_what_a_config_no_longer_names_stays_and_is_told_until_it_is_pruned(server, cloud, credentials):
    both = {"a": queue("life-a"), "b": queue("life-b")}
    apply(server, config(credentials, both))
    one = config(credentials, {"a": both["a"]})
    planned = plan(server, one)
    assert acts(planned) == {"a@us-east-1": "no_op", "b@us-east-1": "leave"}
    assert any("b@us-east-1" in warning and "prune" in warning for warning in planned["warnings"])
    left = apply(server, one)
    assert acts(left) == {"a@us-east-1": "no_op", "b@us-east-1": "leave"} and left["graph_id"] == planned["spec_graph_id"]
    assert set(queues(cloud)) == {"life-a", "life-b"}
    again = apply(server, {**one, "version": "later"})  # it is not forgotten on the way
    assert acts(again)["b@us-east-1"] == "leave"
    pruned = plan(server, one, prune=True)
    assert acts(pruned)["b@us-east-1"] == "delete" and pruned["summary"]["destroy"] == 1
    done = apply(server, one, prune=True)
    assert acts(done)["b@us-east-1"] == "delete" and set(queues(cloud)) == {"life-a"}
    assert acts(apply(server, one)) == {"a@us-east-1": "no_op"}


def test_a_region_that_is_no_longer_a_target_is_pruned_as_well(server, cloud, credentials):
    resources = {"a": queue("life-a"), "r": role("life-r")}
    apply(server, config(credentials, resources, ["us-east-1", "eu-west-1"]))
    left = apply(server, config(credentials, resources))
    assert acts(left) == {"a@us-east-1": "no_op", "r": "no_op", "a--old@eu-west-1": "leave"}
    assert set(queues(cloud, "eu-west-1")) == {"life-a"}
    planned = plan(server, config(credentials, resources), prune=True)
    assert reasons(planned)["a--old"] == "the config no longer names this region"
    done = apply(server, config(credentials, resources), prune=True)
    assert acts(done)["a--old@eu-west-1"] == "delete"
    assert set(queues(cloud)) == {"life-a"} and queues(cloud, "eu-west-1") == {}
    back = apply(server, config(credentials, resources, ["us-east-1", "eu-west-1"]))
    assert acts(back) == {"a@us-east-1": "no_op", "a@eu-west-1": "create", "r": "no_op"}


def test_what_is_left_goes_with_the_deployment(server, cloud, credentials):
    apply(server, config(credentials, {"a": queue("life-a"), "b": queue("life-b")}))
    apply(server, config(credentials, {"a": queue("life-a")}))
    reply = server.post("/deploy/destroy", {"deployment_id": "life", "credentials": credentials})
    assert reply.status == 200 and reply.json["success"], reply
    assert queues(cloud) == {}
    assert acts(apply(server, config(credentials, {"a": queue("life-a")}))) == {"a@us-east-1": "create"}


def test_dropped_ones_go_dependants_first_and_after_those_that_turned_away(server, cloud, credentials):
    attached = {"type": "aws:iam:role_policy", "properties": {"role_name": "@r.name", "policy_name": "p", "policy_document": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "@a.arn"}]}}}
    apply(server, config(credentials, {"a": queue("life-a"), "r": role("life-r"), "p": attached, "keep": {
        **queue("life-k"), "depends_on": ["a"]}}))
    done = apply(server, config(credentials, {"keep": queue("life-k")}), prune=True)
    assert done["success"], done
    ended = {op["resource_id"]: op["completed_at"] for op in done["operations"]}
    begun = {op["resource_id"]: op["started_at"] for op in done["operations"]}
    assert begun["r"] >= ended["p"] and begun["a"] >= ended["p"] and begun["a"] >= ended["keep"]
    assert cloud.roles() == {} and set(queues(cloud)) == {"life-k"}


# ---- renamed ----

def test_a_rename_moves_nothing_but_the_tag(server, cloud, credentials):
    bucket = {"type": "aws:s3:bucket", "properties": {"bucket_name": "life-files"}}
    first = apply(server, config(credentials, {"old": queue("life-a"), "files": bucket}))
    nodes = {op["resource_id"]: op["node_id"] for op in first["operations"]}
    renamed = {"new": {**queue("life-a"), "formerly": "old"}, "data": {**bucket, "formerly": "files"}}
    assert acts(plan(server, config(credentials, renamed))) == {"new@us-east-1": "update", "data@us-east-1": "update"}
    done = apply(server, config(credentials, renamed))
    assert {op["resource_id"]: op["node_id"] for op in done["operations"]} == {
        "new": nodes["old"], "data": nodes["files"]}
    assert queues(cloud)["life-a"]["mgraph:resource-id"] == "new"
    (_, tags), = cloud.buckets().items()
    assert tags["mgraph:resource-id"] == "data" and tags["mgraph:node-id"] == nodes["files"]
    # The next version need not say it any more.
    plain = {"new": queue("life-a"), "data": bucket}
    assert acts(apply(server, config(credentials, plain))) == {"new@us-east-1": "no_op", "data@us-east-1": "no_op"}


def reasons(answer):
    return {op["resource_id"]: op["reason"] for op in answer["operations"]}


def test_another_id_for_what_is_found_by_the_same_moves_nothing_and_deletes_nothing(server, cloud, credentials):
    def resources(role_id, policy, item, jobs):
        return {role_id: role("life-r"), jobs: queue("life-a"),
                "files": {"type": "aws:s3:bucket", "properties": {"bucket_name": "life-files", "force_destroy": True}},
                policy: {"type": "aws:iam:role_policy", "properties": {
                    "role_name": f"@{role_id}.name", "policy_name": "main", "policy_document": {
                        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}}},
                item: {"type": "aws:s3:object", "properties": {"bucket": "@files.name", "key": "k", "content": "one"}}}
    first = apply(server, config(credentials, resources("r1", "p1", "o1", "a1")))
    nodes = {op["resource_id"]: op["node_id"] for op in first["operations"]}
    renamed = config(credentials, resources("r2", "p2", "o2", "a2"))
    planned = plan(server, renamed, prune=True)
    assert acts(planned) == {"r2": "update", "a2@us-east-1": "update", "files@us-east-1": "no_op", "p2": "no_op",
                             "o2@us-east-1": "no_op"}
    assert reasons(planned) == {
        "r2": "it was known as r1", "a2": "it was known as a1", "files": "it is as the config says",
        "p2": "it is as the config says; it was known as p1", "o2": "it is as the config says; it was known as o1"}
    for prune in (False, True):
        done = apply(server, renamed, prune=prune)
        assert done["success"] and {op["resource_id"]: op["node_id"] for op in done["operations"]} == {
            new: nodes[old] for new, old in
            {"r2": "r1", "a2": "a1", "files": "files", "p2": "p1", "o2": "o1"}.items()}
        assert cloud.client("iam").list_role_policies(RoleName="life-r")["PolicyNames"] == ["main"]
        (name, _), = cloud.buckets()
        assert cloud.client("s3").get_object(Bucket=name, Key="k")["Body"].read() == b"one"
        assert queues(cloud)["life-a"]["mgraph:resource-id"] == "a2"


def test_a_name_that_is_another_ones_is_refused(server, credentials):
    reply = server.post("/deploy/plan", {"config": config(credentials, {
        "a": queue("life-a"), "b": {**queue("life-b"), "formerly": "a"}})})
    assert reply.status == 422
    assert reply.json["problems"][0]["pointer"] == "/config/resources/b/formerly"


# ---- replaced ----

def test_another_name_makes_a_new_one_before_the_old_one_goes(server, cloud, credentials):
    def resources(name):
        return {"r": role(name), "f": {
            "type": "aws:lambda:function", "references": {"role": "r"}, "properties": {
                "function_name": "life-f", "runtime": "python3.12", "handler": "index.handler",
                "code": {"inline": "def handler(event, context):\n    return 1\n"}}}}
    apply(server, config(credentials, resources("life-one")))
    planned = plan(server, config(credentials, resources("life-two")))
    assert acts(planned) == {"r": "create", "f@us-east-1": "update", "r--old": "delete"}
    assert reasons(planned)["r"] == "role_name differs: a new one is made, and the old one goes"
    assert reasons(planned)["r--old"] == "another takes its place"
    done = apply(server, config(credentials, resources("life-two")))
    at = {op["resource_id"]: (op["started_at"], op["completed_at"]) for op in done["operations"]}
    assert at["r"][1] <= at["f"][0] and at["f"][1] <= at["r--old"][0]
    assert set(cloud.roles()) == {"life-two"}
    assert acts(apply(server, config(credentials, resources("life-two")))) == {"r": "no_op", "f@us-east-1": "no_op"}


def test_what_has_its_name_from_the_cloud_is_replaced_where_it_is(server, cloud, credentials):
    def resources(cidr):
        return {"net": {"type": "aws:ec2:vpc", "properties": {"cidr_block": cidr}}}
    first = apply(server, config(credentials, resources("10.1.0.0/16")))
    planned = plan(server, config(credentials, resources("10.2.0.0/16")))
    assert acts(planned) == {"net@us-east-1": "replace"} and planned["summary"]["replace"] == 1
    done = apply(server, config(credentials, resources("10.2.0.0/16")))
    assert acts(done) == {"net@us-east-1": "replace"} and done["summary"]["replace"] == 1
    assert done["outputs"]["net"]["vpc_id"] != first["outputs"]["net"]["vpc_id"]
    vpcs = [vpc for vpc in cloud.client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    assert [(vpc["VpcId"], vpc["CidrBlock"]) for vpc in vpcs] == [(done["outputs"]["net"]["vpc_id"], "10.2.0.0/16")]


def test_a_stored_graph_that_did_not_get_to_its_end_is_the_same_when_it_is_run_again(server, cloud, credentials):
    apply(server, config(credentials, {"a": {**queue("life-a"), "protect": True}}))
    stuck = apply(server, config(credentials, {"a": {**queue("life-b"), "protect": True}}))
    assert stuck["status"] == "failed" and set(acts(stuck)) == {"a@us-east-1", "a--old@us-east-1"}
    again = server.post("/deploy/apply", {"graph_id": stuck["graph_id"], "credentials": credentials}).json
    assert again["graph_id"] == stuck["graph_id"] and set(acts(again)) == set(acts(stuck))


def test_what_took_the_place_of_what_is_gone_outlives_a_rollback(server, cloud, credentials):
    apply(server, config(credentials, {"a": queue("life-a")}))
    taken = config(credentials, {"a": queue("life-b"), "bad": {**queue("life-taken"), "depends_on": ["a"]},
                                 "late": {**queue("life-late"), "depends_on": ["bad"]}})
    cloud.client("sqs").create_queue(QueueName="life-taken")
    failed = apply(server, taken, on_failure="rollback")
    assert failed["status"] == "failed"
    if "life-a" in queues(cloud):  # its delete had not begun: all is undone
        assert failed["reason"] == "rolled_back" and set(queues(cloud)) == {"life-a", "life-taken"}
    else:
        assert failed["reason"] == "rollback_incomplete" and set(queues(cloud)) == {"life-b", "life-taken"}
        old, = (op for op in failed["operations"] if op["resource_id"] == "a--old")
        assert old["irreversible"] == "what is deleted is gone"


def test_what_is_not_ours_is_nothing_to_destroy(server, cloud, credentials):
    resources = {"a": queue("life-a"), "b": queue("life-b")}
    apply(server, config(credentials, resources), only=["a"])
    cloud.client("sqs").create_queue(QueueName="life-b")
    gone = server.post("/deploy/destroy", {"deployment_id": "life", "credentials": credentials}).json
    assert gone["success"] and acts(gone) == {"a@us-east-1": "delete", "b@us-east-1": "no_op"}
    assert set(queues(cloud)) == {"life-b"}


# ---- protected, ignored ----

def test_what_is_protected_is_neither_deleted_nor_replaced(server, cloud, credentials):
    kept = {**queue("life-a"), "protect": True}
    apply(server, config(credentials, {"a": kept, "b": queue("life-b")}))
    assert queues(cloud)["life-a"]["mgraph:protect"] == "true"
    pruned = apply(server, config(credentials, {"b": queue("life-b")}), prune=True)
    assert pruned["status"] == "failed" and "protected" in pruned["failed_operation"]["error"]["message"]
    renamed = apply(server, config(credentials, {"a": {**queue("life-c"), "protect": True}, "b": queue("life-b")}))
    assert renamed["status"] == "failed" and set(queues(cloud)) == {"life-a", "life-b"}
    gone = server.post("/deploy/destroy", {"deployment_id": "life", "credentials": credentials}).json
    assert gone["status"] == "failed" and set(queues(cloud)) == {"life-a"}
    done = apply(server, config(credentials, {"a": queue("life-a")}))
    assert acts(done)["a@us-east-1"] == "update" and "mgraph:protect" not in queues(cloud)["life-a"]
    gone = server.post("/deploy/destroy", {"deployment_id": "life", "credentials": credentials}).json
    assert gone["success"] and queues(cloud) == {}


def test_what_is_ignored_is_set_once_and_left_alone(server, cloud, credentials):
    def resources(**more):
        return {"a": {**queue("life-a", visibility_timeout=45, **more), "ignore": ["/visibility_timeout"]}}
    apply(server, config(credentials, resources()))
    client = cloud.client("sqs")
    url = client.get_queue_url(QueueName="life-a")["QueueUrl"]
    assert client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "45"
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    assert acts(apply(server, config(credentials, resources()))) == {"a@us-east-1": "no_op"}
    assert acts(apply(server, config(credentials, resources(delay_seconds=5)))) == {"a@us-east-1": "update"}
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (found["VisibilityTimeout"], found["DelaySeconds"]) == ("77", "5")


# ---- some of it ----

def test_only_some_are_run_with_what_they_wait_for(server, cloud, credentials):
    resources = {"a": queue("life-a"), "b": {**queue("life-b"), "depends_on": ["a"]}, "c": queue("life-c")}
    planned = plan(server, config(credentials, resources), only=["b"])
    assert acts(planned) == {"a@us-east-1": "create", "b@us-east-1": "create"}
    done = apply(server, config(credentials, resources), only=["b"])
    assert done["success"] and done["operations_skipped"] == 1 and done["only"] == ["b"]
    assert set(queues(cloud)) == {"life-a", "life-b"}
    gone = server.post("/deploy/destroy", {"deployment_id": "life", "credentials": credentials, "only": ["a"]}).json
    assert gone["success"] and queues(cloud) == {}
    done = apply(server, config(credentials, resources), **{"except": ["a"]})
    assert done["success"] and set(queues(cloud)) == {"life-c"}


def test_what_was_left_out_stays_so_for_who_takes_it_over(server):
    files = {name: {"type": "local:file", "properties": {"path": name, "content": name}} for name in ("gone", "keep")}
    config = {"deployment_id": "left-out", "resources": files, "edges": []}
    assert server.post("/deploy/apply", {"config": config}).json["success"]
    graph_id = server.post("/deploy/destroy", {"deployment_id": "left-out", "except": ["keep"]},
                           prefer="respond-async").json["graph_id"]
    redises.wait_until(lambda: server.get(f"/deploy/status/{graph_id}").json["status"] == "completed")
    assert server.get(f"/deploy/status/{graph_id}").json["except"] == ["keep"]
    assert (server.data / "local" / "keep").exists() and not (server.data / "local" / "gone").exists()
    server.kill9()
    server.start()
    server.until_ready()
    assert server.get(f"/deploy/status/{graph_id}").json["except"] == ["keep"]



def test_a_name_that_is_not_there_is_told_with_its_place(server, credentials):
    reply = server.post("/deploy/plan", {"config": config(credentials, {"a": queue("life-a")}), "only": ["a", "z"]})
    assert reply.status == 404
    assert reply.json["problems"] == [
        {"pointer": "/only/1", "code": "unknown_node", "detail": 'the graph has no "z"'}]
