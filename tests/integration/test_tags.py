# SPDX-License-Identifier: Apache-2.0
"""test_tags.py - tags of others, tags that a config drops or ignores, and whose they are after an adoption or a rollback."""

import json

import pytest

import configs
from test_lifecycle import acts, apply, config, plan, queue, queues, role


def tagged(tags, *ignore, **more):
    return {**queue("tags-q"), "tags": tags, **({"ignore": list(ignore)} if ignore else {}), **more}


def diffs(answer, resource_id="q"):
    return [op.get("diff", []) for op in answer["operations"] if op["resource_id"] == resource_id][0]


def sqs_tag(cloud, **tags):
    client = cloud.client("sqs", "us-east-1")
    client.tag_queue(QueueUrl=client.get_queue_url(QueueName="tags-q")["QueueUrl"], Tags=tags)


def own(tags):
    return {key: value for key, value in tags.items() if not key.startswith("mgraph:")}


def verdict(server, config, depth):
    answer = server.post("/deploy/verify", {"config": config, "depth": depth}).json
    return [r["verdict"] for r in answer["resources"]]


def test_a_tag_of_others_is_shown_removed_and_left_where_it_is_ignored(server, cloud, credentials):
    plain = config(credentials, {"q": tagged({"team": "web"})})
    apply(server, plain)
    sqs_tag(cloud, **{"cost/center": "7"})
    ignoring = config(credentials, {"q": tagged({"team": "web"}, "/tags/cost~1center")})
    for depth in ("full", "tags"):
        assert verdict(server, plain, depth) == ["drifted"] and verdict(server, ignoring, depth) == ["in_sync"]
    assert acts(apply(server, ignoring)) == {"q@us-east-1": "no_op"}
    assert own(queues(cloud)["tags-q"]) == {"team": "web", "cost/center": "7"}
    planned = plan(server, plain)
    entry, = diffs(planned)
    assert acts(planned) == {"q@us-east-1": "update"}
    assert entry == {"path": "/tags/cost~1center", "before": "7", "origin": "drift"}
    assert acts(apply(server, plain)) == {"q@us-east-1": "update"}
    assert own(queues(cloud)["tags-q"]) == {"team": "web"}
    assert acts(plan(server, plain)) == {"q@us-east-1": "no_op"}


def test_a_tag_that_the_config_drops_is_shown_as_that(server, cloud, credentials):
    apply(server, config(credentials, {"q": tagged({"team": "web", "cost/center": "7"})}))
    less = config(credentials, {"q": tagged({"team": "web"})})
    assert diffs(plan(server, less)) == [{"path": "/tags/cost~1center", "before": "7", "origin": "config"}]
    apply(server, less)
    assert own(queues(cloud)["tags-q"]) == {"team": "web"}
    assert acts(plan(server, less)) == {"q@us-east-1": "no_op"}


def test_all_tags_can_be_ignored_and_are_set_once(server, cloud, credentials):
    all_ignored = config(credentials, {"q": tagged({"team": "web"}, "/tags")})
    apply(server, all_ignored)
    assert own(queues(cloud)["tags-q"]) == {"team": "web"}
    sqs_tag(cloud, team="app", other="x")
    assert acts(plan(server, all_ignored)) == {"q@us-east-1": "no_op"}
    changed = config(credentials, {"q": {**tagged({"team": "web"}, "/tags"), "properties":
                                         {"queue_name": "tags-q", "visibility_timeout": 40}}})
    assert acts(apply(server, changed)) == {"q@us-east-1": "update"}
    assert own(queues(cloud)["tags-q"]) == {"team": "app", "other": "x"}


def test_where_tags_are_replaced_as_a_whole_it_is_the_same(server, cloud, credentials):
    bucket = {"type": "aws:s3:bucket", "properties": {"bucket_name": "tags-b", "name_suffix": False}, "tags": {"team": "web"}}
    apply(server, config(credentials, {"b": bucket}))
    client = cloud.client("s3", "us-east-1")
    pairs = client.get_bucket_tagging(Bucket="tags-b")["TagSet"]
    client.put_bucket_tagging(Bucket="tags-b", Tagging={"TagSet": [*pairs, {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})
    ignoring = config(credentials, {"b": {**bucket, "ignore": ["/tags/a"]}})
    assert diffs(plan(server, ignoring), "b") == [{"path": "/tags/b", "before": "2", "origin": "drift"}]
    apply(server, ignoring)
    (_, tags), = cloud.buckets().items()
    assert own(tags) == {"team": "web", "a": "1"}


def test_what_another_deployment_has_is_adopted_though_nothing_else_differs(server, cloud, credentials):
    apply(server, config(credentials, {"q": queue("tags-q")}, deployment_id="former"))
    adopting = config(credentials, {"q": {**queue("tags-q"), "operation": "adopt"}}, deployment_id="life")
    planned = plan(server, adopting)
    assert acts(planned) == {"q@us-east-1": "adopt"}
    told = {entry["path"]: (entry.get("before"), entry.get("after")) for entry in diffs(planned)}
    assert told["/tags/mgraph:deploy-id"] == ("former", "life") and "/tags/mgraph:node-id" in told
    assert acts(apply(server, adopting)) == {"q@us-east-1": "adopt"}
    assert queues(cloud)["tags-q"]["mgraph:deploy-id"] == "life"
    assert acts(apply(server, adopting)) == {"q@us-east-1": "no_op"}


@pytest.mark.parametrize("former", ["life", "former"])
def test_a_rollback_brings_the_tags_back(server, cloud, credentials, former):
    old = config(credentials, {"q": tagged({"team": "web", "stage": "test"})}, deployment_id=former)
    apply(server, old)
    before = queues(cloud)["tags-q"]
    changed = {**tagged({"team": "app", "new": "x"}), "properties": {"queue_name": "tags-q", "visibility_timeout": 40}}
    if former != "life":
        changed["operation"] = "adopt"
    cloud.client("iam").create_role(RoleName="tags-r", AssumeRolePolicyDocument=json.dumps(configs.TRUST))  # nobody's
    new = config(credentials, {"q": changed, "r": {**role("tags-r"), "depends_on": ["q"]}})
    done = apply(server, new, on_failure="rollback")
    assert done["status"] == "failed" and done["reason"] == "rolled_back", done
    assert queues(cloud)["tags-q"] == before
    assert {op["resource_id"]: op["operation"] for op in plan(server, old)["operations"]}["q"] == "no_op"
