# SPDX-License-Identifier: Apache-2.0
"""test_history.py - every execution stays readable, with who asked for it; versions are told apart, and gone back to."""

import json
import re
import subprocess
import time

import processes
import pytest

TEAM = "jane@example.org (CI 4711)"


def file(name, content):
    return {"type": "local:file", "properties": {"path": name, "content": content}}


def config(version, resources, **more):
    return {"deployment_id": "app", "version": version, "resources": resources, **more}


def run(server, kind, body, **headers):
    reply = server.post(f"/deploy/{kind}", body, prefer="wait=60", **headers)
    assert reply.status == 200, reply
    return reply.json


def apply(server, version, resources, **headers):
    execution = run(server, "apply", {"config": config(version, resources)}, **headers)
    assert execution["status"] == "completed", execution
    return execution


def history(server, query=""):
    reply = server.get(f"/deploy/history/app{query}")
    assert reply.status == 200, reply
    return reply.json


def local(server, name):
    path = server.data / "local" / name
    return path.read_text() if path.exists() else None


V1 = {"a": file("a", "one"), "b": file("b", "kept")}
V2 = {"a": file("a", "two"), "b": file("b", "kept"), "c": file("c", "new")}


@pytest.fixture
def server(make_server):
    return make_server()


def test_every_execution_is_listed_with_what_it_did(server):
    first = apply(server, "v1", V1)
    second = apply(server, "v2", V2, x_actor=TEAM)
    third = run(server, "apply", {"graph_id": first["graph_id"]})
    found = history(server)
    assert [(e["graph_id"], e["execution_id"]) for e in found["executions"]] == [
        (e["graph_id"], e["execution_id"]) for e in (third, second, first)]
    assert "next_cursor" not in found and found["source"] == "store"
    newest, middle, oldest = found["executions"]
    assert oldest["summary"] == {"add": 2, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 0}
    assert middle["summary"] == {"add": 1, "change": 1, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 1}
    assert oldest["summary"] == first["summary"] and middle["summary"] == second["summary"]
    assert (middle["version"], middle["kind"], middle["mode"], middle["status"]) == ("v2", "apply", "FULL", "completed")
    assert middle["success"] is True and middle["duration_seconds"] >= 0
    assert middle["actor"] == "default" and middle["on_behalf_of"] == TEAM
    assert "on_behalf_of" not in newest and "on_behalf_of" not in oldest
    assert [graph["execution_id"] for graph in found["graphs"]] == [e["execution_id"] for e in (third, second, first)]


def test_a_past_execution_is_shown_as_it_was(server):
    first = apply(server, "v1", V1)
    apply(server, "v1", V1)
    (server.data / "local" / "b").unlink()
    third = apply(server, "v1", V1)
    path = f"/deploy/status/{first['graph_id']}"
    assert server.get(path).json == third
    assert server.get(f"{path}?execution={first['execution_id']}").json == first
    assert server.get(f"{path}?execution={third['execution_id']}").json == third
    for unknown in ("0badcafe", "nothing", "a%3Ab", "0" * 70, ""):
        reply = server.get(f"{path}?execution={unknown}")
        assert reply.status == 404 and reply.json["code"] == "not_found", reply
    drawn = server.get(f"/deploy/graph/{first['graph_id']}?kind=execution&execution={first['execution_id']}").text
    assert first["execution_id"] in drawn and third["execution_id"] not in drawn
    destroyed = run(server, "destroy", {"deployment_id": "app"})
    assert destroyed["summary"]["destroy"] == 2
    assert server.get(f"{path}?execution={first['execution_id']}").json == first
    server.stop()
    server.start()
    assert server.get(f"{path}?execution={first['execution_id']}").json == first


@pytest.mark.long
def test_one_that_failed_says_so(server):
    blocked = {"a": file("a", "one"), "under": {**file("a/under", "x"), "depends_on": ["a"]}}
    execution = run(server, "apply", {"config": config("v1", blocked)})
    assert execution["status"] == "failed", execution
    listed = history(server)["executions"][0]
    assert listed["success"] is False and listed["status"] == "failed"
    assert listed["summary"]["add"] == 1 and listed["completed_at"] == execution["completed_at"]


