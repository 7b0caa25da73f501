# SPDX-License-Identifier: Apache-2.0
"""redises.py - Redis in numbers, on loopback: a primary with its replica and three sentinels, and a cluster."""

import signal
import subprocess
import time

import processes

PASSWORD = "p@ss:word/1"
URL_PASSWORD = "p%40ss%3Aword%2F1"
MASTER = "mymaster"


def wait_until(is_so, seconds=30):
    """Polls until it is so, and hands out what was said then."""
    until = time.monotonic() + seconds
    while not (answer := is_so()):
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)
    return answer


class Redis:
    """A redis-server or a sentinel on a port of its own."""

    def __init__(self, folder, *options, password=None, config=None):
        self.port, self.password = processes.free_port(), password
        self.folder = folder / str(self.port)
        self.folder.mkdir(parents=True)
        self.command = ["redis-server"]
        if config is not None:
            path = self.folder / "sentinel.conf"
            path.write_text(config)
            self.command += [str(path), "--sentinel"]
        self.command += ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                         "--logfile", "log", *options]
        if config is None:
            self.command += ["--save", ""]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.say("PING") == "PONG")

    def say(self, *words):
        """What redis-cli prints; "" if nobody answers."""
        secret = ["-a", self.password, "--no-auth-warning"] if self.password else []
        done = subprocess.run(["redis-cli", "-p", str(self.port), *secret, *map(str, words)], capture_output=True,
                              text=True, timeout=30)
        return done.stdout.strip()

    def role(self):
        return self.say("ROLE").split("\n")[0]

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Watched:
    """A primary, its replica, and three sentinels that agree on both."""

    def __init__(self, folder):
        secret = ["--requirepass", PASSWORD, "--masterauth", PASSWORD, "--appendonly", "yes",
                  "--repl-diskless-sync-delay", "0"]
        self.primary = Redis(folder, *secret, password=PASSWORD)
        self.replica = Redis(folder, *secret, "--replicaof", f"127.0.0.1 {self.primary.port}", password=PASSWORD)
        wait_until(lambda: "master_link_status:up" in self.replica.say("INFO", "replication"))
        self.sentinels = [Redis(folder, config=(
            f"sentinel monitor {MASTER} 127.0.0.1 {self.primary.port} 2\n"
            f"sentinel auth-pass {MASTER} {PASSWORD}\n"
            f"sentinel down-after-milliseconds {MASTER} 500\n"
            f"sentinel failover-timeout {MASTER} 1500\n")) for _ in range(3)]
        for sentinel in self.sentinels:
            wait_until(lambda: sentinel.say("SENTINEL", "CKQUORUM", MASTER).startswith("OK 3")
                       and str(self.replica.port) in sentinel.say("SENTINEL", "REPLICAS", MASTER))

    @property
    def url(self):
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis-sentinel://:{URL_PASSWORD}@{hosts}/{MASTER}"

    def wait_for_fail_over(self):
        """Until the replica is the primary, and a sentinel says so."""
        wait_until(lambda: any(str(self.replica.port) in sentinel.say("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
                               for sentinel in self.sentinels))

    def kill(self):
        for redis in [self.primary, self.replica, *self.sentinels]:
            redis.kill()


class Cluster:
    """Three primaries with a third of the slots each, and a replica of the first."""

    SLOTS = [(0, 5460), (5461, 10922), (10923, 16383)]

    def __init__(self, folder):
        self.nodes = [Redis(folder, "--cluster-enabled", "yes", "--cluster-port", str(processes.free_port()),
                            "--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0",
                            "--appendonly", "yes", "--repl-diskless-sync-delay", "0") for _ in range(4)]
        self.primaries, self.replica = self.nodes[:3], self.nodes[3]
        for number, (node, slots) in enumerate(zip(self.primaries, self.SLOTS), 1):
            assert node.say("CLUSTER", "ADDSLOTSRANGE", *slots) == "OK"
            assert node.say("CLUSTER", "SET-CONFIG-EPOCH", number) == "OK"
        bus = self.nodes[0].command[self.nodes[0].command.index("--cluster-port") + 1]
        for node in self.nodes[1:]:
            assert node.say("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, bus) == "OK"
        first = self.id_of(self.nodes[0])
        wait_until(lambda: self.replica.say("CLUSTER", "REPLICATE", first) == "OK")
        wait_until(lambda: "master_link_status:up" in self.replica.say("INFO", "replication"))
        for node in self.nodes:
            wait_until(lambda: all(part in node.say("CLUSTER", "INFO") for part in
                                   ("cluster_state:ok", "cluster_known_nodes:4", "cluster_size:3")))
            wait_until(lambda: f"slave {first}" in node.say("CLUSTER", "NODES"))

    @staticmethod
    def id_of(node):
        return node.say("CLUSTER", "MYID")

    @property
    def url(self):
        return "redis-cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[1:])

    def slot_of(self, deployment_id):
        return int(self.nodes[0].say("CLUSTER", "KEYSLOT", f"default:{deployment_id}"))

    def deployment_on(self, number):
        """An id of a deployment whose slot is one of that primary's."""
        first, last = self.SLOTS[number]
        return next(name for name in map("app-{}".format, range(1000)) if first <= self.slot_of(name) <= last)

    def move(self, slot, source, target):
        """As redis-cli --cluster reshard does, while it is used."""
        ids = {node: self.id_of(node) for node in (source, target)}
        assert target.say("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source]) == "OK"
        assert source.say("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target]) == "OK"
        while keys := source.say("CLUSTER", "GETKEYSINSLOT", slot, 100).split():
            assert source.say("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys) == "OK"
        for node in (target, source):
            assert node.say("CLUSTER", "SETSLOT", slot, "NODE", ids[target]) == "OK"

    def kill(self):
        for node in self.nodes:
            node.kill()


def freeze(redis):
    """It does not answer, and its connections look well."""
    redis.signal(signal.SIGSTOP)


def thaw(redis):
    redis.signal(signal.SIGCONT)
