# SPDX-License-Identifier: Apache-2.0
"""test_cloudcontrol.py - any CloudFormation type through the Cloud Control API, played by cloudcontrol.py behind the
proxy that checks signatures and makes faults."""

import json

import cloudcontrol
import pytest
import sigproxy

pytestmark = pytest.mark.sanitized

REGION = "eu-west-1"
GROUP = {"type": "aws:cloudcontrol:AWS::Logs::LogGroup",
         "properties": {"LogGroupName": "hello", "RetentionInDays": 7}}
API = {"type": "aws:cloudcontrol:AWS::ApiGatewayV2::Api",
       "properties": {"Name": "hello", "ProtocolType": "HTTP", "CorsConfiguration": {"AllowMethods": ["GET", "PUT"]}}}
FILTER = {"type": "aws:cloudcontrol:AWS::Logs::MetricFilter",
          "properties": {"LogGroupName": "hello", "FilterName": "errors", "FilterPattern": "ERROR",
                         "EmitSystemFieldDimensions": ["account", "region"],
                         "MetricTransformations": [
                             {"MetricName": "errors", "MetricNamespace": "hello", "MetricValue": "1"}]}}


@pytest.fixture
def control():
    control = cloudcontrol.CloudControl().start()
    yield control
    control.stop()
    assert not control.wrong, control.wrong


@pytest.fixture
def wire(control):
    """The proxy in front of it."""
    proxy = sigproxy.SigProxy(control.url).start()
    yield proxy
    proxy.stop()
    assert not proxy.refused, proxy.refused[:3]


@pytest.fixture
def server(make_server, wire):
    return make_server("--aws-endpoint", wire.url)


def config_of(credentials, tags=None, **resources):
    config = {"deployment_id": "cc", "version": "v1", "credentials": credentials, "resources": resources,
              "targets": [{"provider": "aws", "regions": [REGION]}]}
    return config | ({"tags": tags} if tags else {})


def changed(resource, **properties):
    return resource | {"properties": resource["properties"] | properties}


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200, reply
    return reply.json


def apply(server, config):
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", execution["operations"]
    return execution


def planned(server, config):
    return {op["resource_id"]: op["operation"] for op in run(server, "plan", config)["operations"]}


def error_of(execution):
    return next(op["error"] for op in execution["operations"] if op.get("error"))


def the_only(control, type_name):
    (properties,) = [value for key, value in control.resources.items() if key[1] == type_name]
    return properties


@pytest.mark.parametrize("resource, change", [
    (GROUP, {"RetentionInDays": 14}),
    (API, {"Description": "changed", "CorsConfiguration": {"AllowMethods": ["GET"], "MaxAge": 5}}),
    (FILTER, {"FilterPattern": "FATAL"}),
], ids=["given-identifier", "by-tags", "without-tags"])
def test_a_resource_is_made_read_back_changed_and_gone(server, control, credentials, resource, change):
    type_name = resource["type"].removeprefix("aws:cloudcontrol:")
    config = config_of(credentials, it=resource)
    assert planned(server, config) == {"it": "create"}
    assert apply(server, config)["summary"]["add"] == 1
    assert the_only(control, type_name).items() >= resource["properties"].items()
    assert planned(server, config) == {"it": "no_op"}

    adopted = {"operation": "adopt"} if resource is FILTER else {}  # nothing says whose it is
    config = config_of(credentials, it=changed(resource, **change) | adopted)
    assert apply(server, config)["summary"]["change"] == 1
    assert the_only(control, type_name).items() >= change.items()
    assert planned(server, config) == {"it": "no_op"}

    control.lags = True
    gone = run(server, "destroy", config)
    assert gone["success"] and control.resources == {}, gone
    assert gone["proof"]["left"] == [] and gone["proof"]["lagging_n"] == (resource is not FILTER), gone["proof"]
    control.lags = False
    assert run(server, "destroy", config)["success"]


