# SPDX-License-Identifier: Apache-2.0
"""test_redises.py - real sentinels and a real cluster: primaries die, slots move, and what runs goes on."""

import collections
import signal
import subprocess

import configs
import processes
import pytest
import redises
from redises import wait_until

N = 60
ENDED = ("completed", "failed")
LOST = "the store has lost what was written of it"


def commands(deployment_id="app"):
    """Chains of commands, each of which writes down that it has run."""
    resources = {}
    for i in range(N):
        resources[f"n{i}"] = {"type": "exec:command", "properties": {
            "create": ["/bin/sh", "-c", f"sleep 0.05; echo n{i} >>ran"]}}
        if i % 20:
            resources[f"n{i}"]["depends_on"] = [f"n{i - 1}"]
    return {"deployment_id": deployment_id, "resources": resources}


@pytest.fixture
def watched(tmp_path):
    watched = redises.Watched(tmp_path)
    yield watched
    watched.kill()


@pytest.fixture
def cluster(tmp_path):
    cluster = redises.Cluster(tmp_path)
    yield cluster
    cluster.kill()


@pytest.fixture
def make_redis(tmp_path):
    started = []

    def make(*options, **how):
        started.append(redises.Redis(tmp_path, *options, **how))
        return started[-1]

    yield make
    for redis in started:
        redis.kill()


@pytest.fixture
def make_up(make_server):
    """A server that is connected to this Redis."""

    def make(url):
        server = make_server("--redis", url, "--exec-allow", "*")
        server.until_ready()
        return server

    return make


def status_of(server, graph_id):
    reply = server.get(f"/deploy/status/{graph_id}")
    return reply.json if reply.status == 200 else {"status": "unknown", "operations_completed": 0}


def begin(server, config):
    """An apply that is under way, and far from its end."""
    reply = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert reply.status == 202, reply
    graph_id = reply.json["graph_id"]
    wait_until(lambda: status_of(server, graph_id)["operations_completed"] >= 3)
    assert status_of(server, graph_id)["operations_completed"] < N - 10
    return graph_id


def is_applied(server, config):
    """Whether it could be applied: what has lost its store is in the way until the last of its commands is gone."""
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.status == 200 or reply.json["type"] == "/problems/deployment_busy", reply
    return reply.status == 200


def finish(server, config, graph_id):
    """It ends well. What a primary took with it stops the execution, and it is applied again, unless who takes up what
    nobody runs was quicker."""
    wait_until(lambda: status_of(server, graph_id)["status"] in ENDED or LOST in server.stderr, 60)
    if LOST in server.stderr:
        wait_until(lambda: is_applied(server, config) or status_of(server, graph_id)["status"] in ENDED, 60)
    assert status_of(server, graph_id)["status"] == "completed"
    ran = collections.Counter((server.data / "local" / "ran").read_text().split())
    assert ran == {f"n{i}": 1 for i in range(N)}


def expect_dense(server, graph_id):
    numbers = []
    for event in server.events(f"/deploy/events/{graph_id}"):
        numbers.append(int(event.id.split("-")[0]))
        if '"type":"execution"' in event.data and '"completed"' in event.data:
            break
    assert numbers == list(range(1, len(numbers) + 1))


# ---- sentinels ----


def test_when_the_primary_is_killed_in_mid_run_the_run_ends_on_the_next(make_up, watched):
    server = make_up(watched.url)
    graph_id = begin(server, commands())
    watched.primary.kill()
    finish(server, commands(), graph_id)
    expect_dense(server, graph_id)
    assert f"primary=127.0.0.1:{watched.replica.port}" in server.stderr
    assert watched.replica.role() == "master"
    assert "n0" in watched.replica.say("HGETALL", f"mg:{{default:app}}:exec:{graph_id}")


def test_what_a_primary_took_with_it_stops_the_run_and_nothing_is_done_twice(make_up, watched):
    server = make_up(watched.url)
    graph_id = begin(server, commands())
    watched.replica.say("CONFIG", "SET", "masterauth", "wrong")
    watched.replica.say("CLIENT", "KILL", "TYPE", "master")
    wait_until(lambda: "master_link_status:down" in watched.replica.say("INFO", "replication"))
    done = status_of(server, graph_id)["operations_completed"]
    wait_until(lambda: status_of(server, graph_id)["operations_completed"] > done + 3)
    watched.primary.kill()
    wait_until(lambda: LOST in server.stderr)
    finish(server, commands(), graph_id)
    assert server.stop() == 0


