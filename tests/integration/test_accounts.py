# SPDX-License-Identifier: Apache-2.0
"""test_accounts.py - one deployment in several AWS accounts: some entered through a role, some with keys of their own."""

import boto3
import pytest

pytestmark = pytest.mark.sanitized

AUDIT = "222222222222"
ROLE = f"arn:aws:iam::{AUDIT}:role/deploy"


@pytest.fixture
def audit(cloud):
    """audit("sqs") is a boto3 client of the other account."""
    keys = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="look")["Credentials"]

    def client(service, region="eu-west-1"):
        return boto3.client(service, region_name=region, endpoint_url=cloud.url, aws_access_key_id=keys["AccessKeyId"],
                            aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])

    return client


@pytest.fixture
def entered(credentials):
    """Credentials whose account `audit` is entered through a role."""
    return {"aws": {**credentials["aws"], "accounts": {"audit": {"role_arn": ROLE, "external_id": "mgraph"}}}}


def config_of(credentials, **more):
    """A queue in the account `audit`, and a parameter in the unnamed one that holds the queue's ARN."""
    return {"deployment_id": "accounts", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": ["eu-west-1"]}],
            "resources": {
                "queue": {"type": "aws:sqs:queue", "account": "audit", "properties": {"queue_name": "trail"}},
                "pointer": {"type": "aws:ssm:parameter",
                            "properties": {"name": "/trail", "type": "String", "value": "@queue.arn"}}}, **more}


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200, reply
    return reply.json


def names(client):
    return [url.rpartition("/")[2] for url in client.list_queues().get("QueueUrls", [])]


def test_a_resource_is_in_the_account_that_it_names(server, proxy, cloud, audit, entered):
    config = config_of(entered)
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", execution
    assert {op["resource_id"]: op.get("account") for op in execution["operations"]} == {"queue": "audit", "pointer": None}
    assert names(audit("sqs")) == ["trail"] and names(cloud.client("sqs", "eu-west-1")) == []
    value = cloud.client("ssm", "eu-west-1").get_parameter(Name="/trail")["Parameter"]["Value"]
    assert value == f"arn:aws:sqs:eu-west-1:{AUDIT}:trail"
    assert run(server, "plan", config)["summary"]["no_op"] == 2
    assert run(server, "destroy", config)["status"] == "completed"
    assert names(audit("sqs")) == [] and cloud.client("ssm", "eu-west-1").describe_parameters()["Parameters"] == []
    assert len(proxy.calls("AssumeRole")) == 3  # one an execution


def test_a_target_names_the_account_of_all_that_name_none(server, cloud, audit, entered):
    config = config_of(entered, targets=[{"provider": "aws", "account": "audit", "regions": ["eu-west-1"]}])
    assert run(server, "apply", config)["status"] == "completed"
    assert len(audit("ssm").describe_parameters()["Parameters"]) == 1
    assert cloud.client("ssm", "eu-west-1").describe_parameters()["Parameters"] == []
    assert run(server, "destroy", config)["status"] == "completed"
    assert audit("ssm").describe_parameters()["Parameters"] == []


def test_an_account_that_the_credentials_do_not_have_is_refused(server, credentials):
    reply = server.post("/deploy/apply", {"config": config_of(credentials)})
    assert reply.status == 422
    assert [(p["pointer"], p["code"]) for p in reply.json["problems"]] == [
        ("/config/credentials/aws/accounts/audit", "missing_property")]


def test_a_role_that_is_not_to_be_had_is_refused_where_it_is_named(server, proxy, entered):
    proxy.expect_refusals = True
    entered["aws"]["accounts"]["audit"] |= {"access_key_id": "AKIANOBODY", "secret_access_key": "wrong"}
    reply = server.post("/deploy/apply", {"config": config_of(entered)})
    assert reply.status == 422
    assert [p["pointer"] for p in reply.json["problems"]] == ["/config/credentials/aws/accounts/audit"]
    assert ROLE in reply.json["problems"][0]["detail"]


def test_a_role_that_is_throttled_is_waited_for(server, proxy, audit, entered):
    proxy.set_faults([{"kind": "throttle", "operation": "AssumeRole", "times": 2},
                      {"kind": "lose_reply", "operation": "AssumeRole", "times": 1}])
    assert run(server, "apply", config_of(entered))["status"] == "completed"
    assert names(audit("sqs")) == ["trail"]