def test_pages_follow_each_other(server):
    applied = [apply(server, "v1", {"a": file("a", str(i))})["execution_id"] for i in range(7)]
    seen, query, pages = [], "?limit=3", 0
    while query:
        page = history(server, query)
        seen += [e["execution_id"] for e in page["executions"]]
        assert (len(page["graphs"]) == 7) == (pages == 0)
        query = page.get("next_cursor") and f"?limit=3&cursor={page['next_cursor']}"
        pages += 1
        if pages == 1:
            latest = apply(server, "v1", {"a": file("a", "in between")})["execution_id"]
    assert seen == applied[::-1] and pages == 3 and latest not in seen
    for bad in ("limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=-1", "cursor=0"):
        reply = server.get(f"/deploy/history/app?{bad}")
        assert reply.status == 400 and reply.json["code"] == "bad_request", reply
    assert server.get("/deploy/history/none").status == 404


@pytest.mark.parametrize("actor", ["x" * 129, "gr\xfc\xdf", "a\tb", "\x7f"])
def test_an_actor_that_is_none_is_refused(server, actor):
    reply = server.get("/deploy/deployments", x_actor=actor)
    assert reply.status == 400, reply


def test_who_asked_is_in_the_events_and_outlives_the_process(server):
    body = {"config": config("v1", {"a": file("a", "1"), "b": {**file("b", "2"), "depends_on": ["a"]}}), "mode": "STEP"}
    graph_id = run(server, "apply", body, x_actor="x" * 128)["graph_id"]
    server.kill9()
    server.start()
    done = run(server, "continue", {"graph_id": graph_id, "until": "end"}, x_actor="another")
    assert done["status"] == "completed" and done["on_behalf_of"] == "x" * 128
    told = []
    for event in server.api.events(f"/deploy/events/{graph_id}"):
        data = json.loads(event.data)
        if data["type"] == "execution":
            told.append(data)
            if data["status"] == "completed":
                break
    assert {(data["actor"], data["on_behalf_of"]) for data in told} == {("default", "x" * 128)}


def diff(server, first, second, status=200):
    reply = server.get(f"/deploy/diff?from={first}&to={second}")
    assert reply.status == status, reply
    return reply.json


def test_two_versions_are_told_apart(server):
    one = apply(server, "v1", V1)["graph_id"]
    three = apply(server, "v3", V1)["graph_id"]
    two = apply(server, "v2", V2)["graph_id"]
    found = diff(server, one, two)
    assert found["from"] == {"graph_id": one, "version": "v1"} and found["to"] == {"graph_id": two, "version": "v2"}
    assert found["summary"] == {"added": 1, "removed": 0, "changed": 1, "unchanged": 1} and not found["same"]
    assert found["resources"] == [
        {"resource_id": "a", "change": "changed", "type": "local:file", "diff": [
            {"path": "/properties/content", "before": "one", "after": "two"}]},
        {"resource_id": "c", "change": "added", "type": "local:file", "after": file("c", "new")}]
    assert {"op": "replace", "path": "/resources/a/properties/content", "value": "two"} in found["patch"]
    assert diff(server, one, three)["same"] and diff(server, one, one)["patch"] == []
    other = run(server, "apply", {"config": {**config("v1", V1), "deployment_id": "other"}})["graph_id"]
    refused = diff(server, one, other, 422)
    assert refused["problems"][0]["code"] == "other_deployment" and "other" in refused["problems"][0]["detail"]
    diff(server, one, "0badcafe", 404)
    diff(server, "none", one, 404)
    assert server.get(f"/deploy/diff?from={one}").status == 400
    assert server.get(f"/deploy/diff?to={one}").status == 400


