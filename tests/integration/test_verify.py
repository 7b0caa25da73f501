# SPDX-License-Identifier: Apache-2.0
"""test_verify.py - what boto3 does to a deployment behind its back is reported as that, resource by resource."""

import json

import configs
import processes
import pytest

REGION = "eu-west-1"


def config_of(credentials, **resources):
    return {"deployment_id": "verify", "version": "v1", "credentials": credentials, "tags": {"team": "web"},
            "targets": [{"provider": "aws", "regions": [REGION]}], "resources": resources}


def queue(name, **properties):
    return {"type": "aws:sqs:queue", "properties": {"queue_name": name, **properties}}


def apply(server, config):
    execution = server.post("/deploy/apply", {"config": config}, prefer="wait=60").json
    assert execution["status"] == "completed", execution
    return execution


def verify(server, body):
    reply = server.post("/deploy/verify", body)
    assert reply.status == 200, reply
    return reply.json


def verdicts(answer):
    return {resource["resource_id"]: resource["verdict"] for resource in answer["resources"]}


def resource(answer, resource_id):
    return next(r for r in answer["resources"] if r["resource_id"] == resource_id)


def test_what_was_just_applied_is_in_sync_whichever_way_it_is_named(server, proxy, credentials):
    config = configs.hello(credentials)
    graph_id = apply(server, config)["graph_id"]
    proxy.clear_log()
    named = [{"config": config}, {"graph_id": graph_id, "credentials": credentials},
             {"deployment_id": "hello", "credentials": credentials}]
    for body in named:
        answer = verify(server, body)
        assert answer["success"] and answer["graph_id"] == graph_id, answer
        assert answer["summary"] == {"in_sync": 7, "drifted": 0, "missing": 0, "not_ours": 0, "ambiguous": 0,
                                     "unreadable": 0, "failing": 0}
        assert all(r["diff"] == [] for r in answer["resources"])
    for entry in proxy.log:
        assert entry["method"] in ("GET", "HEAD") or entry["operation"].startswith(("Get", "List", "Describe")), entry


def test_what_was_never_applied_is_missing(server, credentials):
    answer = verify(server, {"config": configs.hello(credentials)})
    assert not answer["success"] and answer["summary"]["missing"] == 7, answer


def test_each_kind_of_drift_is_told_as_what_it_is(server, cloud, credentials):
    config = configs.hello(credentials, regions=[REGION], memory_size=128)
    config["resources"] |= {"jobs": queue("jobs", visibility_timeout=30), "left": queue("left"), "net": {
        "type": "aws:ec2:vpc", "properties": {"cidr_block": "10.0.0.0/16"}}}
    config["tags"] = {"team": "web"}
    outputs = apply(server, config)["outputs"]

    cloud.client("lambda", REGION).update_function_configuration(FunctionName="hello-api", MemorySize=256)
    cloud.client("iam").untag_role(RoleName="hello-role", TagKeys=["team"])
    cloud.client("dynamodb", REGION).delete_table(TableName="hello-data")
    cloud.client("s3", REGION).delete_bucket_tagging(Bucket=outputs["files"]["name"])
    sqs = cloud.client("sqs", REGION)
    sqs.set_queue_attributes(QueueUrl=outputs["jobs"]["url"], Attributes={"VisibilityTimeout": "60"})
    sqs.untag_queue(QueueUrl=outputs["left"]["url"], TagKeys=list(
        sqs.list_queue_tags(QueueUrl=outputs["left"]["url"])["Tags"]))
    ec2 = cloud.client("ec2", REGION)
    ec2.delete_tags(Resources=[outputs["net"]["vpc_id"]], Tags=[{"Key": "mgraph:node-id"}])

    answer = verify(server, {"config": config})
    assert verdicts(answer) == {
        "api": "drifted", "execution-role": "drifted", "data": "missing",
        "files": "drifted",  # its name says whose it is
        "jobs": "drifted",
        "left": "not_ours",  # it has a name that anybody may have given, and nothing else any more
        "net": "missing"}, answer  # there are many networks, and none says that it is this one
    assert answer["summary"] == {"in_sync": 0, "drifted": 4, "missing": 2, "not_ours": 1, "ambiguous": 0,
                                 "unreadable": 0, "failing": 0}
    assert resource(answer, "api")["diff"] == [{"path": "/memory_size", "before": 256, "after": 128}]
    assert resource(answer, "execution-role")["diff"] == [{"path": "/tags/team", "after": "web"}]
    gone = {entry["path"]: entry["after"] for entry in resource(answer, "files")["diff"]}
    assert gone.pop("/tags/team") == "web" and len(gone) == 6 and all(path.startswith("/tags/mgraph:") for path in gone)
    assert resource(answer, "jobs")["diff"] == [{"path": "/visibility_timeout", "before": 60, "after": 30}]
    assert "not managed by this deployment" in resource(answer, "left")["reason"]
    assert cloud.client("lambda", REGION).get_function_configuration(FunctionName="hello-api")["MemorySize"] == 256


