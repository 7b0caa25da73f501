# SPDX-License-Identifier: Apache-2.0
"""sigproxy.py - stands in front of an AWS emulator, checks every signature, and makes faults on demand.

An emulator believes any signature; AWS does not. Each request's SigV4 signature is recomputed from the raw
request by botocore's own signer, and a request that does not match is answered with 403
SignatureDoesNotMatch and never reaches the emulator.

Faults are drawn from a plan: a seed and a list of rules, each of them
    {"kind": "throttle" | "error" | "deny" | "delay" | "lose_request" | "lose_reply" | "cut_reply" | "half_reply",
     "rate": 0.3, "times": 5, "skip": 0, "seconds": 0.2, "retry_after": 2, "service": "iam", "operation": "Create.*", "method": "PUT"}
where rate is 1, times is without end, and what is matched is anything, if left out. `lose_request` closes the
connection before the request is applied, `lose_reply` after; `cut_reply` closes it in the middle of the reply's body,
and `half_reply` passes half of the body off as the whole. `retry_after` is a header of throttled answers. Draws depend on the seed and on how many
requests of that operation came before, not on threads: the same requests meet the same faults.

In one process: SigProxy(upstream, secrets).start(). On its own: python sigproxy.py --upstream URL [--listen
HOST:PORT] [--control HOST:PORT] [--secret KEY_ID=SECRET]; it prints its two addresses, and the control
address takes PUT and DELETE /faults, and GET and DELETE /log.
"""

import argparse
import collections
import datetime
import hashlib
import hmac
import http.client
import http.server
import json
import random
import re
import socket
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

LOG_MAX = 100_000
BODY_MAX = 64 * 1024 * 1024
CLOCK_SKEW_SECONDS = 15 * 60
UPSTREAM_TIMEOUT_SECONDS = 60
KINDS = ("throttle", "error", "deny", "delay", "lose_request", "lose_reply", "cut_reply", "half_reply")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "te", "upgrade",
              "proxy-connection"}
DEFAULT_SECRETS = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$")


class Refused(Exception):
    """The request is not signed as it should be; code and message are AWS's."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Request:
    """One request as it came: nothing is decoded or put in another order."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.access_key = self.region = self.service = ""
        match = AUTHORIZATION.match(self.header("authorization"))
        if match:
            self.access_key, self.date, self.region, self.service = match.group(1, 2, 3, 4)
            self.signed, self.signature = match.group(5).split(";"), match.group(6)
        self.is_signed = bool(match)
        self.protocol, self.operation = self._find_operation()

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    def _find_operation(self):
        target = self.header("x-amz-target")
        if target:
            return "json", target.rpartition(".")[2]
        if self.header("content-type").startswith("application/x-www-form-urlencoded"):
            form = urllib.parse.parse_qs(self.body.decode("utf-8", "replace"))
            if "Action" in form:
                return ("ec2" if self.service == "ec2" else "query"), form["Action"][0]
        protocol = "rest-xml" if self.service in ("s3", "route53", "cloudfront", "") else "rest-json"
        return protocol, f"{self.method} {self.target.partition('?')[0]}"


# ---- signatures ----


def signer_of(request, secret):
    kind = botocore.auth.S3SigV4Auth if request.service == "s3" else botocore.auth.SigV4Auth
    token = request.header("x-amz-security-token") or None
    credentials = botocore.credentials.Credentials(request.access_key, secret, token)
    return kind(credentials, request.service, request.region)


def expected_signature(request, secret):
    signed = botocore.awsrequest.AWSRequest(
        method=request.method, url=f"http://{request.header('host')}{request.target}", data=request.body)
    for name in request.signed:
        for key, value in request.headers:
            if key.lower() == name:
                signed.headers.add_header(name, value)
    signed.context["timestamp"] = request.header("x-amz-date")
    signed.context["payload_signing_enabled"] = True
    signer = signer_of(request, secret)
    text = signer.string_to_sign(signed, signer.canonical_request(signed))
    return signer.signature(text, signed)


def check_headers(request):
    must_be_signed = ["host"] + [key.lower() for key, _ in request.headers if key.lower().startswith("x-amz-")]
    for name in must_be_signed:
        if name not in request.signed:
            raise Refused("SignatureDoesNotMatch", f"the header {name} is not signed")
    for name in request.signed:
        if not any(key.lower() == name for key, _ in request.headers):
            raise Refused("SignatureDoesNotMatch", f"the header {name} is signed and not there")
    if request.signed != sorted(request.signed):
        raise Refused("SignatureDoesNotMatch", "SignedHeaders is not sorted")


