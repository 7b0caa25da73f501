# SPDX-License-Identifier: Apache-2.0
"""test_tenants.py - keys, scopes and limits: from a file that is read again, and in a store that several processes share."""

import datetime
import hashlib
import json
import os
import re
import signal
import threading
import time

import configs
import processes
import pytest

SCOPES = ("read", "plan", "apply", "admin")
SOON = 3  # seconds: every process looks at the store each second


def key(text, tenant="acme", **more):
    return {"id": text, "tenant": tenant, "sha256": hashlib.sha256(text.encode()).hexdigest(), **more}


def write(path, *keys, **tenants):
    path.write_text(json.dumps({"keys": keys, "tenants": {"ops": {"operator": True}, **tenants}}))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def serve(make_server, file):
    """serve(key, ..., tenant={...}) is a server with these keys; the first one is its client's."""

    def start(*keys, arguments=(), **tenants):
        write(file, *keys, **tenants)
        server = make_server("--keys", str(file), *arguments)
        server.api.key = server.key = keys[0]["id"]
        return server

    return start


def hang_up(server):
    """SIGHUP, until it was heard."""
    n = len(audits(server, "keys.reload"))
    os.kill(server.pid, signal.SIGHUP)
    until(lambda: len(audits(server, "keys.reload")) > n)
    return audits(server, "keys.reload")[-1]


def audits(server, what=None):
    lines = [dict(re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)', line)) for line in server.stderr.splitlines()
             if " event=audit " in line]
    return [line for line in lines if what in (None, line["what"])]


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def status(server, text):
    return server.get("/info/health", x_api_key=text).status


class Watcher:
    """Somebody who follows a graph's events until the stream ends."""

    def __init__(self, server, graph_id, text):
        self.events, self.ended = [], threading.Event()
        self.api = processes.client.Api(server.url, text)
        self.thread = threading.Thread(target=self.follow, args=(graph_id,), daemon=True)
        self.thread.start()

    def follow(self, graph_id):
        try:
            for event in self.api.events(f"/deploy/events/{graph_id}", timeout=60):
                self.events.append(event)
        finally:
            self.ended.set()


def applied(server, **config):
    return server.post("/deploy/apply", {"config": {**configs.nulls(1), **config}}).json["graph_id"]


# ---- scopes ----

def routes(server):
    """(method, path, scope or None) of each route, as the service describes itself."""
    for path, methods in server.get("/openapi.json").json["paths"].items():
        for method, operation in methods.items():
            asked = [scopes for way in operation["security"] for scopes in way.values()]
            assert operation["security"] == [] or (len(asked) == 2 and asked[0] == asked[1])
            assert all(len(scopes) == 1 for scopes in asked)
            yield method.upper(), path, asked[0][0] if asked else None


def call(server, method, path, text):
    path = re.sub(r"\{\w+\}", "00000000", path)
    if path == "/deploy/events":
        path += "?after=x"  # it would not end
    return server.api.request(method, path, json={} if method == "POST" else None, x_api_key=text)


def test_every_route_asks_for_its_scope_and_for_no_other(serve):
    all_but = {s: key(f"not-{s}", "ops", scopes=[o for o in SCOPES if o != s]) for s in SCOPES}
    only = {s: key(f"only-{s}", "ops", scopes=[s]) for s in SCOPES}
    server = serve(*all_but.values(), *only.values())
    seen = set()
    for method, path, scope in routes(server):
        if scope is None:
            continue
        seen.add(scope)
        refused = call(server, method, path, all_but[scope]["id"])
        assert refused.status == 403 and refused.json["code"] == "missing_scope", (method, path, refused)
        assert refused.json["scope"] == scope and scope in refused.json["detail"], refused
        taken = call(server, method, path, only[scope]["id"])
        assert taken.status in (200, 400, 404, 422), (method, path, taken)
        assert call(server, method, path, "nobody").status == 401
    assert seen == set(SCOPES)


