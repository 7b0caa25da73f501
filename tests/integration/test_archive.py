# SPDX-License-Identifier: Apache-2.0
"""test_archive.py - graphs and executions in the user's own Cache Service and Graph Service."""

import hashlib
import http.server
import json
import re
import threading
import time
import urllib.error
import urllib.request

import boto3
import configs
import processes
import pytest
import sigproxy
import sisters

pytestmark = pytest.mark.long  # each starts services that are not ours

SECRET = next(iter(sigproxy.DEFAULT_SECRETS.values()))
CANARY = "CANARYarchive/token+that=must0never1be2seen3"


@pytest.fixture(scope="session")
def bucket(tmp_path_factory):
    """S3, for the Cache Service: it lives on when that is killed."""
    sisters.need()
    moto = processes.Moto(tmp_path_factory.mktemp("bucket"))
    yield moto
    moto.stop()


@pytest.fixture(scope="session")
def services(bucket, tmp_path_factory):
    cache = sisters.Cache(tmp_path_factory.mktemp("cache"), bucket).start()
    graph = sisters.Graph(tmp_path_factory.mktemp("graph"), cache).start()
    yield cache, graph
    graph.kill9()
    cache.kill9()


@pytest.fixture
def sisters_up(services):
    """Both run, whatever the test before has done to them."""
    for service in services:
        if service.process is None or service.process.poll() is not None:
            service.kill9()
            service.start()
    return services


@pytest.fixture
def in_memory(bucket, tmp_path):
    """A Cache Service that is fast, and forgets everything when it ends; and a Graph Service on it."""
    cache = sisters.Cache(tmp_path, bucket)
    cache.environment |= {"CACHE__SERVICE__STORAGE_MODE": "memory"}
    cache.start()
    graph = sisters.Graph(tmp_path, cache).start()
    yield cache, graph
    graph.kill9()
    cache.kill9()


@pytest.fixture
def base(request):
    """Of the namespaces of this test."""
    return re.sub(r"[^A-Za-z0-9]", "-", request.node.name)[:50]


@pytest.fixture
def make_archived(make_server, sisters_up, base):
    """A server that archives to them, or what stands in their place."""

    def make(*arguments, cache=None, graph=None, **env):
        told = sisters.environment(cache or sisters_up[0], graph or sisters_up[1])
        return make_server("--cache-namespace", base, "--graph-namespace", base + "-g", *arguments, env=told | env)

    return make


def status(server, graph_id):
    return server.get(f"/deploy/status/{graph_id}").json


def until(what, seconds=60):
    """Waits for something true, which it hands out."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def until_archived(server, graph_id, seconds=60):
    def is_current():
        found = status(server, graph_id)
        return found["archive"]["state"] == "current" and found["archive"]["last_archived_at"] and found
    return until(is_current, seconds)


def apply(server, config, **headers):
    answer = server.post("/deploy/apply", {"config": config}, prefer=headers.pop("prefer", "wait=60"))
    assert answer.status in (200, 202), answer
    return answer.json


def values(graph):
    """The contents of a graph's nodes, by key, as MGraph-DB has kept them."""
    nodes = graph["graph"]["model"]["data"]["nodes"].values()
    return {node["node_data"]["key"]: json.loads(node["node_data"]["value"]) for node in nodes}


def predicates(graph):
    edges = graph["graph"]["model"]["data"]["edges"].values()
    return sorted(edge["edge_label"]["predicate"] for edge in edges)


def without(execution, *members):
    return {name: value for name, value in execution.items() if name not in members}


# ---- what is where ----