def test_what_a_destroy_does_not_name_is_left(server, control, credentials):
    apply(server, config_of(credentials, api=API, group=GROUP))
    apply(server, config_of(credentials, api=API))
    gone = run(server, "destroy", config_of(credentials, api=API))
    assert gone["status"] == "completed" and gone["reason"] == "something_left", gone
    (left,) = gone["proof"]["left"]
    assert left["resource_id"] == "group" and left["tags"] == control.tags_of((REGION, "AWS::Logs::LogGroup", "hello"))


def test_its_tags_are_ours_and_the_users(server, control, credentials):
    apply(server, config_of(credentials, tags={"team": "blue"}, group=GROUP, api=API))
    for key in control.resources:
        tags = control.tags_of(key)
        assert tags["team"] == "blue" and tags["mgraph:deploy-id"] == "cc" and "mgraph:node-id" in tags
    apply(server, config_of(credentials, tags={"team": "red"}, group=GROUP, api=API))
    assert {control.tags_of(key)["team"] for key in control.resources} == {"red"}


def test_its_attributes_are_outputs(server, control, credentials):
    it = changed(GROUP, LogGroupName="named-by-@{api.ApiId}")
    execution = apply(server, config_of(credentials, api=API, it=it))
    api = the_only(control, "AWS::ApiGatewayV2::Api")
    assert the_only(control, "AWS::Logs::LogGroup")["LogGroupName"] == f"named-by-{api['ApiId']}"
    assert f'"ApiEndpoint": "{api["ApiEndpoint"]}"' in json.dumps(execution["outputs"])
    assert run(server, "destroy", config_of(credentials, api=API, it=it))["success"]
    assert control.resources == {}


def test_a_child_of_a_resource_of_ours_is_put_right(server, control, credentials):
    child = changed(FILTER, LogGroupName="@group")
    apply(server, config_of(credentials, group=GROUP, child=child))
    the_only(control, "AWS::Logs::MetricFilter")["FilterPattern"] = "BY HAND"
    assert apply(server, config_of(credentials, group=GROUP, child=child))["summary"]["change"] == 1
    assert the_only(control, "AWS::Logs::MetricFilter")["FilterPattern"] == "ERROR"


def test_what_somebody_else_made_is_left_alone(server, control, credentials):
    control.resources[REGION, "AWS::Logs::LogGroup", "hello"] = {"LogGroupName": "hello", "RetentionInDays": 1}
    execution = run(server, "apply", config_of(credentials, it=GROUP))
    assert execution["status"] == "failed" and error_of(execution)["type"] == "conflict", execution
    assert control.called("UpdateResource") == []
    apply(server, config_of(credentials, it=GROUP | {"operation": "adopt"}))
    assert the_only(control, "AWS::Logs::LogGroup")["RetentionInDays"] == 7