def test_two_that_claim_to_be_one_resource_are_ambiguous(server, cloud, credentials):
    config = config_of(credentials, net={"type": "aws:ec2:vpc", "properties": {"cidr_block": "10.0.0.0/16"}},
                       sub={"type": "aws:ec2:subnet", "properties": {"cidr_block": "10.0.1.0/24"},
                            "references": {"vpc_id": "net"}})
    apply(server, config)
    ec2 = cloud.client("ec2", REGION)
    tags = next(vpc["Tags"] for vpc in ec2.describe_vpcs()["Vpcs"] if vpc.get("Tags"))
    ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    answer = verify(server, {"config": config})
    assert verdicts(answer) == {"net": "ambiguous", "sub": "in_sync"}, answer


def test_a_resource_that_can_not_be_read_is_told_with_its_reason(server, proxy, credentials):
    config = config_of(credentials, jobs=queue("jobs"), role={"type": "aws:iam:role", "properties": {
        "role_name": "r", "assume_role_policy": configs.TRUST}})
    apply(server, config)
    proxy.set_faults([{"kind": "deny", "service": "iam", "operation": "GetRole"}])
    answer = verify(server, {"config": config})
    assert verdicts(answer) == {"jobs": "in_sync", "role": "unreadable"}, answer
    assert "not allowed" in resource(answer, "role")["reason"]


def test_a_new_version_of_the_config_is_what_counts(server, credentials):
    apply(server, config_of(credentials, jobs=queue("jobs")))
    answer = verify(server, {"config": config_of(credentials, jobs=queue("jobs", visibility_timeout=77))})
    assert resource(answer, "jobs")["diff"] == [{"path": "/visibility_timeout", "before": 30, "after": 77}]


@pytest.mark.parametrize("body", [{}, {"config": {}, "graph_id": "01234567"}, {"graph_id": "nope"},
                                  {"graph_id": "01234567", "mode": "FULL"}])
def test_a_request_that_says_too_little_or_too_much_is_refused(server, body):
    assert server.post("/deploy/verify", body).status == 422


def test_a_graph_that_nobody_knows_is_not_found(server, credentials):
    assert server.post("/deploy/verify", {"graph_id": "01234567", "credentials": credentials}).status == 404


@pytest.fixture
def cli(make_server, tmp_path):
    return processes.Cli(make_server("--local-root", str(tmp_path / "root")), tmp_path)


def test_the_command_line_tells_by_its_exit_status(cli, tmp_path):
    config = cli.config({"a": {"type": "local:file", "properties": {"path": "a", "content": "one"}},
                         "b": {"type": "local:file", "properties": {"path": "b", "content": "two"}}})
    cli("apply", "-y", config)
    resources, end = cli("verify", config).split("\n\n")
    assert sorted(resources.splitlines()) == ["in sync     a (local:file)", "in sync     b (local:file)"]
    assert end == "In sync: what is deployed matches the config.\nVerify: 2 in sync.\n"
    (tmp_path / "root" / "a").write_text("edited")
    (tmp_path / "root" / "b").unlink()
    resources, end = cli("verify", cli.graph_id(config), status=2).split("\n\n")
    assert resources.replace("missing     b (local:file)", "").strip() == (
        "drifted     a (local:file)\n      ~ content: \"edited\" -> \"one\"")
    assert "missing     b (local:file)" in resources.splitlines() and end == "Verify: 0 in sync, 1 drifted, 1 missing.\n"
    process = cli.start("verify", "--json", config)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 2 and stderr == ""
    assert json.loads(stdout) == cli.server.post("/deploy/verify", {"config": json.loads((tmp_path / "config.json").read_text())}).json
    assert json.loads(stdout)["summary"]["drifted"] == 1
    assert "drifted     a (local:file)" in cli("verify", "--depth", "tags", config, status=2)
    assert "Error: " in cli("verify", "--depth", "half", config, status=1)
    assert "Error: " in cli("verify", "01234567", status=1)


