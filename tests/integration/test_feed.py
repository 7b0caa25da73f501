# SPDX-License-Identifier: Apache-2.0
"""test_feed.py - the events of all executions of a tenant, in one order; and that every process tells all of them."""

import json
import subprocess
import threading

import client
import configs
import keysfile
import pytest
import sockets

PATH = "/deploy/events"


def run(server, name, n=4, delay_ms=0, **headers):
    reply = server.post("/deploy/apply", {"config": configs.nulls(n, delay_ms=delay_ms, deployment_id=name)}, **headers)
    assert reply.json["status"] == "completed", reply
    return reply.json["graph_id"]


def of_graph(server, graph_id, n, **how):
    """The first n events of a graph."""
    told = []
    for event in server.events(f"/deploy/events/{graph_id}", last_event_id="0-0", **how):
        told.append(json.loads(event.data))
        if len(told) == n:
            return told


class Follower(threading.Thread):
    """Follows the feed, with a new connection now and then, by turns as server-sent events and as a WebSocket."""

    def __init__(self, servers, n, after="0-0"):
        super().__init__(daemon=True)
        self.servers, self.n, self.last, self.told, self.error = servers, n, after, [], None
        self.start()

    def run(self):
        try:
            while len(self.told) < self.n:
                server = self.servers[len(self.told) % len(self.servers)]
                (self.by_sse if len(self.told) % 2 else self.by_socket)(server, 1 + len(self.told) % 13)
        except Exception as error:
            self.error = error

    def take(self, number, event):
        self.last = number
        self.told.append((number, event))

    def by_sse(self, server, most):
        events = server.events(PATH, last_event_id=self.last)
        for _ in range(min(most, self.n - len(self.told))):
            event = next(events)
            self.take(event.id, json.loads(event.data))
        events.close()

    def by_socket(self, server, most):
        with sockets.connect(server, f"{PATH}?after={self.last}") as connection:
            for _ in range(min(most, self.n - len(self.told))):
                event = json.loads(connection.recv(timeout=30))
                self.take(event.pop("id"), event)

    def all(self):
        self.join(60)
        assert self.error is None, self.error
        assert not self.is_alive(), f"{len(self.told)} of {self.n} have come"
        return self.told


def expect_all_of_each(server, told, graphs, per_graph):
    """Numbered without gap or repeat; and of each graph all, in its own order."""
    assert [number for number, _ in told] == [f"{i + 1}-0" for i in range(len(told))]
    for graph_id in graphs:
        mine = [event for _, event in told if event["graph_id"] == graph_id]
        assert mine == of_graph(server, graph_id, per_graph)


def test_all_that_was_told_is_there_and_resumed_from_anywhere(make_server):
    server = make_server()
    graphs = [run(server, f"d{i}") for i in range(3)]
    per_graph = int(server.redis("XLEN", "mg:{default:d0}:events:" + graphs[0]))
    n = 3 * per_graph
    expect_all_of_each(server, Follower([server], n).all(), graphs, per_graph)
    for i in range(n - 1):
        event = next(server.events(PATH, last_event_id=f"{i}-0"))
        assert event.id == f"{i + 1}-0"


def test_it_begins_with_what_comes_next_and_follows_several_at_once(make_server):
    server = make_server()
    run(server, "before")
    before = int(server.redis("XINFO", "STREAM", "mg:{default}:events").split("last-generated-id")[1].split()[0].split("-")[0])
    with sockets.connect(server, PATH, page=True) as connection:
        workers = [threading.Thread(target=run, args=(server, f"d{i}", 20, 5)) for i in range(4)]
        for worker in workers:
            worker.start()
        ended, numbers, seen = 0, [], {}
        while ended < 4:
            event = json.loads(connection.recv(timeout=30))
            numbers.append(int(event["id"].split("-")[0]))
            seen.setdefault(event["graph_id"], []).append(event["seq"])
            ended += event["type"] == "execution" and event["status"] == "completed"
        for worker in workers:
            worker.join()
    assert numbers == list(range(before + 1, before + 1 + len(numbers)))
    assert len(seen) == 4 and all(seqs == list(range(1, len(seqs) + 1)) for seqs in seen.values())