def test_both_graphs_are_read_back_from_the_services(make_archived, sisters_up, base, proxy, credentials):
    cache, graph = sisters_up
    server = make_archived("--aws-endpoint", proxy.url)
    execution = apply(server, configs.hello(credentials) | {"deployment_id": "my.app_Prod-1"})
    graph_id, execution_id = execution["graph_id"], execution["execution_id"]
    shown = until_archived(server, graph_id)
    until(lambda: server.get("/info/status").json["archive"]["state"] == "current")
    ours, theirs, place = f"{base}-default", f"{base}-g-default", f"deploys/my.app_Prod-1/{graph_id}"

    entry = cache.file(ours, place + "/record.json")
    assert entry["tenant"] == "default" and entry["deployment_id"] == "my.app_Prod-1" and entry["version"] == "v1"
    summary = entry["executions"][0]
    assert (summary["execution_id"], summary["kind"], summary["status"], summary["actor"]) == (
        execution_id, "apply", "completed", "default")
    assert summary["created_at"] and summary["completed_at"] and entry["archived_event"] == shown["last_event"]
    assert cache.file(ours, place + "/record/data/spec.json") == server.get(f"/deploy/graph/{graph_id}").json
    assert cache.file(ours, f"{place}/record/data/outputs/{execution_id}.json") == shown["outputs"]
    assert cache.get(f"/admin/storage/folders/{ours}/data/key-based/deploys") == ["my.app_Prod-1"]
    assert cache.get(f"/admin/storage/folders/{ours}/data/key-based/deploys/my.app_Prod-1") == [graph_id]

    for operation in shown["operations"]:
        name = operation["node_id"] + ("_" + operation["region"] if operation["region"] else "")
        node = cache.file(ours, f"{place}/record/data/nodes/{execution_id}/{name}.json")
        log = node.pop("log")
        assert node == operation
        assert [event["seq"] for event in log] == sorted(event["seq"] for event in log)
        assert log[-1]["status"] == "completed" and {event["node_id"] for event in log} == {operation["node_id"]}

    # The Graph Service, by the ids alone.
    spec = graph.export(theirs, graph_id, "to-json")["graph_json"]
    assert values(spec)["api"]["properties"]["function_name"] == "hello-api"
    assert graph.export(theirs, graph_id, "mermaid")["mermaid"].startswith("graph TD")
    assert graph.export(theirs, graph_id, "dot")["dot"].count("->") == len(predicates(spec))
    run = graph.export(theirs, summary["execution_graph_id"], "to-json")["graph_json"]
    contents = values(run)
    assert contents["spec_graph"] == {"graph_id": graph_id}
    assert contents[execution_id]["status"] == "completed"
    assert [contents[f"{o['node_id']}@{o['region']}"] for o in shown["operations"]] == shown["operations"]
    assert predicates(run).count("contains") == 7 and predicates(run).count("dependency") == 6
    assert predicates(run).count("runs") == 1
    assert "completed" in graph.export(theirs, summary["execution_graph_id"], "mermaid")["mermaid"]
    assert graph.export(theirs, summary["execution_graph_id"], "dot")["dot"].startswith("digraph")


@pytest.mark.long
@pytest.mark.timeout(300)
def test_hundreds_of_nodes_are_archived(make_archived, in_memory, base):
    cache, graph = in_memory
    server = make_archived(cache=cache, graph=graph)
    execution = apply(server, configs.nulls(400, chain=10))
    shown = until_archived(server, execution["graph_id"], 240)
    ours, theirs = f"{base}-default", f"{base}-g-default"
    place = f"data/key-based/deploys/nulls/{execution['graph_id']}/record/data/"
    files = cache.files(ours)
    assert sum(path.startswith(f"{place}nodes/{execution['execution_id']}/") for path in files) == 400
    entry = cache.by_id(ours, execution["graph_id"])
    for graph_id, nodes in ((execution["graph_id"], 401), (entry["executions"][0]["execution_graph_id"], 402)):
        assert len(values(graph.export(theirs, graph_id, "to-json")["graph_json"])) == nodes
        assert graph.export(theirs, graph_id, "dot")["dot"].count("->") >= 760
    fresh = make_archived(cache=cache, graph=graph)
    assert without(status(fresh, execution["graph_id"]), "source") == without(shown, "archive")


def test_a_pause_is_archived_and_so_is_what_comes_after_it(make_archived, sisters_up, base):
    cache, server = sisters_up[0], make_archived()
    config = configs.nulls(3, chain=3)
    config["edges"] = [{"from": "n0", "to": "n1", "type": "pause"}]
    paused = apply(server, config)
    assert paused["status"] == "paused"
    graph_id = paused["graph_id"]
    until_archived(server, graph_id)
    entry = cache.by_id(f"{base}-default", graph_id)
    assert entry["executions"][0]["status"] == "paused"
    run = cache.by_id(f"{base}-g-default", entry["executions"][0]["execution_graph_id"])
    assert "pause" in predicates(run)
    assert server.post("/deploy/continue", {"graph_id": graph_id}, prefer="wait=30").json["status"] == "completed"
    until_archived(server, graph_id)
    entry = cache.by_id(f"{base}-default", graph_id)
    assert entry["executions"][0]["status"] == "completed" and len(entry["executions"]) == 1
    server.post("/deploy/destroy", {"graph_id": graph_id}, prefer="wait=30")
    until_archived(server, graph_id)
    assert [e["kind"] for e in cache.by_id(f"{base}-default", graph_id)["executions"]] == ["destroy", "apply"]


