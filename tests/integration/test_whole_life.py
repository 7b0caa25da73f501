# SPDX-License-Identifier: Apache-2.0
"""test_whole_life.py - sixty resources from their first apply to the last of them gone; and all the same when whatever the service
remembers is wiped between any two steps."""

import configs
import pytest
from test_lifecycle import acts, config, queue, role

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]
HERE, THERE = "us-east-1", "eu-west-1"
CODE = {"inline": "def handler(event, context):\n    return 1\n"}
N = 60


def table(name):
    return {"type": "aws:dynamodb:table", "properties": {
        "table_name": name, "billing_mode": "PAY_PER_REQUEST",
        "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
        "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}}


def function(name, of, jobs):
    return {"type": "aws:lambda:function", "references": {"role": of}, "properties": {
        "function_name": name, "runtime": "python3.12", "handler": "index.handler", "code": CODE,
        "environment": {"variables": {"JOBS": f"@{jobs}.url"}}}}


def policy(of, jobs):
    return {"type": "aws:iam:role_policy", "properties": {
        "role_name": f"@{of}.name", "policy_name": "jobs", "policy_document": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": f"@{jobs}.arn"}]}}}


def resources():
    """Sixty of eleven types: roles and policies for functions that work off queues, and what else there may be around them."""
    all = {}
    for i in range(6):
        all |= {f"jobs-{i}": queue(f"whole-jobs-{i}"), f"runner-{i}": role(f"whole-runner-{i}"),
                f"api-{i}": function(f"whole-api-{i}", f"runner-{i}", f"jobs-{i}"),
                f"right-{i}": policy(f"runner-{i}", f"jobs-{i}"),
                f"data-{i}": table(f"whole-data-{i}"),
                f"news-{i}": {"type": "aws:sns:topic", "properties": {"name": f"whole-news-{i}"}},
                f"logs-{i}": {"type": "aws:logs:group", "properties": {"log_group_name": f"/whole/{i}"}},
                f"where-{i}": {"type": "aws:ssm:parameter", "properties": {
                    "name": f"/whole/{i}", "type": "String", "value": f"@jobs-{i}.arn"}},
                f"files-{i}": {"type": "aws:s3:bucket", "properties": {"bucket_name": f"whole-files-{i}"}}}
    for i in range(3):
        all |= {f"net-{i}": {"type": "aws:ec2:vpc", "properties": {"cidr_block": f"10.{i}.0.0/16"}},
                f"sub-{i}": {"type": "aws:ec2:subnet", "properties": {
                    "vpc_id": f"@net-{i}.vpc_id", "cidr_block": f"10.{i}.1.0/24"}}}
    assert len(all) == N
    return all


def changed():
    """Five of them: three in place, one that needs another in its place, one of another name."""
    all = resources()
    all["jobs-0"]["properties"]["visibility_timeout"] = 99
    all["api-1"]["properties"]["timeout"] = 21
    all["logs-2"]["properties"]["retention_in_days"] = 7
    all["sub-0"]["properties"]["cidr_block"] = "10.0.2.0/24"
    all["news-3"]["properties"]["name"] = "whole-headlines"
    return all


def census(cloud):
    """(region, resource id) -> ids of what there is, as the tags say; and each policy of a role, which has none."""
    found = {}
    for region in (HERE, THERE):
        pages = cloud.client("resourcegroupstaggingapi", region).get_paginator("get_resources").paginate(
            TagFilters=[{"Key": "mgraph:deploy-id", "Values": ["whole"]}])
        for hit in (hit for page in pages for hit in page["ResourceTagMappingList"]):
            tags = {tag["Key"]: tag["Value"] for tag in hit["Tags"]}
            place = "" if ":iam:" in hit["ResourceARN"] else region
            if ":s3:::" in hit["ResourceARN"]:
                place = cloud.client("s3").get_bucket_location(Bucket=hit["ResourceARN"].split(":")[-1])["LocationConstraint"] or HERE
            found.setdefault((place, tags["mgraph:resource-id"]), set()).add(hit["ResourceARN"])
    iam = cloud.client("iam")
    for name, tags in cloud.roles().items():
        found.setdefault(("", tags["mgraph:resource-id"]), set()).add(name)
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            found.setdefault(("", "right-" + tags["mgraph:resource-id"][-1]), set()).add(policy)
    return found


def expect_each_once(cloud, region):
    found = census(cloud)
    regional = {name for name in resources() if not name.startswith(("runner-", "right-"))}
    assert set(found) == {(region, name) for name in regional} | {("", name) for name in set(resources()) - regional}
    for key, ids in found.items():
        roles = {"role" if ":role/" in id or "whole-runner" in id else id for id in ids}
        assert len(roles) == 1, (key, ids)


@pytest.mark.parametrize("wiped", [False, True], ids=["remembered", "wiped"])
def test_sixty_resources_live_a_whole_life(server, cloud, credentials, wiped):
    server.api.timeout = 150

    def step(path, body):
        reply = server.post(f"/deploy/{path}", body, prefer="wait=120")
        assert reply.status == 200, reply
        if wiped:
            server.redis("FLUSHALL")
        return reply.json

    first = config(credentials, resources(), [HERE], "whole")
    second = {**config(credentials, changed(), [HERE], "whole"), "version": "v2"}
    done = step("apply", {"config": first})
    assert done["status"] == "completed" and done["summary"]["add"] == N, done["summary"]
    expect_each_once(cloud, HERE)
    done = step("apply", {"config": second, "prune": wiped})  # to prune is to have it looked for what nobody remembers
    assert done["status"] == "completed", done.get("failed_operation")
    assert {name.split("@")[0]: act for name, act in acts(done).items() if act != "no_op"} == {
        "jobs-0": "update", "api-1": "update", "logs-2": "update", "sub-0": "replace", "news-3": "create",
        "news-3--old": "delete"}
    expect_each_once(cloud, HERE)
    seen = step("verify", {"config": second})
    assert seen["success"], [r for r in seen["resources"] if r["verdict"] != "in_sync"]
    done = step("apply", {"config": second})
    assert set(acts(done).values()) == {"no_op"}, done
    done = step("move", {"config": second, "from_region": HERE, "to_region": THERE, "without_data": True,
                         "delete_after_verify": True})
    assert done["status"] == "completed", done.get("failed_operation")
    expect_each_once(cloud, THERE)
    assert cloud.client("sns", THERE).list_topics()["Topics"][0]["TopicArn"]
    done = step("destroy", {"deployment_id": "whole", "credentials": credentials})
    assert done["success"], done
    assert census(cloud) == {}
