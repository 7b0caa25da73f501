# SPDX-License-Identifier: Apache-2.0
"""test_destroy.py - what a destroy waits for, refuses, empties, and proves in its end."""

import json
import time

import configs
import processes
import pytest

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


def test_the_command_line_says_that_nothing_is_left(server, credentials, tmp_path):
    cli = processes.Cli(server, tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_of(credentials, ["us-east-1", REGION], a=queue("a"))))
    cli("apply", "-y", path)
    shown = cli("destroy", "-y", path)
    assert "Nothing is left (swept 2 regions)." in shown, shown
    path.write_text(json.dumps(config_of(credentials, a=queue("a"), b=queue("b"))))
    cli("apply", "-y", path)
    path.write_text(json.dumps(config_of(credentials, a=queue("a"))))
    cli("apply", "-y", path)
    shown = cli("destroy", "-y", path, status=1)
    assert f'arn:aws:sqs:{REGION}:123456789012:b "b"' in shown, shown


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
