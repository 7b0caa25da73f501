# SPDX-License-Identifier: Apache-2.0
"""test_conventions.py - what every route has in common: request ids, methods, tags, pages, problems that can be read up,
pages of other origins, and answers made smaller."""

import gzip
import json
import re
import time

import configs
import pytest

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
METHODS = {"get": "GET", "post": "POST", "delete": "DELETE"}


@pytest.fixture
def local(make_server):
    return make_server("--redis", "memory:", "--verbose")


def paths_of(server):
    """Each path with something for its parameter, and the methods that are documented."""
    paths = server.get("/openapi.json").json["paths"]
    return {re.sub(r"\{\w+\}", "x", path): sorted(METHODS[m] for m in row if m in METHODS) for path, row in paths.items()}


def until_closed(sock):
    told = b""
    while piece := sock.recv(65536):
        told += piece
    return told


# ---- request ids and traces ----


@pytest.mark.parametrize("path, status", [("/healthz", 200), ("/nowhere", 404), ("/deploy/plan", 405), ("/deploy/types/x", 404)])
def test_an_answer_has_the_requests_own_id(local, path, status):
    reply = local.get(path, x_request_id="from-the-gateway_1.2")
    assert reply.status == status and reply.headers["x-request-id"] == "from-the-gateway_1.2"
    assert status == 200 or reply.json["request_id"] == "from-the-gateway_1.2"
    assert "request=from-the-gateway_1.2 " in local.stderr


def test_without_one_or_with_one_that_can_be_none_it_gets_one(local):
    ids = {local.get("/healthz", x_request_id=bad).headers["x-request-id"] for bad in (None, "a b", "x" * 129, 'a"b')}
    assert len(ids) == 4 and all(re.fullmatch(r"[0-9a-f]{32}", i) for i in ids)


def test_what_reaches_no_route_has_an_id_as_well(local):
    with local.connect() as sock:
        sock.sendall(b"POST /deploy/plan HTTP/1.1\r\nHost: x\r\nX-Request-Id: big\r\nContent-Length: 99999999\r\n\r\n")
        answer = until_closed(sock).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 413 ") and "\r\nX-Request-Id: big\r\n" in head
    assert json.loads(body)["request_id"] == "big" and json.loads(body)["type"] == "/problems/too_large"
    assert "request=big method=- route=- status=413 " in local.stderr
    assert 'mgraph_deploy_http_requests_total{method="other",route="other",status="413"} 1\n' in local.get("/metrics").text


def test_a_trace_goes_on_in_the_log_the_record_and_the_events(local):
    reply = local.post("/deploy/apply", {"config": configs.nulls(1)}, traceparent=TRACE)
    assert reply.json["traceparent"] == TRACE
    assert f"traceparent={TRACE}" in local.stderr
    graph_id = reply.json["graph_id"]
    assert local.get("/deploy/history/nulls").json["executions"][0]["traceparent"] == TRACE
    event = json.loads(next(local.events(f"/deploy/events/{graph_id}")).data)
    assert event["type"] == "execution" and event["traceparent"] == TRACE
    for bad in (TRACE + "0", TRACE.upper(), "00-" + "0" * 32 + TRACE[35:], "x"):
        reply = local.post("/deploy/apply", {"config": configs.nulls(1)}, traceparent=bad)
        assert reply.status == 200 and "traceparent" not in reply.json


# ---- methods ----


