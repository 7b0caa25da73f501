#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""monitor.py - reads what mgraph-deploy has told right from its Redis, and prints each event as a line of JSON.

    contrib/monitor.py [--after NUMBER] [--once] [--tenant TENANT] -- REDIS-CLI OPTIONS

    contrib/monitor.py -- -s mgraph-deploy-data/redis/redis.sock
    contrib/monitor.py --tenant acme --after 0 -- -c -h redis.example.org

--after: from that number on, not from now on. --once: ends when there is nothing more. What is behind -- goes to redis-cli 7; -c is
for a cluster, and a password goes into REDISCLI_AUTH. Each line has `number`, which is one of the tenant's and without gap, and
is what to begin behind the next time.

A sample: it shows how the keys lie (docs/internals/store.md), and needs nothing but Python and redis-cli. It only reads.
"""

import argparse
import json
import subprocess
import sys

ENTRIES = 100  # of the index, read at once
BLOCK_MS = 5000  # how long Redis is to wait for the next


class Redis:
    def __init__(self, options):
        self.command = ["redis-cli", "--json", "-e", *options]

    def __call__(self, *words):
        done = subprocess.run([*self.command, *map(str, words)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"monitor.py: redis-cli: {(done.stderr or done.stdout).strip()}")
        return json.loads(done.stdout)


def number_of(entry_id):
    """Ids are "NUMBER-0"."""
    return int(entry_id.partition("-")[0])


def last_number(redis, index):
    entries = redis("XREVRANGE", index, "+", "-", "COUNT", 1)
    return number_of(entries[0][0]) if entries else 0


def entries_after(redis, index, number, waits):
    """Runs of events: the number of the last one, which graph's they are, and the first and the last of its own."""
    wait = ["BLOCK", BLOCK_MS] if waits else []
    answer = redis("XREAD", "COUNT", ENTRIES, *wait, "STREAMS", index, f"{number}-0")
    for entry_id, fields in (answer or {index: []})[index]:
        fields = dict(zip(fields[::2], fields[1::2]))
        first, last = map(int, fields["events"].split("-"))
        yield number_of(entry_id), fields["graph"], first, last


def events_of(redis, graph, first, last):
    """They lie with their deployment, which in a cluster may be at another node than the index."""
    tenant, deployment, graph_id = graph.split(":")
    stream = "mg:{%s:%s}:events:%s" % (tenant, deployment, graph_id)
    for entry_id, fields in redis("XRANGE", stream, first, last):
        yield number_of(entry_id), json.loads(fields[1])


def follow(redis, tenant, after, once):
    index = "mg:{%s}:events" % tenant
    seen = last_number(redis, index) if after is None else after
    while True:
        before = seen
        for number, graph, first, last in entries_after(redis, index, before, not once):
            for seq, event in events_of(redis, graph, first, last):
                if number - (last - seq) > seen:  # the first run may begin before what was asked for
                    print(json.dumps({"number": number - (last - seq)} | event), flush=True)
            seen = number
        if once and seen == before:
            return


def main():
    parser = argparse.ArgumentParser(description="Prints the events of a tenant, read from Redis.")
    parser.add_argument("--tenant", default="default")
    parser.add_argument("--after", type=int, metavar="NUMBER")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("options", nargs="*", metavar="REDIS-CLI OPTION")
    options = parser.parse_args()
    try:
        follow(Redis(options.options), options.tenant, options.after, options.once)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
