# SPDX-License-Identifier: Apache-2.0
"""test_tenants_apart.py - over the route table: whatever a tenant asks of what is another's is answered as if it did not
exist, and changes nothing."""

import collections
import hashlib
import json
import re

import configs
import pytest

A, B = "tenant-a-key", "tenant-b-key"

# What a request can name. Those of NOTHING are as good, and nobody's.
Names = collections.namedtuple("Names", "deployment waiting graph older paused execution plan")
NOTHING = Names("nobody-has-this", "nor-this", "deadbeef", "feedface", "0badcafe", "12345678", "0123456789abcdef")


def config(deployment, n=2, version="v1"):
    return configs.nulls(n, chain=n, deployment_id=deployment) | {"version": version}


def of_graph(path):
    return lambda names, own: [("GET", f"{path}/{graph}", None) for graph in names_of_graphs(names)]


def names_of_graphs(names):
    return [names.graph, names.older, names.paused]


def with_body(method, path, *bodies):
    return lambda names, own: [(method, path, body(names)) for body in bodies]


def moved(body):
    return body | {"from_region": "us-east-1", "to_region": "eu-west-1"}


def by_graph(names):
    return {"graph_id": names.graph}


def by_paused(names):
    return {"graph_id": names.paused}


def by_deployment(names):
    return {"deployment_id": names.deployment}


# Each route that a key is needed for: what is asked, by names of somebody, and ids of one's own. None: it names nothing of a
# tenant's, and its answer must not change by what another does. The last ones leave something of the asker's own behind.
REQUESTS = {
    "GET /deploy/status/{graph_id}": lambda names, own: of_graph("/deploy/status")(names, own) + [
        ("GET", f"/deploy/status/{names.graph}?execution={names.execution}", None),
        ("GET", f"/deploy/status/{own.graph}?execution={names.execution}", None)],
    "GET /deploy/graph/{graph_id}": lambda names, own: of_graph("/deploy/graph")(names, own) + [
        ("GET", f"/deploy/graph/{names.graph}?kind=execution&execution={names.execution}", None),
        ("GET", f"/deploy/graph/{own.graph}?kind=execution&execution={names.execution}", None)],
    "GET /deploy/events/{graph_id}": of_graph("/deploy/events"),
    "GET /deploy/events": lambda names, own: [],  # it does not end: test_feed.py has two tenants
    "GET /deploy/history/{deployment_id}": lambda names, own: [
        ("GET", f"/deploy/history/{names.deployment}", None), ("GET", f"/deploy/history/{names.waiting}", None)],
    "GET /deploy/diff": lambda names, own: [
        ("GET", f"/deploy/diff?from={a}&to={b}", None)
        for a, b in ((names.older, names.graph), (own.graph, names.graph), (names.graph, own.graph))],
    "DELETE /deploy/schedules/{deployment_id}": lambda names, own: [
        ("DELETE", f"/deploy/schedules/{names.deployment}", None)],
    "GET /deploy/schedules/{deployment_id}": lambda names, own: [
        ("GET", f"/deploy/schedules/{names.deployment}", None)],
    "POST /deploy/schedules": with_body("POST", "/deploy/schedules", lambda names: by_deployment(names) | {"every": "1h"}),
    "POST /deploy/continue": with_body("POST", "/deploy/continue", by_paused, by_graph),
    "POST /deploy/pause": with_body("POST", "/deploy/pause", by_paused, by_graph),
    "POST /deploy/cancel": with_body("POST", "/deploy/cancel", by_paused, by_graph,
                                     lambda names: by_paused(names) | {"force": True}),
    "POST /deploy/verify": with_body("POST", "/deploy/verify", by_graph, by_deployment, by_paused),
    "POST /deploy/destroy": with_body("POST", "/deploy/destroy", by_graph, by_deployment, by_paused),
    "POST /deploy/move": with_body("POST", "/deploy/move", lambda names: moved(by_graph(names)),
                                   lambda names: moved(by_deployment(names))),
    "POST /deploy/discover": with_body("POST", "/deploy/discover",
                                       lambda names: by_deployment(names) | {"credentials": {"local": {}}},
                                       lambda names: by_deployment(names) | {"replace": True},
                                       lambda names: {"credentials": {"local": {}}}),
    "POST /deploy/import": with_body("POST", "/deploy/import", lambda names: by_deployment(names) | {
        "credentials": {"local": {}}, "resources": {"n0": {"type": "local:null", "id": "n0"}}}),
    "GET /deploy/deployments": None, "GET /deploy/schedules": None, "GET /deploy/types": None,
    "GET /deploy/types/{type}": None, "GET /public-keys": None, "GET /public-keys/{provider}": None,
    "GET /info/health": None, "GET /info/status": None, "GET /metrics": None,
    "POST /operations/github/secrets/list": None, "POST /operations/github/secrets/get": None,
    "POST /operations/github/secrets/exists": None, "POST /operations/github/secrets/create": None,
    "POST /operations/github/secrets/delete": None,
    "GET /admin/keys": None, "POST /admin/keys": None, "DELETE /admin/keys/{key_id}": None,
    "GET /admin/tenants": None, "POST /admin/tenants": None, "DELETE /admin/tenants/{tenant}": None,
    "POST /deploy/plan": with_body("POST", "/deploy/plan", lambda names: {"config": config(names.deployment)},
                                   lambda names: {"config": config(names.waiting), "validate_only": True}),
    "POST /deploy/apply": with_body(
        "POST", "/deploy/apply", by_graph, by_paused, lambda names: by_graph(names) | {"plan_id": names.plan},
        lambda names: {"config": config(names.waiting)}, lambda names: {"config": config(names.deployment)}),
}