def test_every_path_tells_its_methods_and_refuses_others(local):
    for path, methods in paths_of(local).items():
        allowed = {*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        reply = local.api.request("OPTIONS", path, x_api_key="")
        assert reply.status == 204 and set(reply.headers["allow"].split(", ")) == allowed, path
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            reply = local.api.request(method, path)
            assert reply.status == 405 and set(reply.headers["allow"].split(", ")) == allowed, (method, path)
    assert local.api.request("OPTIONS", "/nowhere").status == 404
    assert "POST" in local.api.request("OPTIONS", "*").headers["allow"]


def test_a_head_is_that_of_the_get(local):
    graph_id = local.post("/deploy/apply", {"config": configs.nulls(1)}).json["graph_id"]
    moves = ("date", "x-request-id")
    for path, methods in paths_of(local).items():
        path = path.replace("/status/x", f"/status/{graph_id}").replace("/graph/x", f"/graph/{graph_id}")
        if "GET" not in methods or path.startswith(("/deploy/events", "/metrics")):
            continue
        get, head = local.get(path), local.api.request("HEAD", path)
        assert head.status == get.status and head.body == b"", path
        own, other = ({k.lower(): v for k, v in r.headers.items() if k.lower() not in moves} for r in (get, head))
        assert own == other, path
    for path in ("/deploy/events", f"/deploy/events/{graph_id}"):
        head = local.api.request("HEAD", path)
        assert head.status == 200 and head.headers["content-type"] == "text/event-stream" and head.body == b""


# ---- tags ----


def test_what_has_not_changed_is_not_sent_again(local):
    graph_id = local.post("/deploy/apply", {"config": configs.nulls(1)}).json["graph_id"]
    for path in (f"/deploy/status/{graph_id}", f"/deploy/graph/{graph_id}", f"/deploy/graph/{graph_id}?format=dot",
                 f"/deploy/diff?from={graph_id}&to={graph_id}", "/deploy/types", "/deploy/types/local:null",
                 "/openapi.json", "/schemas/config.json", "/problems", "/problems/conflict"):
        first = local.get(path)
        tag = first.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag), path
        for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            again = local.get(path, if_none_match=asked)
            assert again.status == 304 and again.body == b"" and again.headers["etag"] == tag, (path, asked)
            assert "content-length" not in again.headers and "content-type" not in again.headers
        assert local.get(path, if_none_match='"x"').body == first.body
    before = local.get(f"/deploy/status/{graph_id}").headers["etag"]
    local.post("/deploy/apply", {"graph_id": graph_id})
    assert local.get(f"/deploy/status/{graph_id}", if_none_match=before).status == 200


def test_a_schedule_is_changed_only_as_it_is_known(local):
    local.post("/deploy/apply", {"config": configs.nulls(1)})
    path, body = "/deploy/schedules/nulls", {"deployment_id": "nulls", "every": "1h"}
    assert local.post("/deploy/schedules", body, if_match="*").json["code"] == "precondition_failed"
    made = local.post("/deploy/schedules", body, if_none_match="*")
    tag = made.headers["etag"]
    assert made.status == 200 and local.get(path).headers["etag"] == tag
    assert local.post("/deploy/schedules", body, if_none_match="*").status == 412
    assert local.post("/deploy/schedules", body, if_match='"other"').status == 412
    assert local.post("/deploy/schedules", body, if_match=f"W/{tag}").status == 412  # RFC 9110, 13.1.1
    changed = local.post("/deploy/schedules", body | {"every": "2h"}, if_match=tag)
    assert changed.status == 200 and changed.headers["etag"] != tag
    refused = local.api.request("DELETE", path, if_match=tag)
    assert refused.status == 412 and refused.json["type"] == "/problems/precondition_failed"
    assert local.get(path).json["every_seconds"] == 7200
    assert local.api.request("DELETE", path, if_match=changed.headers["etag"]).status == 200
    assert local.get(path).status == 404


def test_what_is_a_tenants_is_kept_by_nobody_on_the_way(local):
    graph_id = local.post("/deploy/apply", {"config": configs.nulls(1)}).json["graph_id"]
    for path in (f"/deploy/status/{graph_id}", "/deploy/deployments", "/deploy/types", "/info/status", "/nowhere"):
        assert local.get(path).headers["cache-control"] == "no-store", path
    for path in ("/healthz", "/openapi.json", "/problems"):
        assert local.get(path).headers["cache-control"] == "no-cache", path
    assert local.get("/healthz").headers["x-content-type-options"] == "nosniff"


# ---- pages ----


def pages(server, path, member):
    """All that is on the pages from this one on, by their links; how many pages there were."""
    found, n = [], 0
    while path:
        reply = server.get(path)
        assert reply.status == 200, reply
        n += 1
        found += reply.json[member]
        link = reply.headers.get("link")
        assert (link is None) == ("next_cursor" not in reply.json)
        path = re.fullmatch(r'<(\S+)>; rel="next"', link)[1] if link else None
    return found, n


