# SPDX-License-Identifier: Apache-2.0
"""test_checks.py - checks beyond properties: an HTTP answer, an open port, a Lambda function that answers. What an apply, a plan,
a verify and a destroy make of them."""

import http.client
import http.server
import json
import socket
import threading
import time
import urllib.parse

import client
import configs
import processes
import pytest
import requests


class Service(http.server.ThreadingHTTPServer):
    """Answers what the test says, and remembers what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.asked = 200, {"version": "v1"}, []
        self.gate = threading.Event()
        self.gate.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.gate.wait(20)
        body = json.dumps(self.server.body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def service():
    service = Service()
    yield service
    service.shutdown()
    service.server_close()


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def local(make_server, tmp_path):
    return make_server("--local-root", str(tmp_path / "root"), "--http-allow", "127.0.0.1", "--net-allow", "127.0.0.1,*.test")


def http_check(service, **properties):
    return {"type": "http:request", "properties": {"url": service.url + "/health", "retry_seconds": 0,
                                                   "expect": {"json": {"version": "v1"}}, **properties}}


def port_check(port, **properties):
    return {"type": "net:port", "properties": {"host": "127.0.0.1", "port": port, "retry_seconds": 0, **properties}}


def config_of(*checks):
    return {"deployment_id": "checks", "resources": {
        "site": {"type": "local:file", "properties": {"path": "site", "content": "hello"}, "verify": list(checks)}}}


def apply(server, config, status="completed", **body):
    execution = server.post("/deploy/apply", {"config": config, **body}, prefer="wait=60").json
    assert execution["status"] == status, execution
    return execution


def operation(answer, resource_id):
    return next(one for one in answer["operations"] if one["resource_id"] == resource_id)


def verdicts(server, config, **body):
    answer = server.post("/deploy/verify", {"config": config, **body}).json
    return answer, {one["resource_id"]: one["verdict"] for one in answer["resources"]}


def test_a_check_that_would_change_something_is_refused_at_its_place(local, service):
    """A verify of a config that was never applied takes no more than the scope `plan`."""
    entry = http_check(service, method="POST", body={"drop": "everything"})
    for ask, body in (("verify", {}), ("plan", {}), ("apply", {})):
        reply = local.post(f"/deploy/{ask}", {"config": config_of(http_check(service, method="HEAD"), entry), **body})
        assert reply.status == 422 and [(one["pointer"], one["code"]) for one in reply.json["problems"]] == [
            ("/config/resources/site/verify/1/properties/method", "bad_check")], reply.text
    # One that says so by itself, or by a reference, is refused when it is asked.
    config = config_of(entry)
    del config["resources"]["site"]["verify"]
    config["resources"]["word"] = {"type": "local:null", "properties": {"note": "POST"}}
    for method in ("POST", "@word.note"):
        config["resources"]["check"] = {**http_check(service, method=method, body="x"), "operation": "verify", "check_of": "site"}
        failed = apply(local, config, "failed")
        assert "GET or HEAD alone" in operation(failed, "check")["error"]["message"], failed
    assert not service.asked


def test_checks_are_run_after_their_resource_and_by_every_verify(local, service, port):
    config = config_of(http_check(service), port_check(port))
    plan = local.post("/deploy/plan", {"config": config}).json
    assert [one["operation"] for one in plan["operations"]] == ["create", "verify", "verify"], plan
    assert operation(plan, "site-check")["reason"] == "it is checked after the apply"
    assert not service.asked, "a plan has asked"

    execution = apply(local, config)
    assert service.asked == ["/health"]
    check = operation(execution, "site-check")
    assert check["operation"] == "verify" and check["check_of"] == "site" and check["status"] == "completed"
    assert execution["outputs"]["site-check"]["json"] == {"version": "v1"}
    assert execution["outputs"]["site-check-2"]["address"] == f"127.0.0.1:{port}"

    answer, found = verdicts(local, config)
    assert set(found.values()) == {"in_sync"} and answer["success"], answer
    assert len(service.asked) == 2

    service.body = {"version": "v2"}
    answer, found = verdicts(local, config)
    assert found == {"site": "in_sync", "site-check": "failing", "site-check-2": "in_sync"}
    failing = next(one for one in answer["resources"] if one["verdict"] == "failing")
    assert failing["check_of"] == "site" and 'version is "v2" there, and not "v1"' in failing["reason"], failing
    assert answer["summary"]["failing"] == 1 and not answer["success"]

    asked = len(service.asked)
    assert local.post("/deploy/destroy", {"deployment_id": "checks"}, prefer="wait=60").json["status"] == "completed"
    assert len(service.asked) == asked, "a destroy has asked"


def test_a_check_that_does_not_hold_fails_an_apply_with_its_reason(local, service):
    service.status = 503
    execution = apply(local, config_of(http_check(service, retries=2)), "failed")
    assert len(service.asked) == 3
    assert execution["failed_operation"]["resource_id"] == "site-check"
    assert "its status is 503" in execution["failed_operation"]["error"]["message"]
    assert operation(execution, "site")["status"] == "completed"


def test_a_check_that_does_not_hold_rolls_an_apply_back(local, service, tmp_path):
    service.status = 503
    apply(local, config_of(http_check(service, retries=0)), "failed", on_failure="rollback")
    assert not (tmp_path / "root" / "site").exists()


def test_a_port_that_nobody_listens_at_is_failing(local, port):
    number = processes.free_port()
    config = config_of(port_check(port), port_check(number, retries=0))
    execution = apply(local, config, "failed")
    assert execution["failed_operation"]["resource_id"] == "site-check-2"
    assert f"127.0.0.1:{number}" in execution["failed_operation"]["error"]["message"]
    assert verdicts(local, config)[1]["site-check-2"] == "failing"


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "::1", "127.0.0.1.evil.example"])
def test_a_place_that_is_not_on_the_list_is_refused(local, host):
    reply = local.post("/deploy/plan", {"config": config_of({"type": "net:port", "properties": {"host": host, "port": 22}})})
    assert reply.status == 422
    assert [(one["pointer"], one["code"]) for one in reply.json["problems"]] == [
        ("/config/resources/site/verify/0/properties/host", "not_allowed")], reply.json


def test_what_can_not_be_a_check_is_told_where_it_was_written(local):
    reply = local.post("/deploy/plan", {"config": config_of({"type": "local:file", "properties": {"path": "x", "content": ""}})})
    assert [(one["pointer"], one["code"]) for one in reply.json["problems"]] == [
        ("/config/resources/site/verify/0/type", "bad_check")]


def test_the_command_line_shows_whose_check_it_is(local, service, tmp_path):
    cli = processes.Cli(local, tmp_path)
    config = cli.config(config_of(http_check(service))["resources"])
    assert "? site-check (http:request, of site)" in cli("plan", config, status=2)
    cli("apply", "-y", config)
    service.status = 500
    said = cli("verify", config, status=2)
    assert "failing     site-check (http:request, of site)" in said and "1 in sync, 1 failing" in said, said


def invocation(**properties):
    return {"type": "aws:lambda:invocation", "properties": {
        "function_name": "@site.name", "payload": {"path": "/health"}, "retry_seconds": 0, **properties}}


@pytest.fixture
def function(moto, cloud, credentials):
    """function(check, ...) is the config of a function of the emulator, which answers with the event that it is given."""
    reply = requests.post(moto.url + "/moto-api/config", json={"lambda": {"use_docker": False}})
    assert reply.status_code < 300, reply.text
    cloud.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(configs.TRUST))

    def config(*checks):
        return {"deployment_id": "checks", "credentials": credentials,
                "targets": [{"provider": "aws", "regions": ["eu-west-1", "us-east-1"]}],
                "resources": {"site": {"type": "aws:lambda:function", "verify": list(checks), "properties": {
                    "function_name": "checked", "runtime": "python3.12", "handler": "index.handler",
                    "role": "arn:aws:iam::123456789012:role/any", "code": {"inline": "def handler(e, c):\n    return e\n"}}}}}

    yield config
    requests.post(moto.url + "/moto-api/config", json={"lambda": {"use_docker": True}})


def test_a_function_is_invoked_in_each_region_and_held_to_what_it_answers(server, proxy, function):
    config = function(invocation(expect={"json": {"path": "/health"}, "contains": "health"}))
    proxy.clear_log()
    execution = apply(server, config)
    invoked = [entry for entry in proxy.log if entry["operation"].endswith("/invocations")]
    assert sorted(entry["region"] for entry in invoked) == ["eu-west-1", "us-east-1"], invoked
    for region in ("eu-west-1", "us-east-1"):
        check = next(one for one in execution["operations"] if one["resource_id"] == "site-check" and one["region"] == region)
        assert json.loads(check["outputs"]["answer"]) == {"path": "/health"}
    assert verdicts(server, config)[1] == {"site": "in_sync", "site-check": "in_sync"}


def test_a_function_that_answers_something_else_is_failing(server, function):
    config = function(invocation(expect={"json": {"path": "/other"}}, retries=1))
    execution = apply(server, config, "failed")
    assert 'path is "/health" there, and not "/other"' in execution["failed_operation"]["error"]["message"]
    assert verdicts(server, config)[1] == {"site": "in_sync", "site-check": "failing"}


def test_a_function_that_is_gone_is_missing_and_its_check_is_failing(server, function, cloud):
    config = function(invocation())
    apply(server, config)
    for region in ("eu-west-1", "us-east-1"):
        cloud.client("lambda", region).delete_function(FunctionName="checked")
    answer, found = verdicts(server, config)
    assert found == {"site": "missing", "site-check": "failing"}, answer


def stream(server, body):
    """A verify as a stream: its events, one by one, as they come."""
    parts = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("POST", "/deploy/verify", body=json.dumps(body), headers={
        "x-api-key": server.key, "content-type": "application/json", "accept": "text/event-stream"})
    reply = connection.getresponse()
    assert reply.status == 200 and reply.getheader("content-type") == "text/event-stream", reply.read()
    yield from client.read_events(reply)
    connection.close()


def test_a_stream_tells_each_verdict_as_soon_as_it_is_known_and_ends_with_the_summary(local, service, port):
    config = config_of(http_check(service), port_check(port))
    apply(local, config)
    service.gate = threading.Event()
    events = stream(local, {"config": config})
    first = [json.loads(next(events).data) for _ in range(2)]
    assert {one["resource_id"]: one["verdict"] for one in first} == {"site": "in_sync", "site-check-2": "in_sync"}
    service.status = 500
    service.gate.set()
    check, last = list(events)
    assert check.event == "resource" and json.loads(check.data)["verdict"] == "failing"
    assert last.event == "verify"
    whole = local.post("/deploy/verify", {"config": config}).json
    assert json.loads(last.data) == {key: value for key, value in whole.items() if key != "resources"}


def test_the_command_line_tells_each_verdict_as_soon_as_it_is_known(local, service, port, tmp_path):
    cli = processes.Cli(local, tmp_path)
    config = cli.config(config_of(http_check(service), port_check(port))["resources"])
    cli("apply", "-y", config)
    service.gate = threading.Event()
    process = cli.start("verify", config)
    first = {process.stdout.readline() for _ in range(2)}
    assert first == {"in sync     site (local:file)\n", "in sync     site-check-2 (net:port, of site)\n"}
    assert process.poll() is None
    service.status = 500
    service.gate.set()
    rest, errors = process.communicate(timeout=30)
    assert rest.startswith("failing     site-check (http:request, of site)") and errors == ""
    assert rest.endswith("\n\nVerify: 2 in sync, 1 failing.\n") and process.returncode == 2


def test_the_command_line_says_when_the_server_went_away_in_the_midst_of_it(local, service, tmp_path):
    cli = processes.Cli(local, tmp_path)
    config = cli.config(config_of(http_check(service))["resources"])
    cli("apply", "-y", config)
    service.gate = threading.Event()
    process = cli.start("verify", config)
    assert process.stdout.readline().startswith("in sync")
    local.kill9()
    rest, errors = process.communicate(timeout=30)
    assert rest == "" and errors.startswith("Error: ") and process.returncode == 1
    service.gate.set()


def test_a_reader_that_is_slow_gets_all_of_a_long_stream(local):
    n = 5000
    config = configs.nulls(n)
    apply(local, config)
    events = stream(local, {"deployment_id": "nulls"})
    next(events)
    time.sleep(1)
    rest = list(events)
    assert len(rest) == n and rest[-1].event == "verify", len(rest)
    assert json.loads(rest[-1].data)["summary"]["in_sync"] == n


def test_what_is_wrong_with_a_request_is_told_without_a_stream(local):
    reply = local.post("/deploy/verify", {"deployment_id": "nobody"}, accept="text/event-stream")
    assert reply.status == 404 and reply.headers["content-type"] == "application/problem+json"