def test_an_execution_stays_in_its_accounts(server, entered):
    config = config_of(entered, edges=[{"from": "queue", "to": "pointer", "type": "pause"}])
    execution = run(server, "apply", config)
    assert execution["status"] == "paused"
    elsewhere = {"aws": {**entered["aws"], "accounts": {
        "audit": {"role_arn": ROLE.replace(AUDIT, "333333333333")}}}}
    body = {"graph_id": execution["graph_id"], "credentials": elsewhere, "until": "end"}
    reply = server.post("/deploy/continue", body, prefer="wait=60")
    assert reply.status == 409 and "aws/audit credentials are for account 333333333333" in reply.json["detail"]
    reply = server.post("/deploy/continue", {**body, "credentials": entered}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply


def test_a_verify_by_tags_asks_in_each_account(server, proxy, audit, entered):
    config = config_of(entered)
    assert run(server, "apply", config)["status"] == "completed"
    proxy.clear_log()
    answer = server.post("/deploy/verify", {"config": config, "depth": "tags"}).json
    assert answer["success"] and {r["resource_id"]: (r.get("account"), r["depth"]) for r in answer["resources"]} == {
        "queue": ("audit", "tags"), "pointer": (None, "tags")}, answer
    assert len(proxy.calls("GetResources")) == 2
    sqs = audit("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="trail")["QueueUrl"])
    answer = server.post("/deploy/verify", {"config": config, "depth": "tags"}).json
    assert answer["summary"]["missing"] == 1 and answer["summary"]["in_sync"] == 1, answer


def test_a_resource_moves_to_another_account_and_what_refers_to_it_turns_to_it(server, cloud, audit, entered):
    config = config_of(entered)
    del config["resources"]["queue"]["account"]
    assert run(server, "apply", config)["status"] == "completed"
    here = cloud.client("sqs", "eu-west-1")
    reply = server.post("/deploy/move", {
        "deployment_id": "accounts", "credentials": entered, "from_account": "", "to_account": "audit",
        "resources": ["queue"], "without_data": True}, prefer="wait=60")
    assert (reply.json["status"], reply.json["reason"]) == ("paused", "pause_edge"), reply
    assert names(audit("sqs")) == ["trail"] and names(here) == ["trail"]
    done = server.post("/deploy/continue", {"graph_id": reply.json["graph_id"]}, prefer="wait=60").json
    assert done["status"] == "completed", done
    assert names(audit("sqs")) == ["trail"] and names(here) == []
    value = cloud.client("ssm", "eu-west-1").get_parameter(Name="/trail")["Parameter"]["Value"]
    assert value == f"arn:aws:sqs:eu-west-1:{AUDIT}:trail"
    config["resources"]["queue"]["account"] = "audit"
    assert run(server, "plan", config)["summary"]["no_op"] == 2
    assert run(server, "destroy", config)["status"] == "completed"
    assert names(audit("sqs")) == []


def move(server, entered, **request):
    return server.post("/deploy/move", {
        "deployment_id": "accounts", "credentials": entered, "from_account": "", "to_account": "audit", **request},
        prefer="wait=60")


def names_of_buckets(s3):
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_a_bucket_moves_to_another_account_with_its_objects_and_back(server, cloud, audit, entered):
    """Its name is one for all accounts: the new one has another, and neither is taken for the other."""
    config = config_of(entered, resources={"files": {"type": "aws:s3:bucket", "properties": {"bucket_name": "moving"}}})
    assert run(server, "apply", config)["status"] == "completed"
    here, there = cloud.client("s3", "eu-west-1"), audit("s3")
    (old,) = names_of_buckets(here)
    here.put_object(Bucket=old, Key="a", Body=b"1")
    planned = move(server, entered, mode="DRY_RUN").json
    assert ("files--copy@eu-west-1: the policy of the old bucket has to let the new account list it and read its objects"
            in planned["warnings"]), planned
    paused = move(server, entered).json
    assert paused["status"] == "paused", paused
    (new,) = names_of_buckets(there)
    assert new == f"{old}-eu-west-1" and there.get_object(Bucket=new, Key="a")["Body"].read() == b"1"
    undone = server.post("/deploy/cancel", {"graph_id": paused["graph_id"], "rollback": True}, prefer="wait=60").json
    assert undone["reason"] == "rolled_back" and names_of_buckets(there) == [] and names_of_buckets(here) == [old]
    assert move(server, entered, delete_after_verify=True).json["status"] == "completed"
    assert names_of_buckets(there) == [new] and names_of_buckets(here) == []
    assert there.get_object(Bucket=new, Key="a")["Body"].read() == b"1"
    config["targets"][0]["account"] = "audit"
    assert run(server, "plan", config)["summary"]["no_op"] == 1
    back = move(server, entered, from_account="audit", to_account="", delete_after_verify=True)
    assert back.json["status"] == "completed", back
    assert names_of_buckets(there) == [] and len(names_of_buckets(here)) == 1


def test_what_is_copied_within_one_account_only_is_told(server, entered):
    table = {"type": "aws:dynamodb:table", "properties": {
        "table_name": "accounts-data", "billing_mode": "PAY_PER_REQUEST",
        "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
        "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}}
    assert run(server, "apply", config_of(entered, resources={"data": table}))["status"] == "completed"
    refused = move(server, entered, copy=["data"])
    assert refused.status == 422 and {(p["code"], p["detail"]) for p in refused.json["problems"]} == {
        ("loses_data", "its items stay behind"), ("not_copyable", "what it holds is copied within one account only")}
    planned = move(server, entered, without_data=["data"], mode="DRY_RUN").json
    assert "data@eu-west-1: its items stay behind" in planned["warnings"]
