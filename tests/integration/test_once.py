# SPDX-License-Identifier: Apache-2.0
"""test_once.py - Idempotency-Key: what has one is done once, whoever is impatient and whatever dies on the way."""

import json
import os
import re
import signal
import socket
import socketserver
import threading
import time

import client
import configs
import processes
import pytest

AGAIN_SECONDS = 20


def apply(server, key, config, **headers):
    return server.post("/deploy/apply", {"config": config}, idempotency_key=key, **headers)


def executions(server, deployment_id):
    reply = server.get(f"/deploy/history/{deployment_id}")
    return reply.json["executions"] if reply.status == 200 else []


def until_answered(server, key, config, **headers):
    """As a client does it: while the first is in progress, or nobody is there, the same is sent again."""
    until = time.monotonic() + AGAIN_SECONDS
    while True:
        reply = apply(server, key, config, **headers)
        if reply.status != 409 and reply.status != 503:
            return reply
        assert time.monotonic() < until, reply
        assert reply.headers["retry-after"] == "1" or reply.json["code"] == "deployment_busy", reply
        time.sleep(0.1)


def in_vain(url, key, idempotency_key, config):
    """Nobody reads the answer."""
    try:
        client.Api(url, key, timeout=5).post("/deploy/apply", {"config": config}, idempotency_key=idempotency_key)
    except OSError:
        pass


def start_in_vain(*arguments):
    thread = threading.Thread(target=in_vain, args=arguments, daemon=True)
    thread.start()
    return thread


def test_the_first_answer_is_told_again_and_nothing_is_done_again(server):
    config = configs.nulls(2)
    first = apply(server, "k-1", config)
    assert first.status == 200 and "idempotency-replayed" not in first.headers, first
    for key in ("k-1", '"k-1"'):
        again = apply(server, key, config)
        assert (again.status, again.json) == (first.status, first.json)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert len(executions(server, "nulls")) == 1
    assert apply(server, "k-2", config).json["execution_id"] != first.json["execution_id"]
    assert len(executions(server, "nulls")) == 2


def test_a_key_is_for_one_request(server):
    assert apply(server, "k", configs.nulls(1)).status == 200
    for reply in (apply(server, "k", configs.nulls(2)),
                  server.post("/deploy/destroy", {"deployment_id": "nulls"}, idempotency_key="k")):
        assert reply.status == 422 and reply.json["code"] == "idempotency_key_reused", reply
    assert server.post("/deploy/plan", {"config": configs.nulls(2)}, idempotency_key="k").status == 200
    for bad in ("", "a b", "x" * 256, '""'):
        assert apply(server, bad, configs.nulls(1)).json["code"] == "bad_request"


def test_credentials_are_neither_compared_nor_kept(server, credentials):
    config = configs.roles(1, credentials)
    first = apply(server, "k", config)
    assert first.status == 200, first
    config["credentials"]["aws"]["session_token"] = "another-one-that-is-longer"
    again = apply(server, "k", config)
    assert again.json == first.json and again.headers["idempotency-replayed"] == "true"
    stored = server.everything_stored()
    assert ":once:" in stored
    assert credentials["aws"]["secret_access_key"] not in stored and "another-one" not in stored


def test_what_was_refused_is_not_kept(server):
    config = configs.nulls(1)
    config["resources"]["n0"]["type"] = "local:nul"
    assert apply(server, "k", config).status == 422
    assert apply(server, "k", configs.nulls(1)).status == 200


def test_while_the_first_is_in_progress_it_is_not_begun_again(server):
    config = configs.nulls(1, delay_ms=1500)
    thread = threading.Thread(target=apply, args=(server, "k", config))
    thread.start()
    while not executions(server, "nulls"):
        time.sleep(0.02)
    reply = apply(server, "k", config)
    assert reply.status == 409 and reply.json["code"] == "idempotency_in_progress", reply
    assert reply.headers["retry-after"] == "1"
    thread.join()
    reply = apply(server, "k", config)
    assert reply.status == 200 and reply.json["status"] == "completed"
    assert len(executions(server, "nulls")) == 1


def test_a_client_that_was_impatient_is_told_at_once_what_has_begun(server):
    config = configs.nulls(1, delay_ms=3000)
    impatient = client.Api(server.url, server.key, timeout=0.5)
    with pytest.raises(TimeoutError):
        impatient.post("/deploy/apply", {"config": config}, idempotency_key="k")
    start = time.monotonic()
    reply = until_answered(server, "k", config)
    assert time.monotonic() - start < 2
    assert reply.status == 202 and reply.headers["idempotency-replayed"] == "true", reply
    assert reply.json["execution_id"] == executions(server, "nulls")[0]["execution_id"]
    assert server.get(reply.headers["location"]).json["execution_id"] == reply.json["execution_id"]


def test_keys_are_a_tenants_own(make_server, tmp_path):
    import hashlib
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [
        {"id": name, "tenant": name, "sha256": hashlib.sha256(name.encode()).hexdigest()} for name in ("acme", "globex")]}))
    server = make_server("--keys", str(file), "--redis", "memory:")
    acme = apply(server, "k", configs.nulls(1), x_api_key="acme")
    globex = apply(server, "k", configs.nulls(2), x_api_key="globex")
    assert acme.status == globex.status == 200 and acme.json["graph_id"] != globex.json["graph_id"]