def test_an_old_version_is_rolled_forward_to(server):
    one = apply(server, "v1", V1)
    apply(server, "v2", V2)
    assert local(server, "a") == "two"
    again = run(server, "apply", {"graph_id": one["graph_id"], "prune": True})
    assert again["status"] == "completed" and again["execution_id"] != one["execution_id"]
    assert local(server, "a") == "one" and local(server, "b") == "kept" and local(server, "c") is None
    found = history(server)["executions"]
    assert len(found) == 3 and found[0]["summary"]["change"] == 1 and found[0]["summary"]["destroy"] == 1


@pytest.mark.parametrize("options", [[], ["--redis", "memory:"]], ids=["redis", "memory"])
def test_the_oldest_are_forgotten(make_server, options):
    server = make_server("--history-count", "10", *options)
    first = apply(server, "v1", V1)
    applied = [apply(server, "v2", V2)["execution_id"] for _ in range(12)]
    until = time.monotonic() + 10
    while len(history(server)["executions"]) > 10:
        assert time.monotonic() < until
    assert [e["execution_id"] for e in history(server)["executions"]] == applied[:1:-1]
    path = f"/deploy/status/{first['graph_id']}"
    assert server.get(f"{path}?execution={first['execution_id']}").status == 404
    again = run(server, "apply", {"graph_id": first["graph_id"]})  # its graph was put lately
    assert again["status"] == "completed" and again["summary"]["change"] == 1


@pytest.mark.parametrize("option", ["--history-count=9", "--history-count=x", "--history-days=-1"])
def test_how_many_are_kept_is_a_number(option):
    done = subprocess.run([processes.binary(), "serve", option], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and "a whole number" in done.stderr


def test_the_command_line_shows_them(server, tmp_path):
    cli = processes.Cli(server, tmp_path)
    (tmp_path / "v1.json").write_text(json.dumps(config("v1", V1)))
    (tmp_path / "v2.json").write_text(json.dumps(config("v2", V2)))
    cli("apply", "-y", "--actor", TEAM, str(tmp_path / "v1.json"))
    cli("apply", "-y", str(tmp_path / "v2.json"), MGRAPH_DEPLOY_ACTOR="bob")
    lines = cli("history", "app").splitlines()
    assert lines[0].split() == ["BEGUN", "KIND", "STATUS", "VERSION", "GRAPH", "EXECUTION", "DONE", "TOOK", "WHO"]
    assert re.search(r" apply +completed +v2 +[0-9a-f]{8} +[0-9a-f]{8} +\+1 ~1 =1 +\S+s +default for bob$", lines[1])
    assert re.search(rf" apply +completed +v1 .*\+2 .*default for {re.escape(TEAM)}$", lines[2])
    (two, _), (one, execution) = (line.split()[4:6] for line in lines[1:3])
    said = cli("diff", one, two, status=2)
    assert f"{one} (v1) -> {two} (v2)\n" in said
    assert '~ a (local:file)\n      ~ properties/content: "one" -> "two"\n' in said and "+ c (local:file)" in said
    assert "Resources: 1 added, 1 changed, 0 removed, 1 unchanged." in said
    assert "The same" in cli("diff", one, one)
    assert json.loads(cli("diff", "--json", two, one, status=2))["resources"][1]["change"] == "removed"
    assert "0badcafe" in cli("diff", one, "0badcafe", status=1)
    cli("apply", "-y", one)
    assert "1 added" not in cli("status", one)
    assert "2 added" in cli("status", one, "--execution", execution)
    assert len(cli("history", "app", "--limit", "2").splitlines()) == 4
    cursor = re.search(r"--cursor (\d+)", cli("history", "app", "--limit", "2"))[1]
    assert execution in cli("history", "app", "--cursor", cursor)


def test_columns_are_as_wide_as_what_is_in_them(server, tmp_path):
    plan = config("v1", V1) | {"edges": [{"from": "a", "to": "b", "type": "pause"}]}
    begun = server.post("/deploy/apply", {"config": plan}, prefer="wait=30").json
    assert begun["reason"] == "pause_edge", begun
    title, line = processes.Cli(server, tmp_path)("history", "app").splitlines()
    assert line[title.index("STATUS"):].startswith("paused (pause_edge) ")
    assert line[title.index("GRAPH"):].startswith(begun["graph_id"] + " ")
