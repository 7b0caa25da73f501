# SPDX-License-Identifier: Apache-2.0
"""test_apis_and_zones.py - what a cycle of one resource does not show: a REST API is deployed again when its triggers
change, and a private zone is made for several VPCs."""

import pytest

pytestmark = pytest.mark.sanitized


def config_of(credentials, resources):
    return {"deployment_id": "edge", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": ["eu-west-1"]}], "resources": resources}


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    return reply.json


def rest_api(triggers):
    method = {"rest_api_id": "@api", "resource_id": "@api.root_resource_id", "http_method": "GET"}
    return {
        "api": {"type": "aws:apigateway:rest_api", "properties": {"name": "edge"}},
        "method": {"type": "aws:apigateway:method", "properties": {**method, "authorization_type": "NONE"}},
        "nothing": {"type": "aws:apigateway:integration",
                    "properties": {**method, "http_method": "@method", "type": "MOCK"}},
        "deployment": {"type": "aws:apigateway:deployment",
                       "properties": {"rest_api_id": "@nothing.rest_api_id", "triggers": triggers}},
        "live": {"type": "aws:apigateway:stage",
                 "properties": {"rest_api_id": "@api", "stage_name": "live", "deployment_id": "@deployment"}},
    }


def test_a_changed_trigger_makes_a_deployment_that_the_stage_goes_on_to(server, cloud, credentials):
    served = []
    for triggers in ({"files": "1"}, {"files": "1"}, {"files": "2"}):
        execution = run(server, "apply", config_of(credentials, rest_api(triggers)))
        api_id = execution["outputs"]["api"]["rest_api_id"]
        stage = cloud.client("apigateway", "eu-west-1").get_stage(restApiId=api_id, stageName="live")
        assert stage["deploymentId"] == execution["outputs"]["deployment"]["deployment_id"]
        served.append(stage["deploymentId"])
    assert served[0] == served[1] != served[2]
    assert execution["summary"] == {"add": 1, "change": 1, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 3}
    run(server, "destroy", config_of(credentials, rest_api({"files": "2"})))
    assert cloud.client("apigateway", "eu-west-1").get_rest_apis()["items"] == []


def zone(vpcs):
    networks = {name: {"type": "aws:ec2:vpc", "properties": {"cidr_block": f"10.{at}.0.0/16"}}
                for at, name in enumerate(("a", "b", "c"))}
    return {**networks, "zone": {"type": "aws:route53:zone", "properties": {
        "name": "edge.internal", "private_zone": True,
        "vpcs": [{"vpc_id": f"@{name}", "vpc_region": "eu-west-1"} for name in vpcs]}}}


def test_a_private_zone_is_made_for_several_vpcs_which_can_change(server, cloud, credentials):
    for vpcs in (("a", "b"), ("c", "b")):
        execution = run(server, "apply", config_of(credentials, zone(vpcs)))
        wanted = {execution["outputs"][name]["vpc_id"] for name in vpcs}
        found = cloud.client("route53").get_hosted_zone(Id=execution["outputs"]["zone"]["zone_id"])
        assert sorted(vpc["VPCId"] for vpc in found["VPCs"]) == sorted(wanted)
        assert run(server, "apply", config_of(credentials, zone(vpcs)))["summary"]["no_op"] == 4
    run(server, "destroy", config_of(credentials, zone(vpcs)))
