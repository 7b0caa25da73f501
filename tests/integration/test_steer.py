# SPDX-License-Identifier: Apache-2.0
"""test_steer.py - step, pause, end, skip, continue, cancel, time out, roll back, and go on after a crash."""

import json
import threading
import time

import cloud as clouds
import configs
import pytest
import sigproxy

KEY_ID = next(iter(sigproxy.DEFAULT_SECRETS))


def null(*depends_on, delay_ms=0, **more):
    return {"type": "local:null", "properties": {"delay_ms": delay_ms}, "depends_on": list(depends_on), **more}


def config(resources, edges=(), **more):
    return {"deployment_id": "steered", "resources": resources,
            "edges": [{"from": a, "to": b, "type": kind} for a, b, kind in edges], **more}


def chain(*edges, **more):
    """a <- b <- c, and d alone, which has the shortest way behind it."""
    return config({"a": null(), "b": null("a"), "c": null("b"), "d": null()}, edges, **more)


def post(server, route, status=200, **body):
    reply = server.post(f"/deploy/{route}", body)
    assert reply.status == status, reply
    return reply.json


def apply(server, config, status=200, **body):
    return post(server, "apply", status, config=config, **body)


def go_on(server, graph_id, status=200, **body):
    return post(server, "continue", status, graph_id=graph_id, **body)


def statuses(execution):
    return {op["resource_id"]: op["status"] for op in execution["operations"]}


def done(execution):
    return {name for name, status in statuses(execution).items() if status == "completed"}


def next_of(execution):
    return execution["next_operation"]["resource_id"]


def events(server, graph_id):
    """All events so far of the graph's last execution."""
    last = server.get(f"/deploy/status/{graph_id}").json
    stream = next(key for key in server.redis("KEYS", f"*:events:{graph_id}").split("\n"))
    n = int(server.redis("XLEN", stream))
    told = []
    for event in server.events(f"/deploy/events/{graph_id}"):
        told.append(json.loads(event.data))
        if told[-1]["seq"] == n:
            return [event for event in told if event["execution_id"] == last["execution_id"]]


def wait_for(server, graph_id, wanted, seconds=20):
    """The execution, once `wanted` of it is true."""
    until = time.monotonic() + seconds
    while True:
        execution = server.get(f"/deploy/status/{graph_id}").json
        if wanted(execution):
            return execution
        assert time.monotonic() < until, execution
        time.sleep(0.02)


# ---- steps, pauses, ends, skips ----

def test_step_mode_does_one_operation_at_a_time_and_says_what_is_next(server):
    execution = apply(server, chain(), mode="STEP")
    graph_id = execution["graph_id"]
    seen = [next_of(execution)]
    while execution["status"] == "paused":
        assert execution["mode"] == "STEP" and execution["reason"] == "step" and execution["success"]
        assert len(done(execution)) == len(seen)
        execution = go_on(server, graph_id)
        if execution["status"] == "paused":
            seen.append(next_of(execution))
    assert execution["status"] == "completed" and len(done(execution)) == 4
    assert seen == ["b", "c", "d"]
    told = [event for event in events(server, graph_id) if event["type"] == "execution"]
    assert [event["status"] for event in told] == ["running", "paused"] * 3 + ["running", "completed"]
    assert [event["next_operation"]["resource_id"] for event in told if event["status"] == "paused"] == seen


def test_between_two_steps_exactly_one_operation_has_events(server):
    graph_id = apply(server, chain(), mode="STEP")["graph_id"]
    go_on(server, graph_id)
    go_on(server, graph_id, until="end")
    segments, worked = [], set()
    for event in events(server, graph_id):
        if event["type"] == "node":
            worked.add(event["resource_id"])
        elif event["status"] in ("paused", "completed"):
            segments.append(worked)
            worked = set()
    assert segments == [{"a"}, {"b"}, {"c", "d"}]


def test_a_pause_edge_holds_what_is_behind_it_until_it_is_told_to_continue(server):
    execution = apply(server, chain(("a", "b", "pause"), ("b", "c", "pause")))
    assert execution["status"] == "paused" and execution["reason"] == "pause_edge"
    assert done(execution) == {"a", "d"} and next_of(execution) == "b"
    assert execution["next_operation"]["type"] == "local:null"
    execution = go_on(server, execution["graph_id"])
    assert execution["reason"] == "pause_edge" and next_of(execution) == "c"
    execution = go_on(server, execution["graph_id"])
    assert execution["status"] == "completed" and "next_operation" not in execution