def test_what_the_config_leaves_out_and_the_order_of_sets_are_no_difference(server, control, credentials):
    config = config_of(credentials, api=API, filter=FILTER)
    apply(server, config)
    api, metric = (the_only(control, f"AWS::{kind}") for kind in ("ApiGatewayV2::Api", "Logs::MetricFilter"))
    api["Description"] = "by hand"
    api["CorsConfiguration"] = {"AllowMethods": ["GET", "PUT"], "MaxAge": 60}
    metric["EmitSystemFieldDimensions"] = ["region", "account"]
    metric["MetricTransformations"][0]["Unit"] = "None"
    assert planned(server, config) == {"api": "no_op", "filter": "no_op"}
    api["CorsConfiguration"]["AllowMethods"] = ["PUT", "GET"]
    assert planned(server, config) == {"api": "update", "filter": "no_op"}
    apply(server, config)
    cors = the_only(control, "AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors == {"AllowMethods": ["GET", "PUT"], "MaxAge": 60}


def test_what_only_a_new_resource_can_change_is_said_by_the_plan(server, control, credentials):
    apply(server, config_of(credentials, it=API))
    config = config_of(credentials, it=changed(API, ProtocolType="WEBSOCKET"))
    plan = run(server, "plan", config)
    assert plan["summary"]["replace"] == 1
    assert plan["operations"][0]["diff"][0]["requires_replacement"] is True
    done = run(server, "apply", config)
    assert done["status"] == "completed" and done["summary"]["replace"] == 1, done
    assert control.called("UpdateResource") == []
    assert the_only(control, "AWS::ApiGatewayV2::Api")["ProtocolType"] == "WEBSOCKET"


def test_what_is_never_read_back_is_not_compared_and_not_lost(server, control, credentials):
    user = {"type": "aws:cloudcontrol:AWS::ElastiCache::User",
            "properties": {"UserId": "u", "UserName": "u", "Engine": "redis", "AccessString": "on",
                           "Passwords": ["one", "two"]}}
    apply(server, config_of(credentials, it=user))
    assert planned(server, config_of(credentials, it=user)) == {"it": "no_op"}
    apply(server, config_of(credentials, it=changed(user, AccessString="off")))
    found = the_only(control, "AWS::ElastiCache::User")
    assert found["AccessString"] == "off" and found["Passwords"] == ["one", "two"]


@pytest.mark.parametrize("resource, says", [
    (changed(GROUP, Arn="arn:aws:logs"), "Arn is for AWS alone to set"),
    (changed(GROUP, Tags=[]), "Tags holds the tags that it is found by"),
    ({"type": "aws:cloudcontrol:AWS::ApiGatewayV2::Deployment", "properties": {"ApiId": "a"}},
     "it could not be found again: the config does not give all of its identifier (ApiId, DeploymentId)"),
    ({"type": "aws:cloudcontrol:AWS::Nothing::There", "properties": {}}, "AWS::Nothing::There can't be found"),
], ids=["read-only", "tags", "not-to-be-found", "no-such-type"])
def test_what_can_not_be_is_refused_before_anything_is_made(server, control, credentials, resource, says):
    config = config_of(credentials, it=resource)
    assert says in " ".join(run(server, "plan", config)["warnings"])
    execution = run(server, "apply", config)
    assert says in error_of(execution)["message"]
    assert error_of(execution)["type"] == "invalid"
    assert control.called("CreateResource") == []


@pytest.mark.parametrize("name", ["aws:cloudcontrol", "aws:cloudcontrol:AWS::Logs", "aws:cloudcontrol:"])
def test_a_type_without_its_kind_is_a_problem_of_the_config(server, credentials, name):
    reply = server.post("/deploy/plan", {"config": config_of(credentials, it=GROUP | {"type": name})})
    assert reply.status == 422 or not reply.json["success"]
    assert "there are kinds like aws:cloudcontrol:AWS::Logs::LogGroup" in reply.text


# ---- what goes wrong ----


@pytest.mark.parametrize("fault, seconds", [
    ("lose_reply", 0.2), ("lose_reply", 4), ("lose_request", 0.2), ("cut_reply", 0.2), ("error", 0.2)])
def test_a_create_whose_answer_is_lost_makes_one(server, control, wire, credentials, fault, seconds):
    """Whether the next look finds what it made, or finds nothing while it is still being made."""
    control.seconds = seconds
    wire.set_faults([{"kind": fault, "operation": "CreateResource", "times": 4}])
    apply(server, config_of(credentials, given=GROUP, tagged=API))
    assert len(control.resources) == 2
    asked = control.called("CreateResource")
    assert len({params["ClientToken"] for params in asked}) == 2 and len(control.requests) == 2
    assert len(asked) > 2 or seconds < 1


def test_an_update_and_a_delete_whose_answers_are_lost_are_done_once(server, control, wire, credentials):
    apply(server, config_of(credentials, it=GROUP))
    wire.set_faults([{"kind": "lose_reply", "operation": "(Update|Delete)Resource", "times": 1}])
    config = config_of(credentials, it=changed(GROUP, RetentionInDays=14))
    apply(server, config)
    assert the_only(control, "AWS::Logs::LogGroup")["RetentionInDays"] == 14
    wire.set_faults([{"kind": "lose_reply", "operation": "(Update|Delete)Resource", "times": 1}])
    assert run(server, "destroy", config)["status"] == "completed"
    assert control.resources == {}


def test_a_server_that_is_killed_goes_on_with_the_same_request(server, control, credentials):
    control.seconds = 4
    config = config_of(credentials, it=API)
    reply = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    graph_id = reply.json["graph_id"]
    while not control.called("GetResourceRequestStatus"):
        pass
    server.kill9()
    server.start()
    until_paused(server, graph_id)
    done = server.post("/deploy/continue", {"graph_id": graph_id, "credentials": credentials}, prefer="wait=60")
    assert done.json["status"] == "completed", done
    assert len(control.resources) == 1 and len(control.requests) == 1


def until_paused(server, graph_id):
    server.until_ready()
    for event in server.events(f"/events/{graph_id}"):
        data = json.loads(event.data)
        if data["type"] == "execution" and data["status"] == "paused":
            return


def test_its_throttling_is_waited_out(server, control, wire, credentials):
    wire.set_faults([{"kind": "throttle", "service": "cloudcontrolapi", "rate": 0.4, "times": 15}], seed=3)
    groups = {f"g{i}": changed(GROUP, LogGroupName=f"g{i}") for i in range(6)}
    apply(server, config_of(credentials, **groups))
    assert len(control.resources) == 6
    assert wire.calls(fault="throttle")


CODES = {"Throttling": True, "NetworkFailure": True, "InternalFailure": True, "ServiceInternalError": True,
         "ResourceConflict": True, "NotFound": True, "NotStabilized": False, "InvalidRequest": False,
         "AccessDenied": False, "ServiceLimitExceeded": False, "GeneralServiceException": False}


def test_a_failed_request_says_why_and_is_begun_anew_where_that_may_help(server, control, credentials):
    control.failures = [("CREATE", code, code, f"{code} it is") for code in CODES]
    config = config_of(credentials, **{code: changed(GROUP, LogGroupName=code) for code in CODES})
    reply = server.post("/deploy/apply", {"config": config, "on_failure": "continue_independent"}, prefer="wait=60")
    for op in reply.json["operations"]:
        code, again = op["resource_id"], CODES[op["resource_id"]]
        tokens = [params["ClientToken"] for params in control.called("CreateResource")
                  if json.loads(params["DesiredState"])["LogGroupName"] == code]
        assert len(set(tokens)) == len(tokens) == (2 if again else 1), op
        assert op["status"] == ("completed" if again else "failed"), op
        assert again or op["error"] == op["error"] | {
            "code": code, "message": f"GetResourceRequestStatus: {code} it is"}
    assert len(control.resources) == sum(CODES.values())


def test_a_delete_that_fails_says_why(server, control, credentials):
    config = config_of(credentials, it=GROUP)
    apply(server, config)
    control.failures = [("DELETE", "hello", "GeneralServiceException", "it is still in use")]
    execution = run(server, "destroy", config)
    assert execution["status"] == "failed" and "it is still in use" in error_of(execution)["message"]
    control.failures = [("DELETE", "hello", "NotFound", "it has gone already")]
    assert run(server, "destroy", config)["status"] == "completed"


def test_the_tag_index_may_know_more_than_is_meant(server, control, credentials):
    """Copies of the tags, such as on snapshots, are not it; but if none of what is there is it, nobody knows."""
    apply(server, config_of(credentials, it=API))
    control.strays = ["arn:aws:backup:eu-west-1:123456789012:recovery-point:1234"]
    assert planned(server, config_of(credentials, it=API)) == {"it": "no_op"}
    control.resources.clear()
    execution = run(server, "apply", config_of(credentials, it=API))
    assert execution["status"] == "failed" and error_of(execution)["type"] == "transient", execution
    assert len(control.called("CreateResource")) == 1
