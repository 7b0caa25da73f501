# SPDX-License-Identifier: Apache-2.0
"""test_destroy.py - what a destroy waits for, refuses, empties, and proves in its end."""

import json
import time

import configs
import processes
import pytest
import sigproxy

pytestmark = pytest.mark.sanitized

REGION = "eu-west-1"


def config_of(credentials, regions=(REGION,), **resources):
    return {"deployment_id": "away", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": list(regions)}], "resources": resources}


def queue(name, **properties):
    return {"type": "aws:sqs:queue", "properties": {"queue_name": name, **properties}}


def run(server, what, config, wait=90, **more):
    reply = server.post(f"/deploy/{what}", {"config": config, **more}, prefer=f"wait={wait}")
    assert reply.status == 200, reply
    return reply.json


def apply(server, config):
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", execution
    return execution


def destroy(server, config, **more):
    return run(server, "destroy", config, **more)


# ---- the proof ----


def test_all_is_gone_and_each_region_was_asked_for_what_else_there_is(server, proxy, cloud, credentials):
    config = configs.hello(credentials)
    apply(server, config)
    for again in (False, True):
        proxy.clear_log()
        execution = destroy(server, config)
        assert execution["success"] and execution["status"] == "completed" and "reason" not in execution, execution
        assert execution["summary"]["no_op" if again else "destroy"] == 7
        proof = execution["proof"]
        assert proof["left"] == [] and proof["left_n"] == 0 and proof["warnings"] == []
        assert sorted(place["region"] for place in proof["swept"]) == ["", "eu-west-1", "us-east-1"]
        assert {place["account"] for place in proof["swept"]} == {"123456789012"}
        assert len(proxy.calls("GetResources")) == 3
    assert cloud.everything() == {}
    assert server.get(f"/deploy/status/{execution['graph_id']}").json["proof"] == proof


def test_what_an_older_version_has_left_is_found(server, cloud, credentials):
    apply(server, config_of(credentials, a=queue("a"), b=queue("b")))
    config = config_of(credentials, a=queue("a"))
    apply(server, config)
    execution = destroy(server, config)
    assert execution["status"] == "completed" and execution["reason"] == "something_left", execution
    assert not execution["success"]
    left = execution["proof"]["left"]
    assert [(it["id"], it["resource_id"], it["region"]) for it in left] == [
        (f"arn:aws:sqs:{REGION}:123456789012:b", "b", REGION)]
    assert left[0]["tags"]["mgraph:deploy-id"] == "away"
    config = config_of(credentials, a=queue("a"), b=queue("b"))
    assert destroy(server, config)["success"]


def test_credentials_that_may_not_ask_get_a_warning(server, proxy, credentials):
    config = config_of(credentials, a=queue("a"))
    apply(server, config)
    proxy.set_faults([{"kind": "deny", "operation": "GetResources"}])
    execution = destroy(server, config)
    assert execution["success"] and execution["status"] == "completed", execution
    assert execution["proof"]["swept"] == [] and execution["proof"]["left"] == []
    assert len(execution["proof"]["warnings"]) == 1 and "AccessDenied" in execution["proof"]["warnings"][0]


def test_the_command_line_says_that_nothing_is_left(server, cloud, credentials, tmp_path):
    cli = processes.Cli(server, tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_of(credentials, ["us-east-1", REGION], a=queue("a"))))
    cli("apply", "-y", path)
    shown = cli("destroy", "-y", path)
    assert "Nothing is left (swept 2 regions)." in shown, shown
    path.write_text(json.dumps(config_of(credentials, a=queue("a"))))
    cli("apply", "-y", path)
    cloud.client("sqs", REGION).create_queue(QueueName="stray", tags={
        "mgraph:deploy-id": "away", "mgraph:node-id": "00000000", "mgraph:resource-id": "b"})
    shown = cli("destroy", "-y", path, status=1)
    assert f'1 of the deployment left:\n  arn:aws:sqs:{REGION}:123456789012:stray "b"' in shown, shown