def test_a_step_is_not_made_twice_and_other_changes_are_told_again(server):
    config = configs.nulls(3, chain=3)
    paused = server.post("/deploy/apply", {"config": config, "mode": "STEP"}, idempotency_key="begin")
    assert paused.json["status"] == "paused", paused
    body = {"graph_id": paused.json["graph_id"]}
    step = server.post("/deploy/continue", body, idempotency_key="step")
    again = server.post("/deploy/continue", body, idempotency_key="step")
    assert step.json["operations_completed"] == 2 and again.json == step.json
    cancel = server.post("/deploy/cancel", body, idempotency_key="cancel")
    assert cancel.json["status"] == "cancelled"
    assert server.post("/deploy/cancel", body, idempotency_key="cancel").headers["idempotency-replayed"] == "true"
    destroyed = server.post("/deploy/destroy", body, idempotency_key="destroy")
    again = server.post("/deploy/destroy", body, idempotency_key="destroy")
    assert again.json == destroyed.json and len(executions(server, "nulls")) == 2


def test_a_step_whose_process_died_is_in_doubt_and_not_made_again(server):
    config = configs.nulls(3, chain=3, delay_ms=1000)
    body = {"graph_id": server.post("/deploy/apply", {"config": config, "mode": "STEP"}).json["graph_id"]}
    impatient = client.Api(server.url, server.key, timeout=0.3)
    thread = threading.Thread(target=lambda: pytest.raises(
        OSError, impatient.post, "/deploy/continue", body, idempotency_key="step"))
    thread.start()
    time.sleep(0.15)
    server.kill9()
    thread.join()
    server.start()
    server.until_ready()
    reply = server.post("/deploy/continue", body, idempotency_key="step")
    assert reply.status == 409 and reply.json["code"] == "idempotency_in_doubt", reply


def until_ended(server, deployment_id):
    """What has begun is taken up by itself; only then would another one begin."""
    until = time.monotonic() + AGAIN_SECONDS
    while any(e["status"] == "running" for e in executions(server, deployment_id)):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.long
def test_killed_at_any_moment_the_same_key_begins_one_execution(make_server):
    server = make_server("--lease", "1")
    for i in range(5):
        config = configs.nulls(2, delay_ms=30, deployment_id=f"d{i}")
        thread = start_in_vain(server.url, server.key, f"k{i}", config)
        time.sleep(0.004 * i)
        server.kill9()
        thread.join()
        server.start()
        server.until_ready()
        until_ended(server, f"d{i}")
        reply = until_answered(server, f"k{i}", config)
        assert reply.status in (200, 202), reply
        began = executions(server, f"d{i}")
        assert [e["execution_id"] for e in began] == [reply.json["execution_id"]], (i, began)
        again = until_answered(server, f"k{i}", config)
        assert again.json["execution_id"] == reply.json["execution_id"]


@pytest.mark.long
def test_a_process_that_was_only_asleep_begins_nothing_when_it_wakes(make_server, make_redis):
    _, port = make_redis()
    redis = f"redis://127.0.0.1:{port}"
    sleeper, other = (make_server("--redis", redis, "--lease", "1") for _ in range(2))
    for i in range(3):
        config = configs.nulls(2, delay_ms=60, deployment_id=f"d{i}")
        thread = start_in_vain(sleeper.url, sleeper.key, f"k{i}", config)
        time.sleep(0.004 * i)
        os.kill(sleeper.pid, signal.SIGSTOP)
        try:
            until_ended(other, f"d{i}")
            reply = until_answered(other, f"k{i}", config)
        finally:
            os.kill(sleeper.pid, signal.SIGCONT)
        thread.join()
        assert reply.status in (200, 202), reply
        until_ended(other, f"d{i}")
        began = executions(other, f"d{i}")
        assert [e["execution_id"] for e in began] == [reply.json["execution_id"]], (i, began)


# ---- the command line ----

class Lossy(socketserver.ThreadingTCPServer):
    """What goes on to a server byte by byte; but of the first requests that begin so, the reply is lost, or the request too."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, server, begins, lost, passes):
        self.to, self.begins, self.lost, self.passes = server.url.rpartition(":")[2], begins, lost, passes
        self.keys = []
        super().__init__(("127.0.0.1", 0), None)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def finish_request(self, client, _):
        with socket.create_connection(("127.0.0.1", self.to)) as upstream:
            while data := client.recv(1 << 20):
                loses = data.startswith(self.begins) and len(self.keys) < self.lost
                if data.startswith(self.begins):
                    self.keys.append(re.search(rb"idempotency-key: (\w+)", data)[1])
                if loses and not self.passes:
                    return
                upstream.sendall(data)
                if loses:
                    upstream.recv(1)
                    return
                if len(self.keys) == 0 or not data.startswith(b"GET /deploy/events"):
                    client.sendall(upstream.recv(1 << 20))
                else:
                    while told := upstream.recv(1 << 20):
                        client.sendall(told)


@pytest.mark.parametrize("passes", [True, False])
def test_the_command_line_asks_again_when_the_answer_was_lost_and_it_is_done_once(server, tmp_path, passes):
    cli = processes.Cli(server, tmp_path)
    with Lossy(server, b"POST /deploy/apply", 2, passes) as lossy:
        said = cli("apply", "-y", cli.config({"a": {"type": "local:null"}}), MGRAPH_DEPLOY_SERVER=lossy.url)
        lossy.shutdown()
    assert said.count("asking again") == 2 and "1 added" in said
    assert len(lossy.keys) == 3 and len(set(lossy.keys)) == 1 and len(lossy.keys[0]) == 32
    assert len(executions(server, "cli")) == 1


def test_the_command_line_does_not_wait_for_a_server_that_is_not_there(server, tmp_path):
    began = time.monotonic()
    said = processes.Cli(server, tmp_path)("status", "00000000", status=1,
                                           MGRAPH_DEPLOY_SERVER=f"http://127.0.0.1:{processes.free_port()}")
    assert "Is the server running there?" in said and time.monotonic() - began < 2
