# SPDX-License-Identifier: Apache-2.0
"""test_monitor.py - the sample monitor in contrib/ sees in Redis what the API tells."""

import json
import subprocess
import sys

import configs
import processes
import pytest
import redises

MONITOR = processes.TOP / "contrib" / "monitor.py"


def monitor(*arguments, cwd=None):
    done = subprocess.run([sys.executable, str(MONITOR), *arguments], capture_output=True, text=True, timeout=60, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(server, name):
    reply = server.post("/deploy/apply", {"config": configs.nulls(3, deployment_id=name)})
    assert reply.json["status"] == "completed", reply


def by_api(server, n):
    told = []
    for event in server.events("/deploy/events", last_event_id="0-0"):
        told.append({"number": int(event.id.removesuffix("-0"))} | json.loads(event.data))
        if len(told) == n:
            return told


def test_it_sees_what_the_api_tells_and_goes_on_from_any_number(make_server):
    server = make_server()
    for name in ("one", "two"):
        run(server, name)
    here, cli = server.data / "redis", ("--", "-s", "redis.sock")  # a socket's path may not be long
    seen = monitor("--after", "0", "--once", *cli, cwd=here)
    assert [event["number"] for event in seen] == list(range(1, len(seen) + 1))
    assert seen == by_api(server, len(seen))
    for after in range(0, len(seen), 7):
        assert monitor("--after", str(after), "--once", *cli, cwd=here) == seen[after:]
    assert monitor("--once", *cli, cwd=here) == [], "from now on"
    assert monitor("--once", "--after", "0", "--tenant", "nobody", *cli, cwd=here) == []


def test_it_follows(make_server):
    server = make_server()
    run(server, "before")
    process = subprocess.Popen([sys.executable, str(MONITOR), "--", "-s", "redis.sock"], stdout=subprocess.PIPE, text=True,
                               cwd=server.data / "redis")
    try:
        redises.wait_until(lambda: "cmd=xread" in server.redis("CLIENT", "LIST"))
        run(server, "after")
        event = json.loads(process.stdout.readline())
        assert event["seq"] == 1 and event["number"] > 1
    finally:
        process.kill()
        process.communicate()


@pytest.mark.timeout(60)
def test_in_a_cluster_it_goes_where_the_events_lie(make_server, tmp_path):
    cluster = redises.Cluster(tmp_path)
    try:
        server = make_server("--redis", cluster.url)
        server.until_ready()
        names = [cluster.deployment_on(i) for i in range(3)]
        for name in names:
            run(server, name)
        seen = monitor("--after", "0", "--once", "--", "-c", "-p", str(cluster.nodes[1].port))
        assert [event["number"] for event in seen] == list(range(1, len(seen) + 1))
        assert seen == by_api(server, len(seen))
        assert len({event["graph_id"] for event in seen}) == 3
    finally:
        cluster.kill()
