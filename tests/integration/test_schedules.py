# SPDX-License-Identifier: Apache-2.0
"""test_schedules.py - deployments that are verified again and again: an event when the state changes, and only then; none while an
execution runs; credentials in memory alone."""

import json
import queue
import socket
import threading
import time
import urllib.parse

import configs
import processes
import pytest

DEPLOYMENT = "scheduled"


@pytest.fixture
def local(make_server, tmp_path):
    return make_server("--local-root", str(tmp_path / "root"))


def config_of(content="hello", **more):
    return {"deployment_id": DEPLOYMENT, "resources": {
        "site": {"type": "local:file", "properties": {"path": "site", "content": content}}, **more}}


def apply(server, config):
    execution = server.post("/deploy/apply", {"config": config}, prefer="wait=60").json
    assert execution["status"] == "completed", execution
    return execution


def schedule(server, **more):
    reply = server.post("/deploy/schedules", {"deployment_id": DEPLOYMENT, "every_seconds": 5, **more})
    assert reply.status == 200, reply
    return reply.json


def shown(server):
    return server.get("/deploy/schedules").json["schedules"]


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def runs(server):
    return shown(server)[0]["runs"]


def after_a_run(server):
    """One that has begun after this."""
    n = runs(server)
    until(lambda: runs(server) >= n + 2)


class Listener:
    """Events of type verify, as they come over SSE and over Redis."""

    def __init__(self, server, graph_id):
        self.events = queue.Queue()
        threading.Thread(target=self.listen, args=(server, graph_id), daemon=True).start()

    def listen(self, server, graph_id):
        try:
            for event in server.events(f"/deploy/events/{graph_id}", timeout=120):
                data = json.loads(event.data)
                if data["type"] == "verify":
                    self.events.put((event.id, data))
        except Exception:  # the server is gone with the test
            pass

    def next(self):
        return self.events.get(timeout=30)


@pytest.mark.long
def test_a_change_of_state_is_told_once_and_so_is_the_way_back(local, tmp_path):
    graph_id = apply(local, config_of())["graph_id"]
    listener = Listener(local, graph_id)
    assert schedule(local)["every_seconds"] == 5
    until(lambda: runs(local) >= 1)
    (found,) = shown(local)
    assert found["verified"]["state"] == "in_sync" and found["verified"]["resources"] == {} and "reason" not in found
    assert listener.events.empty(), "nothing has changed"

    (tmp_path / "root" / "site").write_text("edited")
    event_id, event = listener.next()
    assert event["state"] == "drifted" and event["before"] == "in_sync" and event["changed_total"] == 1
    (changed,) = event["changed"]
    assert changed["resource_id"] == "site" and changed["verdict"] == "drifted" and changed["before"] == "in_sync"
    assert changed["diff"] == [{"path": "/content", "before": "edited", "after": "hello"}]
    assert event_id == f"{event['seq']}-0"
    status = local.get(f"/deploy/status/{graph_id}").json
    assert status["verified"]["state"] == "drifted" and status["verified"]["resources"] == {"site@": "drifted"}

    after_a_run(local)
    assert listener.events.empty(), "it is told once"
    apply(local, config_of())
    _, event = listener.next()
    assert event["state"] == "in_sync" and event["before"] == "drifted"
    assert [one["verdict"] for one in event["changed"]] == ["in_sync"]
    numbers = [json.loads(text)["seq"] for text in stored_events(local, graph_id)]
    assert numbers == list(range(1, len(numbers) + 1)), "the numbers of the graph have no gap"


def test_a_list_of_deployments_tells_how_each_was_last_found(local):
    apply(local, {"deployment_id": "other", "resources": {"it": {"type": "local:null"}}})
    graph_id = apply(local, config_of(more={"type": "local:file", "properties": {"path": "more", "content": ""}}))["graph_id"]
    schedule(local, depth="tags")
    until(lambda: runs(local) >= 1)
    first, second = local.get("/deploy/deployments").json["deployments"]
    assert first["deployment_id"] == DEPLOYMENT and second["deployment_id"] == "other" and "verified" not in second
    whole = shown(local)[0]["verified"]
    assert first["verified"] == {name: whole[name] for name in ("graph_id", "version", "at", "depth", "state", "summary")
                                 if name in whole}
    assert first["verified"]["graph_id"] == graph_id and first["verified"]["summary"]["in_sync"] == 2


