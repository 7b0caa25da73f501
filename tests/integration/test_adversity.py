# SPDX-License-Identifier: Apache-2.0
"""test_adversity.py - what the world does to a run: clocks that are off, keys that are taken away, tags that people
edit, a store that is slow or forgets, and watchers that never read."""

import os
import socket
import time

import cloud as clouds
import configs
import pytest
import sigproxy

pytestmark = pytest.mark.sanitized

KEY_ID, SECRET = next(iter(sigproxy.DEFAULT_SECRETS.items()))
MINUTE = 60
ENDS = ("completed", "failed", "cancelled", "paused")


def begin(server, config):
    reply = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert reply.status == 202, reply
    return reply.json["graph_id"]


def until(what, seconds=60):
    """What it hands out, once that is true."""
    end = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return value


def status(server, graph_id):
    return server.get(f"/deploy/status/{graph_id}").json


def ended(server, graph_id):
    """The execution, once nothing more happens by itself."""
    until(lambda: status(server, graph_id).get("status") in ENDS)
    return status(server, graph_id)


def has_called(proxy, operation):
    until(lambda: proxy.calls(operation, applied=True))


def expect_each_once(cloud, n=7):
    found = cloud.everything()
    assert len(found) == n and set(clouds.counted(found).values()) == {1}, found


# ---- the cloud ----

def test_a_retry_after_is_waited_for(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "throttle", "operation": "CreateRole", "times": 1, "retry_after": 3}])
    began = time.monotonic()
    reply = server.post("/deploy/apply", {"config": configs.roles(1, credentials)})
    assert reply.json["status"] == "completed", reply
    assert [call["status"] for call in proxy.calls("CreateRole")] == [400, 200]
    assert 3 <= time.monotonic() - began < 20


@pytest.mark.parametrize("kind", ["cut_reply", "half_reply"])
def test_half_an_answer_is_no_answer(server, proxy, cloud, credentials, kind):
    """Each create was done, and each answer says so only up to its middle."""
    creates = ("CreateRole", "CreateTable", "POST /2015-03-31/functions")
    proxy.set_faults([{"kind": kind, "times": 1, "operation": operation} for operation in creates])
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=60")
    assert reply.json["status"] == "completed" and reply.json["summary"]["add"] == 7, reply
    assert len(proxy.calls(fault=kind)) == 3
    assert len(proxy.calls("CreateRole", applied=True)) == 1
    expect_each_once(cloud)


@pytest.mark.parametrize("off", [-5 * MINUTE, 5 * MINUTE])
def test_a_clock_that_is_five_minutes_off_is_no_matter(server, proxy, cloud, credentials, off):
    proxy.clock_off = off
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)})
    assert reply.json["status"] == "completed", reply
    expect_each_once(cloud)


def clock_is_set(proxy):
    proxy.clock_off = 20 * MINUTE


def keys_are_revoked(proxy):
    proxy.secrets.clear()


@pytest.mark.parametrize("happens, code", [(clock_is_set, "RequestTimeTooSkewed"),
                                           (keys_are_revoked, "InvalidClientTokenId")])
def test_when_calls_are_refused_on_the_way_it_waits_and_then_goes_on(server, proxy, cloud, credentials, happens, code):
    """Keys that are revoked and keys that run out look alike from here, as does a clock that is set."""
    proxy.expect_refusals = True
    proxy.set_faults([{"kind": "delay", "seconds": 0.05}])
    graph_id = begin(server, configs.hello(credentials))
    has_called(proxy, "CreateRole")
    happens(proxy)
    execution = ended(server, graph_id)
    assert (execution["status"], execution["reason"]) == ("paused", "awaiting_credentials"), execution
    told = [operation["error"]["code"] for operation in execution["operations"] if operation.get("error")]
    assert told and set(told) == {code}, execution
    refused = server.post("/deploy/continue", {"graph_id": graph_id, "credentials": credentials})
    assert refused.status == 422 and code in refused.text, refused
    proxy.clock_off = 0
    proxy.secrets[KEY_ID] = SECRET
    reply = server.post("/deploy/continue", {"graph_id": graph_id, "credentials": credentials, "until": "end"})
    assert reply.json["status"] == "completed", reply
    expect_each_once(cloud)


