# SPDX-License-Identifier: Apache-2.0
"""test_move.py - a deployment that moves to another region: what is made, turned to, taken away, and undone."""

import json
import re
import time

import configs
import processes
import pytest
from test_checks import function, http_check, invocation, service  # noqa: F401 (fixtures)
from test_lifecycle import acts, apply, config, plan, queue, queues, role

pytestmark = pytest.mark.sanitized

HERE, THERE = "us-east-1", "eu-west-1"
CODE = {"inline": "def handler(event, context):\n    return 1\n"}


def app(credentials, region=HERE, **more):
    """A role for a function with a queue, a topic that the function's queue is subscribed to, a parameter that has the ARN."""
    return config(credentials, {
        "jobs": queue("move-jobs"),
        "news": {"type": "aws:sns:topic", "properties": {"name": "move-news"}},
        "runner": role("move-runner"),
        "api": {"type": "aws:lambda:function", "references": {"role": "runner"}, "properties": {
            "function_name": "move-api", "runtime": "python3.12", "handler": "index.handler", "code": CODE,
            "environment": {"variables": {"JOBS": "@jobs.url"}}}},
        "right": {"type": "aws:iam:role_policy", "properties": {
            "role_name": "@runner.name", "policy_name": "jobs", "policy_document": {
                "Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "sqs:*", "Resource": "@jobs.arn"}]}}},
    }, [region], "move", **more)


def move(server, credentials, expect=200, **request):
    reply = server.post("/deploy/move", {"deployment_id": "move", "credentials": credentials, "from_region": HERE,
                                         "to_region": THERE, "without_data": True, **request}, prefer="wait=60")
    assert reply.status == expect, reply
    return reply.json


def names(cloud):
    """What there is, and where."""
    found = {("queue", region, name) for region in (HERE, THERE) for name in queues(cloud, region)}
    for region in (HERE, THERE):
        found |= {("function", region, name) for name in cloud.functions(region)}
        found |= {("topic", region, topic["TopicArn"].rsplit(":", 1)[1])
                  for topic in cloud.client("sns", region).list_topics()["Topics"]}
    return found | {("role", "", name) for name in cloud.roles()}


def all_in(region):
    return {("queue", region, "move-jobs"), ("function", region, "move-api"), ("topic", region, "move-news"),
            ("role", "", "move-runner")}


def right_of(cloud):
    document = cloud.client("iam").get_role_policy(RoleName="move-runner", PolicyName="jobs")["PolicyDocument"]
    return document["Statement"][0]["Resource"]


def test_a_move_makes_turns_to_and_then_deletes(server, cloud, credentials):
    apply(server, app(credentials))
    planned = move(server, credentials, mode="DRY_RUN")
    assert acts(planned) == {
        "jobs@eu-west-1": "move", "news@eu-west-1": "move", "api@eu-west-1": "move", "runner": "no_op",
        "right": "update", "jobs--old@us-east-1": "delete", "news--old@us-east-1": "delete",
        "api--old@us-east-1": "delete"}
    assert planned["summary"] == {
        "add": 0, "move": 3, "change": 1, "replace": 0, "destroy": 3, "adopt": 0, "no_op": 1}
    jobs = next(o for o in planned["operations"] if o["resource_id"] == "jobs")
    assert jobs["from"] == {"resource_id": "jobs--old", "region": HERE, "account": ""}
    assert jobs["reason"] == "it moves here from us-east-1"
    assert names(cloud) == all_in(HERE)
    paused = move(server, credentials)
    assert (paused["kind"], paused["status"], paused["reason"]) == ("move", "paused", "pause_edge")
    assert names(cloud) == all_in(HERE) | all_in(THERE)
    assert right_of(cloud).split(":")[3] == THERE  # what stays has turned to the new one
    done = server.post("/deploy/continue", {"graph_id": paused["graph_id"]}, prefer="wait=60").json
    assert done["status"] == "completed" and names(cloud) == all_in(THERE)
    # From now on the config says the new place; it is what the plan of the move has told.
    again = apply(server, {**planned["config"], "credentials": credentials})
    assert set(acts(again).values()) == {"no_op"} and names(cloud) == all_in(THERE)
    gone = server.post("/deploy/destroy", {"deployment_id": "move", "credentials": credentials}).json
    assert gone["success"] and names(cloud) == set()


def test_a_move_can_go_through_to_its_end(server, cloud, credentials):
    apply(server, app(credentials))
    done = move(server, credentials, delete_after_verify=True)
    assert done["status"] == "completed" and names(cloud) == all_in(THERE)


def test_only_some_of_it_moves(server, cloud, credentials):
    apply(server, app(credentials))
    done = move(server, credentials, resources=["news"], delete_after_verify=True)
    assert done["status"] == "completed"
    assert names(cloud) == all_in(HERE) - {("topic", HERE, "move-news")} | {("topic", THERE, "move-news")}


def test_checks_follow_what_they_check_whatever_they_refer_to(make_server, proxy, service, function, credentials):
    server = make_server("--aws-endpoint", proxy.url, "--http-allow", "127.0.0.1")
    posted = function(invocation(function_name="checked"), http_check(service))
    posted["targets"][0]["regions"] = [HERE]
    posted["resources"]["jobs"] = queue("checks-jobs")
    apply(server, posted)
    asked = len(service.asked)
    some = {"deployment_id": "checks", "resources": ["site"]}
    planned = move(server, credentials, mode="DRY_RUN", **some)
    assert acts(planned) == {"site@eu-west-1": "move", "site--old@us-east-1": "delete", "jobs@us-east-1": "no_op",
                             "site-check@eu-west-1": "verify", "site-check-2": "verify"}
    assert planned["config"]["resources"]["site-check"]["regions"] == [THERE]
    # Both are asked in their own phase, and before it neither is.
    paused = move(server, credentials, pause_before=["verify", "delete"], **some)
    states = {one["resource_id"]: one["status"] for one in paused["operations"]}
    assert paused["status"] == "paused" and states["site"] == "completed"
    assert states["site-check"] == states["site-check-2"] == "pending" and len(service.asked) == asked
    proxy.clear_log()
    paused = server.post("/deploy/continue", {"graph_id": paused["graph_id"]}, prefer="wait=60").json
    states = {one["resource_id"]: one["status"] for one in paused["operations"]}
    assert states["site-check"] == states["site-check-2"] == "completed" and states["site--old"] == "pending"
    assert [one["region"] for one in proxy.log if one["operation"].endswith("/invocations")] == [THERE]
    assert len(service.asked) == asked + 1


def test_a_move_is_undone_until_it_begins_to_delete(server, cloud, credentials):
    first = apply(server, app(credentials))
    paused = move(server, credentials)
    undone = server.post("/deploy/cancel", {"graph_id": paused["graph_id"], "rollback": True}, prefer="wait=60").json
    assert (undone["status"], undone["reason"]) == ("cancelled", "rolled_back"), undone
    assert names(cloud) == all_in(HERE) and right_of(cloud).split(":")[3] == HERE
    again = apply(server, app(credentials))
    assert set(acts(again).values()) == {"no_op"} and again["graph_id"] == first["graph_id"]
    # ... and from then on it is not.
    paused = move(server, credentials)
    stepped = server.post("/deploy/continue", {"graph_id": paused["graph_id"], "until": "step"}, prefer="wait=60").json
    assert stepped["status"] == "paused"
    refused = server.post("/deploy/cancel", {"graph_id": paused["graph_id"], "rollback": True})
    assert refused.status == 409 and "delete" in refused.json["detail"]
    done = server.post("/deploy/continue", {"graph_id": paused["graph_id"], "until": "end"}, prefer="wait=60").json
    assert done["status"] == "completed" and names(cloud) == all_in(THERE)


def test_what_can_not_move_is_told_at_once(server, cloud, credentials):
    resources = {"data": {"type": "aws:dynamodb:table", "properties": {
        "table_name": "move-data", "billing_mode": "PAY_PER_REQUEST",
        "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
        "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}}, "kept": {**queue("move-kept"), "protect": True}}
    apply(server, config(credentials, resources, [HERE], "move"))
    answer = move(server, credentials, expect=422, without_data=False)
    assert {(p["pointer"], p["code"]) for p in answer["problems"]} == {
        ("/resources/data", "loses_data"), ("/resources/kept", "loses_data"), ("/resources/kept", "protected")}
    answer = move(server, credentials, expect=422, from_region=THERE, to_region="us-west-2")
    assert answer["problems"][0]["code"] == "nothing_to_move"


def test_what_the_target_has_no_room_for_leaves_all_where_it_was(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    apply(server, app(credentials))
    proxy.set_faults([{"kind": "refuse", "code": "TopicLimitExceeded", "status": 403, "operation": "CreateTopic"}])
    failed = move(server, credentials)
    assert (failed["status"], failed["reason"]) == ("failed", "rolled_back"), failed
    news = next(o for o in failed["operations"] if o["resource_id"] == "news")
    assert (news["operation"], news["error"]["type"]) == ("move", "quota")
    assert set(failed["outputs"]) == {"runner"}  # of what is there
    assert names(cloud) == all_in(HERE)
    proxy.set_faults([])
    assert set(acts(apply(server, app(credentials))).values()) == {"no_op"}
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    assert names(cloud) == all_in(THERE)


def test_nobody_else_changes_what_moves_and_what_is_gone_already_is_no_matter(server, cloud, credentials):
    apply(server, app(credentials))
    paused = move(server, credentials)
    refused = server.post("/deploy/apply", {"config": app(credentials)})
    assert refused.status == 409 and paused["graph_id"] in refused.json["detail"], refused
    sns = cloud.client("sns", HERE)
    sns.delete_topic(TopicArn=sns.list_topics()["Topics"][0]["TopicArn"])
    done = server.post("/deploy/continue", {"graph_id": paused["graph_id"]}, prefer="wait=60").json
    assert done["status"] == "completed" and names(cloud) == all_in(THERE)


@pytest.mark.parametrize("undo", [False, True])
def test_a_move_that_is_killed_ends_in_one_place(server, cloud, credentials, undo):
    apply(server, app(credentials))
    paused = move(server, credentials)
    server.kill9()
    server.start()
    server.until_ready()
    if undo:
        reply = server.post("/deploy/cancel", {"graph_id": paused["graph_id"], "rollback": True,
                                               "credentials": credentials}, prefer="wait=60")
        assert (reply.json["status"], reply.json["reason"]) == ("cancelled", "rolled_back"), reply
    else:
        reply = server.post("/deploy/continue", {"graph_id": paused["graph_id"], "credentials": credentials},
                            prefer="wait=60")
        assert reply.json["status"] == "completed", reply
    assert names(cloud) == all_in(HERE if undo else THERE)


# Where each phase is under way: what is being made, turned to, or taken away.
MOMENTS = ["CreateTopic", "POST /2015-03-31/functions", "PutRolePolicy", "DeleteTopic", "DELETE /2015-03-31/functions.*"]


@pytest.mark.parametrize("undo", [False, True], ids=["resumed", "undone"])
@pytest.mark.parametrize("moment", MOMENTS, ids=["topic made", "function made", "policy turned", "topic gone", "function gone"])
def test_killed_in_the_midst_of_each_phase_it_ends_in_one_place(make_server, proxy, cloud, credentials, moment, undo):
    """The call that is under way arrives, or does not; what died is taken up, and told to go on or to go back."""
    server = make_server("--aws-endpoint", proxy.url)
    first = apply(server, app(credentials))
    proxy.clear_log()
    proxy.set_faults([{"kind": "delay", "seconds": 1.5, "operation": moment, "times": 1}])
    reply = server.post("/deploy/move", {
        "deployment_id": "move", "credentials": credentials, "from_region": HERE, "to_region": THERE,
        "without_data": True, "delete_after_verify": True}, prefer="respond-async")
    assert reply.status == 202, reply
    until = time.monotonic() + 30
    while not proxy.calls(moment):
        assert time.monotonic() < until
        time.sleep(0.02)
    server.kill9()
    proxy.set_faults([])
    server.start()
    server.until_ready()
    graph_id = reply.json["graph_id"]
    past = moment.startswith(("Delete", "DELETE"))
    body = {"graph_id": graph_id, "credentials": credentials}
    if undo:
        end = server.post("/deploy/cancel", {**body, "rollback": True}, prefer="wait=60")
        if past:
            assert end.status == 409, end  # there is no way back any more
            end = server.post("/deploy/continue", {**body, "until": "end"}, prefer="wait=60")
    else:
        end = server.post("/deploy/continue", {**body, "until": "end"}, prefer="wait=60")
    assert end.status == 200, end
    if undo and not past:
        assert (end.json["status"], end.json["reason"]) == ("cancelled", "rolled_back"), end
        assert names(cloud) == all_in(HERE) and right_of(cloud).split(":")[3] == HERE
        assert apply(server, app(credentials))["graph_id"] == first["graph_id"]
    else:
        assert end.json["status"] == "completed", end
        assert names(cloud) == all_in(THERE) and right_of(cloud).split(":")[3] == THERE


def test_the_command_line_moves_pauses_and_undoes(server, cloud, credentials, tmp_path):
    keys = credentials["aws"]
    cli = processes.Cli(server, tmp_path)
    path = tmp_path / "app.json"
    path.write_text(json.dumps({key: value for key, value in app(credentials).items() if key != "credentials"}))
    env = {"AWS_ACCESS_KEY_ID": keys["access_key_id"], "AWS_SECRET_ACCESS_KEY": keys["secret_access_key"]}
    cli("apply", "-y", str(path), **env)
    options = ("--from-region", HERE, "--to-region", THERE, "--without-data", "all", str(path))
    said = cli("move", "--plan", *options, status=2, **env)
    assert "Plan: 0 to add, 3 to move, 1 to change, 3 to destroy." in said
    assert names(cloud) == all_in(HERE)
    said = cli("move", "-y", *options, **env)
    graph_id = re.search(r"continue ([0-9a-f]{8})", said).group(1)
    assert names(cloud) == all_in(HERE) | all_in(THERE)
    assert "cancelled" in cli("cancel", "--rollback", graph_id).lower()
    assert names(cloud) == all_in(HERE)
    cli("move", "-y", "--delete-after-verify", *options, **env)
    assert names(cloud) == all_in(THERE)
