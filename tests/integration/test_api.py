# SPDX-License-Identifier: Apache-2.0
"""test_api.py - the API's own business: keys, bad input at its place, waiting, and its description."""

import http.client
import json
import socket
import time

import configs
import keysfile
import processes
import pytest

ROLE = {"type": "aws:iam:role", "properties": {"role_name": "r", "assume_role_policy": configs.TRUST}}


def plan(server, config, **headers):
    return server.post("/deploy/plan", {"config": config, "validate_only": True}, **headers)


@pytest.mark.parametrize("path", ["/deploy/status/00000000", "/status/00000000", "/info/health", "/deploy/types"])
def test_without_a_key_nothing_is_told(server, path):
    for key in ("", "wrong", server.key + "x", server.key[:-1]):
        reply = server.get(path, x_api_key=key)
        assert reply.status == 401 and reply.json["code"] == "unauthorized", reply
        assert reply.headers["www-authenticate"] == "Bearer"
    assert server.get(path, authorization=f"Bearer {server.key}", x_api_key=None).status in (200, 404)


def test_health_is_public_and_the_prefix_may_be_left_out(server):
    assert server.get("/healthz", x_api_key="").json == {"status": "ok"}
    assert server.get("/readyz", x_api_key="").json == {"status": "ok"}
    assert server.get("/types").json == server.get("/deploy/types").json


def test_a_keys_file_says_who_is_which_tenant_and_tenants_see_only_their_own(make_server, tmp_path):
    import hashlib
    keys = {"keys": [{"id": tenant, "tenant": tenant, "sha256": hashlib.sha256(tenant.encode()).hexdigest()}
                     for tenant in ("acme", "globex")]}
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(keys))
    server = make_server("--keys", str(file))
    acme = server.post("/deploy/apply", {"config": configs.nulls(2)}, x_api_key="acme")
    assert acme.status == 200, acme
    graph_id = acme.json["graph_id"]
    assert server.get(f"/deploy/status/{graph_id}", x_api_key="acme").status == 200
    assert server.get(f"/deploy/status/{graph_id}", x_api_key="globex").status == 404
    assert server.get(f"/deploy/events/{graph_id}", x_api_key="globex").status == 404
    assert server.post("/deploy/destroy", {"graph_id": graph_id}, x_api_key="globex").status == 404
    globex = server.post("/deploy/apply", {"config": configs.nulls(2)}, x_api_key="globex")
    assert globex.json["graph_id"] != graph_id
    assert globex.json["operations"][0]["node_id"] != acme.json["operations"][0]["node_id"]


@pytest.mark.parametrize("body, detail", [
    (b"", "unexpected end"), (b"{", "line 1"), (b'{"config":\n nope}', "line 2"), (b"[1,]", "line 1"),
    (b'{"config":{}} x', "behind the value"), (b"{'config':{}}", "line 1"), (b'{"a":1,"a":2}', "duplicate key"),
    (b'\xff\xfe', "line 1"), (b'{"a":NaN}', "line 1"), (b"[" * 10000 + b"]" * 10000, "too deep"),
])
def test_what_is_no_json_is_refused_with_its_place(server, body, detail):
    reply = server.api.request("POST", "/deploy/plan", body=body, content_type="application/json")
    assert reply.status == 400 and reply.json["code"] == "bad_json", reply
    assert detail in reply.json["detail"], reply
    assert reply.headers.get_content_type() == "application/problem+json"
    assert server.get("/healthz").status == 200