def test_lists_come_by_pages(make_server):
    server = make_server()
    for i in range(5):
        server.post("/deploy/apply", {"config": configs.nulls(1, deployment_id=f"d{i}")})
        server.post("/deploy/apply", {"config": configs.nulls(1, deployment_id="same")})
    whole = server.get("/deploy/deployments").json["deployments"]
    assert [d["deployment_id"] for d in whole] == ["same", "d4", "d3", "d2", "d1", "d0"]
    assert pages(server, "/deploy/deployments?limit=2", "deployments") == (whole, 3)
    assert pages(server, "/deploy/deployments?limit=4", "deployments") == (whole, 2)
    executions = server.get("/deploy/history/same").json["executions"]
    assert pages(server, "/deploy/history/same?limit=2", "executions") == (executions, 3)
    types = server.get("/deploy/types").json["types"]
    assert pages(server, "/deploy/types?limit=100", "types") == (types, -(-len(types) // 100))


def test_a_new_run_moves_no_page(make_server):
    server = make_server()
    for i in range(4):
        server.post("/deploy/apply", {"config": configs.nulls(1, deployment_id=f"d{i}")})
    first = server.get("/deploy/deployments?limit=2")
    server.post("/deploy/apply", {"config": configs.nulls(1, deployment_id="d3")})
    cursor = first.json["next_cursor"]
    rest = server.get(f"/deploy/deployments?limit=2&cursor={cursor}").json
    assert [d["deployment_id"] for d in rest["deployments"]] == ["d1", "d0"] and "next_cursor" not in rest


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=-1", "cursor=x", "cursor=12-", "cursor=-d"])
def test_a_page_that_can_be_none_is_refused(local, query):
    for path in ("/deploy/deployments", "/deploy/types"):
        assert local.get(f"{path}?{query}").json["code"] == "bad_request", path


# ---- problems ----


def test_the_type_of_a_problem_leads_to_what_it_means(local):
    for reply in (local.get("/nowhere"), local.get("/info/status", x_api_key=""), local.get("/deploy/plan"),
                  local.post("/deploy/plan", {}), local.api.request("POST", "/deploy/plan", body=b"{")):
        problem = reply.json
        told = local.get(problem["type"], x_api_key="").json
        assert (told["code"], told["status"], told["title"]) == (problem["code"], reply.status, problem["title"])
        assert told["when"] and told["type"] == problem["type"] == f"/problems/{problem['code']}"
    every = local.get("/problems", x_api_key="").json["problems"]
    assert len(every) > 25 and all(local.get(p["type"]).json == p for p in every)
    assert local.get("/problems/ok").status == local.get("/problems/nothing").status == 404


# ---- pages of other origins ----


def test_only_pages_of_named_origins_may_ask(make_server):
    server = make_server("--redis", "memory:", "--cors-origins", "https://a.example,https://b.example:8443")
    for origin in ("https://a.example", "https://b.example:8443"):
        asked = server.api.request("OPTIONS", "/deploy/apply", x_api_key="", origin=origin,
                                   access_control_request_method="POST", access_control_request_headers="x-api-key")
        assert asked.status == 204 and asked.headers["access-control-allow-origin"] == origin
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert "x-api-key" in asked.headers["access-control-allow-headers"].lower()
        for path, status in (("/deploy/types", 200), ("/nowhere", 404)):
            reply = server.get(path, origin=origin)
            assert reply.status == status and reply.headers["access-control-allow-origin"] == origin
            assert "Origin" in reply.headers["vary"] and "access-control-allow-credentials" not in reply.headers
    for origin in ("https://a.example.evil", "http://a.example", "null"):
        assert "access-control-allow-origin" not in server.get("/deploy/types", origin=origin).headers


def test_a_page_reads_why_it_was_refused_before_any_route(make_server):
    server = make_server("--redis", "memory:", "--cors-origins", "https://a.example")
    for origin, may in (("https://a.example", True), ("https://b.example", False)):
        with server.connect() as sock:
            sock.sendall(b"POST /deploy/plan HTTP/1.1\r\nHost: x\r\nOrigin: %b\r\nContent-Length: 99999999\r\n\r\n" % origin.encode())
            head = until_closed(sock).decode().partition("\r\n\r\n")[0]
        assert head.startswith("HTTP/1.1 413 ") and "\r\nVary: Origin" in head
        assert (f"\r\nAccess-Control-Allow-Origin: {origin}" in head) == may, head


def test_without_the_option_no_page_may(local):
    reply = local.api.request("OPTIONS", "/deploy/apply", origin="https://a.example", access_control_request_method="POST")
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


# ---- what a request says of itself ----


def test_a_body_is_json_as_it_is(local):
    body = json.dumps({"config": configs.nulls(1), "validate_only": True}).encode()

    def post(**headers):
        return local.api.request("POST", "/deploy/plan", body=body, **headers)

    for content_type in ("application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'):
        assert post(content_type=content_type).status == 200, content_type
    for content_type in ("application/jsonx", "application/json; charset=latin1", "text/plain"):
        refused = post(content_type=content_type)
        assert refused.status == 415 and refused.json["code"] == "unsupported_media_type", content_type
        assert "accept-encoding" not in refused.headers
    coded = post(content_type="application/json", content_encoding="gzip")
    assert coded.status == 415 and coded.headers["accept-encoding"] == "identity"
    assert post(content_type="application/json", content_encoding="identity").status == 200


def test_null_is_no_body_as_a_list_is_none(local):
    for body in (b"null", b"[]"):
        reply = local.api.request("POST", "/deploy/plan", body=body, content_type="application/json")
        assert reply.status == 422 and reply.json["problems"][0]["code"] == "wrong_type", reply


@pytest.mark.parametrize("accept, streams", [
    ("text/event-stream", True), ("text/event-stream, */*", True), ("text/event-stream;q=0.9, application/json;q=0.5", True),
    ("text/event-stream;q=0", False), ("text/event-stream;q=0.5, application/json", False), ("*/*", False),
    ("text/event-streams", False), ('x/y;a="text/event-stream"', False)])
def test_a_verify_streams_for_who_would_rather_have_that(local, accept, streams):
    body = {"config": configs.nulls(1)}
    reply = local.post("/deploy/verify", body, accept=accept)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/event-stream" if streams else "application/json")


def test_a_parameter_that_is_not_there_or_there_twice_is_said(local):
    for path, said in (("/deploy/deployments?limits=5", '"limits"'), ("/deploy/deployments?limit=5&limit=6", '"limit" is there twice'),
                       ("/deploy/types?Limit=5", "limit, cursor"), ("/deploy/schedules?x", "there are none")):
        reply = local.get(path)
        assert reply.status == 400 and reply.json["code"] == "bad_request" and said in reply.json["detail"], reply
    assert local.get("/healthz?from=probe").status == 200


def test_where_no_event_id_stands_is_said(local):
    assert local.get("/deploy/events?after=x").json["detail"].startswith('after: "x" is no event id')
    assert local.get("/deploy/events", last_event_id="x").json["detail"].startswith('Last-Event-ID: "x" is no event id')
    assert local.get("/deploy/events?after=x", last_event_id="").json["detail"].startswith("after: ")


def test_who_has_sent_a_key_is_not_told_to_send_one(local):
    assert "is not valid" in local.get("/info/status", x_api_key="wrong").json["detail"]
    assert "x-api-key" in local.get("/info/status", x_api_key="").json["detail"]


# ---- answers made smaller ----


def test_a_large_answer_is_compressed_for_who_takes_it(local):
    plain = local.get("/deploy/types")
    small = local.get("/deploy/types", accept_encoding="br, gzip;q=0.5")
    assert small.headers["content-encoding"] == "gzip" and "Accept-Encoding" in small.headers["vary"]
    assert gzip.decompress(small.body) == plain.body and len(small.body) < len(plain.body) / 3
    assert small.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    for tag in (small.headers["etag"], plain.headers["etag"]):
        assert local.get("/deploy/types", accept_encoding="gzip", if_none_match=tag).status == 304
    for refused in (None, "identity", "gzip;q=0", "br"):
        assert "content-encoding" not in local.get("/deploy/types", accept_encoding=refused).headers
    assert "content-encoding" not in local.get("/healthz", accept_encoding="gzip").headers


# ---- clients that are slow ----


def test_a_waiting_client_is_told_to_send_its_body(local):
    body = json.dumps({"config": configs.nulls(1), "validate_only": True}).encode()
    with local.connect() as sock:
        sock.sendall(b"POST /deploy/plan HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: " + local.key.encode() +
                     b"\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(body)
        assert until_closed(sock).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.long
@pytest.mark.timeout(60)
def test_a_thousand_that_drip_hold_up_nobody_and_are_ended(local):
    """A half of them in the head of a request, a half in its body, which may take longer (test_http_life.c sees it end)."""
    heads, bodies = ([local.connect() for _ in range(500)] for _ in range(2))
    begun = time.monotonic()
    for sock in heads:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    for sock in bodies:
        sock.sendall(b"POST /deploy/plan HTTP/1.1\r\nHost: x\r\nx-api-key: " + local.key.encode() +
                     b"\r\nContent-Length: 1000\r\n\r\n{")
    for _ in range(8):
        for sock in heads + bodies:
            sock.sendall(b" ")
        asked = time.monotonic()
        assert local.get("/healthz").status == 200 and time.monotonic() - asked < 1
        time.sleep(1)
    for sock in heads:
        assert until_closed(sock).startswith(b"HTTP/1.1 408 ")
        sock.close()
    assert 10 < time.monotonic() - begun < 25
    for sock in bodies:  # which are in time still
        sock.sendall(b"}" + b" " * 990)
        assert sock.recv(4096).startswith(b"HTTP/1.1 422 ")
        sock.close()
