# SPDX-License-Identifier: Apache-2.0
"""processes.py - the processes that tests start and end: the server under test, its command line, and the AWS
emulator."""

import atexit
import json
import os
import pathlib
import queue
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import client
import sigproxy

START_SECONDS = 30
STOP_SECONDS = 30
CLI_SECONDS = 30
HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]


def binary():
    return os.path.abspath(os.environ.get("MGRAPH_DEPLOY") or TOP / "build" / "mgraph-deploy")


def free_port():
    """Nobody is given it again: it stays bound here, which keeps no server from listening on it that may use it anew (SO_REUSEADDR,
    as all do), and the kernel from choosing it for anybody else. Until somebody listens, who connects is refused."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    sock.detach()
    return port


def clean_environment(home):
    """Nothing of the user's own clouds, keys and proxies."""
    keep = ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR")
    return {name: os.environ[name] for name in keep if name in os.environ} | {"HOME": str(home)}


def launch_motos():
    """What starts emulators, for this process and those that it starts: the path of its socket. It ends with this process."""
    if "MOTO_LAUNCHER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="motos-")
        os.environ["MOTO_LAUNCHER"] = os.path.join(folder, "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.environ["MOTO_LAUNCHER"])
            listener.listen(64)
            launcher = subprocess.Popen([sys.executable, HERE / "moto_launcher.py", str(listener.fileno())], stdin=subprocess.PIPE,
                                        pass_fds=[listener.fileno()], env=clean_environment(folder))
        atexit.register(shutil.rmtree, folder)
        atexit.register(launcher.communicate)
    return os.environ["MOTO_LAUNCHER"]


class Moto:
    """moto_server, the AWS emulator, on a port of its own. Its S3 lists by small pages, as the proxy before it does."""

    def __init__(self, folder, managed_policies=False, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {"HOME": str(folder), "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
                       "MOTO_S3_DEFAULT_MAX_KEYS": str(sigproxy.PAGE)}
        if managed_policies:
            environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
        self.lease = socket.socket(socket.AF_UNIX)
        asked = {"port": self.port, "log": str(folder / "moto.log"), "environment": environment}
        self.lease.connect(launch_motos())
        self.lease.sendall(json.dumps(asked).encode() + b"\n")
        self._wait()

    def _wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if select.select([self.lease], [], [], 0)[0]:
                raise RuntimeError("moto ended: see its moto.log")
            try:
                urllib.request.urlopen(self.url + "/moto-api/data.json", timeout=5).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("moto did not start")

    def _post(self, path):
        urllib.request.urlopen(urllib.request.Request(self.url + path, data=b"", method="POST"), timeout=30).close()

    def reset(self):
        self._post("/moto-api/reset")

    def seed(self, number):
        """Ids are the same in each run from here on."""
        self._post(f"/moto-api/seed?a={number}")

    def stop(self):
        self.lease.shutdown(socket.SHUT_WR)
        self.lease.recv(1)
        self.lease.close()


class Server:
    """mgraph-deploy serve on a free port and a folder of its own, which outlives restarts."""

    def __init__(self, folder, *arguments, env=None):
        self.folder, self.data = folder, folder / "data"
        self.arguments = list(arguments)
        self.environment = clean_environment(folder) | (env or {})
        self.process = self.url = self.key = self.api = None
        self.starts = 0

    def command(self):
        return [binary(), "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.arguments]

    def start(self):
        assert self.process is None
        self.starts += 1
        with open(self.folder / "stderr.log", "ab") as stderr:
            self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=stderr,
                                            stdin=subprocess.DEVNULL, env=self.environment)
        self._lines = queue.Queue()
        threading.Thread(target=self._read_stdout, args=(self.process.stdout, self._lines), daemon=True).start()
        self.url = self._wait_for_address()
        key = self.data / "key"
        self.key = key.read_text().strip() if key.exists() else None
        self.api = client.Api(self.url, self.key)
        return self

    def _read_stdout(self, stdout, lines):
        with stdout, open(self.folder / "stdout.log", "ab") as copy:
            for line in stdout:
                copy.write(line)
                copy.flush()
                lines.put(line.decode("utf-8", "replace"))
        lines.put(None)

    def _wait_for_address(self):
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                line = self._lines.get(timeout=max(until - time.monotonic(), 0.01))
            except queue.Empty:
                self.kill9()
                raise RuntimeError(f"the server did not start in time:\n{self.stderr}") from None
            if line is None:
                status = self.process.wait()
                self.process = None
                raise RuntimeError(f"the server ended with {status}:\n{self.stderr}")
            match = re.match(r"listening on (https?://\S+|unix:\S+)", line)
            if match:
                return match.group(1).rstrip("/")

    # ---- its life ----

    @property
    def pid(self):
        return self.process.pid

    def resident(self):
        """Bytes of memory."""
        with open(f"/proc/{self.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak(self):
        """The most it ever was."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024

    def connect(self, timeout=30):
        """A socket, for what no client would say."""
        host, _, port = self.url.partition("//")[2].rpartition(":")
        return socket.create_connection((host, int(port)), timeout=timeout)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def kill9(self):
        """As in a crash: no handler runs."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        """SIGTERM; hands out the exit status."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the server did not end within {STOP_SECONDS} s of SIGTERM") from None
        finally:
            self.process.wait()
            self.process = None

    def until_ready(self, status=200):
        """Its store is there; or, with 503, is not."""
        until = time.monotonic() + START_SECONDS
        while self.get("/readyz").status != status:
            assert time.monotonic() < until
            time.sleep(0.02)

    def restart(self):
        if self.process is not None:
            self.stop()
        return self.start()

    # ---- what it says ----

    @property
    def stderr(self):
        path = self.folder / "stderr.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def stdout(self):
        path = self.folder / "stdout.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def get(self, path, **headers):
        return self.api.get(path, **headers)

    def post(self, path, json=None, **headers):
        return self.api.post(path, json, **headers)

    def events(self, path, **how):
        return self.api.events(path, **how)

    def redis(self, *arguments):
        """What redis-cli prints, on the private redis-server. The folder is entered, since a socket's
        path may not be long."""
        done = subprocess.run(["redis-cli", "-s", "redis.sock", *map(str, arguments)], cwd=self.data / "redis",
                              capture_output=True, text=True, timeout=30, check=True)
        return done.stdout.rstrip("\n")

    def everything_stored(self):
        """All that the private redis-server has, as text."""
        ask = {"string": ("GET",), "hash": ("HGETALL",), "stream": ("XRANGE", "-", "+"), "zset": ("ZRANGE", "0", "-1"),
               "set": ("SMEMBERS",), "list": ("LRANGE", "0", "-1")}
        dump = self.redis("--scan")
        for key in dump.split():
            verb, *rest = ask[self.redis("TYPE", key)]
            dump += self.redis(verb, key, *rest)
        return dump

    def in_memory(self, *texts):
        """How often each lies in what the process can write to: its heap, its stacks, its guarded pages. The first bytes of
        texts are left out: the allocator writes its own into memory that was given back."""
        found = dict.fromkeys(texts, 0)
        os.kill(self.pid, signal.SIGSTOP)  # else its map changes under the look
        with open(f"/proc/{self.pid}/maps") as maps, open(f"/proc/{self.pid}/mem", "rb", 0) as memory:
            for first, last, rights in re.findall(r"^(\w+)-(\w+) (\S+)", maps.read(), re.M):
                size = int(last, 16) - int(first, 16)
                if rights.startswith("rw") and size < 1 << 30:  # what is larger is a sanitizer's, and holds no text
                    memory.seek(int(first, 16))
                    held = memory.read(size)
                    for text in texts:
                        found[text] += held.count(text.encode()[16:] if isinstance(text, str) else text)
        os.kill(self.pid, signal.SIGCONT)
        return found

    def is_sanitized(self):
        """AddressSanitizer keeps what is freed, to see who uses it still, and at the start a copy of the environment."""
        with open(f"/proc/{self.pid}/maps") as maps:
            return "libasan" in maps.read()

    def times_in_memory(self, text):
        return self.in_memory(text)[text]

    def everything_written(self):
        """All that is on disk and in the logs, as bytes: for tests that look for secrets."""
        found = b""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                found += path.read_bytes()
        return found


def openapi(folder):
    """The document that the program under test has."""
    server = Server(folder, "--redis", "memory:")
    server.start().api.described = None
    try:
        return server.get("/openapi.json").json
    finally:
        server.kill9()


class Provider(Server):
    """mgraph-deploy provider, on the same port in each of its lives."""

    def __init__(self, folder, *arguments, env=None):
        super().__init__(folder, *arguments, env=env)
        self.port = free_port()

    def start(self):
        super().start()
        self.api.described = None  # it serves no routes
        return self

    def command(self):
        return [binary(), "provider", "--listen", f"127.0.0.1:{self.port}", *self.arguments]


class Cli:
    """The command line, against a server; its files are in a folder of the test's."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.environment = clean_environment(folder) | {
            "MGRAPH_DEPLOY_SERVER": server.url, "MGRAPH_DEPLOY_KEY": server.key}

    def start(self, *arguments, **env):
        return subprocess.Popen([binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, text=True, env=self.environment | env)

    def __call__(self, *arguments, status=0, **env):
        """What it says to people."""
        process = self.start(*arguments, **env)
        stdout, stderr = process.communicate(timeout=CLI_SECONDS)
        assert process.returncode == status, stdout + stderr
        return stdout + stderr

    def config(self, resources, edges=()):
        path = self.folder / "config.json"
        path.write_text(json.dumps({"deployment_id": "cli", "resources": resources, "edges": [
            {"from": a, "to": b, "type": kind} for a, b, kind in edges]}))
        return str(path)

    def graph_id(self, config):
        process = self.start("plan", "--json", config)
        return json.loads(process.communicate(timeout=CLI_SECONDS)[0])["spec_graph_id"]
