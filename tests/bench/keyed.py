# SPDX-License-Identifier: Apache-2.0
"""keyed.py - a server for tenants whose keys are their names: its process, what it takes of the machine, and how it is asked."""

import atexit
import base64
import hashlib
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 300
TICKS = os.sysconf("SC_CLK_TCK")

signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers are ended then as well


def keys_file(path, limits):
    """limits: of each tenant, what is not as the server has it for all."""
    path.write_text(json.dumps({
        "keys": [{"id": name, "tenant": name, "sha256": hashlib.sha256(name.encode()).hexdigest()} for name in limits],
        "tenants": {name: {"limits": limits[name]} for name in limits}}))


def watch_request(key, path, by_websocket):
    """Of who follows events."""
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nx-api-key: {key}\r\n"
    if by_websocket:
        nonce = base64.b64encode(os.urandom(16)).decode()
        request += ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    f"Sec-WebSocket-Key: {nonce}\r\n")
    return request.encode() + b"\r\n"


class Server:
    def __init__(self, folder, limits, *options, binary=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.keys = self.folder / "keys.json"
        keys_file(self.keys, limits)
        self.log = open(os.memfd_create("log"), "w+b")  # what else the disk does is none of the server's
        self.process = subprocess.Popen(
            [binary or os.environ.get("MGRAPH_DEPLOY") or str(TOP / "build" / "mgraph-deploy"), "serve",
             "--listen", "127.0.0.1:0", "--data", str(self.folder / "data"), "--keys", str(self.keys), *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.process.kill)  # of one that is over it does nothing
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"the server did not start:\n{self.logged()}")
        self.address = urllib.parse.urlsplit(line.split()[-1])
        self._wait_ready()

    def connect(self):
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=SECONDS)

    def ask(self, key, method, path, json_body=None, connection=None, **headers):
        """Status and answer; on a connection of its own, if none is given."""
        own = connection or self.connect()
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | {"x-api-key": key}
        body = None
        if json_body is not None:
            body, headers["content-type"] = json.dumps(json_body), "application/json"
        own.request(method, path, body, headers)
        reply = own.getresponse()
        text = reply.read()
        if connection is None:
            own.close()
        return reply.status, json.loads(text) if text[:1] in (b"{", b"[") else text

    def _wait_ready(self):
        until = time.monotonic() + SECONDS
        while self.ask("", "GET", "/readyz")[0] != 200:
            if time.monotonic() > until:
                raise SystemExit(f"the server is not ready:\n{self.logged()}")
            time.sleep(0.01)

    def logged(self):
        return os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0).decode("utf-8", "replace")

    # ---- what it takes ----

    def resident(self):
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def redis_pid(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            found = children.read().split()
        return int(found[0]) if found else None

    def stop(self):
        """Its exit status, and all that it has logged."""
        self.process.terminate()
        status, text = self.process.wait(SECONDS), self.logged()
        self.process.stdout.close()
        self.log.close()
        return status, text


def cpu_seconds(pid):
    """That a process has had, its threads included."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