def test_to_the_end_passes_all_pauses(server):
    execution = apply(server, chain(("a", "b", "pause"), ("b", "c", "pause")), mode="STEP")
    execution = go_on(server, execution["graph_id"], until="end")
    assert execution["status"] == "completed" and len(done(execution)) == 4


def test_an_end_edge_is_the_end_of_a_partial_deployment(server):
    execution = apply(server, chain(("b", "c", "end")))
    assert execution["status"] == "completed" and execution["reason"] == "end_edge"
    assert statuses(execution) == {"a": "completed", "b": "completed", "c": "pending", "d": "completed"}


def test_a_step_in_full_mode_and_a_run_in_step_mode_are_a_matter_of_until(server):
    execution = apply(server, chain(("a", "b", "pause")))
    execution = go_on(server, execution["graph_id"], until="step")
    assert execution["reason"] == "step" and done(execution) == {"a", "b", "d"} and next_of(execution) == "c"
    execution = go_on(server, execution["graph_id"])
    assert execution["status"] == "completed"


def test_a_pause_that_nobody_has_come_to_is_not_passed(server):
    execution = apply(server, chain(("a", "b", "pause")), mode="STEP")
    assert next_of(execution) == "d"
    execution = go_on(server, execution["graph_id"], until="pause")
    assert execution["reason"] == "pause_edge" and next_of(execution) == "b"


def test_it_is_continued_from_a_node(server):
    execution = apply(server, chain(), mode="STEP")
    assert next_of(execution) == "b"
    execution = go_on(server, execution["graph_id"], from_node="d")
    assert done(execution) == {"a", "d"}
    node_id = next(op["node_id"] for op in execution["operations"] if op["resource_id"] == "b")
    execution = go_on(server, execution["graph_id"], from_node=node_id)
    assert done(execution) == {"a", "b", "d"}


def test_of_two_pauses_only_the_named_one_is_passed(server):
    resources = {"a": null(), "b": null("a"), "c": null("a")}
    execution = apply(server, config(resources, [("a", "b", "pause"), ("a", "c", "pause")]))
    assert done(execution) == {"a"}
    execution = go_on(server, execution["graph_id"], from_node="c")
    assert execution["status"] == "paused" and done(execution) == {"a", "c"}


def test_what_is_skipped_is_not_run_and_what_waits_for_it_goes_on(server):
    execution = apply(server, chain(("a", "b", "pause")))
    execution = go_on(server, execution["graph_id"], skip=["b"])
    assert execution["status"] == "completed" and execution["operations_skipped"] == 1
    assert statuses(execution) == {"a": "completed", "b": "skipped", "c": "completed", "d": "completed"}


def test_one_region_of_a_resource_is_skipped_by_its_name(server, cloud, credentials):
    hello = configs.hello(credentials)
    hello["edges"] = [{"from": "execution-role", "to": "api", "type": "pause"}]
    execution = apply(server, hello)
    assert done(execution) == {"execution-role"}
    execution = go_on(server, execution["graph_id"], skip=["api@eu-west-1", "data@eu-west-1", "files@eu-west-1"])
    assert execution["status"] == "completed" and execution["operations_skipped"] == 3
    assert {region for kind, region, _ in cloud.everything()} == {"", "us-east-1"}


def test_a_graph_is_stepped_through_on_the_real_wire(server, proxy, cloud, credentials):
    execution = apply(server, configs.hello(credentials), mode="STEP")
    sizes = [len(cloud.everything())]
    while execution["status"] == "paused":
        at = execution["next_operation"]
        execution = go_on(server, execution["graph_id"], expected_next=f"{at['resource_id']}@{at['region']}")
        sizes.append(len(cloud.everything()))
    assert execution["status"] == "completed" and sizes == [1, 2, 3, 4, 5, 6, 7]
    assert set(clouds.counted(cloud.everything()).values()) == {1}


# ---- what can't be continued ----

def test_a_graph_that_there_is_not_can_be_neither_continued_nor_cancelled(server):
    for route in ("continue", "cancel"):
        assert post(server, route, 404, graph_id="00000000")["code"] == "not_found"
    planned = post(server, "plan", config=chain())["spec_graph_id"]
    for route in ("continue", "cancel"):
        assert post(server, route, 404, graph_id=planned)["code"] == "not_found"


