# SPDX-License-Identifier: Apache-2.0
"""contract.py - GitHub's own description of its API, which requests and answers are held to by Prism.

Prism is a proxy: what breaks the description is told in a header of the reply. Of the description it gets the paths
that the stand-in serves; whatever else is asked for is a violation just as well."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request

import processes

from .calls import ROUTES

FOLDER = processes.TOP / ".npm"
SPECIFICATION = FOLDER / "api.github.com.json"
STAMP = FOLDER / "stamp"
PRISM = FOLDER / "node_modules" / ".bin" / "prism"
START_SECONDS = 90
METHODS = ("get", "put", "post", "patch", "delete")
VIOLATIONS = "sl-violations"

# Where the description is wrong, or does not tell all that GitHub does. Of each: where in the exchange the violation
# is (a pattern of "METHOD path STATUS"), what it says, and what is so in truth.
EXCEPTIONS = (
    (r".* (401|403|429)", r"Unable to match the returned status code",
     "any request may be refused for its token or its rate: few operations name it"),
    (r".* (400|404|409|422)", r"Unable to match the returned status code",
     "few operations name all the errors they have"),
    (r".* (301|307)", r"Unable to match the returned status code", "every path of a renamed repository redirects"),
    (r".* /repositories/\d+.*", r"Selected route not found", "a renamed repository redirects to a path with its id"),
    (r".* /repos/[^/]+/[^/]+/actions/workflows/\d+.*", r"workflow_id must match exactly one schema",
     "an id or a file's name: a number is both, as schemas go"),
    (r"GET /repos/.*/runs .*", r"parameter created must match format",
     "it takes ranges, such as >=DATE, as GitHub's search does"),
    (r"PUT /repos/[^/]+/[^/]+/contents/.* 409", r"must match exactly one schema in oneOf",
     "whatever is the one kind of error is the other as well"),
    (r"GET /app/installations .*", r"account must have required property",
     "an account is said to be a user and an enterprise at once"),
)


def operations():
    """(METHOD, path) of all that GitHub's description has."""
    paths = json.loads(SPECIFICATION.read_text())["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in item if method in METHODS}


def exception_of(exchange, violation):
    """Why this is none, or None."""
    return next((why for where, what, why in EXCEPTIONS
                 if re.fullmatch(where, exchange) and re.search(what, violation["message"])), None)


def referred(whole, part, found):
    """All that a part of a description refers to, as (kind, name) of its components."""
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        reference = value.get("$ref") if isinstance(value, dict) else None
        if isinstance(reference, str):
            kind, _, name = reference.removeprefix("#/components/").partition("/")
            if (kind, name) not in found:
                found.add((kind, name))
                referred(whole, {"": whole["components"][kind][name]}, found)
        referred(whole, value, found)
    return found


def cut():
    """The description of what the stand-in serves: Prism needs a second to read it, and 15 to read all of it."""
    whole = json.loads(SPECIFICATION.read_text())
    paths = {path: whole["paths"][path] for path in sorted({one.template for one in ROUTES})}
    kept = referred(whole, paths, set())
    components = {kind: {name: part for name, part in parts.items() if (kind, name) in kept}
                  for kind, parts in whole["components"].items()}
    return {"openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": components}


def multi_segment(description):
    """Paths that end in a parameter that may hold slashes. OpenAPI has no such thing: the description marks them
    in a way of its own, and for Prism the slashes are escaped."""
    return [re.compile("(" + re.sub(r"{\w+}", "[^/?]+", path.rpartition("{")[0]) + ")([^?]+)(.*)", re.S)
            for path, item in description["paths"].items()
            if any(parameter.get("x-multi-segment") for method in METHODS
                   for parameter in item.get(method, {}).get("parameters", []))]


class Prism:
    """One process, on a port of its own, in front of an upstream. It ends with who started it, however that ends."""

    def __init__(self, folder, upstream):
        description = cut()
        self._multi_segment = multi_segment(description)
        path = folder / "description.json"
        path.write_text(json.dumps(description))
        port = processes.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(folder / "prism.log", "wb")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "node", str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(port),
             "-v", "fatal", str(path), upstream],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=processes.clean_environment(folder))
        self._wait()

    def _wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"prism ended: see {self.log.name}")
            try:
                urllib.request.urlopen(self.url + "/rate_limit", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("prism did not start")

    def escape(self, target):
        for pattern in self._multi_segment:
            match = pattern.fullmatch(target)
            if match:
                return match[1] + match[2].replace("/", "%2F") + match[3]
        return target

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