def test_executions_that_follow_each_other_are_all_archived(make_archived, sisters_up, base):
    cache, server = sisters_up[0], make_archived()
    config = {"deployment_id": "often", "resources": {"a": {"type": "local:file", "properties": {
        "path": "a", "content": "1"}}}}
    ran = []
    for i in range(4):
        ran.append(apply(server, config))
        if i == 1:
            until_archived(server, ran[0]["graph_id"])
            (server.data / "local" / "a").write_text("by hand")
    graph_id = ran[0]["graph_id"]
    assert {run["graph_id"] for run in ran} == {graph_id}
    until_archived(server, graph_id)
    entry = cache.by_id(f"{base}-default", graph_id)
    assert [e["execution_id"] for e in entry["executions"]] == [run["execution_id"] for run in ran[::-1]]
    assert [e["summary"]["change"] for e in entry["executions"]] == [0, 1, 0, 0]
    place = f"deploys/often/{graph_id}/record/data/nodes"
    for run in ran:
        node = run["operations"][0]["node_id"]
        log = cache.file(f"{base}-default", f"{place}/{run['execution_id']}/{node}.json")["log"]
        assert {event["execution_id"] for event in log} == {run["execution_id"]}
        assert log[-1]["status"] == "completed"

    fresh = make_archived()
    for run in ran:
        found = fresh.get(f"/deploy/status/{graph_id}?execution={run['execution_id']}").json
        assert without(found, "source") == run and found["source"] == "archive"
    assert fresh.get(f"/deploy/status/{graph_id}?execution=0badcafe").status == 404
    history = fresh.get("/deploy/history/often").json
    assert history["source"] == "archive" and history["executions"] == server.get("/deploy/history/often").json["executions"]


def test_what_runs_is_archived_on_its_way(make_archived, sisters_up, base):
    server = make_archived()
    run = apply(server, configs.nulls(40, delay_ms=400, chain=40), prefer="respond-async")

    def is_on_its_way():
        try:
            executions = sisters_up[0].by_id(f"{base}-default", run["graph_id"])["executions"]
        except urllib.error.HTTPError:
            return False
        return executions and executions[0]["summary"]["add"] > 3
    until(is_on_its_way, 30)
    assert status(server, run["graph_id"])["status"] == "running"


def test_what_is_archived_says_what_work_it_belongs_to(make_archived, sisters_up):
    traces = []
    with Between(sisters_up[0], lambda handler, _: traces.append(handler.headers.get("traceparent"))) as cache:
        server = make_archived(cache=cache)
        run = server.post("/deploy/apply", {"config": configs.nulls(3)}, prefer="wait=60", traceparent=sisters.TRACE)
        until_archived(server, run.json["graph_id"])
    traces = [trace for trace in traces if trace]
    assert len(traces) >= 4
    sisters.expect_spans(traces)  # the Spec Graph may have come there by itself before


def test_a_plan_is_archived_without_an_execution(make_archived, sisters_up, base):
    server = make_archived()
    graph_id = server.post("/deploy/plan", {"config": configs.nulls(2)}).json["spec_graph_id"]
    entry = until(lambda: find(sisters_up[0], f"{base}-default", graph_id))
    assert entry["executions"] == [] and entry["archived_event"] == 0
    fresh = make_archived()
    assert fresh.get(f"/deploy/graph/{graph_id}").json == server.get(f"/deploy/graph/{graph_id}").json
    assert fresh.get(f"/deploy/status/{graph_id}").status == 404


def find(cache, namespace, graph_id):
    """Its entry, when all is there."""
    try:
        entry = cache.by_id(namespace, graph_id)
    except urllib.error.HTTPError:
        return None
    return entry if "archived_event" in entry else None


# ---- what goes wrong ----


