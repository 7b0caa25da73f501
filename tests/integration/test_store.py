# SPDX-License-Identifier: Apache-2.0
"""test_store.py - Redis not there, lost in mid-run, or not fit to be trusted."""

import os
import re
import signal
import subprocess
import time

import configs
import processes
import pytest


def child_of(server):
    return int(re.findall(r"redis\.start pid=(\d+)", server.stderr)[-1])


def test_a_redis_that_is_not_there_at_start_is_one_clear_error_until_it_comes(make_server, make_redis):
    port = processes.free_port()
    server = make_server("--redis", f"redis://127.0.0.1:{port}")
    for reply in (server.post("/deploy/apply", {"config": configs.nulls(1)}), server.get("/readyz"),
                  server.get("/deploy/status/00000000")):
        assert reply.status == 503 and reply.json["code"] == "store_unavailable", reply
    assert server.get("/healthz").status == 200
    make_redis(port=port)
    server.until_ready()
    assert server.post("/deploy/apply", {"config": configs.nulls(1)}).json["status"] == "completed"


def test_redis_killed_in_mid_run_the_run_goes_on_when_it_is_back(server):
    config = configs.nulls(200, delay_ms=20, chain=40)
    graph_id = server.post("/deploy/apply", {"config": config}, prefer="respond-async").json["graph_id"]
    for _ in range(3):
        time.sleep(0.15)
        os.kill(child_of(server), signal.SIGKILL)
        server.until_ready()
    until = time.monotonic() + 30
    while server.get(f"/deploy/status/{graph_id}").json["status"] not in ("completed", "failed"):
        assert time.monotonic() < until
        time.sleep(0.1)
    execution = server.get(f"/deploy/status/{graph_id}").json
    assert execution["status"] == "completed" and execution["operations_completed"] == 200
    numbers = []
    for event in server.events(f"/deploy/events/{graph_id}"):
        numbers.append(int(event.id.split("-")[0]))
        if '"type":"execution"' in event.data and '"completed"' in event.data:
            break
    assert numbers == list(range(1, len(numbers) + 1))


def test_while_redis_is_lost_requests_get_one_clear_error(make_server, make_redis):
    process, port = make_redis()
    server = make_server("--redis", f"redis://127.0.0.1:{port}")
    server.until_ready()
    reply = server.post("/deploy/apply", {"config": configs.nulls(20, delay_ms=100, chain=20)}, prefer="respond-async")
    process.kill()
    process.wait()
    server.until_ready(503)
    for reply in (server.get(f"/deploy/status/{reply.json['graph_id']}"),
                  server.post("/deploy/plan", {"config": configs.nulls(1)})):
        assert reply.status == 503 and reply.json["code"] == "store_unavailable", reply
    assert server.get("/healthz").status == 200


def test_a_redis_that_evicts_is_refused(make_server, make_redis):
    _, port = make_redis("--maxmemory-policy", "allkeys-lru", "--maxmemory", "64mb")
    server = make_server("--redis", f"redis://127.0.0.1:{port}")
    time.sleep(0.5)
    assert server.get("/readyz").status == 503
    assert "maxmemory-policy" in server.stderr and "noeviction" in server.stderr


def test_a_private_redis_answers_only_what_is_on_disk(server):
    assert server.redis("CONFIG", "GET", "appendfsync").split() == ["appendfsync", "always"]
    assert "appendonly=yes appendfsync=always" in server.stderr


def test_what_was_deployed_is_known_after_a_restart(server):
    graph_id = server.post("/deploy/apply", {"config": configs.nulls(5)}).json["graph_id"]
    before = server.get(f"/deploy/status/{graph_id}").json
    server.kill9()
    server.start()
    server.until_ready()
    assert server.get(f"/deploy/status/{graph_id}").json == before


def test_one_data_folder_serves_one_process(server):
    done = subprocess.run(server.command(), capture_output=True, text=True, timeout=20, env=server.environment)
    assert done.returncode == 1 and "another process uses it" in done.stderr


# ---- versions ----

def redis_cli(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, text=True, check=True,
                          errors="replace").stdout


def stored(port):
    """Everything as it is dumped, by key, but for leases, which go by themselves."""
    return {key: redis_cli(port, "DUMP", key) for key in redis_cli(port, "KEYS", "*").split() if not key.endswith(":lease")}