def test_what_has_lost_its_tags_is_nobodys_until_it_has_them_again(server, cloud, credentials):
    config = configs.roles(1, credentials)
    created = server.post("/deploy/apply", {"config": config}).json
    assert created["status"] == "completed", created
    iam = cloud.client("iam")
    tags = iam.list_role_tags(RoleName="roles-0")["Tags"]
    iam.untag_role(RoleName="roles-0", TagKeys=[clouds.NODE])
    before = iam.get_role(RoleName="roles-0")["Role"]
    config["resources"]["role-0"]["properties"]["description"] = "changed"
    for reply in (server.post("/deploy/apply", {"config": config}),
                  server.post("/deploy/destroy", {"graph_id": created["graph_id"], "credentials": credentials})):
        assert reply.json["status"] == "failed", reply
        assert reply.json["failed_operation"]["error"]["type"] == "conflict", reply
    assert iam.get_role(RoleName="roles-0")["Role"] == before
    iam.tag_role(RoleName="roles-0", Tags=tags)
    assert server.post("/deploy/apply", {"config": config}).json["status"] == "completed"
    assert iam.get_role(RoleName="roles-0")["Role"]["Description"] == "changed"


def test_a_destroy_is_refused_while_an_apply_runs(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "delay", "seconds": 0.1}])
    graph_id = begin(server, configs.hello(credentials))
    has_called(proxy, "CreateRole")
    reply = server.post("/deploy/destroy", {"graph_id": graph_id, "credentials": credentials})
    assert reply.status == 409 and reply.json["code"] == "deployment_busy", reply
    assert ended(server, graph_id)["status"] == "completed"
    assert proxy.calls("Delete.*|DELETE .*") == []
    expect_each_once(cloud)


# ---- the store ----

def test_a_redis_that_is_two_seconds_late_holds_up_and_breaks_nothing(server):
    downs = server.stderr.count("store.down")  # it starts before its Redis does
    graph_id = begin(server, configs.nulls(40, delay_ms=20, chain=20))
    for _ in range(2):
        server.redis("CLIENT", "PAUSE", "2000", "ALL")
        server.until_ready()
    execution = ended(server, graph_id)
    assert execution["status"] == "completed" and execution["operations_completed"] == 40, execution
    assert server.stderr.count("store.down") == downs


def test_a_redis_that_is_emptied_in_mid_run_costs_the_run_and_nothing_else(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "delay", "seconds": 0.1}])
    begin(server, configs.hello(credentials))
    has_called(proxy, "CreateRole")
    server.redis("FLUSHALL")
    until(lambda: server.get("/info/status").json["executions_running"] == 0)
    proxy.set_faults([])
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="wait=60")
    assert reply.json["status"] == "completed", reply
    expect_each_once(cloud)


@pytest.mark.parametrize("of_it", [0.5, 1], ids=["half", "all but three bytes"])
def test_an_append_only_file_that_was_cut_off_is_gone_on_from(server, of_it):
    """In the middle of a write, as any cut will be: what is whole is kept, and the run goes on from there by itself."""
    graph_id = server.post("/deploy/apply", {"config": configs.nulls(5)}).json["graph_id"]
    server.stop()
    [tail] = (server.data / "redis").rglob("*.incr.aof")
    os.truncate(tail, int(tail.stat().st_size * of_it) - 3)
    server.start()
    server.until_ready()
    assert "loaded anyway because aof-load-truncated is enabled" in (server.data / "redis" / "redis.log").read_text()
    execution = until(lambda: (e := status(server, graph_id))["status"] == "completed" and e)
    assert execution["operations_completed"] == 5, execution
    again = server.post("/deploy/apply", {"config": configs.nulls(5)})
    assert again.json["status"] == "completed", again


# ---- watchers ----

def test_watchers_that_never_read_hold_up_nobody(server):
    """Each is to be sent some three megabytes, and has a server that would have to hold them if it did not stop."""
    config = configs.nulls(2000)
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.json["status"] == "completed", reply
    address = server.url.removeprefix("http://").split(":")
    path = f"/deploy/events/{reply.json['graph_id']}"
    request = f"GET {path}?after=0 HTTP/1.1\r\nHost: x\r\nx-api-key: {server.key}\r\n\r\n".encode()
    before, watchers = server.resident(), []
    try:
        for _ in range(100):
            watcher = socket.socket()
            watcher.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            watcher.connect((address[0], int(address[1])))
            watcher.sendall(request)
            watchers.append(watcher)
        reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
        assert reply.json["status"] == "completed", reply
        for event in server.events(path):  # one that does read gets all of it
            if '"type":"execution"' in event.data and '"completed"' in event.data:
                break
        assert server.resident() - before < 100 * (512 << 10) or server.is_sanitized()
    finally:
        for watcher in watchers:
            watcher.close()