# ---- by tags ----

def depths(answer):
    return {(r["resource_id"], r["region"]): r["depth"] for r in answer["resources"]}


def reads(proxy):
    """What was asked beside whose the credentials are."""
    return [entry["operation"] for entry in proxy.log if entry["service"] != "sts"]


def test_by_tags_each_region_is_asked_as_a_whole_and_only_the_rest_is_read(server, proxy, credentials):
    config = configs.hello(credentials)
    apply(server, config)
    proxy.clear_log()
    answer = verify(server, {"config": config, "depth": "tags"})
    assert answer["success"] and answer["warnings"] == [], answer
    by_tags = {(name, region): "tags" for name in ("api", "data") for region in configs.REGIONS}
    # Roles are not in that API. The emulator lists a bucket in every region, so that there are two of each.
    others = {("files", region): "full" for region in configs.REGIONS} | {("execution-role", ""): "full"}
    assert depths(answer) == by_tags | others
    asked = reads(proxy)
    assert asked.count("GetResources") == len(configs.REGIONS) + 1
    assert not {"GetFunction", "DescribeTable"} & set(asked) and "GetRole" in asked, asked


def test_by_tags_what_was_deleted_or_has_other_tags_is_read(server, cloud, credentials):
    config = config_of(credentials, gone=queue("gone"), untagged=queue("untagged"), renamed=queue("renamed"),
                       changed=queue("changed"), same=queue("same"))
    outputs = apply(server, config)["outputs"]
    sqs = cloud.client("sqs", REGION)
    sqs.delete_queue(QueueUrl=outputs["gone"]["url"])
    sqs.untag_queue(QueueUrl=outputs["untagged"]["url"], TagKeys=["team"])
    sqs.tag_queue(QueueUrl=outputs["renamed"]["url"], Tags={"mgraph:node-id": "00000000"})
    sqs.set_queue_attributes(QueueUrl=outputs["changed"]["url"], Attributes={"VisibilityTimeout": "60"})
    answer = verify(server, {"config": config, "depth": "tags"})
    assert verdicts(answer) == {"gone": "missing", "untagged": "drifted", "renamed": "not_ours", "same": "in_sync",
                                "changed": "in_sync"}, answer  # its tags do not show it: the full depth does
    assert {r["resource_id"] for r in answer["resources"] if r["depth"] == "tags"} == {"same", "changed"}
    assert verdicts(verify(server, {"config": config}))["changed"] == "drifted"
    newer = config_of(credentials, same=queue("same", visibility_timeout=77))
    assert verdicts(verify(server, {"config": newer, "depth": "tags"})) == {"same": "drifted"}


def test_by_tags_a_refusal_is_told_and_all_is_read(server, proxy, credentials):
    config = config_of(credentials, jobs=queue("jobs"))
    apply(server, config)
    proxy.set_faults([{"kind": "throttle", "service": "tagging", "times": 2}])
    answer = verify(server, {"config": config, "depth": "tags"})
    assert answer["success"] and depths(answer) == {("jobs", REGION): "tags"}, answer
    proxy.set_faults([{"kind": "deny", "service": "tagging"}])
    answer = verify(server, {"config": config, "depth": "tags"})
    assert answer["success"] and depths(answer) == {("jobs", REGION): "full"}, answer
    assert REGION in answer["warnings"][0] and "AccessDenied" in answer["warnings"][0]