def test_a_discover_that_replaces_what_was_applied_asks_for_the_scope_apply_as_well(serve):
    server = serve(*(key("-".join(scopes), scopes=scopes) for scopes in (["plan"], ["apply"], ["plan", "apply"], ["read"])))
    asked = {"deployment_id": "app", "replace": True}
    config = {"deployment_id": "app", "resources": {"a": {"type": "local:directory", "properties": {"path": "a"}}}}

    assert server.post("/deploy/apply", {"config": config}, x_api_key="apply").json["status"] == "completed"
    refused = server.post("/deploy/discover", asked, x_api_key="plan")
    assert (refused.status, refused.json["code"], refused.json["scope"]) == (403, "missing_scope", "apply"), refused
    assert server.post("/deploy/discover", asked, x_api_key="apply").json["scope"] == "plan"
    told = server.post("/deploy/discover", {**asked, "replace": False}, x_api_key="plan")
    assert told.status == 200 and not told.json["recorded"], told
    assert server.post("/deploy/discover", asked, x_api_key="plan-apply").json["recorded"]
    operation = server.get("/openapi.json").json["paths"]["/deploy/discover"]["post"]
    assert operation["x-scopes-of-members"] == {"replace": ["apply"]}
    assert [e["kind"] for e in server.get("/deploy/history/app", x_api_key="read").json["executions"]] == ["discover", "apply"]


def test_a_key_that_says_nothing_may_do_all_but_administer(serve):
    server = serve(key("old"))
    graph_id = applied(server)
    assert server.get(f"/deploy/status/{graph_id}").status == 200
    assert server.post("/deploy/plan", {"config": configs.nulls(1)}).status == 200
    assert server.get("/admin/keys").json["scope"] == "admin"


def test_admin_is_for_an_operator(serve, file, make_server):
    write(file, key("a", "acme", scopes=["admin"]))
    with pytest.raises(RuntimeError, match="no operator"):
        make_server("--keys", str(file))


# ---- the file, again ----

def test_keys_are_changed_without_a_restart_and_nothing_is_dropped(serve, file):
    server = serve(key("old"), key("other"))
    graph_id = applied(server)
    watchers = {text: Watcher(server, graph_id, text) for text in ("old", "other")}
    until(lambda: all(w.events for w in watchers.values()))
    answers = []
    slow = threading.Thread(target=lambda: answers.append(
        server.post("/deploy/apply", {"config": configs.nulls(1, delay_ms=1500, deployment_id="slow")})))
    slow.start()
    until(lambda: "deployment=slow" in server.stderr)

    write(file, key("new"), key("old"), key("other"))  # both are good for a while
    assert hang_up(server)["outcome"] == "done"
    assert [status(server, t) for t in ("old", "new", "other")] == [200, 200, 200]
    assert not watchers["old"].ended.is_set()

    write(file, key("new"), key("other"))
    assert hang_up(server)["outcome"] == "done"
    assert [status(server, t) for t in ("old", "new", "other")] == [401, 200, 200]
    assert watchers["old"].ended.wait(5)
    slow.join(20)
    assert answers[0].status == 200 and answers[0].json["status"] == "completed"
    assert not watchers["other"].ended.is_set()


@pytest.mark.parametrize("text", ["", "{", '{"keys": []}', '{"keys": [{"id": "x"}]}', None])
def test_a_file_that_is_no_good_is_refused_and_the_old_keys_stay(serve, file, text):
    server = serve(key("old"))
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    assert hang_up(server)["outcome"] == "refused"
    assert status(server, "old") == 200
    assert "level=error event=keys why=" in server.stderr and str(file) in server.stderr


def test_a_hang_up_without_a_file_changes_nothing(make_server):
    server = make_server()
    os.kill(server.pid, signal.SIGHUP)
    assert server.get("/info/health").status == 200
    assert audits(server) == [] and "event=keys" not in server.stderr


