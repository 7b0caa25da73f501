# SPDX-License-Identifier: Apache-2.0
"""test_wrappers.py - programs and requests as nodes: what a team has already, in a graph."""

import base64
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import threading

import nacl.public
import processes
import pytest
from redises import wait_until


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
        if status == "hold":
            server.release.wait(30)
            self.close_connection = True
            return
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
    server.asked, server.answers, server.release = [], [(200, '{"id": 7, "ok": true}')], threading.Event()
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


def verdicts(server, config):
    reply = server.post("/deploy/verify", {"config": config}, prefer="wait=60").json
    return {one["verdict"] for one in reply["resources"]}


def verdict(server, config):
    return next(iter(verdicts(server, config)))


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


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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


def test_a_variable_that_makes_an_allowed_program_run_another_is_refused_in_the_plan(make_server):
    """A library that the tenant has written itself would run within a program that only prints nothing."""
    run = config("exec:command", create=["true"], environment={"LD_PRELOAD": "@{so.path}", "RELEASE": "v1"})
    run["resources"]["so"] = {"type": "local:file", "properties": {"path": "evil.so", "content_base64": "f0VMRg=="}}
    server = make_server("--exec-allow", "true")
    reply = server.post("/deploy/plan", {"config": run})
    assert reply.status == 422 and [(one["pointer"], one["code"]) for one in reply.json["problems"]] == [
        ("/config/resources/it/properties/environment/LD_PRELOAD", "not_allowed")], reply.text
    del run["resources"]["it"]["properties"]["environment"]["LD_PRELOAD"]
    assert apply(server, run)["status"] == "completed"


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
    assert verdict(server, run) == "drifted"
    last = apply(server, run)
    assert last["summary"]["change"] == 1 and mark.exists()
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
    assert verdict(server, look) == "drifted"
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


def test_a_secret_that_comes_in_pieces_is_masked_all_the_same(make_server):
    server = make_server("--exec-allow", sys.executable)
    script = ("import os, sys, time\n"
              "secret = os.environ['PASSWORD']\n"
              "for one in 'first ' + secret + ' last\\n':\n"
              "    print(one, end='', flush=True); time.sleep(0.01)\n"
              "print('x' * 4090 + secret)\n"
              "print('y' * 70000 + secret + 'z' * (65536 - 8))\n"
              "sys.exit('no: ' + secret)")
    run = config("exec:command", create=[sys.executable, "-c", script], success_codes=[1],
                 environment={"PASSWORD": sealed(server, "exec", "opensesame-one\nopensesame-two")})
    execution = apply(server, run)
    assert execution["status"] == "completed", execution
    events = events_of(server, execution)
    told = "".join(one["text"] for one in events if one["type"] == "output" and one["stream"] == "stdout")
    assert told.startswith("first **************\n")
    everything = told + str(events) + str(execution) + server.everything_stored()
    for part in ("opensesame", "pensesame", "sesame-one", "esame-two", "same-t"):
        assert part not in everything


def test_no_program_outlives_a_server_that_was_killed(make_server, tmp_path):
    server = make_server("--exec-allow", "sh", "--lease", "1")
    pids = tmp_path / "pids"
    run = config("exec:command", create=["sh", "-c", f"sleep 300 & echo $$ $! >>{pids}; wait"])
    server.post("/deploy/apply", {"config": run}, prefer="respond-async")
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    first = pids.read_text().split()
    server.kill9()
    wait_until(lambda: not any(is_alive(pid) for pid in first), 5)
    # It is run again, for it must be idempotent.
    server.start()
    wait_until(lambda: len(pids.read_text().split()) == 4)


def test_what_has_failed_is_undone_by_a_destroy(make_server, tmp_path):
    server = make_server("--exec-allow", "*")
    half = tmp_path / "half"
    run = config("exec:command", create=["sh", "-c", f"touch {half}; exit 1"], delete=["rm", str(half)])
    failed = apply(server, run)
    assert failed["status"] == "failed" and half.exists()
    assert verdict(server, run) == "drifted"
    assert destroy(server, failed)["status"] == "completed" and not half.exists()
    assert verdict(server, run) == "missing"


def test_much_output_is_told_in_few_events_and_its_end_is_kept(make_server):
    server = make_server("--exec-allow", sys.executable)
    script = ("import time\n"
              "for i in range(60): print(i, flush=True); time.sleep(0.01)\n"
              "print('é' * 300000 + 'end')")
    execution = apply(server, config("exec:command", create=[sys.executable, "-c", script]))
    stdout = execution["outputs"]["it"]["stdout"]
    assert stdout.endswith("éend\n") and 65000 < len(stdout.encode()) <= 65536 and "\ufffd" not in stdout
    written = [one for one in events_of(server, execution) if one["type"] == "output"]
    assert 3 <= len(written) <= 20 and max(len(one["text"].encode()) for one in written) <= 4096
    assert written[0]["text"].startswith("0\n1\n") and written[-1]["text"].endswith("éend\n")
    told = sum(len(one["text"].encode()) + one.get("dropped", 0) for one in written)
    assert told == sum(len(f"{i}\n") for i in range(60)) + 600004


