# SPDX-License-Identifier: Apache-2.0
"""test_chaos.py - processes that die at random moments of real runs: a real Redis, the AWS emulator, and boto3 to
count what is there. CHAOS says how often (CI: see contrib/test); CHAOS_SEED repeats a run's moments."""

import os
import random
import signal
import time

import cloud as clouds
import configs
import pytest

pytestmark = pytest.mark.timeout(1500)
CHAOS = int(os.environ.get("CHAOS", "12"))
SEED = int(os.environ.get("CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
LEASE = "1"
PATIENCE = 60


@pytest.fixture
def chance(request):
    """Drawn from, for all moments; its seed is shown when the test fails."""
    print(f"CHAOS_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


def expect_each_once(cloud, n):
    found = cloud.everything()
    assert len(found) == n and set(clouds.counted(found).values()) in ({1}, set()), found


def until_ended(server, graph_id, wanted=("completed",)):
    until = time.monotonic() + PATIENCE
    while (execution := server.get(f"/deploy/status/{graph_id}").json).get("status") not in wanted:
        assert time.monotonic() < until, execution
        time.sleep(0.05)
    return execution


class Run:
    """Applies and destroys of one deployment, each by what comes next: another version, or the end of all."""

    def __init__(self, chance, credentials):
        self.chance, self.credentials, self.exists, self.version = chance, credentials, False, 0

    def draw(self):
        self.path = "/deploy/destroy" if self.exists and self.chance.random() < 0.4 else "/deploy/apply"
        self.version += self.path == "/deploy/apply"
        self.body = {"config": configs.hello(self.credentials, timeout=3 + self.version % 60)}
        self.exists = self.path == "/deploy/apply"

    def begin(self, server):
        reply = server.post(self.path, self.body, prefer="respond-async")
        assert reply.status == 202, reply
        return reply.json["graph_id"]

    def resume(self, server, graph_id):
        reply = server.post(self.path, {"graph_id": graph_id, "credentials": self.credentials}, prefer="wait=60")
        assert reply.status == 200 and reply.json["status"] == "completed", reply

    def judge(self, cloud):
        expect_each_once(cloud, 7 if self.exists else 0)


def test_killed_at_a_random_moment_and_resumed_there_is_one_of_each(make_server, make_redis, proxy, cloud, credentials,
                                                                    chance):
    _, port = make_redis("--appendonly", "yes", "--appendfsync", "always")
    server = make_server("--redis", f"redis://127.0.0.1:{port}", "--aws-endpoint", proxy.url)
    run, killed_under_way = Run(chance, credentials), 0
    for _ in range(CHAOS):
        run.draw()
        proxy.set_faults([{"kind": "delay", "seconds": chance.choice([0, 0.01, 0.03])}])
        server.until_ready()
        graph_id = run.begin(server)
        time.sleep(chance.uniform(0, 0.6))
        killed_under_way += server.get(f"/deploy/status/{graph_id}").json["status"] == "running"
        server.kill9()
        proxy.set_faults([])
        server.start()
        server.until_ready()
        run.resume(server, graph_id)
        run.judge(cloud)
    assert killed_under_way >= CHAOS / 4, "the moments come too late to prove anything"


def test_redis_killed_at_a_random_moment_and_started_again(make_server, make_redis, proxy, cloud, credentials, chance):
    options = ("--appendonly", "yes", "--appendfsync", "always")
    redis, port = make_redis(*options)
    server = make_server("--redis", f"redis://127.0.0.1:{port}", "--aws-endpoint", proxy.url)
    run = Run(chance, credentials)
    for _ in range(max(CHAOS // 5, 3)):
        run.draw()
        proxy.set_faults([{"kind": "delay", "seconds": chance.choice([0, 0.02])}])
        server.until_ready()
        graph_id = run.begin(server)
        time.sleep(chance.uniform(0, 0.4))
        redis.kill()
        redis.wait()
        time.sleep(chance.choice([0, 0.1, 0.5]))
        redis, _ = make_redis(*options, port=port)
        until_ended(server, graph_id)
        run.judge(cloud)


@pytest.mark.parametrize("how", ["killed", "stopped", "told to end"])
def test_of_two_processes_on_one_redis_one_goes_and_the_other_takes_over(make_server, make_redis, proxy, cloud,
                                                                         credentials, chance, how):
    """Stopped ones go on after they have lost their lease, in the middle of what they did."""
    _, port = make_redis("--appendonly", "yes")
    options = ("--redis", f"redis://127.0.0.1:{port}", "--aws-endpoint", proxy.url, "--lease", LEASE)
    servers = [make_server(*options), make_server(*options)]
    run = Run(chance, credentials)
    for _ in range(max(CHAOS // 12, 2)):
        chance.shuffle(servers)
        victim, other = servers
        run.draw()
        proxy.set_faults([{"kind": "delay", "seconds": 0.03}])
        victim.until_ready()
        graph_id = run.begin(victim)
        time.sleep(chance.uniform(0, 0.4))
        if how == "stopped":
            os.kill(victim.pid, signal.SIGSTOP)
        elif how == "killed":
            victim.kill9()
        else:
            victim.stop()
        # The other one has no credentials for what it takes over, so it says that it waits for them.
        execution = until_ended(other, graph_id, ("completed", "paused"))
        if execution["status"] == "paused":
            assert execution["reason"] == "awaiting_credentials", execution
            run.resume(other, graph_id)
        if how == "stopped":
            os.kill(victim.pid, signal.SIGCONT)
            victim.until_ready()
        else:
            victim.start()
        proxy.set_faults([])
        run.judge(cloud)


def test_what_needs_no_credentials_is_taken_over_by_itself(make_server, make_redis):
    _, port = make_redis("--appendonly", "yes")
    options = ("--redis", f"redis://127.0.0.1:{port}", "--lease", LEASE)
    victim, other = make_server(*options), make_server(*options)
    graph_ids = [victim.post("/deploy/apply", {"config": configs.nulls(20, 100, 20, f"d{i}")},
                             prefer="respond-async").json["graph_id"] for i in range(5)]
    time.sleep(0.5)
    victim.kill9()
    for graph_id in graph_ids:
        execution = until_ended(other, graph_id)
        assert execution["operations_completed"] == 20 and execution["summary"]["add"] == 20, execution
        seen = [event.id for event in events_of(other, graph_id)]
        assert seen == [f"{i + 1}-0" for i in range(len(seen))]


def events_of(server, graph_id):
    """All events of a graph, up to the end of its execution."""
    for event in server.events(f"/deploy/events/{graph_id}"):
        yield event
        if '"type":"execution"' in event.data and '"completed"' in event.data:
            return
