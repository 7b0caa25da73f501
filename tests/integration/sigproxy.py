# SPDX-License-Identifier: Apache-2.0
"""sigproxy.py - stands in front of an AWS emulator, checks every signature, and makes faults on demand.

An emulator believes any signature, and whoever asks for somebody else's bucket; AWS does not. Each request's SigV4 signature is recomputed from the raw
request by botocore's own signer, and a request that does not match is answered with 403
SignatureDoesNotMatch and never reaches the emulator. A request that expects another owner of a bucket than made it through here is answered
with AccessDenied.

Faults are made as proxying.py says.

In one process: SigProxy(upstream, secrets).start(). On its own: python sigproxy.py --upstream URL [--listen
HOST:PORT] [--control HOST:PORT] [--secret KEY_ID=SECRET]; it prints its two addresses, and the control
address takes PUT and DELETE /faults, and GET and DELETE /log.
"""

import argparse
import contextlib
import datetime
import hashlib
import hmac
import http.server
import json
import re
import threading
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

import proxying

CLOCK_SKEW_SECONDS = 15 * 60
MAIN_ACCOUNT = "123456789012"  # the emulator's, of whoever has entered no other
DEFAULT_SECRETS = {"AKIAIOSFODNN7EXAMPLE": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
PAGE, SMALLER = 40, 25  # few objects are several pages of S3: one has 40 where AWS's has 1000, and so have those that are asked for
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/([^/,]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$")


class Refused(Exception):
    """The request is not signed as it should be; code and message are AWS's."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Request(proxying.Request):
    def __init__(self, method, target, headers, body):
        super().__init__(method, target, headers, body)
        self.access_key = self.region = self.service = ""
        match = AUTHORIZATION.match(self.header("authorization"))
        if match:
            self.access_key, self.date, self.region, self.service = match.group(1, 2, 3, 4)
            self.signed, self.signature = match.group(5).split(";"), match.group(6)
        self.is_signed = bool(match)
        self.protocol, self.operation = self._find_operation()

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

    @property
    def upstream_target(self):
        if self.service != "s3":
            return self.target
        return re.sub(r"(?<=[?&]max-keys=)\d+", lambda size: str(max(int(size[0]) // SMALLER, 1)), self.target)


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


# ---- the proxy ----


class Handler(proxying.Handler):
    request_class = Request

    def forward(self, request, entry):
        """The emulator makes its list of records anew for each change, and of two changes at once it loses one."""
        with self.server.proxy.records if request.service == "route53" else contextlib.nullcontext():
            return super().forward(request, entry)

    def answer_error(self, request, entry, status, code, message, headers=()):
        kind, more, text = error_body(request, code, message, f"sigproxy-{entry['n']}")
        entry["status"], entry["code"] = status, code
        self.answer(status, [("Content-Type", kind), ("x-amzn-RequestId", f"sigproxy-{entry['n']}"), *more, *headers],
                    text.encode())

    def refuse(self, request, entry):
        proxy = self.server.proxy
        try:
            verify(request, proxy.secrets, proxy.clock_off)
        except Refused as refused:
            entry["refused"] = str(refused)
            self.answer_error(request, entry, 403, refused.code, str(refused))
            return True
        entry["verified"] = True
        expected = request.header("x-amz-expected-bucket-owner")
        if expected and proxy.owners.get(request.target.strip("/").partition("?")[0], expected) != expected:
            self.answer_error(request, entry, 403, "AccessDenied", "Access Denied")
            return True
        return False

    def answer_fault(self, request, entry, fault):
        kind = fault["kind"]
        if kind == "throttle":
            headers = [("Retry-After", str(fault["retry_after"]))] if "retry_after" in fault else []
            self.answer_error(request, entry, *throttle_of(request), "Rate exceeded", headers)
        elif kind == "refuse":
            self.answer_error(request, entry, fault.get("status", 400), fault["code"], "not in this state")
        elif kind == "error":
            self.answer_error(request, entry, *server_error_of(request), "An internal error occurred")
        else:
            self.answer_error(request, entry, *denial_of(request), "not allowed to do this")

    def seen(self, request, entry, reply, body):
        if request.operation == "AssumeRole":
            self.server.proxy.learn_keys(body.decode())
        if request.service == "s3" and request.method == "PUT" and reply.status == 200:
            self.server.proxy.learn_owner(request)
        # The emulator's way to say that it does not know an operation.
        entry["unimplemented"] = reply.status >= 400 and reply.headers.get_content_type() == "text/html"
        return reply.getheaders()


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


class SigProxy(proxying.Proxy):
    handler = Handler

    def __init__(self, upstream, secrets=None, listen=("127.0.0.1", 0)):
        self.secrets = dict(secrets or DEFAULT_SECRETS)
        self.clock_off = 0
        self.accounts, self.owners = {}, {}
        self.records = threading.Lock()
        super().__init__(upstream, listen)

    def learn_keys(self, assumed):
        """Of a role, from the answer that hands them out."""
        keys = dict(re.findall(r"<(AccessKeyId|SecretAccessKey)>([^<]+)<", assumed))
        if len(keys) == 2:
            self.secrets[keys["AccessKeyId"]] = keys["SecretAccessKey"]
            self.accounts[keys["AccessKeyId"]] = re.search(r"arn:aws:sts::(\d+):", assumed).group(1)

    def learn_owner(self, request):
        """Of a bucket, from who makes it."""
        if re.fullmatch(r"/[^/?]+/?", request.target):
            self.owners[request.target.strip("/")] = self.accounts.get(request.access_key, MAIN_ACCOUNT)

    def describe(self, request):
        return {"service": request.service, "region": request.region, "access_key": request.access_key,
                "verified": False, "refused": None, "unimplemented": False}

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
    control = proxying.Server(options.control, Control, proxy)
    print(f"listening on {proxy.url}", flush=True)
    print("control on http://%s:%d" % control.server_address[:2], flush=True)
    try:
        control.serve_forever()
    except KeyboardInterrupt:
        proxy.stop()


if __name__ == "__main__":
    main()