def test_services_that_are_killed_in_mid_run_lose_nothing_and_hold_nothing_up(make_archived, sisters_up, base):
    cache, graph = sisters_up
    server = make_archived()
    run = apply(server, configs.nulls(60, delay_ms=50, chain=60), prefer="respond-async")
    graph_id = run["graph_id"]
    until(lambda: status(server, graph_id)["operations_completed"] > 5)
    cache.kill9()
    graph.kill9()
    ended = until(lambda: (found := status(server, graph_id))["status"] == "completed" and found)
    failing = until(lambda: (found := status(server, graph_id)["archive"])["state"] == "failing" and found)
    assert failing["pending"] > 0 and "Cache Service" in failing["error"]
    told = until(lambda: (found := server.get("/info/status").json["archive"])["state"] == "failing" and found)
    assert told["pending"] == 1 and "Cache Service" in told["error"]
    cache.start()
    time.sleep(1.5)  # it is there, and the other is not: what is written is not confirmed
    assert status(server, graph_id)["archive"]["state"] != "current"
    graph.start()
    until_archived(server, graph_id)
    entry = cache.by_id(f"{base}-default", graph_id)
    assert entry["archived_event"] == ended["last_event"]
    assert len(values(cache.by_id(f"{base}-g-default", entry["executions"][0]["execution_graph_id"]))) == 62
    logs = [p for p in cache.files(f"{base}-default") if f"/nodes/{run['execution_id']}/" in p]
    assert len(logs) == 60
    assert len(cache.entries(f"{base}-default")) == 1 and len(cache.entries(f"{base}-g-default")) == 2


def test_a_cache_that_forgets_everything_is_given_everything_again(make_archived, in_memory, base):
    cache, graph = in_memory
    server = make_archived(cache=cache, graph=graph)
    run = apply(server, configs.nulls(30, delay_ms=100, chain=30), prefer="respond-async")
    until(lambda: find(cache, f"{base}-default", run["graph_id"]))
    cache.kill9()
    cache.start()
    until(lambda: status(server, run["graph_id"])["status"] == "completed")
    until_archived(server, run["graph_id"])
    files = cache.files(f"{base}-default")
    assert sum("/nodes/" in path for path in files) == 30
    assert len(cache.by_id(f"{base}-g-default", run["graph_id"])["graph"]["model"]["data"]["nodes"]) == 31