def ask(server, key, method, path, body):
    return server.api.request(method, path, json=body, x_api_key=key)


def without_names(reply, *all_names):
    """What it says, with names and times of whoever it is of taken out."""
    text = reply.text
    for names in all_names:
        for field, name in names._asdict().items():
            text = text.replace(name, f"<{field}>")
    text = re.sub(r'\d{4}-\d\d-\d\dT[\d:.]+Z', "<time>", text)
    text = re.sub(r'"request_id":"[^"]*"', "<request>", text)
    text = re.sub(r'"(estimated_time|duration_seconds)": ?[\d.e-]+', "<seconds>", text)
    text = re.sub(r'"[0-9a-f]{8}"', '"<id>"', text)
    text = re.sub(r'"([0-9a-f]{8}-)?[0-9a-f]{16}"', '"<hash>"', text)
    location = re.sub(r"[0-9a-f]{8}$", "<id>", reply.headers.get("location") or "")
    return reply.status, reply.headers.get_content_type(), location, text


def all_of(server, names):
    """All that its owner sees of it."""
    paths = [f"/deploy/{what}/{graph}" for what in ("status", "graph") for graph in names_of_graphs(names)]
    paths += [f"/deploy/history/{names.deployment}", f"/deploy/history/{names.waiting}", "/deploy/schedules",
              "/deploy/deployments"]
    return {path: re.sub(r'"next_at":"[^"]*"', "", ask(server, A, "GET", path, None).text) for path in paths}


def nameless(server, key):
    found = {}
    for route, requests in REQUESTS.items():
        if requests is None:
            method, path = route.split(" ")
            path = re.sub(r"\{type\}", "local:null", re.sub(r"\{provider\}", "aws", path))
            reply = ask(server, key, method, re.sub(r"\{\w+\}", "x", path), {} if method == "POST" else None)
            found[route] = reply.status, re.sub(r'"request_id":"[^"]*"', "", reply.text)
    return found


def settle(server, key, body):
    return server.post("/deploy/apply", body, x_api_key=key, prefer="wait=30").json


@pytest.fixture
def server(make_server, tmp_path):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [
        {"id": tenant, "tenant": tenant, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for tenant, text in (("acme", A), ("globex", B))]}))
    server = make_server("--keys", str(file))
    server.api.key = None
    return server


