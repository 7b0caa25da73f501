# SPDX-License-Identifier: Apache-2.0
"""test_monitor.py - the sample monitor in contrib/ sees in Redis what the API tells, and may do no more than that."""

import json
import re
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


@pytest.fixture
def guarded(tmp_path):
    """A Redis with the ACL of the page, of which nobody but deploy and monitor can ask anything."""
    acl = tmp_path / "users.acl"
    acl.write_text("".join(re.findall(r"^user .*\n", (processes.TOP / "docs" / "operations.md").read_text(), re.M)))
    port = processes.free_port()
    process = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path),
                                "--save", "", "--aclfile", str(acl)], stdout=subprocess.DEVNULL)
    yield port
    process.kill()
    process.wait()


def test_the_acl_of_the_docs_lets_both_do_their_work_and_the_monitor_only_look(make_server, guarded):
    servers = [make_server("--redis", f"redis://deploy:change-me@127.0.0.1:{guarded}") for _ in range(2)]
    for server in servers:
        server.until_ready()
    for name in ("one", "two"):
        run(servers[0], name)
    assert servers[1].post("/deploy/destroy", {"deployment_id": "one"}).json["status"] == "completed"
    cli = ("--", "-p", str(guarded), "--user", "monitor", "--pass", "change-me-too", "--no-auth-warning")
    seen = monitor("--after", "0", "--once", *cli)
    assert seen == by_api(servers[1], len(seen))
    for words in (("SET", "mg:x", "1"), ("DEL", "mg:{default}:events"), ("GET", "other"), ("FLUSHALL",), ("CONFIG", "GET", "*")):
        done = subprocess.run(["redis-cli", *cli[1:], *words], capture_output=True, text=True)
        assert "NOPERM" in done.stdout, (words, done)
    assert not any("NOPERM" in server.stderr for server in servers)