def test_what_a_newer_version_has_stored_is_refused_at_the_start(make_server, make_redis):
    _, port = make_redis()
    server = make_server("--redis", f"redis://127.0.0.1:{port}")
    server.until_ready()
    graph_id = server.post("/deploy/apply", {"config": configs.nulls(2)}).json["graph_id"]
    server.stop()
    redis_cli(port, "SET", "mg:format", "2")
    before = stored(port)
    server.start()
    for reply in (server.get(f"/deploy/status/{graph_id}"), server.post("/deploy/apply", {"config": configs.nulls(3)}),
                  server.post("/deploy/destroy", {"deployment_id": "nulls"})):
        assert reply.status == 503 and reply.json["code"] == "store_unavailable", reply
        assert "has format 2" in reply.json["detail"] and "knows 1 at most" in reply.json["detail"]
    ready = server.get("/readyz")
    assert ready.status == 503 and "has format 2" in ready.json["detail"] and server.get("/healthz").status == 200
    assert "event=store.format" in server.stderr and "has format 2" in server.stderr
    server.stop()
    assert stored(port) == before


def test_what_a_newer_version_stores_meanwhile_is_left_to_it(make_server, make_redis):
    """An execution that runs writes nothing more; it goes on when what is stored is for this version again."""
    _, port = make_redis()
    server = make_server("--redis", f"redis://127.0.0.1:{port}", "--lease", "1")
    server.until_ready()
    graph_id = server.post("/deploy/apply", {"config": configs.nulls(30, 50, 30)}, prefer="respond-async").json["graph_id"]
    redis_cli(port, "SET", "mg:format", "2")
    server.until_ready(503)
    time.sleep(0.1)  # what was on its way
    before = stored(port)
    time.sleep(1.2)
    assert stored(port) == before
    redis_cli(port, "SET", "mg:format", "1")
    server.until_ready()
    until = time.monotonic() + 20
    while server.get(f"/deploy/status/{graph_id}").json["status"] != "completed":
        assert time.monotonic() < until
        time.sleep(0.1)


def scores(server, index):
    lines = server.redis("zrange", index, 0, -1, "withscores").split()
    return dict(zip(lines[::2], map(float, lines[1::2])))


def make_over(server, deployment_id, graph_id):
    """Its time, as if it had been put long ago."""
    server.redis("zadd", "mg:planned", 1, f"default:{deployment_id}:{graph_id}")
    server.redis("zadd", f"mg:{{default:{deployment_id}}}:specs", 1, graph_id)


def test_a_graph_that_was_only_planned_goes_with_all_that_leads_to_it_and_one_that_is_run_stays(server):
    now, hour = time.time() * 1000, 3600000
    plans = {name: server.post("/deploy/plan", {"config": configs.nulls(1, deployment_id=name), **more}).json
             for name, more in (("pr-1", {}), ("checked", {"validate_only": True}), ("late", {}))}
    graphs = {name: plan["spec_graph_id"] for name, plan in plans.items()}
    due = {name: scores(server, "mg:planned")[f"default:{name}:{graph}"] - now for name, graph in graphs.items()}
    assert 0 <= due["checked"] - hour < 60000 and 0 <= due["pr-1"] - 30 * 24 * hour < 60000, due
    for name, graph in graphs.items():
        assert server.get(f"/deploy/graph/{graph}").status == 200
        make_over(server, name, graph)
    late = {"graph_id": graphs["late"], "plan_id": plans["late"]["plan_id"]}
    assert server.post("/deploy/apply", late).json["status"] == "completed"
    make_over(server, "late", graphs["late"])  # as if an older version had begun it
    server.restart()
    server.until_ready()
    until = time.monotonic() + 20
    while scores(server, "mg:planned"):
        assert time.monotonic() < until
        time.sleep(0.1)
    for name in ("pr-1", "checked"):
        for reply in (server.get(f"/deploy/graph/{graphs[name]}"), server.get(f"/deploy/status/{graphs[name]}"),
                      server.post("/deploy/apply", {"graph_id": graphs[name]})):
            assert reply.status == 404, reply
        left = server.redis("keys", f"*{name}*").split()  # plans go by themselves
        assert left == [key for key in left if ":plan:" in key and int(server.redis("ttl", key)) > 0]
        assert graphs[name] not in server.redis("hkeys", "mg:{default}:graphs").split()
    assert server.get(f"/deploy/status/{graphs['late']}").json["status"] == "completed"
    again = server.post("/deploy/plan", {"config": configs.nulls(1, deployment_id="pr-1")}).json
    assert server.post("/deploy/apply", {"graph_id": again["spec_graph_id"], "plan_id": again["plan_id"]}).json["success"]
