# SPDX-License-Identifier: Apache-2.0
"""test_faults.py - what goes wrong between us and the cloud: nothing is doubled, and nothing is lost."""

import threading
import time

import cloud as clouds
import configs
import pytest

pytestmark = pytest.mark.sanitized

WRITES = "Create.*|Put.*|Update.*|Tag.*|POST .*|PUT .*"


def expect_each_once(cloud, n):
    found = cloud.everything()
    assert len(found) == n and set(clouds.counted(found).values()) == {1}, found
    assert all(tags.get("mgraph:deploy-id") == "hello" for tags in found.values()), found


@pytest.mark.parametrize("rules", [
    [{"kind": "throttle", "rate": 0.3}],
    [{"kind": "error", "rate": 0.2}],
    [{"kind": "lose_reply", "rate": 0.25}],
    [{"kind": "lose_request", "rate": 0.25}],
    [{"kind": "throttle", "rate": 0.1}, {"kind": "error", "rate": 0.1}, {"kind": "lose_reply", "rate": 0.1},
     {"kind": "delay", "rate": 0.2, "seconds": 0.05}],
], ids=["throttled", "errors", "replies lost", "requests lost", "all of it"])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_apply_gets_through_faults_without_doubling(server, proxy, cloud, credentials, rules, seed):
    proxy.set_faults(rules, seed=seed)
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    assert any(entry["fault"] for entry in proxy.log)
    expect_each_once(cloud, 7)


def test_every_create_whose_reply_is_lost_is_found_again(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "lose_reply", "times": 1, "operation": operation} for operation in
                      ("CreateRole", "POST /2015-03-31/functions", "CreateTable", "PUT /hello-files.*")])
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=60")
    assert reply.json["status"] == "completed", reply
    assert len(proxy.calls(fault="lose_reply")) == 4
    assert len(proxy.calls("CreateRole", applied=True)) == 1
    expect_each_once(cloud, 7)


@pytest.mark.parametrize("moment", range(8))
def test_killed_in_mid_apply_and_applied_again_there_is_one_of_each(
        make_server, proxy, cloud, credentials, moment):
    server = make_server("--aws-endpoint", proxy.url)
    proxy.set_faults([{"kind": "delay", "seconds": 0.05}])
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="respond-async")
    assert reply.status == 202, reply
    time.sleep(0.1 + 0.11 * moment)
    server.kill9()
    time.sleep(0.1)  # what was on its way arrives
    proxy.set_faults([])
    server.start()
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    expect_each_once(cloud, 7)
    destroyed = server.post("/deploy/destroy", {"graph_id": reply.json["graph_id"], "credentials": credentials})
    assert destroyed.json["status"] == "completed"
    assert cloud.everything() == {}


ALL_SLOW = {"kind": "delay", "seconds": 0.05}
LONG_TO_BEGIN = {"kind": "delay", "seconds": 2, "service": "sts"}  # who closes while that is asked is seen to be gone


@pytest.mark.parametrize("moment, slow", [*((moment, ALL_SLOW) for moment in (0.0, 0.05, 0.2, 0.5)), (0.2, LONG_TO_BEGIN)])
def test_a_client_that_hangs_up_stops_nothing(server, proxy, cloud, credentials, moment, slow):
    proxy.set_faults([slow])
    body = {"config": configs.hello(credentials)}
    connection = server.api._connect()
    import json
    text = json.dumps(body)
    connection.request("POST", "/deploy/apply", text, {"x-api-key": server.key, "content-type": "application/json"})
    time.sleep(moment)
    connection.close()
    until = time.monotonic() + 20
    while len(cloud.everything()) < 7 and time.monotonic() < until:
        time.sleep(0.1)
    expect_each_once(cloud, 7)
    assert server.get("/healthz").status == 200


def test_wrong_credentials_are_refused_once_and_clearly(server, proxy, credentials):
    proxy.expect_refusals = True
    credentials["aws"]["secret_access_key"] = "not-the-secret-of-this-key"
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)})
    assert reply.status == 422 and reply.json["code"] == "bad_credentials", reply
    [problem] = reply.json["problems"]
    assert problem["pointer"] == "/config/credentials/aws" and problem["code"] == "expired_credentials"
    assert "SignatureDoesNotMatch" in problem["detail"]
    assert len(proxy.refused) == 1
    assert "not-the-secret" not in reply.text
    assert server.get("/healthz").status == 200


def test_credentials_for_another_account_than_they_say_are_refused(server, credentials):
    credentials["aws"]["account_id"] = "999999999999"
    reply = server.post("/deploy/plan", {"config": configs.hello(credentials)})
    assert reply.status == 422 and reply.json["code"] == "bad_credentials", reply
    [problem] = reply.json["problems"]
    assert problem["pointer"] == "/config/credentials/aws"
    assert "123456789012" in problem["detail"] and "999999999999" in problem["detail"]


@pytest.mark.long
def test_an_unreachable_endpoint_is_given_up_after_some_tries(make_server, credentials):
    server = make_server("--aws-endpoint", "http://127.0.0.1:1")
    start = time.monotonic()
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=100")
    execution = reply.json
    assert execution["status"] == "failed", reply
    error = execution["failed_operation"]["error"]
    assert error["type"] == "transient" and "127.0.0.1" in error["message"], error
    assert 3 < time.monotonic() - start < 60
    assert server.get("/readyz").status == 200


def test_two_applies_of_a_deployment_do_not_run_at_once(server, proxy, credentials):
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    first = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="respond-async")
    second = server.post("/deploy/apply", {"config": configs.hello(credentials, timeout=9)})
    assert second.status == 409 and second.json["code"] == "deployment_busy", second
    assert first.json["graph_id"] in second.json["detail"]


def test_many_deployments_run_side_by_side(server, cloud, credentials):
    replies = []

    def run(i):
        replies.append(server.post(
            "/deploy/apply", {"config": configs.roles(3, credentials, f"many-{i}")}, prefer="wait=60"))

    threads = [threading.Thread(target=run, args=(i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply for reply in replies if reply.json.get("status") != "completed"] == []
    assert len(replies) == 10
    assert len(cloud.roles()) == 30
