#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""flood.py - a tenant that takes all that its limits let it have, and asks for more.

    flood.py HOST PORT KEY LIMITS PARTS     # LIMITS: the tenant's, as JSON; PARTS: of requests,running,watchers,large

Reads "go" and "rest" on its standard input; at rest nothing of it runs any more. Then it prints, as a line of JSON, what it has
had since "go". One process and one loop: it must not take the server's core.

  running   as many applies as may run, each of 20 resources that take 100 ms, begun again as they end; and some more
  requests  twice the requests per second that it may make, between status and plan
  watchers  as many streams as it may open, half of them WebSockets: most of its graphs, the others of all that it does; and some more
  large     a graph of as many nodes as it may have, applied again and again
"""

import asyncio
import collections
import json
import resource
import sys
import time

import keyed

RESOURCES, DELAY_MS = 20, 100
BEYOND = 0.1           # of running and watchers, that are refused
OF_TENANT = 0.1        # of the watchers, that follow all of it
PATIENCE_S = 0.2       # after a refusal
SPREAD_S = 2           # over which the applies begin: they are not all at the same
ASKERS = 8
LARGE_PAUSE_S = 0.5
FLAVOURS = 2           # of each deployment: one apply changes what the other made


def small(number, flavour):
    """Two chains."""
    resources = {}
    for i in range(RESOURCES):
        resources[f"r{i}"] = {"type": "local:null", "properties": {"note": str(flavour), "delay_ms": DELAY_MS}}
        if i >= 2:
            resources[f"r{i}"]["depends_on"] = [f"r{i - 2}"]
    return {"deployment_id": f"small-{number}", "resources": resources}


def large(nodes, flavour):
    return {"deployment_id": "large", "resources": {
        f"r{i}": {"type": "local:null", "properties": {"note": str(flavour)}} for i in range(nodes)}}


class Watcher(asyncio.BufferedProtocol):
    """Counts what comes, and keeps none of it."""

    buffer = bytearray(1 << 18)

    def __init__(self, had, request):
        self.had, self.request, self.first = had, request, True

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def get_buffer(self, hint):
        return self.buffer

    def buffer_updated(self, n):
        if self.first:
            self.first = False
            self.had["watchers" if self.buffer[9:12] in (b"200", b"101") else "watchers refused"] += 1
        self.had["watched bytes"] += n

    def connection_lost(self, error):
        pass


class Flood:
    def __init__(self, host, port, key, limits, parts):
        self.host, self.port, self.key, self.limits, self.parts = host, port, key, limits, parts
        self.had, self.tasks, self.watchers, self.graphs = collections.Counter(), [], [], {}
        self.going = False

    # ---- asking ----

    async def ask(self, connection, method, path, body=b"", headers=""):
        """Status and answer, on a connection that is made again where the server has closed it."""
        request = (f"{method} {path} HTTP/1.1\r\nHost: bench\r\nx-api-key: {self.key}\r\n{headers}"
                   f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        for _ in range(2):
            if not connection:
                connection[:] = await asyncio.open_connection(self.host, self.port)
            reader, writer = connection
            try:
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                answer = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, ConnectionError):
                connection.clear()
                continue
            if b"connection: close" in head:
                writer.close()
                connection.clear()
            return int(head[9:12]), answer
        raise ConnectionError("the server has closed it twice")

    def count(self, what, status):
        self.had[what if status < 300 else f"{what} {status}"] += 1

    async def apply(self, connection, what, body):
        status, answer = await self.ask(connection, "POST", "/deploy/apply", body, "Prefer: wait=600\r\n")
        self.count(what, status)
        if status == 429:
            await asyncio.sleep(PATIENCE_S)
        return status, answer

    # ---- its parts ----

    async def run(self, number):
        bodies = [json.dumps({"config": small(number, flavour)}).encode() for flavour in range(FLAVOURS)]
        connection, turn = [], number
        await asyncio.sleep(number * SPREAD_S / self.limits["executions_running"])
        while self.going:
            status, answer = await self.apply(connection, "applies", bodies[turn % FLAVOURS])
            if status == 200:
                self.graphs[number, turn % FLAVOURS] = json.loads(answer)["graph_id"]
                turn += 1

    async def run_large(self):
        bodies = [json.dumps({"config": large(self.limits["nodes"], flavour)}).encode() for flavour in range(FLAVOURS)]
        connection, turn = [], 0
        while self.going:
            await self.apply(connection, "large applies", bodies[turn % FLAVOURS])
            turn += 1
            await asyncio.sleep(LARGE_PAUSE_S)

    async def ask_on(self, every_s, number):
        plan = json.dumps({"config": small(number, 0)}).encode()
        connection, due, turn = [], time.monotonic() + every_s * number / ASKERS, 0
        while self.going:
            due = max(due + every_s, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            turn += 1
            if turn % 2 and self.graphs:
                graph_id = list(self.graphs.values())[turn % len(self.graphs)]
                status, _ = await self.ask(connection, "GET", f"/deploy/status/{graph_id}")
            else:
                status, _ = await self.ask(connection, "POST", "/deploy/plan", plan)
            self.count("requests", status)

    async def watch(self, n):
        while len(self.graphs) < min(self.limits["executions_running"], 20) and "running" in self.parts:
            await asyncio.sleep(0.1)
        loop, graphs = asyncio.get_running_loop(), list(self.graphs.values())
        for i in range(n):
            if not self.going:
                return
            path = "/deploy/events" if i % round(1 / OF_TENANT) == 0 or not graphs else (
                f"/deploy/events/{graphs[i % len(graphs)]}")
            request = keyed.watch_request(self.key, path, i % 2 == 1)
            transport, _ = await loop.create_connection(
                lambda request=request: Watcher(self.had, request), self.host, self.port)
            self.watchers.append(transport)
            await asyncio.sleep(1 / self.limits["requests_per_second"])  # what it asks as well counts

    # ---- going and resting ----

    def go(self):
        self.going, self.had, self.began = True, collections.Counter(), time.monotonic()
        self.used = cpu_seconds()
        work = []
        if "running" in self.parts:
            running = self.limits["executions_running"]
            work += [self.run(number) for number in range(round(running * (1 + BEYOND)))]
        if "requests" in self.parts:
            every_s = ASKERS / (2 * self.limits["requests_per_second"])
            work += [self.ask_on(every_s, number) for number in range(ASKERS)]
        if "watchers" in self.parts:
            work.append(self.watch(round(self.limits["watchers"] * (1 + BEYOND))))
        if "large" in self.parts:
            work.append(self.run_large())
        self.tasks = [asyncio.create_task(one) for one in work]

    async def rest(self):
        self.going = False
        await asyncio.gather(*self.tasks)
        for transport in self.watchers:
            transport.close()
        self.watchers.clear()
        seconds = time.monotonic() - self.began
        print(json.dumps(self.had | {"seconds": seconds, "cpu": cpu_seconds() - self.used}), flush=True)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def main():
    host, port, key, limits, parts = sys.argv[1:]
    flood = Flood(host, int(port), key, json.loads(limits), parts.split(","))
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while command := await commands.readline():
        if command == b"go\n":
            flood.go()
        else:
            await flood.rest()


if __name__ == "__main__":
    asyncio.run(main())