def test_a_key_ends_when_it_expires_and_so_do_its_streams(serve):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    server = serve(key("brief", expires=end.isoformat()), key("long", expires="2999-01-01T00:00:00Z"))
    graph_id = applied(server)
    watchers = [Watcher(server, graph_id, text) for text in ("brief", "long")]
    until(lambda: all(w.events for w in watchers))
    assert status(server, "brief") == 200
    assert watchers[0].ended.wait(6)
    assert status(server, "brief") == 401 and status(server, "long") == 200
    assert not watchers[1].ended.is_set()


# ---- limits ----

def refused_by(reply, name, value, http, code):
    assert reply.status == http and reply.json["code"] == code, reply
    assert reply.json["type"].endswith("/" + code)
    assert reply.json["limit"] == {"name": name, "value": value}, reply
    assert f"{name}: " in reply.json["detail"] and str(value) in reply.json["detail"]
    return True


def test_requests_per_second_are_counted_for_each_tenant(serve):
    server = serve(key("a"), key("b", "globex"), acme={"limits": {"requests_per_second": 2, "requests_burst": 5}})
    replies = [server.get("/info/health") for _ in range(8)]
    good = [r for r in replies if r.status == 200]
    assert 5 <= len(good) < 8
    assert good[0].headers["RateLimit-Policy"] == '"requests";q=5;w=3'
    assert good[0].headers["RateLimit"] == '"requests";r=4;t=1'
    assert "Retry-After" not in good[0].headers
    refused = next(r for r in replies if r.status != 200)
    refused_by(refused, "requests_per_second", 2, 429, "too_many_requests")
    assert refused.headers["RateLimit"].startswith('"requests";r=0;t=')
    assert server.get("/info/health", x_api_key="b").status == 200
    assert server.get("/healthz").status == 200
    time.sleep(int(refused.headers["Retry-After"]))
    assert server.get("/info/health").status == 200


def test_executions_that_run_and_that_are_paused_are_counted(serve):
    server = serve(key("a"), key("b", "globex"), acme={"limits": {"executions_running": 2, "executions_paused": 2}})

    def start(name, delay_ms=2000, mode="FULL", text="a"):
        return server.post("/deploy/apply", {"config": configs.nulls(3, delay_ms, chain=3, deployment_id=name),
                                             "mode": mode}, x_api_key=text, prefer="respond-async")

    first = [start("r0"), start("r1")]
    assert all(r.status == 202 for r in first)
    refused_by(start("r2"), "executions_running", 2, 429, "limit_reached")
    refused_by(server.post("/deploy/plan", {"config": configs.nulls(1)}), "executions_running", 2, 429, "limit_reached")
    assert start("r0", text="b").status == 202
    for reply in first:
        assert server.post("/deploy/cancel", {"graph_id": reply.json["graph_id"], "force": True}).status == 200

    paused = []
    for name in ("p0", "p1"):
        reply = start(name, 0, "STEP")
        assert reply.status in (200, 202), reply
        paused.append(reply.json["graph_id"])
        until(lambda: server.get(f"/deploy/status/{paused[-1]}").json["status"] == "paused")
    refused_by(start("p2", 0), "executions_paused", 2, 429, "limit_reached")
    assert server.post("/deploy/continue", {"graph_id": paused[0], "until": "end"}).json["status"] == "completed"
    assert start("p2", 0).status in (200, 202)


def test_nodes_bodies_and_watchers_are_bounded(serve):
    server = serve(key("a"), acme={"limits": {"nodes": 3, "body_bytes": 2000, "watchers": 2}})
    graph_id = applied(server)
    assert server.post("/deploy/plan", {"config": configs.nulls(3), "validate_only": True}).status == 200
    refused_by(server.post("/deploy/plan", {"config": configs.nulls(4), "validate_only": True}),
               "nodes", 3, 422, "graph_too_large")
    long = configs.nulls(1, deployment_id="x" * 100) | {"version": "v" * 2000}
    refused_by(server.post("/deploy/plan", {"config": long}), "body_bytes", 2000, 413, "too_large")
    watchers = [Watcher(server, graph_id, "a") for _ in range(2)]
    until(lambda: all(w.events for w in watchers))
    refused_by(server.get(f"/deploy/events/{graph_id}"), "watchers", 2, 429, "limit_reached")