def test_a_list_of_a_thousand_has_all_of_them_at_their_places(local):
    """More than may be asked of Redis at once."""
    known = {"at": "2026-11-24T03:34:27.248Z", "state": "in_sync", "summary": {}}
    for i in range(0, 1000, 100):
        local.redis("ZADD", "mg:{default}:deployments", *(word for n in range(i, i + 100) for word in (f"{n + 1}", f"d{n}")))
        local.redis("MSET", *(word for n in range(i, i + 100) if n % 3 for word in (
            "mg:{default:d%d}:verified" % n, json.dumps(known | {"graph_id": f"{n:08x}", "resources": {}}))))
    found = local.get("/deploy/deployments?limit=1000").json["deployments"]
    assert [one["deployment_id"] for one in found] == [f"d{n}" for n in reversed(range(1000))]
    assert [one.get("verified") for one in found] == [
        known | {"graph_id": f"{n:08x}"} if n % 3 else None for n in reversed(range(1000))]
    # Who goes away while they are looked for is forgotten.
    address = urllib.parse.urlsplit(local.url)
    for i in range(20):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"GET /deploy/deployments HTTP/1.1\r\nhost: x\r\nx-api-key: {local.key}\r\n\r\n".encode())
            time.sleep(i / 4000)
    assert local.get("/deploy/deployments?limit=1000").json["deployments"] == found


def test_the_command_line_sets_shows_lists_and_removes(local, tmp_path):
    cli = processes.Cli(local, tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_of()))
    cli("apply", "-y", path)

    def outputs(*arguments):
        process = cli.start("schedule", *arguments)
        return (*process.communicate(timeout=30), process.returncode)

    assert outputs("list") == ("", "", 0)
    assert outputs("show", DEPLOYMENT)[2] == 1
    told, said, status = outputs("set", path, "--every", "5s")
    assert told == "" and said.startswith("scheduled is verified every 5s, next at 2") and status == 0
    until(lambda: runs(local) >= 1)
    told, said, status = outputs("show", DEPLOYMENT)
    assert told.endswith(":\nVerify: 1 in sync.\n") and said == "" and status == 0
    (tmp_path / "root" / "site").write_text("edited")
    after_a_run(local)
    told, said, status = outputs("show", path)
    assert told.endswith(":\ndrifted     site\nVerify: 0 in sync, 1 drifted.\n") and said == "" and status == 2
    titles, line = outputs("list")[0].splitlines()
    assert titles.split() == ["DEPLOYMENT", "EVERY", "DEPTH", "RUNS", "NEXT", "FOUND"]
    assert line.startswith("scheduled                       5s     full   ") and " drifted at 2" in line
    assert " drifted at 2" in cli("history")
    told, said, status = outputs("list", "--json")
    assert json.loads(told)["schedules"][0]["verified"] == shown(local)[0]["verified"] and (said, status) == ("", 2)
    told, said, status = outputs("set", DEPLOYMENT, "--every", "1h", "--depth", "tags", "--json")
    assert (json.loads(told)["every_seconds"], json.loads(told)["depth"], said, status) == (3600, "tags", "", 0)
    assert json.loads(outputs("show", DEPLOYMENT, "--json")[0])["every_seconds"] == 3600
    assert outputs("remove", DEPLOYMENT) == ("", "scheduled is verified no longer.\n", 0)
    assert shown(local) == []
    for wrong in (["remove", DEPLOYMENT], ["set", DEPLOYMENT], ["set", DEPLOYMENT, "--every", "1s"], ["set", "--every", "1h"],
                  ["set", "nobody", "--every", "1h"], ["list", DEPLOYMENT], ["begin", DEPLOYMENT]):
        told, said, status = outputs(*wrong)
        assert told == "" and said.startswith("Error: ") and status == 1, wrong


def stored_events(server, graph_id):
    lines = server.redis("XRANGE", "mg:{default:%s}:events:%s" % (DEPLOYMENT, graph_id), "-", "+").splitlines()
    return [line for line in lines if line.startswith("{")]


