# SPDX-License-Identifier: Apache-2.0
"""double.py - worlds on the network. What a client sends goes through three servers:

    Front, one for each world: makes faults, keeps a log, and reads what Prism says
    Prism, one for each process of tests: holds requests and answers to GitHub's description
    Back, beside Prism: hands the request to the world that the front has named in a header
"""

import http.server
import itertools
import json
import re
import threading
import traceback
import urllib.parse

import proxying

from . import contract
from .access import LACKING, secondary
from .calls import ADDRESS, Refused
from .world import World

WORLD = "X-Double-World"
# Prism would follow a redirect itself: between back and front its address has another name.
LOCATION, HIDDEN_LOCATION = "location", "x-double-location"
SERVER_ERROR = {500: ("application/json", b'{"message":"Server Error"}'),
                502: ("text/html", b"<html><head><title>502 Bad Gateway</title></head></html>\n")}


class BackHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version, sys_version = "github.com", ""

    def log_message(self, format, *args):
        pass

    def ask(self, world, body):
        try:
            return world.handle(self.command, self.path, self.headers.items(), body)
        except Exception:  # a fault of the stand-in, which the test is to hear of
            world.crashes.append(traceback.format_exc())
            return 500, [], b""

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        world = self.server.proxy.worlds.get(self.headers.get(WORLD))
        if world is None:
            status, headers, body = 404, [], b""  # of a test that has ended
        else:
            status, headers, body = self.ask(world, body)
        self.send_response(status)
        for name, value in headers:
            self.send_header(HIDDEN_LOCATION if name.lower() == LOCATION else name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = handle_any


class Back:
    def __init__(self):
        self.worlds, self._numbers = {}, itertools.count()
        self.server = proxying.Server(("127.0.0.1", 0), BackHandler, self)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def add(self, world):
        name = str(next(self._numbers))
        self.worlds[name] = world
        return name

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Request(proxying.Request):
    """The operation is the method and the path. What a client sends to a proxy of its own has the host as well."""

    service = "github"

    def __init__(self, method, target, headers, body):
        super().__init__(method, re.sub(r"^http://[^/]*", "", target), headers, body)
        self.operation = f"{method} {urllib.parse.unquote(self.target.partition('?')[0])}"


class FrontHandler(proxying.Handler):
    request_class = Request

    def answer_refused(self, entry, refused):
        entry["status"] = refused.status
        self.answer(refused.status, [("Content-Type", "application/json; charset=utf-8"), *refused.headers],
                    json.dumps(refused.body).encode())

    def refuse(self, request, entry):
        if not request.header("user-agent"):
            self.answer_refused(entry, Refused(403, "Request forbidden by administrative rules. Please make sure your "
                                                    "request has a User-Agent header"))
            return True
        front = self.server.proxy
        request.target = front.prism.escape(request.target)
        request.headers = [*request.headers, (WORLD, front.name), (ADDRESS, "http://" + request.header("host"))]
        return False

    def answer_fault(self, request, entry, fault):
        if fault["kind"] == "throttle":
            self.answer_refused(entry, secondary(fault.get("status", 403), fault.get("retry_after")))
        elif fault["kind"] == "deny":
            self.answer_refused(entry, Refused(403, LACKING["fine"]))
        else:
            entry["status"] = fault.get("status", 500)
            kind, body = SERVER_ERROR[entry["status"]]
            self.answer(entry["status"], [("Content-Type", kind)], body)

    def seen(self, request, entry, reply, body):
        told = json.loads(reply.headers.get(contract.VIOLATIONS, "[]"))
        if reply.headers.get_content_type() == "application/problem+json":  # Prism's own
            told.append({"location": ["request"], "message": body.decode()})
        for one in told:
            why = contract.exception_of(f"{entry['operation']} {reply.status}", one)
            entry["excepted" if why else "violations"].append(why or one)
        return [(LOCATION if name.lower() == HIDDEN_LOCATION else name, value) for name, value in reply.getheaders()
                if name.lower() != contract.VIOLATIONS]


class Front(proxying.Proxy):
    handler = FrontHandler

    def __init__(self, prism, name):
        self.prism, self.name = prism, name
        super().__init__(prism.url)

    def describe(self, request):
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            body = request.body
        headers = {name.lower(): value for name, value in request.headers if name.lower() != "authorization"}
        return {"headers": headers, "body": body, "violations": [], "excepted": []}


class Double(World):
    """A world that clients can reach at `url`."""

    def __init__(self, prism, back):
        super().__init__()
        self._back, self._name = back, back.add(self)
        self.front = Front(prism, self._name).start()
        self.url = self.front.url
        self.expect_violations, self.crashes = False, []

    def stop(self):
        self.front.stop()
        del self._back.worlds[self._name]

    def set_faults(self, rules, seed=0):
        """As proxying.py says: a throttle is GitHub's secondary limit, and an error 500 or 502."""
        self.front.set_faults(rules, seed)

    @property
    def requests(self):
        """All that came, in the order of arrival: method, target, operation, headers, body, status, violations..."""
        return self.front.log

    def calls(self, operation=".*", **what):
        """Of these, the ones of an operation: a pattern of the method and the path."""
        return self.front.calls(operation, **what)

    @property
    def violations(self):
        """(operation, status, violation) of all that broke GitHub's description, on either side."""
        return [(entry["operation"], entry["status"], one) for entry in self.requests for one in entry["violations"]]