def test_a_fail_over_is_followed_though_the_old_connection_looks_well(make_up, watched):
    server = make_up(watched.url)
    graph_id = begin(server, commands())
    redises.freeze(watched.primary)
    watched.wait_for_fail_over()
    wait_until(lambda: f"primary=127.0.0.1:{watched.replica.port}" in server.stderr)
    finish(server, commands(), graph_id)
    redises.thaw(watched.primary)  # and thinks for a while that it is the primary
    assert watched.primary.role() == "master"
    reply = server.post("/deploy/apply", {"config": configs.nulls(20, delay_ms=10)}, prefer="wait=60")
    assert reply.json["status"] == "completed"
    assert server.stderr.count("event=store.primary") == 2


def test_a_sentinel_that_is_gone_is_passed_over(make_up, watched):
    watched.sentinels[0].kill()
    server = make_up(watched.url)
    watched.primary.signal(signal.SIGKILL)
    wait_until(lambda: f"primary=127.0.0.1:{watched.replica.port}" in server.stderr)
    server.until_ready()


def test_a_sentinel_that_has_slept_is_not_believed_while_the_primary_answers(make_server, make_redis):
    primary, former = make_redis(), make_redis()
    monitor = f"sentinel monitor {redises.MASTER} 127.0.0.1 {{}} 1\nsentinel config-epoch {redises.MASTER} {{}}\n"
    awake = make_redis(config=monitor.format(primary.port, 5))
    asleep = make_redis(config=monitor.format(former.port, 4))
    server = make_server("--redis", f"redis-sentinel://127.0.0.1:{awake.port},127.0.0.1:{asleep.port}/{redises.MASTER}")
    server.until_ready()
    awake.kill()
    wait_until(lambda: "cmd=subscribe" in asleep.say("CLIENT", "LIST"))
    assert server.get("/readyz").status == 200 and server.stderr.count("event=store.primary") == 1
    primary.kill()
    wait_until(lambda: f"primary=127.0.0.1:{former.port}" in server.stderr)


def test_a_name_that_no_sentinel_knows_is_told(make_server, make_redis):
    sentinel = make_redis(config=f"sentinel monitor {redises.MASTER} 127.0.0.1 1 1\n")
    server = make_server("--redis", f"redis-sentinel://:{redises.URL_PASSWORD}@127.0.0.1:{sentinel.port}/nobody")
    wait_until(lambda: "the sentinel knows no primary named nobody" in server.stderr)
    assert server.get("/readyz").status == 503
    assert redises.PASSWORD not in server.stderr and redises.URL_PASSWORD not in server.stderr


@pytest.mark.parametrize("url", ["redis-sentinel://127.0.0.1:1", "redis-cluster://127.0.0.1:1/3", "sentinel://h/m"])
def test_a_url_that_is_none_is_refused_at_the_start(tmp_path, url):
    done = subprocess.run([processes.binary(), "serve", "--data", str(tmp_path / "data"), "--redis", url],
                          capture_output=True, text=True, timeout=20, env=processes.clean_environment(tmp_path))
    assert done.returncode != 0 and "redis-sentinel://[:password@]host:port" in done.stderr, done


# ---- the cluster ----


def test_a_slot_that_moves_in_mid_run_is_followed(make_up, cluster):
    server = make_up(f"redis-cluster://127.0.0.1:{cluster.replica.port}")  # it leads to all of them
    config = commands(cluster.deployment_on(1))
    graph_id = begin(server, config)
    slot, source, target = cluster.slot_of(config["deployment_id"]), cluster.primaries[1], cluster.primaries[2]
    cluster.move(slot, source, target)
    finish(server, config, graph_id)
    expect_dense(server, graph_id)
    assert source.say("CLUSTER", "COUNTKEYSINSLOT", slot) == "0"
    assert int(target.say("CLUSTER", "COUNTKEYSINSLOT", slot)) > 3
    assert server.stop() == 0


def test_when_a_node_is_killed_in_mid_run_the_run_ends_on_its_replica(make_up, cluster):
    server = make_up(cluster.url)
    config = commands(cluster.deployment_on(0))
    graph_id = begin(server, config)
    cluster.primaries[0].kill()
    finish(server, config, graph_id)
    expect_dense(server, graph_id)
    assert cluster.replica.role() == "master"
    server.until_ready()


def test_a_node_of_a_cluster_is_not_taken_for_all_of_it(make_server, make_redis):
    node = make_redis("--cluster-enabled", "yes", "--cluster-port", str(processes.free_port()))
    server = make_server("--redis", f"redis://127.0.0.1:{node.port}")
    wait_until(lambda: "it is a node of a cluster" in server.stderr)
    assert server.get("/readyz").status == 503