def test_limits_of_all_are_options_and_a_tenant_has_its_own(serve, make_server, tmp_path):
    server = serve(key("a"), key("b", "globex"), acme={"limits": {"nodes": 9}},
                   arguments=["--limit", "nodes=2", "--limit", "watchers=7,nodes=3"])
    plan = {"config": configs.nulls(4), "validate_only": True}
    assert server.post("/deploy/plan", plan).status == 200
    refused_by(server.post("/deploy/plan", plan, x_api_key="b"), "nodes", 3, 422, "graph_too_large")
    with pytest.raises(RuntimeError, match="there is no limit \"nods\""):
        make_server("--limit", "nods=3")


# ---- keys in the store ----

@pytest.fixture
def two(make_server, make_redis, file):
    """Two servers on one Redis; the operator's key is in the file of both."""
    write(file, key("operator", "ops", scopes=["admin", "read"]), key("a"))
    _, port = make_redis()
    servers = [make_server("--keys", str(file), "--redis", f"redis://127.0.0.1:{port}") for _ in range(2)]
    for server in servers:
        server.api.key = server.key = "operator"
    return servers


def test_a_key_is_added_shown_once_used_everywhere_and_revoked(two, tmp_path):
    one, other = two
    cli = processes.Cli(one, tmp_path)
    end = "2999-01-01T00:00:00.000Z"
    secret = cli("keys", "add", "ci-1", "--tenant", "globex", "--scope", "read", "--scope", "plan", "--expires",
                 end).splitlines()[0]
    assert re.fullmatch("[0-9a-f]{48}", secret)
    assert status(one, secret) == 200
    until(lambda: status(other, secret) == 200, SOON)
    assert other.post("/deploy/apply", {}, x_api_key=secret).json["scope"] == "apply"
    listed = {k["id"]: k for k in other.get("/admin/keys").json["keys"]}
    assert listed["ci-1"] == {"id": "ci-1", "tenant": "globex", "scopes": ["read", "plan"], "expires": end,
                              "expired": False, "source": "store"}
    assert listed["a"]["source"] == "file"
    assert "globex" in cli("keys", "list", "--tenant", "globex") and "acme" not in cli("keys", "list", "--tenant", "globex")
    for server in two:
        assert secret not in server.stderr
    assert secret.encode() not in one.everything_written()

    assert other.post("/deploy/plan", {"config": configs.nulls(1), "validate_only": True}, x_api_key=secret).status == 200
    assert "Revoked" in cli("keys", "revoke", "ci-1")
    assert status(one, secret) == 401
    until(lambda: status(other, secret) == 401, SOON)
    assert "there is no key" in cli("keys", "revoke", "ci-1", status=1)


def test_a_revoked_key_loses_its_streams_in_every_process(two):
    one, other = two
    assert one.post("/admin/keys", key("w")).status == 200
    graph_id = applied_by(one, "w")
    until(lambda: status(other, "w") == 200, SOON)
    watchers = [Watcher(server, graph_id, "w") for server in two]
    kept = Watcher(other, graph_id, "a")
    until(lambda: all(w.events for w in (*watchers, kept)))
    assert one.api.request("DELETE", "/admin/keys/w").status == 200
    assert all(w.ended.wait(SOON) for w in watchers)
    assert not kept.ended.is_set()


def applied_by(server, text):
    return server.post("/deploy/apply", {"config": configs.nulls(1)}, x_api_key=text).json["graph_id"]


def test_keys_survive_a_restart_and_a_redis_that_is_away(two):
    one, _ = two
    assert one.post("/admin/keys", key("kept")).status == 200
    one.restart()
    assert status(one, "kept") == 200 and status(one, "nobody") == 401