def build(server):
    """What tenant A has: two versions, a saved plan, a schedule, and an execution that is paused."""
    older = settle(server, A, {"config": config("shop", 1)})
    newer = settle(server, A, {"config": config("shop", 2, "v2")})
    paused = settle(server, A, {"config": config("mail"), "mode": "STEP"})
    assert [e["status"] for e in (older, newer, paused)] == ["completed", "completed", "paused"]
    plan = server.post("/deploy/plan", {"config": config("shop", 3, "v3")}, x_api_key=A).json
    assert server.post("/deploy/schedules", {"deployment_id": "shop", "every": "1h"}, x_api_key=A).status == 200
    while ask(server, A, "GET", "/deploy/schedules", None).json["schedules"][0]["runs"] == 0:
        pass
    return Names("shop", "mail", newer["graph_id"], older["graph_id"], paused["graph_id"], newer["execution_id"],
                 plan["plan_id"])


def test_for_every_route_what_is_anothers_is_not_there(server):
    described = server.get("/openapi.json").json["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in described.items()
              for method, operation in methods.items() if operation["security"]}
    assert routes == set(REQUESTS), "each route with a key is to be asked here"

    mine = settle(server, B, {"config": config("mine")})
    own = NOTHING._replace(graph=mine["graph_id"])
    before = nameless(server, B)
    theirs = build(server)
    seen = all_of(server, theirs)

    for route, requests in REQUESTS.items():
        if requests is None:
            continue
        for asked, as_if in zip(requests(theirs, own), requests(NOTHING, own)):
            answer = without_names(ask(server, B, *asked), theirs)
            expected = without_names(ask(server, B, *as_if), NOTHING)
            assert answer == expected, (route, asked)
            assert ask(server, B, *asked).status < 500
            if asked != as_if and "config" not in (asked[2] or ()):
                assert answer[0] in (400, 404, 422), (route, asked, answer)
        if route == "POST /deploy/import":
            assert nameless(server, B) == before
    assert all_of(server, theirs) == seen
    assert ask(server, A, "POST", "/deploy/continue", {"graph_id": theirs.paused, "until": "end"}).json["success"]


def files(deployment, operation, content="stolen", **more):
    return {"deployment_id": deployment, "resources": {"it": {
        "type": "local:file", "operation": operation, "properties": {"path": "notes.txt", "content": content}, **more}}}


@pytest.mark.parametrize("thief,deployment", [(B, "loot"), (B, "shop"), (A, "loot")])
def test_files_of_another_tenant_are_not_taken_over(server, thief, deployment):
    """Nor of another deployment: not shown by a plan or an import, not written, not destroyed; and nobody says whose they are."""
    assert settle(server, A, {"config": files("shop", "ensure", "private", protect=True)})["status"] == "completed"
    config = files(deployment, "adopt")
    plan = ask(server, thief, "POST", "/deploy/plan", {"config": config})
    imported = ask(server, thief, "POST", "/deploy/import", {"resources": {
        "it": {"type": "local:file", "properties": {"path": "notes.txt"}}}})
    applied = settle(server, thief, {"config": config})
    destroyed = settle(server, thief, {"config": files(deployment, "ensure")})
    assert applied["status"] == destroyed["status"] == "failed" and applied["operations"][0]["error"]["type"] == "conflict", applied
    server.post("/deploy/destroy", {"deployment_id": deployment}, x_api_key=thief, prefer="wait=30")
    for answer in (plan.text, imported.text, json.dumps(applied), json.dumps(destroyed)):
        assert "belongs to another deployment" in answer and "private" not in answer, answer
        assert "acme" not in answer or thief is A
    assert (server.data / "local" / "notes.txt").read_text() == "private"
    assert settle(server, A, {"config": files("shop", "ensure", "changed", protect=True)})["status"] == "completed"


def test_nobody_writes_into_a_folder_of_another_tenant(server):
    folder = {"deployment_id": "shop", "resources": {"folder": {"type": "local:directory", "properties": {"path": "shop"}}}}
    assert settle(server, A, {"config": folder})["status"] == "completed"
    config = files("loot", "ensure")
    config["resources"]["it"]["properties"]["path"] = "shop/index.html"
    refused = settle(server, B, {"config": config})
    assert refused["status"] == "failed" and refused["operations"][0]["error"]["type"] == "conflict", refused
    assert not list((server.data / "local" / "shop").iterdir())
    assert settle(server, A, {"config": config})["status"] == "completed"