def test_a_body_of_100_mb_is_refused_and_the_server_goes_on(server):
    with socket.create_connection((server.url.split(":")[1].strip("/"), int(server.url.split(":")[2]))) as sock:
        sock.sendall(b"POST /deploy/plan HTTP/1.1\r\nHost: x\r\nx-api-key: " + server.key.encode() +
                     b"\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n")
        try:
            for _ in range(100):
                sock.sendall(b" " * 1048576)
        except OSError:
            pass  # it has hung up on us, as it may
        answer = sock.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize("change, pointer, code", [
    (lambda c: c["resources"]["a"].update(type="aws:iam:rol"), "/config/resources/a/type", "unknown_type"),
    (lambda c: c["resources"]["a"]["properties"].update(role_nam="x"),
     "/config/resources/a/properties/role_nam", "unknown_property"),
    (lambda c: c["resources"]["a"]["properties"].pop("role_name"),
     "/config/resources/a/properties", "missing_property"),
    (lambda c: c["resources"]["a"]["properties"].update(role_name=7),
     "/config/resources/a/properties/role_name", "wrong_type"),
    (lambda c: c["resources"]["a"].update(depends_on=["nobody"]),
     "/config/resources/a/depends_on/0", "dangling_reference"),
    (lambda c: c.update(targets=[{"provider": "aws", "regions": ["moon"]}]),
     "/config/targets/0/regions/0", "bad_pattern"),
])
def test_each_problem_of_a_config_has_its_place_and_code(server, change, pointer, code):
    config = {"deployment_id": "d", "resources": {"a": json.loads(json.dumps(ROLE))}}
    change(config)
    reply = plan(server, config)
    assert reply.status == 422 and reply.json["code"] == "invalid_config", reply
    assert any(p["pointer"] == pointer and p["code"] == code for p in reply.json["problems"]), reply


def test_all_problems_are_reported_at_once(server):
    config = {"deployment_id": "d", "resources": {
        "a": {"type": "nope:x:y"}, "b": {"type": "aws:iam:role", "properties": {}},
        "c": {"type": "local:null", "references": {"note": "ghost"}}}}
    pointers = {p["pointer"] for p in plan(server, config).json["problems"]}
    assert {"/config/resources/a/type", "/config/resources/b/properties",
            "/config/resources/c/references/note"} <= pointers


def test_a_cycle_is_refused_and_shown(server):
    config = configs.nulls(3)
    for i in range(3):
        config["resources"][f"n{i}"]["depends_on"] = [f"n{(i + 1) % 3}"]
    problems = plan(server, config).json["problems"]
    cycle = [p for p in problems if p["code"] == "cycle"]
    assert len(cycle) == 1 and "n0 -> " in cycle[0]["detail"] and cycle[0]["detail"].count("->") == 3, problems


def test_missing_credentials_are_said_with_their_place(server):
    config = {"deployment_id": "d", "resources": {"a": ROLE}}
    reply = server.post("/deploy/apply", {"config": config})
    assert reply.status == 422 and reply.json["code"] == "bad_credentials", reply
    assert reply.json["problems"][0]["pointer"].startswith("/config/credentials/aws")


@pytest.mark.parametrize("body", [{}, {"config": {}, "graph_id": "00000000"}, {"graph_id": 7},
                                  {"graph_id": "00000000", "mode": "FAST"}, {"graph_id": "00000000", "extra": 1}])
def test_a_request_that_does_not_match_its_schema_is_refused(server, body):
    reply = server.post("/deploy/apply", body)
    assert reply.status == 422 and reply.json["code"] == "invalid_request" and reply.json["problems"], reply


def test_what_is_missing_or_too_much_is_said_by_name(server):
    config = configs.nulls(1)
    for route in ("apply", "verify", "destroy"):
        (problem,) = server.post(f"/deploy/{route}", {}).json["problems"]
        assert problem["detail"].startswith("exactly one of config, graph_id") and problem["detail"].endswith(" is needed")
        (problem,) = server.post(f"/deploy/{route}", {"config": config, "credentials": {}}).json["problems"]
        assert problem["pointer"] == "/credentials" and "/config/credentials" in problem["detail"], problem


def test_a_whole_number_may_be_written_as_any_number(server):
    slow = configs.nulls(1, delay_ms=20000)
    slow["resources"]["n0"]["timeout"] = 1.0
    assert server.post("/deploy/apply", {"config": slow}).json["failed_operation"]["error"]["type"] == "timeout"
    written = [json.dumps({"config": configs.nulls(1, delay_ms=100, deployment_id="w")}).replace("100", text)
               for text in ("100", "100.0", "1e2")]
    ids = {server.api.request("POST", "/deploy/plan", body=body.encode(), content_type="application/json").json["spec_graph_id"]
           for body in written}
    assert len(ids) == 1