def test_a_post_that_was_under_way_when_the_server_died_is_not_sent_again(make_server, hook):
    server = make_server("--http-allow", hook.url, "--lease", "1")
    hook.answers = [("hold", "")]
    send = config("http:request", url=hook.url, method="POST", body={"n": 1}, delete={"url": hook.url + "/gone"})
    graph_id = server.post("/deploy/apply", {"config": send}, prefer="respond-async").json["graph_id"]
    wait_until(lambda: len(hook.asked) == 1)
    server.kill9()
    hook.release.set()
    server.start()
    execution = wait_until(lambda: (reply := server.get(f"/deploy/status/{graph_id}")).status == 200
                           and reply.json["status"] == "failed" and reply.json)
    assert "may have been sent already" in error_of(execution)["message"] and len(hook.asked) == 1
    assert hook.asked[0][2]["Content-Type"] == "application/json"
    # Who applies it anew wants it sent; the receiver can tell by the key that it is the same.
    hook.answers = [(500, "")]
    failed = apply(server, send)
    assert failed["status"] == "failed" and len(hook.asked) == 2
    assert hook.asked[0][2]["Idempotency-Key"] == hook.asked[1][2]["Idempotency-Key"]
    # Nobody knows what it has done, so it is undone; what is not there is gone.
    hook.answers = [(404, "")]
    assert destroy(server, failed)["status"] == "completed" and hook.asked[2][:2] == ("DELETE", "/gone")
    assert verdict(server, send) == "missing"


def test_headers_of_an_answer_are_outputs_and_some_of_a_request_are_not_for_a_config(make_server, hook):
    server = make_server("--http-allow", hook.url)
    look = config("http:request", url=hook.url, response_headers=["content-length", "x-none"])
    assert apply(server, look)["outputs"]["it"]["headers"] == {"content-length": "21"}
    for wrong in ({"headers": {"Host": "internal"}}, {"headers": {"transfer-encoding": "chunked"}},
                  {"method": "HEAD", "body": "x"}, {"method": "POST", "body": "x" * (1024 * 1024 + 1)}):
        refused = apply(server, config("http:request", url=hook.url, **wrong))
        assert error_of(refused)["type"] == "invalid", refused
    assert [one[0] for one in hook.asked] == ["GET", "GET"]  # the second one is a look at what was there


# ---- what a team has already ----


def example(name):
    return json.loads((processes.TOP / "docs" / "examples" / name).read_text())


def test_a_test_suite_is_a_node_and_nothing_goes_out_that_fails_it(make_server, tmp_path):
    server = make_server("--exec-allow", "python3", "--local-root", str(tmp_path / "root"))
    suite = example("test-suite.json")
    execution = apply(server, suite)
    assert execution["status"] == "completed", execution
    assert "test_it_says_hello" in execution["outputs"]["tests"]["stderr"]
    released = (tmp_path / "root" / "release.txt").read_text()
    assert verdicts(server, suite) == {"in_sync"}
    suite["resources"]["page"]["properties"]["content"] = "<p>Bye.</p>\n"
    failed = apply(server, suite)
    assert failed["status"] == "failed" and failed["failed_operation"]["resource_id"] == "tests"
    assert "FAILED (failures=1)" in failed["failed_operation"]["error"]["message"]
    assert (tmp_path / "root" / "release.txt").read_text() == released
    assert destroy(server, failed)["status"] == "completed" and not (tmp_path / "root" / "site").exists()


if shutil.which("terraform"):

    def test_terraform_is_a_node(make_server, tmp_path):
        root = tmp_path / "root"
        server = make_server("--exec-allow", "terraform,rm", "--local-root", str(root))
        stack = example("terraform.json")
        stack["resources"]["apply"]["properties"]["environment"]["TF_VAR_token"] = sealed(server, "exec", "opensesame")
        execution = apply(server, stack)
        assert execution["status"] == "completed", execution
        assert (root / "range.txt").read_text() == "10.0.0.0/16\n"
        written = "".join(one["text"] for one in events_of(server, execution) if one["type"] == "output")
        assert "Apply complete! Resources: 1 added" in written
        assert apply(server, stack)["summary"]["no_op"] == 6 and verdicts(server, stack) == {"in_sync"}
        state = json.loads((root / "network" / "terraform.tfstate").read_text())
        assert [one["type"] for one in state["resources"]] == ["terraform_data"]
        # Somebody else has undone it: Terraform's own plan says so, and an apply makes it good.
        subprocess.run(["terraform", "destroy", "-auto-approve", "-var", "token=x"], cwd=root / "network", check=True,
                       env=processes.clean_environment(tmp_path), stdout=subprocess.DEVNULL)
        assert "drifted" in verdicts(server, stack)
        last = apply(server, stack)
        assert last["status"] == "completed" and last["summary"]["change"] == 1
        assert destroy(server, last)["status"] == "completed" and not (root / "network").exists()
        assert "opensesame" not in server.everything_stored()