def test_what_has_ended_can_be_neither_continued_nor_cancelled(server):
    graph_id = apply(server, chain())["graph_id"]
    for route in ("continue", "cancel"):
        problem = post(server, route, 409, graph_id=graph_id)
        assert problem["code"] == "conflict" and "completed" in problem["detail"]


def test_what_runs_is_not_continued(server):
    graph_id = server.post("/deploy/apply", {"config": config({"slow": null(delay_ms=2000)})},
                           prefer="respond-async").json["graph_id"]
    problem = go_on(server, graph_id, 409)
    assert "running, not paused" in problem["detail"]


@pytest.mark.parametrize("body, status, places", [
    ({"from_node": "nobody"}, 404, {"/from_node": "unknown_node"}),
    ({"from_node": "zz", "skip": ["b", "yy"], "expected_next": "xx"}, 404,
     {"/from_node": "unknown_node", "/skip/1": "unknown_node", "/expected_next": "unknown_node"}),
    ({"from_node": "b@eu-west-1"}, 404, {"/from_node": "unknown_node"}),
    ({"from_node": "c"}, 409, {"/from_node": "conflict"}),
    ({"from_node": "a"}, 409, {"/from_node": "conflict"}),
    ({"skip": ["b", "a"]}, 409, {"/skip/1": "conflict"}),
    ({"expected_next": "c"}, 409, {"/expected_next": "conflict"}),
    ({"until": "later"}, 422, {"/until": "not_in_list"}),
    ({"skip": "b", "from": "b"}, 422, {"/skip": "wrong_type", "/from": "unknown_property"}),
])
def test_a_bad_continue_is_refused_at_its_place_and_changes_nothing(server, body, status, places):
    graph_id = apply(server, chain(("a", "b", "pause")))["graph_id"]
    before = server.get(f"/deploy/status/{graph_id}").json
    problem = go_on(server, graph_id, status, **body)
    assert {p["pointer"] for p in problem["problems"]} == set(places), problem
    if status != 422:
        assert {p["pointer"]: p["code"] for p in problem["problems"]} == places
    assert server.get(f"/deploy/status/{graph_id}").json == before
    assert go_on(server, graph_id)["status"] == "completed"


