# SPDX-License-Identifier: Apache-2.0
"""github_service.py - the MGraph-AI GitHub Service, as tests see it: the real one, and a stand-in for it, by what that was seen
to do (v0.9.1): its routes for secrets, its sealed boxes, and its ways of misleading. The stand-in runs where the real one does
not: that wants Python 3.12 or newer."""

import base64
import http.server
import json
import re
import threading
import time

import nacl.exceptions
import nacl.public

from github import things

NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
SCOPES = {"repo": ("owner", "repo"), "env": ("owner", "repo", "environment"), "org": ("org",)}
METHODS = {"list": "POST", "get": "POST", "create": "POST", "update": "PUT", "delete": "DELETE"}
TRACE = 'Traceback (most recent call last): File "secret_stack.py"'


class Refused(Exception):
    def __init__(self, status, error_type, text="", rate_limit=True):
        self.status, self.error_type, self.text, self.rate_limit = status, error_type, text, rate_limit


class StandIn:
    """secrets: (scope, place...) -> name -> [value, created, updated]. Tokens are known by what they are called."""

    def __init__(self, key=None):
        self.private = nacl.public.PrivateKey.generate()
        self.key, self.places = key, set()
        self.secrets, self.log, self.throttled, self.traces = {}, [], 0, []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if "secrets" in self.path:
                    service.traces.append(self.headers.get("traceparent"))
                status, answer = service.serve(self.command, self.path, self.headers.get("x-api-key"), body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # ---- for tests ----

    def token(self, rights="admin"):
        return {"admin": "ghp_a-token-of-the-test"}.get(rights, rights)

    def add(self, place):
        """And the id of a repository that is there."""
        self.places.add(place)
        return 1

    def values(self, place):
        return {name: secret[0] for name, secret in self.secrets.get(place, {}).items()}

    def throttle(self):
        self.throttled = 2

    @property
    def asked(self):
        """What it was asked about secrets."""
        return [path for _, path in self.log if "secrets" in path]

    @property
    def written(self):
        return [path for path in self.asked if path.endswith(("/create", "/update"))]

    def seal(self, text):
        return base64.b64encode(nacl.public.SealedBox(self.private.public_key).encrypt(text.encode())).decode()

    def open(self, box, failed="Decryption failed: Invalid encrypted format or wrong key"):
        if not isinstance(box, str) or len(base64.b64decode(box, validate=True)) < 48:
            raise ValueError("short")
        try:
            return nacl.public.SealedBox(self.private).decrypt(base64.b64decode(box)).decode()
        except nacl.exceptions.CryptoError:
            raise Refused(401, "decryption_failed", failed) from None

    # ---- requests ----

    def serve(self, method, path, key, body):
        self.log.append((method, path))
        if self.key and key != self.key:
            return 401, {"data": None, "error": None, "message": "Invalid API key value", "status": "error"}
        if path == "/encryption/public-key":
            return 200, {"public_key": bytes(self.private.public_key).hex(),
                         "algorithm": "NaCl/Curve25519/SealedBox", "timestamp": int(time.time() * 1000)}
        match = re.fullmatch(r"/github-secrets-(repo|env|org)/(\w+)", path)
        if not match or match[2] not in METHODS:
            return 404, {"detail": "Not Found"}
        if METHODS[match[2]] != method:
            return 405, {"detail": "Method Not Allowed"}
        return self.answer(match[1], match[2], json.loads(body))

    def answer(self, scope, verb, request):
        rate_limit, data, error_type, status, errors = True, {}, "none", 201 if verb == "create" else 200, []
        try:
            data = self.act(scope, verb, request)
        except Refused as refused:
            rate_limit, error_type, status = refused.rate_limit, refused.error_type, refused.status
            errors = [refused.text or error_type]
        except ValueError as error:
            return 500, {"detail": "An unexpected error occurred.", "error": str(error), "stack_trace": TRACE}
        limits = {"limit": 5000, "remaining": 4999, "reset": 0, "used": 1} if rate_limit else None
        return status, {"response_data": data, "response_context": {
            "success": status < 300, "status_code": status, "duration": 0.01, "timestamp": int(time.time() * 1000),
            "messages": [], "errors": errors, "error_type": error_type, "rate_limit": limits}}

    def act(self, scope, verb, request):
        data = request.get("request_data") or {}
        pat = self.open(request.get("encrypted_pat"))
        place = (scope, *(data.get(name, "") for name in SCOPES[scope]))
        self.check_token(pat, verb)
        if place not in self.places:
            if verb in ("create", "update"):
                raise Refused(500, "github_api_error", "Failed to create secret")
            raise Refused(404, "not_found")
        secrets = self.secrets.setdefault(place, {})
        if verb == "list":
            return {"secrets": [self.shown(name, secrets[name]) for name in secrets]}
        name = data["secret_name"].upper()  # as GitHub does
        if not NAME.match(name) or name.startswith("GITHUB_"):
            raise ValueError("bad secret name")
        if verb in ("create", "update"):
            value, now = self.open(data.get("encrypted_value"), "Failed to decrypt secret value"), time.time()
            secrets[name] = [value, secrets[name][1] if name in secrets else now, now]
            return {"created" if verb == "create" else "updated": True}
        if name not in secrets:
            raise Refused(404, "not_found")
        if verb == "delete":
            del secrets[name]
            return {"deleted": True}
        return {"secret": self.shown(name, secrets[name])}

    def check_token(self, pat, verb):
        """Where it says "not found" and means the token."""
        if self.throttled > 0:
            self.throttled -= 1
            if verb in ("get", "delete"):
                raise Refused(404, "not_found", rate_limit=False)
            raise Refused(429 if verb == "list" else 500, "rate_limited", rate_limit=False)
        if pat == "expired":
            if verb in ("get", "delete"):
                raise Refused(404, "not_found", rate_limit=False)
            raise Refused(401, "invalid_pat", rate_limit=False) if verb == "list" else Refused(500, "github_api_error")
        if pat == "no_scopes":
            if verb == "list":
                raise Refused(403, "forbidden")
            raise Refused(404, "not_found") if verb in ("get", "delete") else Refused(500, "github_api_error")

    @staticmethod
    def shown(name, secret):
        stamp = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in secret[1:]]
        return {"name": name, "created_at": stamp[0], "updated_at": stamp[1]}


class Real:
    """The one of sisters.py, on the GitHub of one test."""

    def __init__(self, service, github):
        service.stand_on(github.url)
        self.service, self.github = service, github
        self.url, self.key, self.seal = service.url, service.key, service.seal
        self._tokens = {"admin": github.token(), "expired": github.token("expired"),
                        "no_scopes": github.token({"metadata": "read"})}

    def stop(self):
        pass

    def token(self, rights="admin"):
        return self._tokens[rights]

    def add(self, place):
        """And the id of a repository that is there."""
        _, owner, name, environment = (*place, "my-app", None, None)[:4]
        repo = self.github.find_repository(owner, name) or self.github.add_repository(f"{owner}/{name}")
        if environment:
            repo.environments[environment] = things.Environment(self.github.next_id(), environment)
        return repo.id

    def values(self, place):
        _, owner, name, environment = (*place, None, None)[:4]
        vault = self.github.vault(f"{owner}/{name}" if name else owner, environment)
        return {name: secret["plaintext"].decode() for name, secret in vault.secrets.items()}

    def throttle(self):
        self.github.limit(self.token(), remaining=0, reset_in=1)

    @property
    def asked(self):
        return [entry["operation"] for entry in self.github.calls(".*/secrets.*")]

    @property
    def written(self):
        return [operation for operation in self.asked if operation.startswith("PUT ")]