def check_date(request, clock_off):
    date = request.header("x-amz-date")
    if not re.fullmatch(r"\d{8}T\d{6}Z", date) or date[:8] != request.date:
        raise Refused("SignatureDoesNotMatch", f"the scope's date {request.date} is not that of X-Amz-Date {date}")
    then = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    skew = abs((datetime.datetime.now(datetime.timezone.utc) - then).total_seconds() + clock_off)
    if skew > CLOCK_SKEW_SECONDS:
        raise Refused("RequestTimeTooSkewed", f"the request is {skew:.0f} s off")


def check_payload(request):
    told = request.header("x-amz-content-sha256")
    if not told and request.service == "s3":
        raise Refused("InvalidRequest", "S3 needs X-Amz-Content-Sha256")
    if told in ("", "UNSIGNED-PAYLOAD") or told.startswith("STREAMING-"):
        return
    if told != hashlib.sha256(request.body).hexdigest():
        raise Refused("XAmzContentSHA256Mismatch", "X-Amz-Content-Sha256 is not that of the body")


def verify(request, secrets, clock_off=0):
    """Raises Refused unless AWS would take the request's signature, by a clock that is so many seconds off."""
    if not request.is_signed:
        raise Refused("MissingAuthenticationToken", "there is no AWS4-HMAC-SHA256 Authorization header")
    if request.access_key not in secrets:
        raise Refused("InvalidClientTokenId", f"the access key {request.access_key} is not known")
    check_headers(request)
    check_date(request, clock_off)
    check_payload(request)
    if not hmac.compare_digest(expected_signature(request, secrets[request.access_key]), request.signature):
        raise Refused("SignatureDoesNotMatch", "the signature is not that of the request")


# ---- errors, in the form of each protocol ----


def throttle_of(request):
    if request.service == "s3":
        return 503, "SlowDown"
    if request.protocol == "ec2":
        return 503, "RequestLimitExceeded"
    if request.protocol == "rest-json":
        return 429, "TooManyRequestsException"
    if request.service == "dynamodb":
        return 400, "ProvisionedThroughputExceededException"
    return 400, "ThrottlingException" if request.protocol == "json" else "Throttling"


def server_error_of(request):
    names = {"json": "InternalServerError", "rest-json": "ServiceException", "query": "InternalFailure"}
    return 500, names.get(request.protocol, "InternalError")


def denial_of(request):
    return (400, "AccessDeniedException") if request.protocol == "json" else (403, "AccessDenied")


