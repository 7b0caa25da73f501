# SPDX-License-Identifier: Apache-2.0
"""described.py - holds what the server answers to what its OpenAPI document says: the status, the content type, the headers,
the body, and each event of a stream."""

import copy
import gzip
import json
import re
import urllib.parse

import jsonschema_rs

PREFIX = "/deploy"
HEADERS = ("etag", "link", "location", "idempotency-replayed", "ratelimit-policy", "ratelimit", "retry-after", "x-request-id",
           "www-authenticate")
BRANCHES = ("allOf", "anyOf", "oneOf", "if", "then", "else", "not")
TOLD_MAX = 1500


def pattern_of(template):
    """Of a path; the prefix may be left out."""
    pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
    return re.compile(f"(?:{PREFIX})?{pattern.removeprefix(PREFIX)}" if template.startswith(PREFIX + "/") else pattern)


def closed(schema, is_branch=False):
    """The same, but an object has no members that it does not name. For answers: whoever asks has to let new ones pass."""
    if isinstance(schema, list):
        return [closed(item, is_branch) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = {}
    for word, value in schema.items():
        if word in ("properties", "patternProperties", "$defs"):
            told[word] = {name: closed(part) for name, part in value.items()}
        elif word not in ("enum", "const", "examples", "default", "required"):
            told[word] = closed(value, word in BRANCHES)
        else:
            told[word] = value
    if "properties" in schema and not is_branch and "additionalProperties" not in schema:
        told["unevaluatedProperties"] = False
    return told


def words_of(error):
    """Of a choice, what is wrong with each that there is."""
    branches = getattr(error.kind, "context", None)
    if branches:
        return "; or ".join(", ".join(map(words_of, branch)) for branch in branches)
    return f"/{'/'.join(map(str, error.instance_path))}: {error.message[-400:]}"


class Description:
    def __init__(self, document):
        self.document = document
        self.components = {"schemas": closed(document["components"]["schemas"])}
        self.operations = [(method.upper(), template, pattern_of(template), operation)
                           for template, path in document["paths"].items() for method, operation in path.items()]
        self.operations.sort(key=lambda row: "{" in row[1])
        self.validators, self.found, self.violations = {}, {}, []

    # ---- where it is said ----

    def operation(self, method, path):
        """(its name, the operation); or None: there is none."""
        path = urllib.parse.urlsplit(path).path
        key = method, path
        if key not in self.found:
            self.found[key] = next(((f"{m} {template}", operation) for m, template, pattern, operation in self.operations
                                    if m == method and pattern.fullmatch(path)), None)
        return self.found[key]

    def resolved(self, part):
        while "$ref" in part:
            at = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                at = at[name]
            part = at
        return part

    def errors(self, schema, value):
        key = id(schema)
        if key not in self.validators:
            whole = closed(copy.deepcopy(schema)) | {"components": self.components}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        if self.validators[key].is_valid(value):
            return []
        return [words_of(error) for error in self.validators[key].iter_errors(value)]

    # ---- what is said ----

    def complain(self, what, problems):
        self.violations += [f"{what}: {problem}"[:TOLD_MAX] for problem in problems]

    def body_problems(self, content, headers, body):
        kind = (headers.get("content-type") or "").partition(";")[0]
        if kind not in content:
            return [f"content type {kind!r} is not among {sorted(content)}"]
        if "json" not in kind or kind == "application/schema+json":
            return []
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return self.errors(content[kind]["schema"], json.loads(body))

    def problems(self, operation, method, status, headers, body):
        response = operation["responses"].get(str(status))
        if response is None:
            return [f"status {status} is not described: {body[:300]!r}"]
        response = self.resolved(response)
        told = {name.lower() for name in response.get("headers", {})}
        found = [f"header {name} of {status} is not described" for name in HEADERS if name in headers and name not in told]
        if "content" not in response:
            return found + ([f"{status} has a body: {body[:300]!r}"] if body else [])
        if method == "HEAD":
            return found
        return found + self.body_problems(response["content"], headers, body)

    def hold(self, method, path, status, headers, body):
        """An answer; what is wrong with it is kept."""
        named = self.operation("GET" if method == "HEAD" else method, path)
        if named is not None:
            self.complain(f"{named[0]} {status}", self.problems(named[1], method, status, headers, body))
        elif status >= 400 and method != "HEAD":
            self.complain(f"{method} {path} {status}", self.body_problems(
                {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}, headers, body))

    def hold_event(self, method, path, data, by="200"):
        """The data of one event, or of a WebSocket's message (by 101)."""
        name, operation = self.operation(method, path)
        response = operation["responses"][by]
        part = response if by == "101" else response["content"]["text/event-stream"]
        self.complain(f"{name}, an event", self.errors(part["x-event"], json.loads(data)))