def test_two_operators_at_once_lose_nothing(two):
    replies = []

    def add(server, name):
        replies.append(server.post("/admin/keys", key(name, "globex")))

    threads = [threading.Thread(target=add, args=(two[i % 2], f"k{i}")) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.status for r in replies] == [200] * 6, replies
    ids = {k["id"] for k in two[0].get("/admin/keys?tenant=globex").json["keys"]}
    assert ids == {f"k{i}" for i in range(6)}


def test_what_an_operator_can_not_do(two):
    one, _ = two
    assert one.post("/admin/keys", key("x")).status == 200
    assert one.post("/admin/keys", key("x")).status == 200  # the same once more
    for body, code, detail in (
            (key("x", "globex"), 409, "this id"), (key("a"), 409, "this id"),
            (key("x") | {"id": "y"}, 409, "this key"), (key("a") | {"id": "y"}, 409, "this key"),
            (key("y", expires="2001-01-01T00:00:00Z"), 422, "/expires"),
            (key("y", expires="2999-02-30T00:00:00Z"), 422, "/expires"), (key("y", expires="2999-02-01T00:00:00"), 422, "/expires"),
            (key("y", scopes=["admin"]), 422, "/scopes"), (key("y", scopes=["write"]), 422, ""),
            (key("y", "Acme"), 422, ""), (key("y/z"), 422, ""), (key("y", operator=True), 422, ""),
            (key("y") | {"sha256": "00"}, 422, "")):
        reply = one.post("/admin/keys", body)
        assert reply.status == code and detail in reply.text, (body, reply)
        assert (code == 422) == ("problems" in reply.json), reply
    assert one.post("/admin/keys", key("z", "ops", scopes=["admin"])).status == 200
    assert one.get("/admin/tenants", x_api_key="z").status == 200
    assert "keys file" in one.api.request("DELETE", "/admin/keys/operator").json["detail"]
    assert "keys file" in one.post("/admin/tenants", {"tenant": "ops", "limits": {}}).json["detail"]
    assert one.post("/admin/tenants", {"tenant": "acme", "limits": {"nods": 1}}).status == 422
    assert one.api.request("DELETE", "/admin/tenants/globex").status == 404
    for path in ("/admin/keys", "/admin/tenants"):
        assert one.get(path, x_api_key="a").json["code"] == "missing_scope"


def test_limits_of_a_tenant_are_set_everywhere_and_taken_back(two, tmp_path):
    one, other = two
    cli = processes.Cli(one, tmp_path)
    plan = {"config": configs.nulls(2), "validate_only": True}
    assert other.post("/deploy/plan", plan, x_api_key="a").status == 200
    assert "nodes=1" in cli("tenants", "set", "acme", "--limit", "nodes=1", "--limit", "watchers=4")
    refused_by(one.post("/deploy/plan", plan, x_api_key="a"), "nodes", 1, 422, "graph_too_large")
    until(lambda: other.post("/deploy/plan", plan, x_api_key="a").status == 422, SOON)
    acme = next(t for t in other.get("/admin/tenants").json["tenants"] if t["tenant"] == "acme")
    assert acme["limits"]["nodes"] == 1 and acme["limits"]["watchers"] == 4 and acme["keys"] == 1
    assert "/limits/node" in cli("tenants", "set", "acme", "--limit", "node=1", status=1)
    cli("keys", "add", "gone", "--tenant", "acme")
    assert "Removed" in cli("tenants", "remove", "acme")
    assert one.post("/deploy/plan", plan, x_api_key="a").status == 200
    assert [k["id"] for k in one.get("/admin/keys?tenant=acme").json["keys"]] == ["a"]
    assert "acme" in cli("tenants", "list")


# ---- the audit trail ----

