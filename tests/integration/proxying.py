# SPDX-License-Identifier: Apache-2.0
"""proxying.py - what proxies in front of emulators share: they pass requests on, keep a log of them, and make
faults on demand.

Faults are drawn from a plan: a seed and a list of rules, each of them
    {"kind": "throttle" | "error" | "deny" | "refuse" | "delay" | "lose_request" | "lose_reply" | "cut_reply" |
             "half_reply",
     "rate": 0.3, "times": 5, "skip": 0, "seconds": 0.2, "retry_after": 2, "status": 502, "service": "iam",
     "operation": "Create.*", "method": "PUT", "code": "DependencyViolation"}
where rate is 1, times is without end, and what is matched is anything, if left out. `lose_request` closes the
connection before the request is applied, `lose_reply` after; `cut_reply` closes it in the middle of the reply's body,
and `half_reply` passes half of the body off as the whole. `retry_after` is a header of throttled answers, and
`status` that of answers that are made here, where a cloud has more than one; `refuse` answers with the `code` that its rule
says. Draws depend on the seed and on how many
requests of that operation came before, not on threads: the same requests meet the same faults.
"""

import collections
import http.client
import http.server
import random
import re
import socket
import threading
import time
import urllib.parse

LOG_MAX = 100_000
BODY_MAX = 64 * 1024 * 1024
UPSTREAM_TIMEOUT_SECONDS = 60
KINDS = ("throttle", "error", "deny", "refuse", "delay", "lose_request", "lose_reply", "cut_reply", "half_reply")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "te", "upgrade",
              "proxy-connection"}


class Request:
    """One request as it came: nothing is decoded or put in another order."""

    service = operation = ""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    @property
    def upstream_target(self):
        """What is asked for in its place."""
        return self.target

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key.lower() == name)