def test_a_tenant_sees_only_its_own(make_server, tmp_path):
    server = make_server("--keys", keysfile.write(tmp_path, "acme", "globex"))
    acme = run(server, "d", x_api_key="acme")
    globex = run(server, "d", x_api_key="globex")
    for tenant, graph_id in (("acme", acme), ("globex", globex)):
        api = client.Api(server.url, tenant)
        told = []
        for event in api.events(PATH, last_event_id="0-0"):
            told.append(json.loads(event.data))
            if told[-1]["type"] == "execution" and told[-1]["status"] == "completed":
                break
        assert {event["graph_id"] for event in told} == {graph_id}
    assert server.get(PATH, x_api_key="nobody").status == 401


@pytest.mark.parametrize("id", ["x", "-1", "1-1", "1-", "99999999999999999999"])
def test_what_is_no_id_is_refused(make_server, id):
    server = make_server("--redis", "memory:")
    assert server.get(PATH, last_event_id=id).json["code"] == "bad_request"
    assert server.get(f"{PATH}?after={id}").status == 400


def test_it_is_there_in_memory_as_well(make_server):
    server = make_server("--redis", "memory:")
    with sockets.connect(server, PATH) as connection:
        run(server, "d")
        assert json.loads(connection.recv(timeout=10))["id"] == "1-0"


# ---- several processes ----

@pytest.fixture
def pair(make_server, make_redis, tmp_path):
    """Two servers on one Redis, with the same key."""
    _, port = make_redis("--appendonly", "yes")
    keys = keysfile.write(tmp_path, "both")
    pair = [make_server("--redis", f"redis://127.0.0.1:{port}/0", "--keys", keys, "--lease", "1") for _ in range(2)]
    for server in pair:
        server.key = server.api.key = "both"
        server.until_ready()
    pair[0].redis_port = port
    return pair


def test_what_one_process_does_is_followed_live_at_another(pair):
    here, there = pair
    reply = here.post("/deploy/apply", {"config": configs.nulls(30, delay_ms=20, chain=10)}, prefer="respond-async")
    graph_id = reply.json["graph_id"]
    told = []
    for event in there.events(f"/deploy/events/{graph_id}"):
        told.append(json.loads(event.data))
        if told[-1]["type"] == "execution" and told[-1]["status"] == "completed":
            break
    assert [event["seq"] for event in told] == list(range(1, len(told) + 1))


def test_the_feed_is_the_same_wherever_it_is_read(pair):
    graphs = [run(pair[i % 2], f"d{i}") for i in range(4)]
    n = 0
    for event in pair[1].events(PATH, last_event_id="0-0"):
        n = int(event.id.split("-")[0])
        data = json.loads(event.data)
        if data["graph_id"] == graphs[-1] and data["type"] == "execution" and data["status"] == "completed":
            break
    assert n % 4 == 0
    expect_all_of_each(pair[0], Follower(pair, n).all(), graphs, n // 4)


def test_a_process_that_dies_leaves_no_gap(pair):
    """What it had told by then is told once, and the rest by whoever takes its execution up."""
    here, there = pair
    reply = here.post("/deploy/apply", {"config": configs.nulls(40, delay_ms=30, chain=20)}, prefer="respond-async")
    graph_id, follower = reply.json["graph_id"], []
    events = there.events(PATH, last_event_id="0-0", timeout=60)
    for event in events:
        data = json.loads(event.data)
        assert data["seq"] == len(follower) + 1 and event.id == f"{data['seq']}-0"
        follower.append(data)
        if len(follower) == 30:
            here.kill9()
        if data["type"] == "execution" and data["status"] == "completed":
            break
    assert follower == of_graph(there, graph_id, len(follower))


def test_who_can_not_hear_for_a_while_catches_up(pair):
    here, there = pair
    events = there.events(PATH, last_event_id="0-0", timeout=60)
    first = run(here, "one")
    assert json.loads(next(events).data)["graph_id"] == first
    subprocess.run(["redis-cli", "-p", str(here.redis_port), "CLIENT", "KILL", "TYPE", "pubsub"], check=True,
                   stdout=subprocess.DEVNULL)
    run(here, "two")
    ended = 0
    for event in events:
        data = json.loads(event.data)
        ended += data["type"] == "execution" and data["status"] == "completed"
        if ended == 2:
            break