def test_unknown_ids_paths_and_methods(server):
    assert server.get("/deploy/status/deadbeef").json["code"] == "not_found"
    assert server.get("/deploy/status/nonsense!").json["code"] == "not_found"
    assert server.post("/deploy/destroy", {"deployment_id": "ghost"}).json["code"] == "not_found"
    assert server.get("/nowhere").json["code"] == "not_found"
    reply = server.get("/deploy/plan")
    assert reply.status == 405 and reply.headers["allow"] == "POST, OPTIONS" and reply.json["code"] == "method_not_allowed"


def test_prefer_says_how_long_to_wait(server):
    slow = configs.nulls(1, delay_ms=1500)
    start = time.monotonic()
    reply = server.post("/deploy/apply", {"config": slow}, prefer="respond-async")
    assert reply.status == 202 and time.monotonic() - start < 1, reply
    assert reply.headers["location"] == f"/deploy/status/{reply.json['graph_id']}"
    assert reply.json["status"] == "running"
    server.post("/deploy/destroy", {"graph_id": reply.json["graph_id"]})  # busy: still running
    start = time.monotonic()
    other = configs.nulls(1, delay_ms=2500, deployment_id="other")
    reply = server.post("/deploy/apply", {"config": other}, prefer="wait=1")
    assert reply.status == 202 and 0.8 < time.monotonic() - start < 2.2, reply
    third = configs.nulls(1, delay_ms=300, deployment_id="third")
    reply = server.post("/deploy/apply", {"config": third})
    assert reply.status == 200 and reply.json["status"] == "completed", reply


@pytest.mark.parametrize("prefer", ["await=0", "xrespond-async", "foo=\"wait=0\"", "wait=x", "wait=-1", "wait=0.9", "wait=",
                                    "wait=99999999999999999999", "wait=9223372036854775807", "wait=\"9\", respond-async"])
def test_what_is_not_understood_is_not_preferred_and_no_number_is_too_large(server, prefer):
    reply = server.post("/deploy/apply", {"config": configs.nulls(1, delay_ms=200)}, prefer=prefer)
    assert reply.status == 200 and reply.json["status"] == "completed", reply


def test_events_are_replayed_followed_and_resumed_without_gap_or_repeat(server):
    config = configs.nulls(30, delay_ms=20, chain=10)
    reply = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    graph_id, after = reply.json["graph_id"], reply.json["events_after"]

    def read(last, stop_after=None):
        seen = []
        for event in server.events(f"/deploy/events/{graph_id}", last_event_id=last):
            data = json.loads(event.data)
            assert event.id == f"{data['seq']}-0"
            seen.append(data)
            ended = data["type"] == "execution" and data["status"] in ("completed", "failed")
            if ended or (stop_after and len(seen) == stop_after):
                return seen
        raise AssertionError("the stream has ended")

    first = read(None, stop_after=40)
    rest = read(f"{first[-1]['seq']}-0")
    numbers = [event["seq"] for event in first + rest]
    assert numbers == list(range(after + 1, after + 1 + len(numbers)))
    assert rest[-1]["status"] == "completed"
    done = [event["resource_id"] for event in first + rest if event.get("phase") == "completed"]
    assert sorted(done) == sorted(config["resources"])
    assert read(None) == first + rest


def test_redis_holds_the_events_that_the_stream_tells(server):
    graph_id = server.post("/deploy/apply", {"config": configs.nulls(3)}).json["graph_id"]
    keys = server.redis("--scan", "--pattern", "mg:*").split()
    assert any(key.endswith(f":events:{graph_id}") for key in keys), keys
    stream = next(key for key in keys if key.endswith(f":events:{graph_id}"))
    n = int(server.redis("XLEN", stream))
    told = []
    for event in server.events(f"/deploy/events/{graph_id}", last_event_id="0-0"):
        told.append(event)
        if len(told) == n:
            break
    assert [event.id for event in told] == [f"{i + 1}-0" for i in range(n)]