class Between:
    """A service on the way to another: `on` is called for each request, and says how to answer; None: as the other."""

    def __init__(self, to, on):
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_any(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                try:
                    answer = between.on(self, lambda: self.forward(body)) or self.forward(body)
                    self.reply(*answer)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST = do_any

            def forward(self, body):
                request = urllib.request.Request(to.url + self.path, method=self.command, data=body or None, headers={
                    sisters.KEY_NAME: to.key, "content-type": "application/json"})
                try:
                    with urllib.request.urlopen(request, timeout=30) as reply:
                        return reply.status, reply.read()
                except urllib.error.HTTPError as error:
                    return error.code, error.read()

            def reply(self, status, body):
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(body)

        self.on, self.key = on, to.key
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_what_was_stored_and_not_confirmed_is_not_stored_twice(make_archived, sisters_up, base):
    """The server is killed after the service has stored something, and before it can know; three times."""
    stores, kills, servers = [], [0], []

    def on(handler, forward):
        if "/store/json/" not in handler.path or "/data/store/" in handler.path:
            return None
        stores.append(handler.path)
        answer = forward()
        if kills[0] < 3:
            kills[0] += 1
            servers[0].kill9()
        return answer

    with Between(sisters_up[0], on) as cache:
        server = make_archived(cache=cache)
        servers.append(server)
        graph_id = server.post("/deploy/plan", {"config": configs.nulls(3)}).json["spec_graph_id"]
        until(lambda: kills[0] == 1 and server.process is None)
        server.start()
        server.post("/deploy/apply", {"graph_id": graph_id}, prefer="respond-async")
        until(lambda: kills[0] == 2 and server.process is None)
        server.start()
        until(lambda: kills[0] == 3 and server.process is None)
        server.start()
        server.until_ready()
        until(lambda: status(server, graph_id)["status"] == "completed")
        until_archived(server, graph_id)
    assert len(stores) == len(set(stores)) == 3  # the entry, the Spec Graph, the Execution Graph
    assert len(sisters_up[0].entries(f"{base}-default")) == 1
    assert len(sisters_up[0].entries(f"{base}-g-default")) == 2


def test_two_servers_archive_a_graph_once(make_archived, make_redis, sisters_up, base):
    _, port = make_redis("--maxmemory-policy", "noeviction")
    stores, slow = [], threading.Event()

    def on(handler, forward):
        if "/store/json/deploys" in handler.path:
            stores.append(handler.path)
        slow.wait(0.05)

    with Between(sisters_up[0], on) as cache:
        servers = [make_archived("--redis", f"redis://127.0.0.1:{port}", cache=cache) for _ in range(2)]
        runs = [apply(servers[0], configs.nulls(5, deployment_id=f"twice-{i}")) for i in range(6)]
        for run in runs:
            until_archived(servers[1], run["graph_id"])
    assert len(stores) == 6
    assert len(sisters_up[0].entries(f"{base}-default")) == 6


TRACE = b'{"detail":"An unexpected error occurred.","error":"e","stack_trace":"Traceback: SECRETPATH"}'


@pytest.mark.parametrize("answer", [
    (200, b"<html>garbage"), (200, b"{}"), (200, b"[1]"), (500, TRACE), (400, b'{"detail":[{"msg":"SECRETPATH"}]}'),
    (401, b'{"data":null,"error":null,"message":"SECRETPATH","status":"error"}'), (404, b'{"detail":"Not Found"}'),
    (200, b'{"status":"not_found","message":"SECRETPATH"}'), None], ids=str)
def test_a_service_that_answers_nonsense_or_not_at_all_holds_nothing_up(make_archived, sisters_up, answer, base):
    quiet, broken = threading.Event(), threading.Event()
    broken.set()

    def on(handler, forward):
        if not broken.is_set():
            return None
        if answer is None:
            quiet.wait(60)
            raise OSError
        return answer

    with Between(sisters_up[0], on) as cache:
        server = make_archived(cache=cache)
        began = time.monotonic()
        run = apply(server, configs.nulls(5))
        assert run["status"] == "completed" and time.monotonic() - began < 5
        if answer is None:
            assert status(server, run["graph_id"])["archive"]["state"] == "behind"
            return
        failing = until(lambda: (a := status(server, run["graph_id"])["archive"])["state"] == "failing" and a)
        assert "Cache Service has" in failing["error"] and failing["pending"] > 0
        broken.clear()
        until_archived(server, run["graph_id"])
    assert "SECRETPATH" not in server.stderr + json.dumps(failing) + server.get("/info/status").text


def test_an_archive_that_lacks_a_graph_is_not_one_that_is_down(make_archived, sisters_up):
    up = [True]
    with Between(sisters_up[0], lambda handler, forward: None if up[0] else (503, b"{}")) as cache:
        server = make_archived(cache=cache)
        assert server.get("/deploy/status/0123abcd").status == 404
        assert server.get("/deploy/history/nothing").status == 404
        assert server.get("/deploy/deployments").json == {"deployments": [], "source": "archive"}
        up[0] = False
        for path in ("/deploy/status/0123abcd", "/deploy/graph/0123abcd", "/deploy/history/nothing",
                     "/deploy/deployments"):
            assert (server.get(path).status, server.get(path).json["code"]) == (503, "archive_unavailable")


# ---- whose it is, and what is not in it ----


def test_nothing_secret_is_in_the_archive(make_archived, sisters_up, bucket, base, proxy, credentials):
    cache, graph = sisters_up
    server = make_archived("--aws-endpoint", proxy.url, "--verbose")
    credentials["aws"]["session_token"] = CANARY
    run = apply(server, configs.hello(credentials))
    assert run["status"] == "completed"
    until_archived(server, run["graph_id"])
    wrong = {"aws": {**credentials["aws"], "secret_access_key": SECRET[:-4] + "nope"}}
    proxy.expect_refusals = True
    server.post("/deploy/destroy", {"graph_id": run["graph_id"], "credentials": wrong}, prefer="wait=20")
    server.post("/deploy/destroy", {"graph_id": run["graph_id"], "credentials": credentials}, prefer="wait=20")
    until_archived(server, run["graph_id"])
    s3 = boto3.client("s3", endpoint_url=bucket.url, aws_access_key_id="test", aws_secret_access_key="test",
                      region_name="us-east-1")
    found, read = b"", 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket="archive"):
        for item in page.get("Contents", []):
            if base in item["Key"]:
                found += item["Key"].encode() + s3.get_object(Bucket="archive", Key=item["Key"])["Body"].read()
                read += 1
    assert read > 30 and b"hello-api" in found
    written = found + server.everything_written() + server.get("/info/status").body
    for secret in (SECRET, CANARY, SECRET[:-4] + "nope", cache.key, graph.key):
        assert secret.encode() not in written, secret


