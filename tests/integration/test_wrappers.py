# SPDX-License-Identifier: Apache-2.0
"""test_wrappers.py - programs and requests as nodes: what a team has already, in a graph."""

import base64
import http.server
import json
import sys
import threading

import nacl.public
import pytest


class Hook(http.server.BaseHTTPRequestHandler):
    """Answers from a list of (status, body), the last one for good, and keeps what it was asked."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        server.asked.append((self.command, self.path, dict(self.headers), body.decode()))
        status, text = server.answers[0] if len(server.answers) == 1 else server.answers.pop(0)
        if status is None:  # the answer is lost
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.asked, server.answers = [], [(200, '{"id": 7, "ok": true}')]
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def config(type_name, **properties):
    return {"deployment_id": "wrappers", "version": "1",
            "resources": {"it": {"type": type_name, "properties": properties}}}


def apply(server, config):
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.status == 200, reply.text
    return reply.json


def destroy(server, execution):
    reply = server.post("/deploy/destroy", {"graph_id": execution["graph_id"]}, prefer="wait=60")
    assert reply.status == 200, reply.text
    return reply.json


def verdict(server, config):
    reply = server.post("/deploy/verify", {"config": config}, prefer="wait=60").json
    return reply["resources"][0]["verdict"]


def sealed(server, provider, text):
    key = server.get(f"/public-keys/{provider}").json["public_key"]
    box = nacl.public.SealedBox(nacl.public.PublicKey(bytes.fromhex(key))).encrypt(text.encode())
    return {"$sealed": base64.b64encode(box).decode()}


def events_of(server, execution):
    """All events, to the one that ends it."""
    found = []
    for event in server.events(f"/deploy/events/{execution['graph_id']}"):
        found.append(event.data if isinstance(event.data, dict) else json.loads(event.data))
        if found[-1]["type"] == "execution" and found[-1]["status"] in ("completed", "failed"):
            return found


def error_of(execution):
    return execution["operations"][0]["error"]


# ---- commands ----


def test_what_a_command_writes_is_told_as_it_comes(make_server):
    server = make_server("--exec-allow", sys.executable)
    run = config("exec:command", create=[sys.executable, "-c", "import sys; print('one'); print('two', file=sys.stderr)"])
    execution = apply(server, run)
    assert execution["status"] == "completed", execution
    assert execution["outputs"]["it"] == {"exit_code": 0, "stdout": "one\n", "stderr": "two\n"}
    events = events_of(server, execution)
    written = {(one["stream"], one["text"]) for one in events if one["type"] == "output"}
    assert written == {("stdout", "one\n"), ("stderr", "two\n")}
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))


def test_a_program_that_is_not_listed_is_refused_in_the_plan(make_server):
    run = config("exec:command", create=["true"], delete=["/bin/false"])
    reply = make_server("--exec-allow", "true,/usr/bin/env").post("/deploy/plan", {"config": run})
    assert reply.status == 422, reply.text
    assert [(one["pointer"], one["code"]) for one in reply.json["problems"]] == [
        ("/config/resources/it/properties/delete/0", "not_allowed")]
    assert "/usr/bin/env" in reply.json["problems"][0]["detail"]
    reply = make_server().post("/deploy/plan", {"config": run})
    assert len(reply.json["problems"]) == 2 and "no programs" in reply.text


def test_exit_codes_may_say_more_than_yes_and_no(make_server):
    server = make_server("--exec-allow", "sh")
    run = config("exec:command", create=["sh", "-c", "exit 2"], success_codes=[0, 2])
    assert apply(server, run)["outputs"]["it"]["exit_code"] == 2
    run["resources"]["it"]["properties"] = {"create": ["sh", "-c", "echo no >&2; exit 2"]}
    failed = apply(server, run)
    assert failed["status"] == "failed" and "exited with 2: no" in error_of(failed)["message"]


def test_a_command_is_run_again_when_its_trigger_changes_or_it_does_not_verify(make_server, tmp_path):
    server = make_server("--exec-allow", "*")
    mark = tmp_path / "mark"
    run = config("exec:command", create=["sh", "-c", f"echo x >>{mark}"], verify=["test", "-e", str(mark)],
                 delete=["rm", str(mark)], trigger="1")
    first = apply(server, run)
    assert first["summary"]["add"] == 1 and apply(server, run)["summary"]["no_op"] == 1
    assert verdict(server, run) == "in_sync" and mark.read_text() == "x\n"
    run["resources"]["it"]["properties"]["trigger"] = "2"
    assert apply(server, run)["summary"]["change"] == 1 and mark.read_text() == "x\nx\n"
    mark.unlink()
    assert verdict(server, run) == "missing"
    last = apply(server, run)
    assert last["summary"]["add"] == 1 and mark.exists()
    assert destroy(server, last)["status"] == "completed" and not mark.exists()


def test_a_secret_reaches_the_program_and_nobody_else(make_server):
    server = make_server("--exec-allow", "sh")
    run = config("exec:command", create=["sh", "-c", "echo got $PASSWORD; test $PASSWORD = opensesame"],
                 environment={"PASSWORD": sealed(server, "exec", "opensesame")})
    execution = apply(server, run)
    assert execution["status"] == "completed", execution
    assert execution["outputs"]["it"]["stdout"] == "got **********\n"
    events = events_of(server, execution)
    assert "opensesame" not in str(events) and "got ****" in str(events)


# ---- requests ----


def test_a_request_is_sent_once_for_each_version(make_server, hook):
    server = make_server("--http-allow", hook.url)
    send = config("http:request", url=hook.url + "/deployed", method="POST", body={"version": "1"},
                  headers={"X-Token": sealed(server, "http", "opensesame")}, delete={"url": hook.url + "/gone"})
    execution = apply(server, send)
    assert execution["status"] == "completed", execution
    assert execution["outputs"]["it"] == {"status": 200, "body": '{"id": 7, "ok": true}', "json": {"id": 7, "ok": True}}
    method, path, headers, body = hook.asked[0]
    assert (method, path, json.loads(body), headers["X-Token"]) == ("POST", "/deployed", {"version": "1"}, "opensesame")
    assert headers["Idempotency-Key"]
    assert apply(server, send)["summary"]["no_op"] == 1 and len(hook.asked) == 1
    send["resources"]["it"]["properties"]["body"] = {"version": "2"}
    last = apply(server, send)
    assert last["summary"]["change"] == 1 and len(hook.asked) == 2
    assert destroy(server, last)["status"] == "completed"
    assert hook.asked[2][:2] == ("DELETE", "/gone")


def test_a_smoke_test_is_looked_at_again(make_server, hook):
    server = make_server("--http-allow", "127.0.0.1")
    look = config("http:request", url=hook.url + "/health", expect={"json": {"ok": True}}, retries=0)
    assert apply(server, look)["status"] == "completed"
    assert verdict(server, look) == "in_sync"
    hook.answers = [(200, '{"ok": false}')]
    assert verdict(server, look) == "missing"
    failed = apply(server, look)
    assert failed["status"] == "failed" and "not what is expected" in error_of(failed)["message"]
    hook.answers = [(503, "not yet"), (503, "not yet"), (200, '{"ok": true}')]
    look["resources"]["it"]["properties"].update(retries=3, retry_seconds=0)
    assert apply(server, look)["status"] == "completed"


def test_what_is_not_idempotent_is_not_sent_twice(make_server, hook):
    server = make_server("--http-allow", hook.url)
    hook.answers = [(None, "")]
    send = config("http:request", url=hook.url, method="POST", body="x", retry_seconds=0)
    failed = apply(server, send)
    assert failed["status"] == "failed" and "nobody knows" in error_of(failed)["message"]
    assert len(hook.asked) == 1
    hook.answers = [(None, ""), (200, "{}")]
    send["resources"]["it"]["properties"]["idempotent"] = True
    assert apply(server, send)["status"] == "completed"
    assert len(hook.asked) == 3 and len({headers["Idempotency-Key"] for _, _, headers, _ in hook.asked}) == 1


@pytest.mark.parametrize("url", ["http://elsewhere.example.com/", "http://hooks.example.com.evil.org/",
                                 "http://hooks.example.com@evil.org/", "http://169.254.169.254/latest/meta-data/"])
def test_a_url_that_is_not_listed_is_refused_in_the_plan(make_server, url):
    server = make_server("--http-allow", "http://hooks.example.com,*.example.org,169.254.*")
    reply = server.post("/deploy/plan", {"config": config("http:request", url=url)})
    assert reply.status == 422 and reply.json["problems"][0]["pointer"] == "/config/resources/it/properties/url"


def test_others_refer_to_what_a_request_was_answered(make_server, hook, tmp_path):
    server = make_server("--http-allow", hook.url, "--local-root", str(tmp_path / "root"))
    both = config("http:request", url=hook.url)
    both["resources"]["file"] = {"type": "local:file", "properties": {"path": "id.txt", "content": "id @{it.json.id}"}}
    assert apply(server, both)["status"] == "completed"
    assert (tmp_path / "root" / "id.txt").read_text() == "id 7"
