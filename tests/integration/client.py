# SPDX-License-Identifier: Apache-2.0
"""client.py - a small client of the API on http.client: requests, and server-sent events."""

import collections
import http.client
import json as jsonlib
import urllib.parse

Event = collections.namedtuple("Event", "id event data")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return jsonlib.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.text[:2000]}>"


class Api:
    """Header names are given as arguments: prefer="wait=5", idempotency_key="x". Every answer is held to the server's own
    description of it."""

    described = None  # hands out what answers are held to (described.py)

    def __init__(self, url, key=None, timeout=60, tls=None):
        self.url, self.key, self.timeout, self.tls = url, key, timeout, tls

    def _connect(self, timeout=None):
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout or self.timeout, context=self.tls)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout or self.timeout)

    def _headers(self, headers):
        named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.key and "x-api-key" not in named and "authorization" not in named:
            named["x-api-key"] = self.key
        return named

    def request(self, method, path, json=None, body=None, **headers):
        headers = self._headers(headers)
        if json is not None:
            body = jsonlib.dumps(json).encode()
            headers.setdefault("content-type", "application/json")
        connection = self._connect()
        try:
            connection.request(method, path, body=body, headers=headers)
            reply = connection.getresponse()
            reply = Reply(reply.status, reply.headers, reply.read())
            if self.described:
                self.described().hold(method, path, reply.status, reply.headers, reply.body)
            return reply
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, json=None, **headers):
        return self.request("POST", path, json=json, **headers)

    def events(self, path, last_event_id=None, timeout=30):
        """Yields Events until the server ends the stream; TimeoutError when it is silent for too long."""
        connection = self._connect(timeout)
        try:
            connection.request("GET", path, headers=self._headers(
                {"accept": "text/event-stream", "last_event_id": last_event_id}))
            reply = connection.getresponse()
            if reply.status != 200:
                raise AssertionError(f"{path}: {reply.status} {reply.read()[:500]!r}")
            for event in read_events(reply):
                if self.described:
                    self.described().hold_event("GET", path, event.data)
                yield event
        finally:
            connection.close()


def read_events(lines):
    """As the HTML standard reads an event stream, but for `retry`."""
    last_id, event, data = None, "message", []
    for line in lines:
        line = line.decode("utf-8").rstrip("\r\n")
        if line == "":
            if data:
                yield Event(last_id, event, "\n".join(data))
            event, data = "message", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "id":
            last_id = value
        elif field == "event":
            event = value
        elif field == "data":
            data.append(value)