def test_openapi_names_every_route_and_its_schemas(server):
    document = server.get("/openapi.json", x_api_key="").json
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]["/deploy/apply"]) == {"post"}
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for media in answer.get("content", {}).values():
                    reference = media["schema"].get("$ref")
                    assert reference is None or reference.rpartition("/")[2] in schemas


def test_openapi_is_made_once_when_many_are_the_first_to_ask(make_server, tmp_path):
    tenants = [f"t{i}" for i in range(10)]
    server = make_server("--keys", keysfile.write(tmp_path, *tenants))
    clients = [server.connect() for _ in tenants]
    for client, tenant in zip(clients, tenants):
        head = f"GET /openapi.json HTTP/1.1\r\nhost: x\r\nx-api-key: {tenant}\r\nconnection: close\r\n\r\n"
        client.sendall(head.encode())
    told = set()
    for client in clients:
        with client, client.makefile("rb") as answer:
            told.add(answer.read().partition(b"\r\n\r\n")[2])
    assert len(told) == 1 and json.loads(told.pop())["openapi"] == "3.1.0"
    assert server.stop() == 0, server.stderr  # a sanitized one looks for what was made in vain


def test_openapi_says_what_each_route_takes_and_tells(server):
    document = server.get("/openapi.json").json
    apply, history = document["paths"]["/deploy/apply"]["post"], document["paths"]["/deploy/history/{deployment_id}"]["get"]
    taken = {p.get("$ref", p.get("name")).rpartition("/")[2] for p in apply["parameters"]}
    assert {"Idempotency-Key", "Prefer", "X-Request-Id", "traceparent"} <= taken
    assert "Link" in history["responses"]["200"]["headers"]
    assert "304" in document["paths"]["/deploy/status/{graph_id}"]["get"]["responses"]
    assert "Idempotency-Replayed" in apply["responses"]["202"]["headers"]


def content_type(server, method, path, body, headers):
    """Of a good answer; of a stream no more than its beginning is waited for."""
    if body is not None:
        headers = {**headers, "content-type": "application/json"}
    connection = server.api._connect()
    connection.request(method, path, body=json.dumps(body) if body is not None else None,
                       headers=server.api._headers(headers))
    reply = connection.getresponse()
    assert reply.status == 200, (method, path, reply.read())
    connection.close()
    return reply.getheader("content-type").partition(";")[0]


def test_openapi_has_every_content_type_that_is_really_answered_and_no_other(make_server, tmp_path):
    server = make_server("--local-root", str(tmp_path / "root"))
    config = {"deployment_id": "described", "resources": {
        "it": {"type": "local:file", "properties": {"path": "it", "content": "x"}}}}
    graph_id = server.post("/deploy/plan", {"config": config}).json["spec_graph_id"]
    answered = {}

    def ask(method, path, body=None, **headers):
        key = method, path.partition("?")[0]
        answered.setdefault(key, set()).add(content_type(server, method, path, body, headers))

    for format in ("mgraph", "terraform"):
        ask("POST", "/deploy/plan", {"config": config, "format": format})
    for mode in ("DRY_RUN", "FULL"):
        ask("POST", "/deploy/apply", {"graph_id": graph_id, "mode": mode})
    for accept in ("application/json", "text/event-stream"):
        ask("POST", "/deploy/verify", {"graph_id": graph_id}, accept=accept)
        ask("GET", f"/deploy/events/{graph_id}", accept=accept)
        ask("GET", "/deploy/events?after=0", accept=accept)
    ask("POST", "/deploy/schedules", {"deployment_id": "described", "every": "1h"})
    ask("GET", "/deploy/schedules")
    ask("GET", "/deploy/schedules/described")
    ask("DELETE", "/deploy/schedules/described")
    ask("POST", "/deploy/discover", {})
    ask("POST", "/deploy/import", {"resources": config["resources"]})
    ask("GET", f"/deploy/status/{graph_id}")
    for kind in ("spec", "execution"):
        for format in ("mgraph", "dot", "mermaid"):
            ask("GET", f"/deploy/graph/{graph_id}?format={format}&kind={kind}")
    ask("GET", f"/deploy/diff?from={graph_id}&to={graph_id}")
    for path in ("/deploy/deployments", "/deploy/history/described", "/deploy/types", "/deploy/types/local:file",
                 "/public-keys", "/public-keys/aws", "/schemas/config.json", "/info/health", "/info/status", "/healthz",
                 "/readyz", "/metrics", "/openapi.json", "/problems", "/problems/conflict",
                 "/admin/keys", "/admin/tenants"):
        ask("GET", path)
    ask("POST", "/admin/keys", {"id": "described", "tenant": "described", "sha256": 64 * "0"})
    ask("POST", "/admin/tenants", {"tenant": "described", "limits": {"nodes": 1}})
    ask("DELETE", "/admin/keys/described")
    ask("DELETE", "/admin/tenants/described")
    ask("POST", "/deploy/destroy", {"graph_id": graph_id})
    described = {}
    for path, operations in server.get("/openapi.json").json["paths"].items():
        for parameter, value in (("graph_id", graph_id), ("deployment_id", "described"), ("type", "local:file"),
                                 ("provider", "aws"), ("code", "conflict"), ("key_id", "described"),
                                 ("tenant", "described")):
            path = path.replace("{" + parameter + "}", value)
        for method, operation in operations.items():
            described[method.upper(), path] = set(operation["responses"]["200"]["content"])
    # These need what is not here: GitHub, a paused execution, an account to move in. All answer in JSON.
    elsewhere = {key for key in described if key[1].startswith("/operations/github/")} | {
        ("POST", "/deploy/" + name) for name in ("continue", "pause", "cancel", "move")}
    assert all(described.pop(key) == {"application/json"} for key in elsewhere)
    for path in ("/", "/docs", "/assets/{file}"):  # where the page was built: test_page_files.py
        assert described.pop(("GET", path)) <= {"text/html", "text/javascript", "text/css", "image/svg+xml", "text/plain"}
    assert answered == described


