# SPDX-License-Identifier: Apache-2.0
"""sisters.py - the sister services: the Cache Service from the Python package index, with its data in the AWS emulator's S3,
a Graph Service on MGraph-DB (graph_double.py), and the GitHub Service from that index, on the tests' own GitHub."""

import base64
import hashlib
import json
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import nacl.public
import pytest

import processes

PYTHON = processes.TOP / ".venv-sisters" / "bin" / "python"
HERE = pathlib.Path(__file__).resolve().parent
KEY_NAME = "x-sister-key"
START_SECONDS = 60


def need():
    if not (PYTHON.parent.parent / "requirements.stamp").exists():
        pytest.skip("the sister services need Python 3.12 or newer, and contrib/install-deps --sisters")


class Sister:
    """One service on a port of its own, which it keeps over restarts."""

    key_name = KEY_NAME

    def __init__(self, folder, name, app, key, environment):
        self.port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key, self.app, self.folder = key, app, folder
        self.log = folder / f"{name}.log"
        self.environment = processes.clean_environment(folder) | environment | {
            "FAST_API__AUTH__API_KEY__NAME": self.key_name, "FAST_API__AUTH__API_KEY__VALUE": key}
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "uvicorn", self.app, "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=HERE, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.get("/info/health")
                return self
            except (OSError, urllib.error.URLError):
                assert time.monotonic() < until and self.process.poll() is None, self.log.read_text()[-2000:]
                time.sleep(0.05)

    def kill9(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={self.key_name: self.key, "content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body):
        return self.ask("POST", path, body)


class Cache(Sister):
    def __init__(self, folder, moto):
        super().__init__(folder, "cache", "mgraph_ai_service_cache.fast_api.lambda_handler:app", "cache-key-4711", {
            "CACHE__SERVICE__STORAGE_MODE": "s3", "CACHE__SERVICE__BUCKET_NAME": "archive",
            "AWS_ENDPOINT_URL": moto.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1"})

    def files(self, namespace):
        """The paths below it."""
        files = self.get(f"/admin/storage/files/all/{namespace}")["files"]
        return sorted(path[path.index(namespace + "/") + len(namespace) + 1:] for path in files)

    def file(self, namespace, path):
        return self.get(f"/admin/storage/file/json/{namespace}/data/key-based/{path}")

    def by_id(self, namespace, graph_id, what="json"):
        """As the Graph Service looks for it."""
        return self.get(f"/{namespace}/retrieve/hash/{hashlib.sha256(graph_id.encode()).hexdigest()[:16]}/{what}")

    def entries(self, namespace):
        """The entries of graphs, and the graphs: each has a reference by its id."""
        return [path for path in self.files(namespace) if path.startswith("refs/by-id/")]


class Graph(Sister):
    def __init__(self, folder, cache):
        super().__init__(folder, "graph", "graph_double:app", "graph-key-4712", {
            "URL__TARGET_SERVER__CACHE_SERVICE": cache.url,
            "AUTH__TARGET_SERVER__CACHE_SERVICE__KEY_NAME": KEY_NAME,
            "AUTH__TARGET_SERVER__CACHE_SERVICE__KEY_VALUE": cache.key})

    def export(self, namespace, graph_id, what):
        ref = {"cache_id": "", "graph_id": graph_id, "namespace": namespace}
        return self.post(f"/graph-export/{what}", {"graph_ref": ref})


class GitHub(Sister):
    """github_launcher.py is what it runs as."""

    key_name = "x-api-key"

    def __init__(self, folder):
        private = nacl.public.PrivateKey.generate()
        self.box = nacl.public.SealedBox(private.public_key)
        self.github_url = folder / "github-url"
        super().__init__(folder, "github", "github_launcher:app", "github-key-471300", {
            "SERVICE__AUTH__PRIVATE_KEY": bytes(private).hex(),
            "SERVICE__AUTH__PUBLIC_KEY": bytes(private.public_key).hex(), "GITHUB_URL_FILE": str(self.github_url)})

    def stand_on(self, url):
        """The GitHub that it asks from now on."""
        self.github_url.write_text(url)

    def seal(self, text):
        return base64.b64encode(self.box.encrypt(text.encode())).decode()


def environment(cache, graph=None):
    """What the server under test is told, in the way that the services tell each other."""
    told = {}
    for name, sister in (("CACHE", cache), ("GRAPH", graph)):
        if sister is not None:
            told |= {f"URL__TARGET_SERVER__{name}_SERVICE": sister.url,
                     f"AUTH__TARGET_SERVER__{name}_SERVICE__KEY_NAME": KEY_NAME,
                     f"AUTH__TARGET_SERVER__{name}_SERVICE__KEY_VALUE": sister.key}
    return told


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def expect_spans(traces):
    """Each is of TRACE, with a span of its own."""
    version, trace, span, flags = TRACE.split("-")
    parts = [text.split("-") for text in traces]
    assert all(part[:2] == [version, trace] and part[3:] == [flags] for part in parts), traces
    spans = [part[2] for part in parts]
    assert len(set(spans)) == len(spans) and span not in spans and all(re.fullmatch("[0-9a-f]{16}", s) for s in spans), traces