def test_tenants_do_not_mix(make_archived, sisters_up, base, tmp_path):
    keys = tmp_path / "keys"
    lines = [f"{t}-key-{'0' * 24}" for t in ("one", "two")]
    keys.write_text(json.dumps({"keys": [{"id": t, "tenant": t, "sha256": hashlib.sha256(k.encode()).hexdigest()}
                                         for t, k in zip(("one", "two"), lines)]}))
    server, fresh = (make_archived("--keys", str(keys)) for _ in range(2))
    config = configs.nulls(2, deployment_id="same")
    graphs = {}
    for tenant, key in zip(("one", "two"), lines):
        graph_id = server.post("/deploy/apply", {"config": config}, prefer="wait=20", x_api_key=key).json["graph_id"]
        until(lambda: find(sisters_up[0], f"{base}-{tenant}", graph_id))
        graphs[key] = graph_id
    for key in lines:
        other = graphs[next(k for k in lines if k != key)]
        assert fresh.get(f"/deploy/graph/{graphs[key]}", x_api_key=key).status == 200
        assert fresh.get(f"/deploy/graph/{other}", x_api_key=key).status == 404
        history = fresh.get("/deploy/history/same", x_api_key=key).json
        assert [g["graph_id"] for g in history["graphs"]] == [graphs[key]] and history["source"] == "archive"
    assert sisters_up[0].get(f"/admin/storage/folders/{base}-one/data/key-based/deploys/same") == [graphs[lines[0]]]


# ---- another server ----


def test_a_fresh_server_knows_what_was_deployed_and_can_destroy_it(
        make_archived, sisters_up, base, proxy, cloud, credentials, tmp_path):
    first = make_archived("--aws-endpoint", proxy.url)
    config = configs.hello(credentials)
    old = apply(first, config)
    config["version"] = "v2"
    config["resources"]["api"]["properties"]["description"] = "newer"
    new = apply(first, config)
    for run in (old, new):
        until_archived(first, run["graph_id"])
    expected = {run["graph_id"]: without(status(first, run["graph_id"]), "archive") for run in (old, new)}
    first.stop()

    fresh = make_archived("--aws-endpoint", proxy.url)
    assert fresh.get("/deploy/deployments").json == {"deployments": [{"deployment_id": "hello"}], "source": "archive"}
    history = fresh.get("/deploy/history/hello").json
    assert [(g["graph_id"], g["version"], g["status"]) for g in history["graphs"]] == [
        (new["graph_id"], "v2", "completed"), (old["graph_id"], "v1", "completed")]
    for graph_id, shown in expected.items():
        assert status(fresh, graph_id) == shown | {"source": "archive"}
    cli = processes.Cli(fresh, tmp_path)
    assert cli("history").split() == ["hello"]
    assert [line.split()[1:6] for line in cli("history", "hello").splitlines()[1:]] == [
        ["apply", "completed", run["version"], run["graph_id"], run["execution_id"]] for run in (new, old)]
    assert "there is no deployment" in cli("history", "nothing", status=1)
    assert json.loads(cli("history", "hello", "--json")) == history

    again = fresh.post("/deploy/apply", {"graph_id": new["graph_id"], "credentials": credentials}, prefer="wait=60")
    assert again.json["execution_id"] != new["execution_id"] and again.json["summary"]["no_op"] == 7, again
    gone = fresh.post("/deploy/destroy", {"deployment_id": "hello", "credentials": credentials}, prefer="wait=60")
    assert gone.json["status"] == "completed", gone
    assert fresh.get("/deploy/history/hello").json["source"] == "store"

    last = make_archived("--aws-endpoint", proxy.url)
    until_archived(fresh, new["graph_id"])
    assert [(g["graph_id"], g["kind"]) for g in last.get("/deploy/history/hello").json["graphs"]] == [
        (new["graph_id"], "destroy"), (old["graph_id"], "apply")]
    gone = last.post("/deploy/destroy", {"deployment_id": "hello", "credentials": credentials}, prefer="wait=60")
    assert gone.json["graph_id"] == new["graph_id"] and gone.json["status"] == "completed"