class Faults:
    """A plan of faults, and what has been drawn of it."""

    def __init__(self, seed=0, rules=()):
        for rule in rules:
            unknown = set(rule) - {"kind", "rate", "times", "skip", "seconds", "retry_after", "status", "service",
                                   "operation", "method", "code"}
            if rule.get("kind") not in KINDS or unknown:
                raise ValueError(f"not a rule of faults: {rule}")
        self.seed, self.rules = seed, list(rules)
        self.seen, self.made = collections.Counter(), collections.Counter()
        self.lock = threading.Lock()

    def _hits(self, number, rule, request):
        if rule.get("service", request.service) != request.service:
            return False
        if rule.get("method", request.method) != request.method:
            return False
        if not re.fullmatch(rule.get("operation", ".*"), request.operation):
            return False
        key = (number, request.service, request.operation)
        self.seen[key] += 1
        if self.seen[key] <= rule.get("skip", 0) or self.made[number] >= rule.get("times", float("inf")):
            return False
        if random.Random(f"{self.seed}:{key}:{self.seen[key]}").random() >= rule.get("rate", 1):
            return False
        self.made[number] += 1
        return True

    def draw(self, request):
        """The first rule that hits, or None."""
        with self.lock:
            for number, rule in enumerate(self.rules):
                if self._hits(number, rule, request):
                    return rule
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    """Of a proxy: what is particular to a cloud is in what its own handler says in place of the methods below."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    request_class = Request

    def refuse(self, request, entry):
        """Answers a request that must not be passed on, and says so."""
        return False

    def answer_fault(self, request, entry, fault):
        """Answers a request that a throttle, an error or a denial hits."""
        raise NotImplementedError

    def seen(self, request, entry, reply, body):
        """Looks at a reply, and hands out the headers that are passed on of it."""
        return reply.getheaders()

    # ---- reading and answering ----

    def log_message(self, format, *args):
        pass

    def handle_expect_100(self):
        self.send_response_only(100)
        self.end_headers()
        self.wfile.flush()
        return True

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self.read_chunks()
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_MAX))

    def read_chunks(self):
        body = b""
        while len(body) <= BODY_MAX:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                break
        return body

    def answer(self, status, headers, body, length=None):
        self.send_response_only(status)
        for key, value in headers:
            self.send_header(key, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)) if length is None else length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def lose(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    # ---- passing on ----

    def forward(self, request, entry):
        upstream = http.client.HTTPConnection(
            self.server.proxy.upstream_host, timeout=UPSTREAM_TIMEOUT_SECONDS)
        try:
            upstream.putrequest(request.method, request.upstream_target, skip_host=True, skip_accept_encoding=True)
            for key, value in request.headers:
                if key.lower() not in HOP_BY_HOP:
                    upstream.putheader(key, value)
            if request.body or request.method in ("POST", "PUT", "PATCH"):
                upstream.putheader("Content-Length", str(len(request.body)))
            upstream.endheaders(request.body or None)
            reply = upstream.getresponse()
            body = reply.read()
        finally:
            upstream.close()
        entry["applied"], entry["status"] = True, reply.status
        return reply, body

    def pass_on(self, request, entry, fault):
        reply, body = self.forward(request, entry)
        headers = self.seen(request, entry, reply, body)
        kind = fault["kind"] if fault else None
        if kind == "lose_reply":
            self.lose()
            return
        length = reply.headers.get("Content-Length") if self.command == "HEAD" else None
        if kind in ("cut_reply", "half_reply"):
            length, body = str(len(body)) if kind == "cut_reply" else None, body[:len(body) // 2]
            self.close_connection = True
        self.answer(reply.status, [h for h in headers if h[0].lower() not in HOP_BY_HOP], body, length)

    def act(self, request, entry):
        if self.refuse(request, entry):
            return
        fault = self.server.proxy.faults.draw(request)
        entry["fault"] = kind = fault["kind"] if fault else None
        if kind in ("throttle", "error", "deny", "refuse"):
            self.answer_fault(request, entry, fault)
        elif kind == "lose_request":
            self.lose()
        else:
            if kind == "delay":
                time.sleep(fault.get("seconds", 0.2))
            self.pass_on(request, entry, fault)

    def handle_any(self):
        request = self.request_class(self.command, self.path, list(self.headers.items()), self.read_body())
        entry = self.server.proxy.note(request)
        self.server.proxy.count(1)
        try:
            self.act(request, entry)
        except (BrokenPipeError, ConnectionResetError):
            entry["gone"] = True  # the client has hung up
            self.close_connection = True
        except OSError as error:
            entry["upstream_error"] = str(error)
            self.lose()
        finally:
            entry["seconds"] = time.monotonic() - entry.pop("started")
            self.server.proxy.count(-1)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, handler, proxy):
        self.proxy = proxy
        super().__init__(address, handler)

    def handle_error(self, request, client_address):
        pass  # a client that hangs up in mid-request is no news


class Proxy:
    handler = Handler

    def __init__(self, upstream, listen=("127.0.0.1", 0)):
        self.upstream_host = urllib.parse.urlsplit(upstream).netloc
        self.faults = Faults()
        self._log, self._lock = [], threading.Lock()
        self._under_way, self._changed = 0, threading.Condition()
        self.server = Server(listen, self.handler, self)
        self.url = "http://%s:%d" % self.server.server_address[:2]

    def start(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def count(self, change):
        with self._changed:
            self._under_way += change
            self._changed.notify_all()

    def stop(self):
        """What is under way reaches its end, though nobody may wait for it any more: nothing of it comes later."""
        self.server.shutdown()
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, UPSTREAM_TIMEOUT_SECONDS)
        self.server.server_close()

    def set_faults(self, rules, seed=0):
        """From now on; counts of earlier draws are forgotten."""
        self.faults = Faults(seed, rules)

    # ---- the log ----

    def describe(self, request):
        """What the log says of a request, beside what it says of each."""
        return {}

    def note(self, request):
        with self._lock:
            entry = {"n": len(self._log), "method": request.method, "target": request.target,
                     "operation": request.operation, "fault": None, "status": 0, "applied": False,
                     "started": time.monotonic(), **self.describe(request)}
            if len(self._log) < LOG_MAX:
                self._log.append(entry)
            return entry

    @property
    def log(self):
        """A dict for each request, in the order of arrival."""
        with self._lock:
            return [dict(entry) for entry in self._log]

    def clear_log(self):
        with self._lock:
            self._log.clear()

    def calls(self, operation=".*", **what):
        """The log's entries of an operation (a pattern) for which all of `what` holds."""
        return [entry for entry in self.log if re.fullmatch(operation, entry["operation"])
                and all(entry[key] == value for key, value in what.items())]