def test_a_continue_that_is_sent_twice_steps_once(server):
    """Failure mode 60: a breakpoint is not passed twice."""
    graph_id = apply(server, chain(), mode="STEP")["graph_id"]
    replies = []

    def send():
        replies.append(server.post("/deploy/continue", {"graph_id": graph_id, "expected_next": "b"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7, replies
    assert done(server.get(f"/deploy/status/{graph_id}").json) == {"a", "b"}


def test_an_apply_is_refused_while_the_deployment_is_paused(server):
    first = apply(server, chain(("a", "b", "pause")))
    for body in ({"config": chain()}, {"config": chain(("a", "b", "pause"))}, {"graph_id": first["graph_id"]}):
        problem = post(server, "apply", 409, **body)
        assert problem["code"] == "deployment_busy" and "paused" in problem["detail"]
        assert first["graph_id"] in problem["detail"]
    assert post(server, "destroy", 409, deployment_id="steered")["code"] == "deployment_busy"
    assert post(server, "plan", config=chain())["success"]


def test_an_answer_at_once_shows_that_it_goes_on(server):
    resources = {"a": null(), "b": null("a", delay_ms=1500)}
    graph_id = apply(server, config(resources, [("a", "b", "pause")]))["graph_id"]
    reply = server.post("/deploy/continue", {"graph_id": graph_id}, prefer="respond-async")
    assert reply.status == 202 and reply.json["status"] == "running", reply
    assert reply.headers["location"] == f"/deploy/status/{graph_id}"
    assert wait_for(server, graph_id, lambda e: e["status"] == "completed")


def test_credentials_that_hold_no_longer_are_waited_for_and_replaced(server, proxy, cloud, credentials):
    graph_id = apply(server, configs.hello(credentials), mode="STEP")["graph_id"]
    proxy.expect_refusals = True
    proxy.secrets = {KEY_ID: "rotated"}
    execution = go_on(server, graph_id, until="end")
    assert execution["status"] == "paused" and execution["reason"] == "awaiting_credentials", execution
    problem = go_on(server, graph_id, 409)
    assert "waits for credentials" in problem["detail"]
    problem = go_on(server, graph_id, 422, credentials=credentials)
    assert problem["problems"][0]["pointer"] == "/credentials/aws"
    assert problem["problems"][0]["code"] == "expired_credentials"
    assert server.get(f"/deploy/status/{graph_id}").json["reason"] == "awaiting_credentials"
    credentials["aws"] |= {"secret_access_key": "rotated", "account_id": "999999999999"}
    assert go_on(server, graph_id, 422, credentials=credentials)["code"] == "bad_credentials"
    del credentials["aws"]["account_id"]
    execution = go_on(server, graph_id, credentials=credentials)
    assert execution["status"] == "completed" and len(cloud.everything()) == 7
    assert b"rotated" not in server.everything_written()


def test_the_prefix_may_be_left_out_and_the_routes_are_described(server):
    graph_id = apply(server, chain(("a", "b", "pause")))["graph_id"]
    assert server.post("/cancel", {"graph_id": graph_id}).json["status"] == "cancelled"
    graph_id = apply(server, chain(("a", "b", "pause")))["graph_id"]
    assert server.post("/continue", {"graph_id": graph_id}).json["status"] == "completed"
    document = server.get("/openapi.json").json
    for route in ("continue", "cancel"):
        operation = document["paths"][f"/deploy/{route}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert document["components"]["schemas"][body]["required"] == ["graph_id"]
        assert {"200", "202", "404", "409", "422"} <= set(operation["responses"])


# ---- apply of a graph ----

def test_an_apply_of_a_graph_that_failed_goes_on_from_there(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "error", "operation": "POST /2015-03-31/functions"}])
    hello = configs.hello(credentials, regions=["us-east-1"])
    hello["resources"]["api"]["timeout"] = 2  # else it is tried for longer than a test may take
    failed = apply(server, hello)
    assert failed["status"] == "failed" and done(failed) == {"execution-role"}
    proxy.set_faults([])
    proxy.clear_log()
    again = post(server, "apply", graph_id=failed["graph_id"], credentials=credentials)
    assert again["status"] == "completed" and again["execution_id"] != failed["execution_id"]
    assert not proxy.calls("CreateRole")
    assert set(clouds.counted(cloud.everything()).values()) == {1} and len(cloud.everything()) == 4


def test_an_apply_of_a_graph_that_was_left_goes_on_under_its_id(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    begun = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="respond-async").json
    wait_for(server, begun["graph_id"], lambda e: "execution-role" in done(e))
    server.kill9()
    proxy.set_faults([])
    server.start()
    execution = post(server, "apply", graph_id=begun["graph_id"], credentials=credentials)
    assert execution["status"] == "completed" and execution["execution_id"] == begun["execution_id"]
    assert len(cloud.everything()) == 7 and set(clouds.counted(cloud.everything()).values()) == {1}


# ---- after a crash ----

def test_what_was_paused_goes_on_after_a_crash_with_credentials_given_anew(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    execution = apply(server, configs.hello(credentials), mode="STEP")
    graph_id = execution["graph_id"]
    go_on(server, graph_id)
    server.kill9()
    server.start()
    problem = go_on(server, graph_id, 422)
    assert problem["code"] == "bad_credentials" and problem["problems"][0]["pointer"].startswith("/credentials")
    assert go_on(server, graph_id, 409, credentials=credentials, from_node="execution-role")
    execution = go_on(server, graph_id, credentials=credentials)
    assert execution["status"] == "paused" and execution["reason"] == "step"
    assert len(cloud.everything()) == 3, "one step, and what was done is no step"
    execution = go_on(server, graph_id, until="end")
    assert execution["status"] == "completed"
    assert len(cloud.everything()) == 7 and set(clouds.counted(cloud.everything()).values()) == {1}
    assert execution["summary"]["add"] == 7


def test_credentials_for_another_account_are_refused_before_and_after_a_crash(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    graph_id = apply(server, configs.hello(credentials), mode="STEP")["graph_id"]
    assumed = cloud.client("sts").assume_role(
        RoleArn="arn:aws:iam::999999999999:role/other", RoleSessionName="other")["Credentials"]
    proxy.secrets[assumed["AccessKeyId"]] = assumed["SecretAccessKey"]
    others = {"aws": {"access_key_id": assumed["AccessKeyId"], "secret_access_key": assumed["SecretAccessKey"],
                      "session_token": assumed["SessionToken"], "region": "us-east-1"}}
    for restarts in range(2):
        if restarts:
            server.kill9()
            server.start()
            server.until_ready()
        problem = go_on(server, graph_id, 409, credentials=others)
        assert "999999999999" in problem["detail"] and "123456789012" in problem["detail"], problem
    assert len(cloud.everything()) == 1
    assert go_on(server, graph_id, credentials=credentials, until="end")["status"] == "completed"
    assert len(cloud.everything()) == 7


def test_who_continues_or_cancels_at_once_after_a_restart_is_not_refused(make_server):
    """The server takes up what it has left at the same moment."""
    server = make_server()
    graph_id = apply(server, configs.nulls(12, chain=12), mode="STEP")["graph_id"]
    for i in range(8):
        server.kill9()
        server.start()
        server.until_ready()
        time.sleep(0.002 * i)
        execution = go_on(server, graph_id)
        assert execution["status"] == "paused" and execution["operations_completed"] == i + 2, execution
    server.kill9()
    server.start()
    server.until_ready()
    assert post(server, "cancel", graph_id=graph_id)["status"] == "cancelled"


def test_what_was_paused_at_an_edge_passes_it_after_a_crash(make_server):
    server = make_server()
    graph_id = apply(server, chain(("a", "b", "pause"), ("b", "c", "pause")))["graph_id"]
    server.kill9()
    server.start()
    wait_for(server, graph_id, lambda e: e["status"] == "paused")
    execution = go_on(server, graph_id)
    assert execution["status"] == "paused" and next_of(execution) == "c"
    server.kill9()
    server.start()
    cancelled = post(server, "cancel", graph_id=graph_id)
    assert cancelled["status"] == "cancelled" and done(cancelled) == {"a", "b", "d"}


def test_what_was_left_can_be_cancelled_and_then_something_else_applied(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    graph_id = apply(server, configs.hello(credentials), mode="STEP")["graph_id"]
    server.kill9()
    server.start()
    problem = apply(server, configs.hello(credentials, timeout=9), 409)
    assert problem["code"] == "deployment_busy" and graph_id in problem["detail"]
    for _ in range(2):
        cancelled = post(server, "cancel", graph_id=graph_id, credentials=credentials)
        assert cancelled["status"] == "cancelled" and not cancelled["success"]
    assert apply(server, configs.hello(credentials, timeout=9))["status"] == "completed"
    assert len(cloud.everything()) == 7


def test_a_destroy_that_was_left_is_gone_on_with(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    graph_id = apply(server, configs.hello(credentials))["graph_id"]
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    begun = server.post("/deploy/destroy", {"graph_id": graph_id, "credentials": credentials},
                        prefer="respond-async").json
    wait_for(server, graph_id, lambda e: done(e))
    server.kill9()
    proxy.set_faults([])
    server.start()
    execution = go_on(server, graph_id, credentials=credentials)
    assert execution["status"] == "completed" and execution["kind"] == "destroy"
    assert execution["execution_id"] == begun["execution_id"] and cloud.everything() == {}


# ---- pause ----

def test_what_runs_is_paused_when_what_is_under_way_is_done_and_goes_on(server):
    resources = {f"n{i}": null(*[f"n{i - 1}"] if i else [], delay_ms=300) for i in range(6)}
    graph_id = server.post("/deploy/apply", {"config": config(resources)}, prefer="respond-async").json["graph_id"]
    wait_for(server, graph_id, lambda e: e["operations"][0]["phase"] == "calling")
    going = server.post("/deploy/pause", {"graph_id": graph_id}, prefer="respond-async")
    assert going.status == 202 and (going.json["status"], going.json["reason"]) == ("running", "pausing"), going
    paused = post(server, "pause", graph_id=graph_id)
    assert (paused["status"], paused["reason"]) == ("paused", "asked")
    assert set(statuses(paused).values()) == {"completed", "pending"}
    assert post(server, "pause", graph_id=graph_id)["status"] == "paused"
    assert next_of(paused) not in done(paused)
    assert go_on(server, graph_id)["status"] == "completed"
    post(server, "pause", 409, graph_id=graph_id)


# ---- cancel ----

@pytest.fixture
def commands(make_server):
    return make_server("--exec-allow", "*")


def slow_command(seconds, **more):
    return {"type": "exec:command", "properties": {
        "create": ["/bin/sh", "-c", f"echo begun >> log; sleep {seconds}; echo ended >> log"], **more}}


def test_a_gentle_cancel_lets_what_runs_come_to_its_end(commands):
    server = commands
    resources = {"slow": slow_command(1), "after": null("slow")}
    graph_id = server.post("/deploy/apply", {"config": config(resources)}, prefer="respond-async").json["graph_id"]
    wait_for(server, graph_id, lambda e: e["operations"][0]["phase"] == "calling")
    going = server.post("/deploy/cancel", {"graph_id": graph_id}, prefer="respond-async")
    assert going.status == 202 and going.json["reason"] == "cancelling" and going.json["cancelling"], going
    execution = post(server, "cancel", graph_id=graph_id)
    assert execution["status"] == "cancelled" and not execution["success"] and "cancelling" not in execution
    log = (server.data / "local" / "log").read_text().split()
    assert log == ["begun", "ended"]
    slow, after = execution["operations"]
    assert slow["status"] == "completed" and slow["outputs"]["exit_code"] == 0 and after["status"] == "pending"
    again = post(server, "cancel", graph_id=graph_id)
    assert again["status"] == "cancelled"


def test_a_forced_cancel_gives_up_what_runs(commands):
    server = commands
    graph_id = server.post("/deploy/apply", {"config": config({"slow": slow_command(30)})},
                           prefer="respond-async").json["graph_id"]
    wait_for(server, graph_id, lambda e: e["operations"][0]["phase"] == "calling")
    start = time.monotonic()
    server.post("/deploy/cancel", {"graph_id": graph_id}, prefer="respond-async")
    execution = post(server, "cancel", graph_id=graph_id, force=True)
    assert time.monotonic() - start < 10
    assert execution["status"] == "cancelled" and statuses(execution) == {"slow": "cancelled"}


def test_a_forced_cancel_finds_what_a_call_that_it_gave_up_has_made(server, proxy, cloud, credentials):
    proxy.set_faults([{"kind": "delay", "seconds": 1.5, "operation": "CreateRole"}])
    hello = configs.roles(1, credentials)
    graph_id = server.post("/deploy/apply", {"config": hello}, prefer="respond-async").json["graph_id"]
    wait_for(server, graph_id, lambda e: e["operations"][0]["phase"] == "calling")
    execution = post(server, "cancel", graph_id=graph_id, force=True)
    assert execution["status"] == "cancelled"
    time.sleep(2)
    proxy.set_faults([])
    assert apply(server, hello)["status"] == "completed"
    assert len(cloud.roles()) == 1


def test_what_is_paused_is_cancelled_at_once_and_can_be_applied_again(server):
    graph_id = apply(server, chain(("a", "b", "pause")))["graph_id"]
    execution = post(server, "cancel", graph_id=graph_id)
    assert execution["status"] == "cancelled" and done(execution) == {"a", "d"}
    ends = [event for event in events(server, graph_id) if event["type"] == "execution"
            and event["status"] in ("completed", "failed", "cancelled")]
    assert len(ends) == 1
    assert go_on(server, graph_id, 409)["detail"].endswith("cancelled")
    again = post(server, "apply", graph_id=graph_id)
    assert again["status"] == "paused" and again["execution_id"] != execution["execution_id"]


# ---- timeouts, failures, rollback ----

def test_a_node_that_takes_longer_than_it_may_has_failed(commands):
    resources = {"slow": slow_command(30) | {"timeout": 1}, "after": null("slow"), "other": null()}
    start = time.monotonic()
    execution = apply(commands, config(resources))
    assert time.monotonic() - start < 15
    assert execution["status"] == "failed"
    assert statuses(execution) == {"slow": "failed", "after": "blocked", "other": "completed"}
    assert execution["failed_operation"]["error"]["type"] == "timeout"
    assert "1 second" in execution["failed_operation"]["error"]["message"]


def failing(**more):
    return {"type": "exec:command", "properties": {"create": ["/bin/false"], **more}}


def test_on_failure_says_what_happens_to_the_rest(commands):
    resources = {"bad": failing(), "first": null(delay_ms=300), "second": null("first")}
    stopped = apply(commands, config(resources))
    assert stopped["status"] == "failed" and statuses(stopped)["second"] == "pending"
    went_on = apply(commands, config(resources), on_failure="continue_independent")
    assert went_on["status"] == "failed" and statuses(went_on)["second"] == "completed"


def test_a_rollback_restores_what_was_changed_and_deletes_what_was_created(commands):
    file = {"type": "local:file", "properties": {"path": "kept", "content": "before"}}
    apply(commands, config({"kept": file}))
    changed = {"type": "local:file", "properties": {"path": "kept", "content": "after"}}
    made = {"type": "local:file", "depends_on": ["kept"], "properties": {"path": "made", "content": "new"}}
    resources = {"kept": changed, "made": made, "bad": failing() | {"depends_on": ["made"]}}
    execution = apply(commands, config(resources), on_failure="rollback")
    assert execution["status"] == "failed" and execution["reason"] == "rolled_back"
    assert statuses(execution) == {"kept": "rolled_back", "made": "rolled_back", "bad": "failed"}
    assert execution["operations_rolled_back"] == 2 and execution["on_failure"] == "rollback"
    assert (commands.data / "local" / "kept").read_text() == "before"
    assert not (commands.data / "local" / "made").exists()
    told = [event.get("reason") for event in events(commands, execution["graph_id"]) if event["type"] == "execution"]
    assert told == [None, "rolling_back", "rolled_back"]


def test_a_rollback_on_the_real_wire(server, cloud, credentials):
    apply(server, configs.hello(credentials, regions=["us-east-1"], timeout=3))
    hello = configs.hello(credentials, regions=["us-east-1"], timeout=17)
    hello["resources"]["more"] = {"type": "aws:iam:role", "properties": {
        "role_name": "hello-more", "assume_role_policy": configs.TRUST}}
    hello["resources"]["bad"] = {"type": "aws:iam:role", "depends_on": ["more", "data", "files"], "properties": {
        "role_name": "hello-bad", "assume_role_policy": configs.TRUST}}
    cloud.client("iam").create_role(RoleName="hello-bad", AssumeRolePolicyDocument="{}")
    execution = apply(server, hello, on_failure="rollback")
    assert execution["reason"] == "rolled_back", execution
    assert execution["failed_operation"]["resource_id"] == "bad"
    assert set(cloud.roles()) == {"hello-role", "hello-bad"}
    function = cloud.client("lambda").get_function(FunctionName="hello-api")
    assert function["Configuration"]["Timeout"] == 3


def test_the_plan_names_what_a_rollback_could_not_undo(commands):
    resources = {"final": failing(), "undone": failing(delete=["/bin/true"]), "plain": null()}
    plan = post(commands, "plan", config=config(resources), on_failure="rollback")
    assert plan["warnings"] == ["final: a rollback can't undo it: it has no program to delete what it did"]
    assert [op["resource_id"] for op in plan["operations"] if "irreversible" in op] == ["final"]
    same = post(commands, "apply", config=config(resources), mode="DRY_RUN", on_failure="rollback")
    assert same == plan
    assert post(commands, "plan", config=config(resources))["warnings"] == []
    assert commands.get(f"/deploy/status/{plan['spec_graph_id']}").status == 404


def test_a_delete_and_a_change_of_code_are_named_as_well(server, credentials):
    hello = configs.hello(credentials, regions=["us-east-1"])
    apply(server, hello)
    hello["resources"]["api"]["properties"]["code"] = {"inline": "def handler(e, c):\n    return 2\n"}
    hello["resources"]["files"]["operation"] = "delete"
    plan = post(server, "plan", config=hello, on_failure="rollback")
    final = {op["resource_id"]: op["irreversible"] for op in plan["operations"] if "irreversible" in op}
    assert final == {"api": 'what "code" was before can\'t be read back', "files": "what is deleted is gone"}
    assert len(plan["warnings"]) == 3
    code = configs.hello()["resources"]["api"]["properties"]["code"]
    hello["resources"]["api"]["properties"] |= {"timeout": 9, "code": code}
    plan = post(server, "plan", config=hello)
    assert [op["resource_id"] for op in plan["operations"] if "irreversible" in op] == ["files"]