def test_what_is_killed_while_it_sweeps_sweeps_again(make_server, proxy, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    config = config_of(credentials, a=queue("a"))
    apply(server, config)
    proxy.set_faults([{"kind": "delay", "seconds": 3, "operation": "GetResources", "times": 1}])
    reply = server.post("/deploy/destroy", {"config": config}, prefer="respond-async")
    until = time.monotonic() + 20
    while not proxy.calls("GetResources") and time.monotonic() < until:
        time.sleep(0.05)
    server.kill9()
    server.start()
    execution = destroy(server, config)
    assert execution["execution_id"] == reply.json["execution_id"]
    assert execution["success"] and execution["proof"]["left_n"] == 0, execution
    assert len(execution["proof"]["swept"]) == 1


# ---- what is in the way ----


@pytest.mark.parametrize("times", [1, 4])
def test_what_others_hold_for_a_while_is_asked_for_again(server, proxy, cloud, credentials, times):
    config = config_of(credentials, net={"type": "aws:ec2:vpc", "properties": {"cidr_block": "10.0.0.0/16"}},
                       sub={"type": "aws:ec2:subnet", "references": {"vpc_id": "net"},
                            "properties": {"cidr_block": "10.0.1.0/24"}})
    apply(server, config)
    proxy.set_faults([{"kind": "refuse", "code": "DependencyViolation", "times": times, "operation": "DeleteSubnet"}])
    execution = destroy(server, config)
    assert execution["success"], execution
    assert len(proxy.calls("DeleteSubnet")) == times + 1
    sub = next(op for op in execution["operations"] if op["resource_id"] == "sub")
    assert sub["attempt"] == times + 1
    ec2 = cloud.client("ec2", REGION)
    assert not [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]


# ---- what is in it ----


def bucket(name, **properties):
    return {"type": "aws:s3:bucket", "properties": {"bucket_name": name, "name_suffix": False, **properties}}


def fill(cloud, name, n, versions=2):
    """Versions, a delete marker, and an upload that was never finished."""
    s3 = cloud.client("s3", REGION)
    for i in range(n):
        for version in range(versions):
            s3.put_object(Bucket=name, Key=f"folder/object {i} + ü", Body=b"%d" % version)
    s3.delete_object(Bucket=name, Key="folder/object 0 + ü")
    s3.create_multipart_upload(Bucket=name, Key="half")
    return s3


def failed(execution):
    return execution["failed_operation"]["error"]


def test_a_bucket_with_objects_is_left_alone_until_the_config_says_otherwise(server, proxy, cloud, credentials):
    config = config_of(credentials, b=bucket("away-full", versioning="Enabled"))
    apply(server, config)
    s3 = fill(cloud, "away-full", 2)
    execution = destroy(server, config)
    assert execution["status"] == "failed" and failed(execution)["type"] == "failed", execution
    assert "with force_destroy: true, a destroy empties it first" in failed(execution)["message"]
    assert len(s3.list_object_versions(Bucket="away-full")["Versions"]) == 4

    config = config_of(credentials, b=bucket("away-full", versioning="Enabled", force_destroy=True))
    proxy.clear_log()
    assert apply(server, config)["summary"]["change"] == 1
    writes = [entry["operation"] for entry in proxy.log if entry["method"] != "GET" and entry["service"] == "s3"]
    assert writes == ["PUT /away-full"], writes  # its tags
    assert apply(server, config)["summary"]["no_op"] == 1
    execution = destroy(server, config)
    assert execution["success"] and cloud.buckets() == {}, execution


def test_a_bucket_is_emptied_in_pages_also_by_who_takes_over(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    config = config_of(credentials, b=bucket("away-large", versioning="Enabled", force_destroy=True))
    apply(server, config)
    fill(cloud, "away-large", sigproxy.PAGE)
    proxy.set_faults([{"kind": "delay", "seconds": 1, "operation": "POST /away-large"}])
    server.post("/deploy/destroy", {"config": config}, prefer="respond-async")
    until = time.monotonic() + 30
    while not proxy.calls("POST /away-large") and time.monotonic() < until:
        time.sleep(0.05)
    server.kill9()
    proxy.set_faults([])
    server.start()
    execution = destroy(server, config)
    assert execution["success"] and cloud.buckets() == {}, execution
    assert len(proxy.calls("POST /away-large")) >= 3


@pytest.mark.managed_policies
def test_what_others_have_put_on_a_role_is_named_and_taken_off(server, cloud, credentials):
    role = {"type": "aws:iam:role", "properties": {"role_name": "away", "assume_role_policy": configs.TRUST}}
    config = config_of(credentials, r=role)
    apply(server, config)
    iam = cloud.client("iam")
    iam.attach_role_policy(RoleName="away", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.put_role_policy(RoleName="away", PolicyName="inline", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="away")
    role["timeout"] = 4
    graph_id = server.post("/deploy/destroy", {"config": config}, prefer="respond-async").json["graph_id"]
    message, until = "", time.monotonic() + 20
    while "attached" not in message and time.monotonic() < until:
        message = server.get(f"/deploy/status/{graph_id}").json["operations"][0].get("error", {}).get("message", "")
        time.sleep(0.1)
    assert "attached policies: ReadOnlyAccess; inline policies: inline; instance profiles: web" in message, message
    while server.get(f"/deploy/status/{graph_id}").json["status"] == "running" and time.monotonic() < until:
        time.sleep(0.1)
    role["properties"]["force_destroy"] = True
    assert destroy(server, config)["success"] and cloud.roles() == {}


def test_a_zone_takes_records_of_others_along(server, cloud, credentials):
    zone = {"type": "aws:route53:zone", "properties": {"name": "away.example"}}
    config = config_of(credentials, z=zone)
    zone_id = apply(server, config)["outputs"]["z"]["zone_id"]
    route53 = cloud.client("route53")
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [
        {"Action": "CREATE", "ResourceRecordSet": {
            "Name": f"{name}.away.example", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}}
        for name, kind, value in (("a", "A", "192.0.2.1"), ("*", "TXT", '"x"'), ("sub", "NS", "ns.example."))]})
    execution = destroy(server, config)
    assert execution["status"] == "failed" and "force_destroy: true" in failed(execution)["message"], execution
    zone["properties"]["force_destroy"] = True
    assert destroy(server, config)["success"] and route53.list_hosted_zones()["HostedZones"] == []


def test_a_request_names_what_is_to_be_emptied(server, cloud, credentials):
    config = config_of(credentials, ["us-east-1", REGION], a=bucket("away-a", name_suffix=True), q=queue("q"),
                       b=bucket("away-b", name_suffix=True))
    outputs = apply(server, config)["outputs"]
    for region in ("us-east-1", REGION):
        cloud.client("s3", region).put_object(Bucket=outputs[f"a@{region}"]["name"], Key="k", Body=b"v")
        cloud.client("s3", region).put_object(Bucket=outputs[f"b@{region}"]["name"], Key="k", Body=b"v")
    reply = server.post("/deploy/destroy", {"config": config, "empty": ["a", "q", "c"]})
    assert reply.status == 422 and [(p["pointer"], p["code"]) for p in reply.json["problems"]] == [
        ("/empty/1", "not_emptied"), ("/empty/2", "unknown_node")], reply
    execution = destroy(server, config, empty=["a", "b@us-east-1"])
    assert execution["status"] == "failed" and execution["empty"] == ["a", "b@us-east-1"]
    assert [name for name, _ in cloud.buckets()] == [outputs[f"b@{REGION}"]["name"]]
    assert destroy(server, config, empty=True)["success"] and cloud.buckets() == {}


def test_the_command_line_names_what_is_to_be_emptied(server, cloud, credentials, tmp_path):
    cli = processes.Cli(server, tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_of(credentials, ["us-east-1"], a=bucket("away-a"), b=bucket("away-b"))))
    cli("apply", "-y", path)
    for name in cloud.buckets():
        cloud.client("s3").put_object(Bucket=name[0], Key="k", Body=b"v")
    cli("destroy", "-y", "--empty", "a", path, status=1)
    assert len(cloud.buckets()) == 1
    cli("destroy", "-y", "--empty", "all", path)
    assert cloud.buckets() == {}
