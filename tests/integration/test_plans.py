# SPDX-License-Identifier: Apache-2.0
"""test_plans.py - what a plan says of each resource and why; and an apply that is held to a plan (G5): what has changed
since stops its own subgraph and nothing else. Drift is made with boto3, past the server."""

import re

import configs
import pytest

REGION = "eu-west-1"


def queue(name, **properties):
    return {"type": "aws:sqs:queue", "properties": {"queue_name": name, "visibility_timeout": 30} | properties}


def config_of(credentials, **resources):
    return {"deployment_id": "plans", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": [REGION]}], "resources": resources}


def pair(credentials, timeout):
    """`rule` sends to `first`; `second` and `third` are by themselves."""
    return config_of(
        credentials, first=queue("first", visibility_timeout=timeout), second=queue("second", visibility_timeout=timeout),
        third=queue("third"),
        rule={"type": "aws:sqs:queue", "properties": {"queue_name": "rule", "visibility_timeout": timeout},
              "depends_on": ["first"]})


def ok(reply):
    assert reply.status == 200, reply
    return reply.json


def apply(server, config, **more):
    execution = ok(server.post("/deploy/apply", {"config": config, **more}))
    assert execution["status"] == "completed", execution
    return execution


def plan_of(server, config, **more):
    return ok(server.post("/deploy/plan", {"config": config, **more}))


def by_id(answer):
    return {operation["resource_id"]: operation for operation in answer["operations"]}


def apply_plan(server, plan, credentials, **more):
    return server.post("/deploy/apply", {"graph_id": plan["spec_graph_id"], "plan_id": plan["plan_id"],
                                         "credentials": credentials, **more})


@pytest.fixture
def sqs(cloud):
    return cloud.client("sqs", REGION)


def url(sqs, name):
    return sqs.get_queue_url(QueueName=name)["QueueUrl"]


def timeout_of(sqs, name):
    attributes = sqs.get_queue_attributes(QueueUrl=url(sqs, name), AttributeNames=["VisibilityTimeout"])["Attributes"]
    return int(attributes["VisibilityTimeout"])


def drift(sqs, name, timeout=77):
    sqs.set_queue_attributes(QueueUrl=url(sqs, name), Attributes={"VisibilityTimeout": str(timeout)})


# ---- what a plan says ----

def test_each_operation_says_why_and_has_a_patch(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    drift(sqs, "third")
    sqs.delete_queue(QueueUrl=url(sqs, "second"))
    plan = plan_of(server, pair(credentials, 40))
    operations = by_id(plan)
    assert {id: (o["operation"], o["reason"]) for id, o in operations.items()} == {
        "first": ("update", "visibility_timeout differs"), "second": ("create", "it is not there any more"),
        "third": ("update", "visibility_timeout differs"), "rule": ("update", "visibility_timeout differs")}
    assert operations["first"]["patch"] == [{"op": "replace", "path": "/visibility_timeout", "value": 40}]
    assert {"op": "add", "path": "/queue_name", "value": "second"} in operations["second"]["patch"]
    assert plan["summary"] == {"add": 1, "change": 3, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 0}


def test_a_difference_is_of_the_config_of_a_drift_or_of_both(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    drift(sqs, "second")
    drift(sqs, "third")
    operations = by_id(plan_of(server, pair(credentials, 40)))
    assert {id: o["diff"][0]["origin"] for id, o in operations.items()} == {
        "first": "config", "second": "both", "third": "drift", "rule": "config"}


def test_the_same_plan_reads_the_same_and_another_one_has_another_id(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    first = plan_of(server, pair(credentials, 40))
    assert plan_of(server, pair(credentials, 40)) == first
    drift(sqs, "third")
    second = plan_of(server, pair(credentials, 40))
    assert (second["spec_graph_id"], second["plan_id"]) != (first["spec_graph_id"], first["plan_id"])
    assert second["spec_graph_id"] == first["spec_graph_id"]


def test_what_goes_and_what_data_is_lost_with_it_is_said(server, credentials):
    config = pair(credentials, 30)
    apply(server, config)
    del config["resources"]["third"]
    left = plan_of(server, config)
    assert by_id(left)["third"]["operation"] == "leave"
    gone = plan_of(server, config, prune=True)
    assert by_id(gone)["third"]["operation"] == "delete"
    assert by_id(gone)["third"]["reason"] == "it is no longer in the config"
    assert by_id(gone)["third"]["irreversible"] == "what is deleted is gone"
    assert f"third@{REGION}: it is deleted, and with it the messages in it" in gone["warnings"]


def test_names_that_will_be_longer_and_quotas_are_warned_of(server, credentials):
    vpcs = {f"net{i}": {"type": "aws:ec2:vpc", "properties": {"cidr_block": f"10.{i}.0.0/16"}} for i in range(6)}
    files = {"type": "aws:s3:bucket", "properties": {"bucket_name": "plans-files"}}
    plan = plan_of(server, config_of(credentials, files=files, **vpcs))
    node_id = by_id(plan)["files"]["node_id"]
    assert by_id(plan)["files"]["name"] == f"plans-files-{node_id}"
    assert f"files@{REGION}: it will be called plans-files-{node_id}" in plan["warnings"]
    there = config_of(credentials, files=files)
    there["targets"][0]["regions"].append("us-east-1")
    assert [w for w in plan_of(server, there)["warnings"] if "called" in w] == [
        f"files@{REGION}: it will be called plans-files-{node_id}",
        f"files@us-east-1: it will be called plans-files-{node_id}-us-east-1"]
    assert [w for w in plan["warnings"] if "aws:ec2:vpc" in w] == [
        f"this plan creates 6 of aws:ec2:vpc in {REGION}, and an account has room for 5 (VPCs per region), "
        "unless that was raised"]


def refused(server, route, config, **more):
    reply = server.post(f"/deploy/{route}", {"config": config, **more})
    assert (reply.status, reply.json["code"]) == (422, "invalid_config"), reply
    return [(problem["pointer"], problem["code"], problem["detail"]) for problem in reply.json["problems"]]


POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}

# Of each: two that are one thing, what they need, and where it is told.
CLASHES = {
    "a name": ({}, queue("same"), "properties/queue_name"),
    "a child": (
        {"role": {"type": "aws:iam:role", "properties": {"role_name": "r", "assume_role_policy": POLICY}}},
        {"type": "aws:iam:role_policy",
         "properties": {"role_name": "@role", "policy_name": "same", "policy_document": POLICY}}, "properties/policy_name"),
    "a key in what is not ours": (
        {}, {"type": "aws:s3:object", "properties": {"bucket": "theirs", "key": "same", "content": "x"}}, "properties/bucket"),
    "what is told apart by its tags": (
        {}, {"type": "aws:elbv2:listener_rule", "properties": {
            "listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/b/c", "priority": 1,
            "conditions": [{"field": "path-pattern", "values": ["/a"]}],
            "actions": [{"type": "fixed-response", "fixed_response_config": {"status_code": "200"}}]}},
        "properties/listener_arn"),
    "a file": ({}, {"type": "local:file", "properties": {"path": "same", "content": "x"}}, "properties/path"),
    "a variable": (
        {}, {"type": "github:variable:repo", "properties": {
            "owner": "o", "repo": "r", "variable_name": "SAME", "value": "x", "name_suffix": False}}, "properties/variable_name"),
}


@pytest.mark.parametrize("kind", CLASHES)
def test_two_that_would_be_one_thing_are_refused(server, credentials, kind):
    others, it, place = CLASHES[kind]
    config = config_of(credentials, **others, one=it, two=it)
    problems = refused(server, "plan", config)
    assert [(pointer, code) for pointer, code, _ in problems] == [
        (f"/config/resources/two/{place}", "same_resource")], problems
    assert f"it would be the same {it['type']} as 'one'" in problems[0][2]
    assert refused(server, "plan", config, validate_only=True) == problems
    assert refused(server, "apply", config, mode="DRY_RUN") == problems
    assert refused(server, "apply", config) == problems


@pytest.mark.parametrize("then", [["us-east-1"], ["us-east-1", REGION]])
def test_a_bucket_is_called_as_its_plan_has_said_where_another_region_has_had_its_name(server, credentials, then):
    config = config_of(credentials, files={"type": "aws:s3:bucket", "properties": {"bucket_name": "plans-files"}})
    apply(server, config)
    config["targets"][0]["regions"] = then
    plan = plan_of(server, config)
    created = next(operation for operation in plan["operations"] if operation["operation"] == "create")
    assert (created["region"], created["name"]) == ("us-east-1", f"plans-files-{created['node_id']}-us-east-1")
    assert f"files@us-east-1: it will be called {created['name']}" in plan["warnings"]
    made = next(node for node in apply(server, config)["operations"] if node["operation"] == "create")
    assert made["outputs"]["name"] == created["name"]


BAD_VALUES = {
    "too many bits": ("aws:ec2:vpc", "cidr_block", "10.0.0.0/99", {}, "block of IPv4 addresses"),
    "no addresses": ("aws:ec2:subnet", "ipv6_cidr_block", "10.0.0.0/8", {"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/24"},
                     "block of IPv6 addresses"),
    "no document": ("aws:iam:policy", "policy_document", "{'Version': '2012-10-17'}", {"policy_name": "p"}, "JSON"),
    "cut short": ("aws:sqs:queue", "policy", '{"Version": "2012-10-17"', {"queue_name": "q"}, "JSON"),
}


@pytest.mark.parametrize("kind", BAD_VALUES)
def test_a_value_that_no_cloud_takes_is_refused_and_a_reference_is_not(server, credentials, kind):
    type_name, name, value, others, what = BAD_VALUES[kind]
    config = config_of(credentials, it={"type": type_name, "properties": {**others, name: value}},
                       it_all={"type": "aws:ssm:parameter", "properties": {"name": "x", "type": "String", "value": "x"}})
    [(pointer, code, detail)] = refused(server, "plan", config, validate_only=True)
    assert (pointer, code) == (f"/config/resources/it/properties/{name}", "bad_format")
    assert detail.endswith(f" is no {what}" if what == "JSON" else f", such as {'fd00::/64' if 'v6' in what else '10.0.0.0/16'}")
    assert what in detail
    config["resources"]["it"]["properties"][name] = "@it_all.name"
    plan_of(server, config, validate_only=True)


def test_a_region_that_can_not_be_is_refused_and_one_that_nobody_knows_warned_of(make_server, server, credentials):
    real = make_server()  # at AWS itself, where nothing is asked
    config = config_of(credentials, it=queue("it"))
    config["targets"][0]["regions"] = [REGION, "eu-wets-1"]
    assert refused(real, "plan", config, validate_only=True) == [
        ("/config/targets/0/regions/1", "bad_region", "'eu-wets-1' can't be a region of aws; did you mean 'eu-west-1'?")]
    assert ok(server.post("/deploy/plan", {"config": config, "validate_only": True}))["warnings"] == []
    config["targets"][0]["regions"] = [REGION, "eu-west-9"]
    assert plan_of(real, config, validate_only=True)["warnings"] == [
        "eu-west-9 is no region of aws that is known here; did you mean 'eu-west-1'?"]
    del config["targets"]
    config["credentials"] = {"aws": config["credentials"]["aws"] | {"region": "us-esat-1"}}
    assert refused(real, "plan", config, validate_only=True) == [
        ("/config/credentials/aws/region", "bad_region", "'us-esat-1' can't be a region of aws; did you mean 'us-east-1'?")]


def test_one_thing_may_be_looked_at_twice_and_let_go_beside(server, sqs, credentials):
    apply(server, config_of(credentials, one=queue("same")))
    looks = queue("same") | {"operation": "verify"}
    plan = plan_of(server, config_of(credentials, one=queue("same"), look=looks, again=looks,
                                     past=queue("same") | {"operation": "leave"}))
    assert by_id(plan)["one"]["operation"] == "no_op"
    both = config_of(credentials, one=queue("same"), two=queue("same") | {"regions": ["us-east-1"]})
    both["targets"][0]["regions"].append("us-east-1")
    assert [pointer for pointer, *_ in refused(server, "plan", both)] == ["/config/resources/two/properties/queue_name"]
    both["resources"]["one"]["regions"] = [REGION]
    assert by_id(plan_of(server, both))["two"]["operation"] == "create"
    destroyed = ok(server.post("/deploy/destroy", {"config": config_of(credentials, one=queue("same"), two=queue("same"))}))
    assert destroyed["status"] == "completed", destroyed


def test_what_is_adopted_is_counted_and_done_once(server, cloud, sqs, credentials):
    sqs.create_queue(QueueName="theirs", Attributes={"VisibilityTimeout": "30"})
    config = config_of(credentials, it=queue("theirs") | {"operation": "adopt"})
    plan = plan_of(server, config)
    assert (by_id(plan)["it"]["operation"], plan["summary"]["adopt"]) == ("adopt", 1)
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "completed" and execution["summary"]["adopt"] == 1
    assert by_id(execution)["it"]["operation"] == "adopt"
    assert by_id(plan_of(server, config))["it"]["operation"] == "no_op"


def test_the_estimate_goes_by_what_was_recorded_also_after_a_restart(make_server, credentials):
    server = make_server()
    config = configs.nulls(1, delay_ms=1500)
    first = plan_of(server, config)["estimated_time"]
    apply(server, config)
    config["resources"]["n1"] = {"type": "local:null", "properties": {"delay_ms": 0}}
    second = plan_of(server, config)["estimated_time"]
    assert first < 0.1 and 1.5 <= second < 15
    server.restart()  # nothing of local:null is left, so both are made again
    assert plan_of(server, config)["estimated_time"] == pytest.approx(second, abs=0.5)


# ---- Terraform's words ----

def test_a_plan_in_the_words_of_terraform(server, sqs, credentials):
    config = pair(credentials, 30)
    config["resources"]["role"] = {"type": "aws:iam:role", "properties": {
        "role_name": "plans", "assume_role_policy": configs.TRUST}, "tags": {"team": "one"}}
    apply(server, config)
    config["resources"]["first"]["properties"]["visibility_timeout"] = 40
    config["resources"]["files"] = {"type": "aws:s3:bucket", "properties": {"bucket_name": "plans-files"}}
    config["resources"]["api"] = {"type": "aws:lambda:function", "properties": {
        "function_name": "api", "runtime": "python3.12", "handler": "index.handler", "role": "@role.arn",
        "code": {"s3_bucket": "@files", "s3_key": "code.zip"}}}
    del config["resources"]["third"]
    plan = plan_of(server, config, prune=True, format="terraform")
    assert plan["format_version"] == "1.2" and not plan["errored"] and plan["applyable"]
    changes = {change["address"]: change for change in plan["resource_changes"]}
    assert {address: change["change"]["actions"] for address, change in changes.items()} == {
        "aws_sqs_queue.first": ["update"], "aws_sqs_queue.second": ["no-op"], "aws_sqs_queue.rule": ["no-op"],
        "aws_sqs_queue.third": ["delete"], "aws_iam_role.role": ["no-op"], "aws_s3_bucket.files": ["create"],
        "aws_lambda_function.api": ["create"]}
    first = changes["aws_sqs_queue.first"]
    assert (first["mode"], first["type"], first["name"]) == ("managed", "aws_sqs_queue", "first")
    assert first["provider_name"] == "registry.terraform.io/hashicorp/aws"
    assert first["change"]["before"]["visibility_timeout"] == 30 and first["change"]["after"]["visibility_timeout"] == 40
    assert changes["aws_sqs_queue.third"]["change"]["after"] is None
    assert changes["aws_sqs_queue.third"]["action_reason"] == "delete_because_no_resource_config"
    api = changes["aws_lambda_function.api"]["change"]
    assert api["before"] is None and api["after"]["role"].startswith("arn:aws:iam::")
    assert api["after_unknown"]["code"] == {"s3_bucket": True} and api["after"]["code"] == {"s3_key": "code.zip"}
    assert api["after_unknown"]["arn"] is True
    assert changes["aws_iam_role.role"]["change"]["after"]["tags"] == {"team": "one"}
    planned = {r["address"]: r["values"] for r in plan["planned_values"]["root_module"]["resources"]}
    prior = {r["address"] for r in plan["prior_state"]["values"]["root_module"]["resources"]}
    assert set(planned) == set(changes) - {"aws_sqs_queue.third"}
    assert prior == set(changes) - {"aws_s3_bucket.files", "aws_lambda_function.api"}
    written = {r["address"]: r for r in plan["configuration"]["root_module"]["resources"]}
    assert written["aws_lambda_function.api"]["expressions"]["role"] == {
        "references": ["aws_iam_role.role.arn", "aws_iam_role.role"]}
    assert written["aws_lambda_function.api"]["expressions"]["runtime"] == {"constant_value": "python3.12"}
    assert plan["configuration"]["provider_config"]["aws"]["expressions"]["region"] == {"constant_value": REGION}


def test_no_secret_is_in_it(server, credentials):
    parameter = {"type": "aws:ssm:parameter", "properties": {"name": "/plans", "type": "SecureString", "value": "hunter2"}}
    config = config_of(credentials, db=parameter)
    for body in ({"format": "terraform"}, {}):
        assert "AKIA" not in str(plan_of(server, config, **body))
    change = plan_of(server, config, format="terraform")["resource_changes"][0]["change"]
    assert change["after_sensitive"] in ({}, {"value": True})


# ---- an apply that is held to a plan ----

def test_a_plan_that_is_still_true_is_done(server, sqs, credentials):
    plan = plan_of(server, pair(credentials, 30))
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "completed" and execution["summary"]["add"] == 4
    assert execution["plan_id"] == plan["plan_id"]


def test_drift_elsewhere_voids_nothing(server, sqs, credentials):
    newer = pair(credentials, 40)
    newer["resources"]["first"]["ignore"] = ["/tags/cost-centre"]
    apply(server, pair(credentials, 30))
    plan = plan_of(server, newer)
    sqs.create_queue(QueueName="somebody-elses")
    sqs.tag_queue(QueueUrl=url(sqs, "first"), Tags={"cost-centre": "7"})  # the config leaves that to others
    sqs.send_message(QueueUrl=url(sqs, "first"), MessageBody="x")
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "completed" and execution["summary"]["change"] == 3
    assert [timeout_of(sqs, name) for name in ("first", "second", "rule")] == [40, 40, 40]
    assert sqs.list_queue_tags(QueueUrl=url(sqs, "first"))["Tags"]["cost-centre"] == "7"


def test_a_tag_that_has_come_since_is_not_removed_unread(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    plan = plan_of(server, pair(credentials, 40))
    sqs.tag_queue(QueueUrl=url(sqs, "first"), Tags={"cost-centre": "7"})
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "failed" and execution["failed_operation"]["error"]["type"] == "stale_plan"
    assert sqs.list_queue_tags(QueueUrl=url(sqs, "first"))["Tags"]["cost-centre"] == "7"


def test_what_has_drifted_stops_its_own_subgraph_and_nothing_else(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    plan = plan_of(server, pair(credentials, 40))
    drift(sqs, "first")
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "failed"
    operations = by_id(execution)
    assert {id: o["status"] for id, o in operations.items()} == {
        "first": "failed", "rule": "blocked", "second": "completed", "third": "completed"}
    error = operations["first"]["error"]
    assert (error["type"], error["message"]) == (
        "stale_plan", "since the plan was made, visibility_timeout has changed")
    assert [timeout_of(sqs, name) for name in ("first", "rule", "second")] == [77, 30, 40]
    # planned anew, it is done
    execution = ok(apply_plan(server, plan_of(server, pair(credentials, 40)), credentials))
    assert execution["status"] == "completed"
    assert [timeout_of(sqs, name) for name in ("first", "rule", "second")] == [40, 40, 40]


def test_what_was_planned_as_no_op_is_not_touched(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    plan = plan_of(server, pair(credentials, 40))
    assert by_id(plan)["third"]["operation"] == "no_op"
    drift(sqs, "third")
    execution = ok(apply_plan(server, plan, credentials, on_failure="rollback"))
    assert by_id(execution)["third"]["error"]["type"] == "stale_plan"
    assert [timeout_of(sqs, name) for name in ("third", "first", "second", "rule")] == [77, 40, 40, 40]


def test_what_somebody_has_made_or_deleted_meanwhile_is_left_so(server, sqs, credentials):
    config = pair(credentials, 30)
    apply(server, config)
    config["resources"]["new"] = queue("new")
    config["resources"]["second"]["properties"]["visibility_timeout"] = 40
    plan = plan_of(server, config)
    sqs.create_queue(QueueName="new", Attributes={"VisibilityTimeout": "5"})
    sqs.delete_queue(QueueUrl=url(sqs, "second"))
    execution = ok(apply_plan(server, plan, credentials))
    operations = by_id(execution)
    assert operations["second"]["error"]["message"] == "it was there when the plan was made, and it is gone"
    assert operations["second"]["error"]["type"] == "stale_plan"
    assert operations["new"]["status"] == "failed"
    assert timeout_of(sqs, "new") == 5
    assert not [u for u in sqs.list_queues().get("QueueUrls", []) if u.endswith("/second")]


def test_a_plan_does_what_it_was_asked_for_and_nothing_else(server, sqs, credentials):
    plan = plan_of(server, pair(credentials, 30), only=["second"])
    execution = ok(apply_plan(server, plan, credentials))
    assert execution["status"] == "completed"
    assert [u.rsplit("/", 1)[1] for u in sqs.list_queues()["QueueUrls"]] == ["second"]


def test_a_plan_is_void_once_another_version_was_applied(server, credentials):
    apply(server, pair(credentials, 30))
    plan = plan_of(server, pair(credentials, 40))
    apply(server, pair(credentials, 50))
    reply = apply_plan(server, plan, credentials)
    assert (reply.status, reply.json["code"]) == (409, "stale_plan")


def test_what_was_stale_can_be_done_by_the_same_plan_once_it_is_as_it_was(server, sqs, credentials):
    apply(server, pair(credentials, 30))
    config = pair(credentials, 40)
    config["resources"]["second"]["properties"]["queue_name"] = "renamed"
    plan = plan_of(server, config)
    assert sorted(o["operation"] for o in plan["operations"]) == ["create", "delete", "no_op", "update", "update"]
    drift(sqs, "first")
    assert ok(apply_plan(server, plan, credentials))["status"] == "failed"
    drift(sqs, "first", 30)
    execution = ok(apply_plan(server, plan, credentials))
    assert by_id(execution)["first"]["status"] == "completed"
    assert timeout_of(sqs, "first") == 40


@pytest.mark.parametrize("body, status, code", [
    ({"plan_id": "0123456789abcdef"}, 404, "not_found"),
    ({"plan_id": "x"}, 422, "invalid_request"),
    ({"plan_id": "0123456789abcdef", "prune": True}, 422, "invalid_request"),
    ({"plan_id": "0123456789abcdef", "mode": "DRY_RUN"}, 422, "invalid_request"),
    ({"plan_id": "0123456789abcdef", "only": ["first"]}, 422, "invalid_request"),
])
def test_requests_that_name_no_plan_are_refused(server, credentials, body, status, code):
    plan = plan_of(server, pair(credentials, 30))
    reply = server.post("/deploy/apply", {"graph_id": plan["spec_graph_id"], "credentials": credentials, **body})
    assert (reply.status, reply.json["code"]) == (status, code)


# ---- the command line ----

def test_the_command_line_plans_and_applies_exactly_that(make_server, tmp_path):
    import processes
    server = make_server()
    cli = processes.Cli(server, tmp_path)
    config = cli.config({"a": {"type": "local:null", "properties": {"note": "one"}}})
    said = cli("plan", config, status=2)
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in said and "# it is not there" in said
    name = re.search(r"mgraph-deploy apply --plan ([0-9a-f]{8}:[0-9a-f]{16})\n", said)[1]
    assert "1 added" in cli("apply", "--plan", name, "-y")
    assert "stale_plan" in cli("apply", "--plan", name, "-y", status=1)
    assert "GRAPH_ID:PLAN_ID" in cli("apply", "--plan", "x", "-y", status=1)
    assert "say what to apply" in cli("apply", "-y", status=1)
    assert '"format_version":"1.2"' in cli("plan", config, "--format", "terraform").replace(" ", "")