def test_a_type_is_described(server):
    names = {t["type"] for t in server.get("/deploy/types").json["types"]}
    assert {"aws:iam:role", "aws:s3:bucket", "aws:lambda:function", "aws:dynamodb:table", "local:null"} <= names
    role = server.get("/deploy/types/aws:iam:role").json
    assert "role_name" in role["properties"]["properties"] and "arn" in role["outputs"]
    assert role["seconds"] > 0 and role["scope"] == "global"
    unknown = server.get("/deploy/types/aws:iam:rol")
    assert unknown.status == 404 and "did you mean 'aws:iam:role'?" in unknown.json["detail"]
    assert server.get("/deploy/types/aws:cloudcontrol:AWS::S3::Bucket").json["type"] == "aws:cloudcontrol"
    assert server.get("/deploy/types/aws:cloudcontrol:Bucket").status == 404


def test_the_command_line_lists_types_by_how_they_begin(server, tmp_path):
    cli = processes.Cli(server, tmp_path)
    listed = [line.split()[0] for line in cli("types", "aws:sqs").splitlines()]
    assert listed == ["aws:sqs:queue", "aws:sqs:queue_policy"]
    assert [t["type"] for t in json.loads(cli("types", "--json", "aws:sqs"))["types"]] == listed
    assert "This is what a bare reference means." in cli("types", "aws:sqs:queue")
    assert "did you mean 'aws:sqs:queue'?" in cli("types", "aws:sqs:quee", status=1)


def test_only_loopback_is_listened_on_without_keys(make_server):
    with pytest.raises(RuntimeError, match="only loopback"):
        server = make_server("--redis", "memory:", "--listen", "0.0.0.0:0")
        server.stop()


@pytest.mark.parametrize("path", ["/deploy/status/%ff", "/deploy/types/%c3", "/deploy/types/" + "x" * 100 + "%e2%82"])
def test_a_name_that_is_no_text_is_told_in_json_all_the_same(server, path):
    reply = server.get(path)
    assert reply.status == 404
    assert "\ufffd" in json.loads(reply.body.decode("utf-8"))["detail"]


def test_keep_alive_serves_many_requests_on_one_connection(server):
    connection = http.client.HTTPConnection(server.url.split("//")[1], timeout=10)
    for _ in range(50):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
    connection.close()