def error_body(request, code, message, request_id):
    """Content type, more headers, body."""
    if request.protocol == "json":
        kind = request.header("content-type") or "application/x-amz-json-1.0"
        return kind, [], json.dumps({"__type": f"com.amazonaws.fault#{code}", "message": message})
    if request.protocol == "rest-json":
        return "application/json", [("x-amzn-ErrorType", code)], json.dumps({"message": message})
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if request.protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif request.service in ("s3", ""):
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    else:
        text = (f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>")
    return "text/xml", [], '<?xml version="1.0" encoding="UTF-8"?>\n' + text


# ---- faults ----


class Faults:
    """A plan of faults, and what has been drawn of it."""

    def __init__(self, seed=0, rules=()):
        for rule in rules:
            unknown = set(rule) - {"kind", "rate", "times", "skip", "seconds", "retry_after", "service",
                                   "operation", "method"}
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


# ---- the proxy ----


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

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
        self.send_header("Content-Length", str(len(body)) if length is None else length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def answer_error(self, request, entry, status, code, message, headers=()):
        kind, more, text = error_body(request, code, message, f"sigproxy-{entry['n']}")
        entry["status"], entry["code"] = status, code
        self.answer(status, [("Content-Type", kind), ("x-amzn-RequestId", f"sigproxy-{entry['n']}"), *more, *headers],
                    text.encode())

    def lose(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def forward(self, request, entry):
        upstream = http.client.HTTPConnection(
            self.server.proxy.upstream_host, timeout=UPSTREAM_TIMEOUT_SECONDS)
        try:
            upstream.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
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
        if request.operation == "AssumeRole":
            self.server.proxy.learn_keys(body.decode())
        # The emulator's way to say that it does not know an operation.
        entry["unimplemented"] = reply.status >= 400 and reply.headers.get_content_type() == "text/html"
        return reply, body

    def pass_on(self, request, entry, fault):
        reply, body = self.forward(request, entry)
        kind = fault["kind"] if fault else None
        if kind == "lose_reply":
            self.lose()
            return
        length = reply.headers.get("Content-Length") if self.command == "HEAD" else None
        if kind in ("cut_reply", "half_reply"):
            length, body = str(len(body)) if kind == "cut_reply" else None, body[:len(body) // 2]
            self.close_connection = True
        self.answer(reply.status, [h for h in reply.getheaders() if h[0].lower() not in HOP_BY_HOP], body, length)

    def act(self, request, entry):
        proxy = self.server.proxy
        try:
            verify(request, proxy.secrets, proxy.clock_off)
        except Refused as refused:
            entry["refused"] = str(refused)
            self.answer_error(request, entry, 403, refused.code, str(refused))
            return
        entry["verified"] = True
        fault = proxy.faults.draw(request)
        entry["fault"] = kind = fault["kind"] if fault else None
        if kind == "throttle":
            headers = [("Retry-After", str(fault["retry_after"]))] if "retry_after" in fault else []
            self.answer_error(request, entry, *throttle_of(request), "Rate exceeded", headers)
        elif kind == "error":
            self.answer_error(request, entry, *server_error_of(request), "An internal error occurred")
        elif kind == "deny":
            self.answer_error(request, entry, *denial_of(request), "not allowed to do this")
        elif kind == "lose_request":
            self.lose()
        else:
            if kind == "delay":
                time.sleep(fault.get("seconds", 0.2))
            self.pass_on(request, entry, fault)

    def handle_any(self):
        request = Request(self.command, self.path, list(self.headers.items()), self.read_body())
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


class Control(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        try:
            plan = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.server.proxy.set_faults(plan.get("rules", []), plan.get("seed", 0))
            self.answer(200, {})
        except (ValueError, AttributeError) as error:
            self.answer(400, {"error": str(error)})

    def do_DELETE(self):
        if self.path == "/log":
            self.server.proxy.clear_log()
        else:
            self.server.proxy.set_faults([])
        self.answer(200, {})

    def do_GET(self):
        self.answer(200, {"log": self.server.proxy.log})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, handler, proxy):
        self.proxy = proxy
        super().__init__(address, handler)

    def handle_error(self, request, client_address):
        pass  # a client that hangs up in mid-request is no news


class SigProxy:
    def __init__(self, upstream, secrets=None, listen=("127.0.0.1", 0)):
        self.upstream_host = urllib.parse.urlsplit(upstream).netloc
        self.secrets = dict(secrets or DEFAULT_SECRETS)
        self.faults = Faults()
        self.clock_off = 0
        self._log, self._lock = [], threading.Lock()
        self._under_way, self._changed = 0, threading.Condition()
        self.server = Server(listen, Handler, self)
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

    def learn_keys(self, assumed):
        """Of a role, from the answer that hands them out."""
        keys = dict(re.findall(r"<(AccessKeyId|SecretAccessKey)>([^<]+)<", assumed))
        if len(keys) == 2:
            self.secrets[keys["AccessKeyId"]] = keys["SecretAccessKey"]

    def set_faults(self, rules, seed=0):
        """From now on; counts of earlier draws are forgotten."""
        self.faults = Faults(seed, rules)

    def note(self, request):
        with self._lock:
            entry = {"n": len(self._log), "method": request.method, "target": request.target,
                     "service": request.service, "operation": request.operation, "region": request.region,
                     "access_key": request.access_key, "verified": False, "refused": None, "fault": None,
                     "status": 0, "applied": False, "unimplemented": False, "started": time.monotonic()}
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

    @property
    def refused(self):
        return [entry for entry in self.log if entry["refused"]]


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description="Checks SigV4 signatures in front of an AWS emulator.")
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 0))
    parser.add_argument("--control", type=address, default=("127.0.0.1", 0))
    parser.add_argument("--secret", action="append", default=[], help="KEY_ID=SECRET")
    options = parser.parse_args()
    secrets = dict(pair.split("=", 1) for pair in options.secret)
    proxy = SigProxy(options.upstream, secrets, options.listen).start()
    control = Server(options.control, Control, proxy)
    print(f"listening on {proxy.url}", flush=True)
    print("control on http://%s:%d" % control.server_address[:2], flush=True)
    try:
        control.serve_forever()
    except KeyboardInterrupt:
        proxy.stop()


if __name__ == "__main__":
    main()
