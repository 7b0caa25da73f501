# SPDX-License-Identifier: Apache-2.0
"""test_webhooks.py - signed requests to others: each message at least once, in order, whatever its receiver does."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import threading
import time

import configs
import keysfile
import pytest
from redises import wait_until

KEYS = [b"k" * 24, b"l" * 32]
ENDS = ("completed", "failed", "cancelled")


def secret(key):
    return "whsec_" + base64.b64encode(key).decode()


class Receiver:
    """Takes messages, and checks what a receiver is to check. `answers` are given first, then 204."""

    def __init__(self):
        self.messages, self.requests, self.answers, self.bad = [], [], [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                answer = receiver.take(self.path, self.headers, body)
                if answer is None:
                    return  # hangs up
                self.send_response(answer)
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, path, headers, body):
        self.requests.append((path, dict(headers), body))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        good = {"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in KEYS}
        if not set(headers["webhook-signature"].split()) & good or abs(time.time() - int(headers["webhook-timestamp"])) > 60:
            self.bad.append(dict(headers))
        answer = self.answers.pop(0) if self.answers else 204
        if answer == 204:
            self.messages.append((headers["webhook-id"], json.loads(body)))
        return answer

    def types(self):
        return [message["type"] for _, message in self.messages]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()
    assert not receiver.bad


@pytest.fixture
def hooked(make_server, tmp_path, receiver):
    """A server with webhooks; the arguments are members of the entry."""

    def make(*arguments, tenant="default", **members):
        file = tmp_path / "webhooks.json"
        file.write_text(json.dumps({"webhooks": [{
            "id": "ci", "tenant": tenant, "url": receiver.url, "secrets": [secret(KEYS[0])]} | members]}))
        file.chmod(0o600)
        return make_server("--webhooks", str(file), "--webhook-allow", "127.0.0.1", *arguments)

    return make


def served(server):
    """Until somebody serves the webhook."""
    wait_until(lambda: server.redis("EXISTS", "mg:{default}:hook:ci:by") == "1")
    return server


def has_noted_all(server):
    """That it was told of the newest event: who serves the webhook next goes on behind it."""
    newest = server.redis("XREVRANGE", "mg:{default}:events", "+", "-", "COUNT", 1).partition("-")[0]
    return server.redis("GET", "mg:{default}:hook:ci") == newest


def run(server, name="one", n=3, **headers):
    reply = server.post("/deploy/apply", {"config": configs.nulls(n, deployment_id=name)}, **headers)
    assert reply.json["status"] == "completed", reply
    return reply.json


def test_each_change_of_an_execution_is_told_signed_and_in_order(hooked, receiver):
    server = served(hooked())
    done = run(server)
    wait_until(lambda: "execution.completed" in receiver.types())
    assert receiver.types()[0].startswith("execution.") and set(t.split(".")[0] for t in receiver.types()) == {"execution"}
    for id, message in receiver.messages:
        event = message["data"]
        assert id == f"{event['graph_id']}.{event['execution_id']}.{event['seq']}"
        assert message["timestamp"] == event["time"] and event["graph_id"] == done["graph_id"]
    numbers = [message["data"]["seq"] for _, message in receiver.messages]
    assert numbers == sorted(set(numbers))
    path, headers, _ = receiver.requests[0]
    assert path == "/hook" and headers["Content-Type"] == "application/json"


def test_what_was_before_it_is_not_told_and_only_what_was_asked_for(hooked, receiver):
    server = served(hooked(types=["execution.completed", "verify"]))
    run(server, "one")
    run(server, "two")
    wait_until(lambda: len(receiver.messages) == 2)
    assert receiver.types() == ["execution.completed"] * 2


@pytest.mark.parametrize("answers", [[500], [None], [302], [404, 500]], ids=str)
def test_what_is_not_taken_is_sent_again_with_the_same_id(hooked, receiver, answers):
    """A redirect is not followed: it is no success."""
    receiver.answers = list(answers)
    server = served(hooked(types=["execution.completed"]))
    run(server)
    wait_until(lambda: receiver.messages, 20)
    ids = {headers["webhook-id"] for _, headers, _ in receiver.requests}
    assert len(receiver.requests) == len(answers) + 1 and len(ids) == 1
    assert "event=webhook.failed tenant=default webhook=ci" in server.stderr
    assert receiver.url not in server.stderr


def test_while_keys_are_changed_both_sign(hooked, receiver):
    server = served(hooked(secrets=[secret(KEYS[1]), secret(KEYS[0])], types=["execution.completed"]))
    run(server)
    wait_until(lambda: receiver.messages)
    assert len(receiver.requests[0][1]["webhook-signature"].split()) == 2


def test_a_receiver_that_is_away_holds_nobody_up_and_misses_nothing(hooked, receiver):
    receiver.answers = [503]
    server = served(hooked(types=["execution.completed"]))
    began = time.monotonic()
    for i in range(5):
        run(server, f"d{i}")
    assert time.monotonic() - began < 5
    wait_until(lambda: len(receiver.messages) == 5, 20)
    assert len({message["data"]["graph_id"] for _, message in receiver.messages}) == 5


def test_after_a_restart_it_goes_on_where_it_was(hooked, receiver):
    receiver.answers = [500] * 2
    server = served(hooked(types=["execution.completed"]))
    run(server, "one")
    wait_until(lambda: receiver.requests)
    server.kill9()
    server.start()
    wait_until(lambda: len(receiver.messages) == 1, 20)
    run(server, "two")
    wait_until(lambda: len(receiver.messages) >= 2)
    ids = [id for id, _ in receiver.messages]
    assert len(set(ids)) == 2
    written = server.everything_written() + server.everything_stored().encode()
    assert base64.b64encode(KEYS[0]) not in written and KEYS[0] not in written


def test_of_several_processes_one_tells(make_redis, hooked, receiver, tmp_path):
    _, port = make_redis("--appendonly", "yes")
    keys = keysfile.write(tmp_path, "default")
    pair = [hooked("--redis", f"redis://127.0.0.1:{port}/0", "--keys", keys, types=["execution.completed"]) for _ in range(2)]
    for server in pair:
        server.key = server.api.key = "default"
        server.until_ready()
    time.sleep(0.5)
    for i in range(6):
        run(pair[i % 2], f"d{i}")
    wait_until(lambda: len(receiver.messages) == 6)
    time.sleep(0.5)
    assert len(receiver.messages) == 6


def test_of_other_tenants_nothing_is_told(hooked, receiver, tmp_path):
    keys = keysfile.write(tmp_path, "acme", "globex")
    server = hooked("--keys", keys, tenant="acme", types=["execution.completed"])
    wait_until(lambda: server.redis("EXISTS", "mg:{acme}:hook:ci:by") == "1")
    run(server, "theirs", x_api_key="globex")
    mine = run(server, "mine", x_api_key="acme")
    wait_until(lambda: receiver.messages)
    assert [m["data"]["graph_id"] for _, m in receiver.messages] == [mine["graph_id"]]


@pytest.mark.parametrize("members, why", [
    ({"url": "https://example.com/x"}, "not in --webhook-allow"), ({"url": "http://127.0.0.1@example.com/"}, "without a user"),
    ({"url": None}, '"url" is wanted'), ({"secrets": []}, "secrets"), ({"secrets": ["whsec_short"]}, "secrets"),
    ({"secrets": [secret(KEYS[0])] * 3}, "secrets"), ({"id": "A"}, '"id"'), ({"tenant": "A B"}, "tenant"),
    ({"types": ["node"]}, "types"), ({"types": "execution"}, "types")])
def test_a_file_that_would_tell_nobody_is_refused(hooked, members, why):
    with pytest.raises(RuntimeError) as refused:
        hooked(**members)
    assert why in str(refused.value)


def test_a_file_that_others_may_read_is_refused(hooked, tmp_path, make_server):
    server, file = served(hooked()), tmp_path / "webhooks.json"
    file.chmod(0o640)
    reload(server, file, "webhooks.read")
    file.chmod(0o644)
    reload(server, file, "webhooks.kept")
    assert "others may read or change it" in server.stderr
    with pytest.raises(RuntimeError, match="others may read or change it"):
        make_server("--webhooks", str(file), "--webhook-allow", "127.0.0.1")


def reload(server, file, event, **members):
    """The file changes, and the signal comes."""
    entry = json.loads(file.read_text())["webhooks"][0]
    file.write_text(json.dumps({"webhooks": [entry | members]}))
    n = server.stderr.count(f"event={event}")
    os.kill(server.pid, signal.SIGHUP)
    wait_until(lambda: server.stderr.count(f"event={event}") > n)


def test_on_sighup_the_file_is_read_again_and_a_bad_one_changes_nothing(hooked, receiver, tmp_path):
    server, file = served(hooked(types=["execution.completed"])), tmp_path / "webhooks.json"
    run(server, "one")
    wait_until(lambda: len(receiver.messages) == 1)
    reload(server, file, "webhooks.kept", url="https://example.com/x")
    assert "not in --webhook-allow" in server.stderr
    run(server, "two")
    wait_until(lambda: len(receiver.messages) == 2)
    receiver.answers = [500]
    run(server, "three")  # what is to be sent again goes to the new place, with the new key
    wait_until(lambda: "event=webhook.failed" in server.stderr)
    reload(server, file, "webhooks.read", url=receiver.url + "/2", secrets=[secret(KEYS[1])])
    wait_until(lambda: has_noted_all(server))
    reload(server, file, "webhooks.read", types=["execution.running"])
    run(server, "four")
    wait_until(lambda: len(receiver.messages) >= 4)
    assert [message["type"] for _, message in receiver.messages] == ["execution.completed"] * 3 + ["execution.running"]
    assert [path for path, _, _ in receiver.requests] == ["/hook"] * 3 + ["/hook/2"] * 2
    assert len({id for id, _ in receiver.messages}) == 4


def test_what_became_of_messages_is_counted(hooked, receiver):
    receiver.answers = [500]
    server = served(hooked(types=["execution.completed"]))
    run(server)
    wait_until(lambda: receiver.messages, 20)
    wait_until(lambda: 'mgraph_deploy_webhook_messages_total{result="delivered"} 1\n' in server.get("/metrics").text)
    told = server.get("/metrics").text
    assert 'mgraph_deploy_webhook_messages_total{result="failed"} 1\n' in told and "\nmgraph_deploy_webhooks 1\n" in told
