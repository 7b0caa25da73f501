# SPDX-License-Identifier: Apache-2.0
"""test_shared_port.py - several processes on one port and one Redis: the kernel spreads connections over them."""

import collections
import json
import threading
import time

import client
import configs
import keysfile
import pytest
from processes import Server, free_port


class Sharing(Server):
    """On a port that others listen on as well."""

    def __init__(self, folder, port, *arguments):
        super().__init__(folder, *arguments)
        self.port = port

    def command(self):
        command = super().command()
        command[command.index("--listen") + 1] = f"127.0.0.1:{self.port}"
        return command


@pytest.fixture
def sharing(make_redis, tmp_path):
    """Two of them, with the same key."""
    _, redis = make_redis("--appendonly", "yes")
    port, keys, servers = free_port(), keysfile.write(tmp_path, "both"), []
    for i in range(2):
        folder = tmp_path / f"sharing-{i}"
        folder.mkdir()
        servers.append(Sharing(folder, port, "--redis", f"redis://127.0.0.1:{redis}", "--keys", keys, "--lease", "1",
                               "--reuse-port", "--verbose", "--limit", "requests_per_second=0"))
        servers[-1].start()
        servers[-1].key = servers[-1].api.key = "both"
    yield servers
    for server in servers:
        if server.process is not None:
            server.kill9()


def answered(server):
    return server.stderr.count("event=request ")


def follow(api, graph_id):
    """To its end."""
    for event in api.events(f"/deploy/events/{graph_id}", last_event_id="0-0"):
        told = json.loads(event.data)
        if told["type"] == "execution" and told["status"] == "completed":
            return


def test_both_serve_and_what_one_runs_is_followed_at_the_other(sharing):
    api = sharing[0].api
    begun = [api.post("/deploy/apply", {"config": configs.nulls(20, 20, 10, f"d{i}")}, prefer="respond-async") for i in range(8)]
    assert {reply.status for reply in begun} == {202}, begun
    for reply in begun:
        follow(api, reply.json["graph_id"])
    for _ in range(40):
        assert api.get("/deploy/deployments").json["deployments"][0]
    assert min(map(answered, sharing)) >= 5, [server.stderr for server in sharing]
    ran = [server.stderr.count("status=completed") for server in sharing]
    assert sum(ran) == 8


def asked(servers, route):
    return sum(server.stderr.count(f"route={route} ") for server in servers)


def test_what_waits_at_one_is_told_by_a_request_that_comes_to_any(sharing):
    """Each step on a new connection, so that half of them come to the process that does not hold it."""
    api, n = sharing[0].api, 20
    begun = api.post("/deploy/apply", {"config": configs.nulls(n + 5), "mode": "STEP"}, prefer="wait=30").json
    assert begun["status"] == "paused", begun
    told = {"graph_id": begun["graph_id"]}
    for done in range(n):
        reply = api.post("/deploy/continue", told, prefer="wait=30")
        assert reply.status == 200 and reply.json["operations_completed"] == done + 2, reply
        assert reply.headers["location"] == f"/deploy/status/{begun['graph_id']}"
    assert n < asked(sharing, "/deploy/continue") < 2 * n, "some were passed on"
    for _ in range(5):
        refused = api.post("/deploy/continue", told | {"expected_next": begun["operations"][0]["resource_id"]})
        assert refused.status == 409 and refused.headers["content-type"] == "application/problem+json", refused
        assert refused.json["problems"][0]["pointer"] == "/expected_next", refused
    for _ in range(5):
        assert api.post("/deploy/pause", told).json["status"] == "paused"
    for _ in range(5):
        assert api.post("/deploy/cancel", told, prefer="wait=30").json["status"] == "cancelled"


def test_what_is_passed_on_for_a_client_elsewhere_brings_no_credentials_in_the_clear(sharing):
    """They come to who holds it by a connection of this host, whatever the client's was."""
    api = sharing[0].api
    begun = api.post("/deploy/apply", {"config": configs.nulls(3), "mode": "STEP"}, prefer="wait=30").json
    told = {"graph_id": begun["graph_id"], "credentials": {"aws": {"secret_access_key": "plain"}}}
    refused = [api.post("/deploy/continue", told, x_mgraph_deploy_passed_on="remote") for _ in range(6)]
    assert {reply.json["code"] for reply in refused} <= {"plaintext_credentials", "deployment_busy"}, refused
    assert any(reply.json["code"] == "plaintext_credentials" for reply in refused), refused


def test_one_that_died_is_asked_no_more(sharing):
    """And what it ran is gone on with by the other as soon as its lease is over."""
    api = sharing[0].api
    begun = api.post("/deploy/apply", {"config": configs.nulls(3), "mode": "STEP"}, prefer="wait=30").json
    holder = next(server for server in sharing if "event=execution.begun" in server.stderr or begun["graph_id"] in server.stderr)
    holder.kill9()
    until, codes = time.monotonic() + 20, set()
    while time.monotonic() < until:
        reply = api.post("/deploy/continue", {"graph_id": begun["graph_id"], "until": "end"}, prefer="wait=30")
        if reply.status == 200 and reply.json["status"] == "completed":
            break
        codes.add((reply.status, reply.json.get("code")))
        time.sleep(0.1)
    assert reply.json["status"] == "completed", (reply, codes)
    assert codes <= {(409, "deployment_busy"), (409, "conflict")}, codes


class Asking(threading.Thread):
    """Asks on a new connection each time, until told otherwise."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.api, self.is_over, self.outcomes = client.Api(url, "both"), False, collections.Counter()
        self.start()

    def run(self):
        while not self.is_over:
            try:
                self.outcomes[self.api.get("/info/status").status] += 1
            except OSError as error:
                self.outcomes[type(error).__name__] += 1


def test_one_that_is_told_to_end_loses_none_that_it_has_taken(sharing):
    """What can be lost is what is shaking hands with its socket at the moment when that is closed."""
    asking = [Asking(sharing[0].url) for _ in range(4)]
    for server in sharing:
        before = answered(server)
        while answered(server) < before + 100:
            time.sleep(0.01)
        assert server.stop() == 0
        server.start()
        server.until_ready()
    for asker in asking:
        asker.is_over = True
        asker.join(30)
    outcomes = sum((asker.outcomes for asker in asking), collections.Counter())
    assert outcomes[200] > 400
    assert set(outcomes) <= {200, "ConnectionResetError"} and outcomes["ConnectionResetError"] <= 2, outcomes


def test_a_port_is_shared_only_by_who_says_so(sharing, make_server):
    with pytest.raises(RuntimeError, match="Address already in use"):
        make_server("--listen", f"127.0.0.1:{sharing[0].port}")