def test_what_a_newer_version_has_archived_is_neither_read_nor_written(make_archived, sisters_up, base):
    cache, namespace = sisters_up[0], f"{base}-default"
    first = make_archived()
    graph_id = apply(first, configs.nulls(2))["graph_id"]
    until_archived(first, graph_id)
    found = cache.by_id(namespace, graph_id, "cache-id")
    entry = cache.by_id(namespace, graph_id) | {"format": 2}
    cache.post(f"/{namespace}/update/{found['cache_id']}/json", entry)
    apply(first, configs.nulls(2))
    shown = until(lambda: (found := status(first, graph_id)["archive"]) and found["state"] == "failing" and found)
    assert "has format 2" in shown["error"] and "knows 1 at most" in shown["error"]
    fresh = make_archived()
    for path in ("/deploy/history/nulls", f"/deploy/status/{graph_id}"):
        reply = fresh.get(path)
        assert reply.status == 503 and reply.json["code"] == "archive_unavailable" and "has format 2" in reply.json["detail"], reply
    assert cache.by_id(namespace, graph_id) == entry


def test_a_cache_on_a_local_disk_loads_but_can_not_list(make_archived, sisters_up, base, bucket, tmp_path):
    cache = sisters.Cache(tmp_path, bucket)
    cache.environment |= {"CACHE__SERVICE__STORAGE_MODE": "local_disk",
                          "CACHE__SERVICE__LOCAL_DISK_PATH": str(tmp_path / "disk")}
    cache.start()
    graph = sisters.Graph(tmp_path, cache).start()
    try:
        server = make_archived(cache=cache, graph=graph)
        shown = until_archived(server, apply(server, configs.nulls(3, chain=3))["graph_id"])
        fresh = make_archived(cache=cache, graph=graph)
        assert without(status(fresh, shown["graph_id"]), "source") == without(shown, "archive")
        assert fresh.get("/deploy/history/nulls").json["code"] == "archive_unavailable"
        assert fresh.post("/deploy/destroy", {"graph_id": shown["graph_id"]}, prefer="wait=30").json["success"]
    finally:
        graph.kill9()
        cache.kill9()


# ---- options ----


@pytest.mark.parametrize("arguments, why", [
    (["--graph-url", "http://127.0.0.1:1"], "set --cache-url"),
    (["--cache-url", "ftp://127.0.0.1:1"], "it must begin with http"),
    (["--cache-url", "http://127.0.0.1:1", "--cache-namespace", "a/b"], "letters, digits"),
    (["--cache-url", "http://127.0.0.1:1", "--cache-key-value", "@/nowhere"], "No such file"),
])
def test_an_option_that_is_wrong_is_told_at_the_start(make_server, arguments, why):
    with pytest.raises(RuntimeError, match=why):
        make_server(*arguments)


def test_a_key_can_lie_in_a_file(make_server, sisters_up, base, tmp_path):
    (tmp_path / "cache.key").write_text(sisters_up[0].key + "\n")
    server = make_server("--cache-url", sisters_up[0].url, "--cache-key-name", sisters.KEY_NAME, "--cache-key-value",
                         f"@{tmp_path / 'cache.key'}", "--cache-namespace", base)
    run = apply(server, configs.nulls(1))
    until_archived(server, run["graph_id"])
    assert sisters_up[0].file(f"{base}-default", f"deploys/nulls/{run['graph_id']}/record.json")["executions"]
    assert not [f for f in sisters_up[0].files(f"{base}-default") if "/graphs/" in f]


def test_without_an_archive_nothing_is_said_or_remembered(make_server):
    server = make_server()
    run = apply(server, configs.nulls(1))
    assert "archive" not in status(server, run["graph_id"]) and "archive" not in server.get("/info/status").json
    assert [d["deployment_id"] for d in server.get("/deploy/deployments").json["deployments"]] == ["nulls"]
    history = server.get("/deploy/history/nulls").json
    assert history["source"] == "store" and [g["status"] for g in history["graphs"]] == ["completed"]
    assert server.get("/deploy/history/other").status == 404
    assert server.redis("EXISTS", "mg:unarchived") == "0"