def test_another_graph_is_looked_at_as_soon_as_it_was_applied(local):
    apply(local, config_of())
    schedule(local)
    until(lambda: runs(local) >= 1)
    second = apply(local, config_of("other"))["graph_id"]
    until(lambda: shown(local)[0]["verified"]["graph_id"] == second)
    assert shown(local)[0]["verified"]["state"] == "in_sync"


def test_nothing_is_said_while_an_execution_runs(local):
    apply(local, config_of())
    config = config_of(wait={"type": "local:null", "properties": {"delay_ms": 9000}})
    local.post("/deploy/apply", {"config": config}, prefer="respond-async")
    schedule(local)
    until(lambda: runs(local) >= 1)
    (found,) = shown(local)
    assert "execution" in found["reason"] and "verified" not in found, found
    until(lambda: "verified" in shown(local)[0])
    assert shown(local)[0]["verified"]["state"] == "in_sync"


def test_one_of_a_deployment_that_ends_when_told_to(local):
    apply(local, config_of())
    schedule(local)
    schedule(local, depth="tags")
    (found,) = shown(local)
    assert found["depth"] == "tags"
    reply = local.api.request("DELETE", f"/deploy/schedules/{DEPLOYMENT}")
    assert reply.status == 200 and reply.json["deployment_id"] == DEPLOYMENT
    assert shown(local) == []
    assert local.api.request("DELETE", f"/deploy/schedules/{DEPLOYMENT}").status == 404


@pytest.mark.parametrize("body, status", [
    ({"deployment_id": "nobody", "every": "1h"}, 404), ({"deployment_id": DEPLOYMENT}, 422),
    ({"deployment_id": DEPLOYMENT, "every": "1s"}, 422), ({"deployment_id": DEPLOYMENT, "every": "8d"}, 422),
    ({"deployment_id": DEPLOYMENT, "every": "1h", "every_seconds": 60}, 422),
    ({"deployment_id": DEPLOYMENT, "every": "often"}, 422)])
def test_what_makes_no_schedule_is_refused(local, body, status):
    apply(local, config_of())
    assert local.post("/deploy/schedules", body).status == status
    assert shown(local) == []


def test_how_often_is_refused_at_its_place(local):
    apply(local, config_of())
    for every in ("1s", "8d"):
        (problem,) = local.post("/deploy/schedules", {"deployment_id": DEPLOYMENT, "every": every}).json["problems"]
        assert problem["pointer"] == "/every" and "5 seconds to 7 days" in problem["detail"]
    assert local.post("/deploy/schedules", {"deployment_id": DEPLOYMENT, "every_seconds": 60.0}).json["every_seconds"] == 60


def test_its_credentials_are_lent_to_each_run_and_kept_in_memory_alone(server, cloud, credentials, proxy):
    config = {"deployment_id": DEPLOYMENT, "credentials": credentials,
              "targets": [{"provider": "aws", "regions": ["eu-west-1"]}],
              "resources": {"jobs": {"type": "aws:sqs:queue", "properties": {"queue_name": "jobs"}}}}
    apply(server, config)
    assert server.post("/deploy/schedules", {"deployment_id": DEPLOYMENT, "every": "5s"}).status == 422
    schedule(server, credentials=credentials)
    until(lambda: runs(server) >= 1)
    sqs = cloud.client("sqs", "eu-west-1")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="jobs")["QueueUrl"])
    until(lambda: shown(server)[0]["verified"]["resources"] == {"jobs@eu-west-1": "missing"})
    assert runs(server) >= 2
    secret = credentials["aws"]["secret_access_key"]
    assert secret not in server.everything_stored()
    assert secret not in json.dumps(server.get("/deploy/schedules").json)
    assert secret.encode() not in server.everything_written()
    server.restart()
    assert shown(server) == [], "a schedule lives as long as its process"


def test_many_at_once_begin_apart(local):
    for i in range(20):
        apply(local, {**configs.nulls(1, deployment_id=f"d{i}")})
        assert local.post("/deploy/schedules", {"deployment_id": f"d{i}", "every": "1h"}).status == 200
    until(lambda: all(one["runs"] == 1 for one in shown(local)))
    assert len({one["next_at"] for one in shown(local)}) > 10