def test_each_change_is_in_the_audit_trail(serve):
    server = serve(key("a"), key("r", scopes=["read"]), key("operator", "ops", scopes=["admin"]))
    config = configs.nulls(2, chain=2, deployment_id="d")
    graph_id = server.post("/deploy/apply", {"config": config, "mode": "STEP"}, x_actor='al "x"').json["graph_id"]
    until(lambda: server.get(f"/deploy/status/{graph_id}").json["status"] == "paused")
    server.post("/deploy/continue", {"graph_id": graph_id})
    server.post("/deploy/cancel", {"graph_id": graph_id})
    server.post("/deploy/schedules", {"deployment_id": "d", "every": "1h"})
    server.api.request("DELETE", "/deploy/schedules/d")
    server.post("/deploy/destroy", {"deployment_id": "d"})
    server.post("/deploy/destroy", {"graph_id": "00000000"})
    server.post("/deploy/apply", {"config": config}, x_api_key="r")
    server.post("/admin/keys", key("k", "globex"), x_api_key="operator")
    server.api.request("DELETE", "/admin/keys/k", x_api_key="operator")
    server.api.request("DELETE", "/admin/keys/k", x_api_key="operator")
    server.post("/admin/tenants", {"tenant": "globex", "limits": {"nodes": 1}}, x_api_key="operator")
    server.api.request("DELETE", "/admin/tenants/globex", x_api_key="operator")
    server.get("/deploy/deployments")
    seen = [(a["key"].strip('"'), a["what"], a["object"].strip('"'), a["outcome"]) for a in audits(server)]
    of = f"d/{graph_id}"
    assert seen == [
        ("a", "apply", of, "begun"), ("a", "continue", of, "begun"), ("a", "cancel", of, seen[2][3]),
        ("a", "schedule", of, "done"), ("a", "unschedule", "d", "done"), ("a", "destroy", of, "begun"),
        ("a", "destroy", "00000000", "not_found"), ("r", "apply", "", "missing_scope"),
        ("operator", "key.add", "k", "done"), ("operator", "key.revoke", "k", "done"),
        ("operator", "key.revoke", "k", "not_found"), ("operator", "tenant.set", "globex", "done"),
        ("operator", "tenant.remove", "globex", "done")], seen
    assert audits(server)[0]["actor"] == '"al \\"x\\""' and audits(server)[0]["tenant"] == "acme"


# ---- what is not there ----

def test_while_the_store_is_away_what_was_known_holds(make_server, make_redis, file):
    write(file, key("operator", "ops", scopes=["admin"]), key("a"))
    process, port = make_redis()
    server = make_server("--keys", str(file), "--redis", f"redis://127.0.0.1:{port}")
    assert server.post("/admin/keys", key("stored"), x_api_key="operator").status == 200
    process.kill()
    process.wait()
    server.until_ready(503)
    assert [status(server, text) for text in ("a", "stored", "nobody")] == [200, 200, 401]
    assert server.post("/admin/keys", key("more"), x_api_key="operator").json["code"] == "store_unavailable"
    server.restart()  # nothing is known now: it may be one of the store's
    assert status(server, "a") == 200
    reply = server.get("/info/health", x_api_key="stored")
    assert reply.status == 503 and reply.json["code"] == "store_unavailable" and reply.headers["Retry-After"] == "1"
    for size in (100, 200_000):  # a long body is not read for that
        reply = server.post("/deploy/plan", {"config": {"deployment_id": "x" * size}}, x_api_key="stored")
        assert reply.status == 503 and reply.json["code"] == "store_unavailable" and reply.headers["Retry-After"] == "1"
    assert server.get("/info/health").status == 401
    make_redis(port=port)  # with nothing in it
    until(lambda: status(server, "stored") == 401)
    assert status(server, "a") == 200


@pytest.mark.long
def test_a_schedule_of_a_tenant_without_keys_does_not_run(serve, file):
    server = serve(key("a"), key("b", "globex"))
    applied_by(server, "b")
    assert server.post("/deploy/schedules", {"deployment_id": "nulls", "every": "5s"}, x_api_key="b").status == 200
    shown = lambda: server.get("/deploy/schedules", x_api_key="b").json["schedules"][0]
    until(lambda: "verified" in shown())
    write(file, key("a"))
    hang_up(server)
    time.sleep(6)
    write(file, key("a"), key("b", "globex"))
    hang_up(server)
    assert "nobody has a key" in shown()["reason"]
    until(lambda: "reason" not in shown())
