# SPDX-License-Identifier: Apache-2.0
"""malformed.py - inputs as no good client sends them: real ones, with something done to them. The same of the
same seed."""

import json
import random
import re

import configs

NUMBERS = (b"0", b"-1", b"1e3", b"0x10", b"18446744073709551616", b"99999999999999999999999", b"4294967295", b" 5", b"5,5", b"")
PIECES = (b"\r\n", b"\n", b"\r", b"\0", b" ", b":", b"\t", b"\r\n\r\n", b"\xff\xfe", b"%00", b"%", b"//", b"\xed\xa0\x80", b"{" * 200, b"[" * 5000,
          b"a" * 9000, b"X: y\r\n" * 300, b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Host: \r\n", b"HTTP/9.9")


def requests(key):
    """What real clients send: each a whole request, or some in a row."""
    body = json.dumps({"config": configs.nulls(2, chain=2)}).encode()
    head = f"Host: localhost\r\nx-api-key: {key}\r\n".encode()
    typed = head + b"Content-Type: application/json\r\n"
    post = b"POST %s HTTP/1.1\r\n" + typed + b"%sContent-Length: %d\r\n\r\n%s"
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 40]), body[i:i + 40]) for i in range(0, len(body), 40)) + b"0\r\n"
    get = b"GET %s HTTP/1.1\r\n" + head + b"%s\r\n"
    return [
        post % (b"/deploy/plan", b"", len(body), body),
        post % (b"/deploy/apply", b"Prefer: wait=5\r\nIdempotency-Key: k-1\r\n", len(body), body),
        post % (b"/deploy/verify", b"Expect: 100-continue\r\nAccept: text/event-stream\r\n", len(body), body),
        b"POST /deploy/plan HTTP/1.1\r\n" + typed + b"Transfer-Encoding: chunked\r\n\r\n" + chunked + b"Trailer: x\r\n\r\n",
        get % (b"/deploy/deployments?limit=2", b"Accept-Encoding: gzip, br;q=0.5\r\nIf-None-Match: \"x\", W/\"y\"\r\n"),
        get % (b"/deploy/types/local%3Anull", b"Range: bytes=0-5\r\nX-Request-Id: one\r\n") * 3,
        get % (b"/deploy/events?after=0", b"Accept: text/event-stream\r\nLast-Event-ID: 1-0\r\n"),
        get % (b"/deploy/events", b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                  b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        b"OPTIONS * HTTP/1.1\r\n" + head + b"Origin: https://x.example\r\nAccess-Control-Request-Method: POST\r\n\r\n",
        b"PUT /deploy/plan HTTP/1.1\r\n" + typed + b"Content-Length: 2\r\n\r\n{}",
        b"HEAD /healthz HTTP/1.0\r\n\r\n", b"DELETE /deploy/schedules/nulls HTTP/1.1\r\n" + head + b"If-Match: *\r\n\r\n",
    ]


# ---- what is done to them ----

def flip(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]


def cut(chance, data):
    return data[:chance.randrange(len(data))]


def drop(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 30):]


def double(chance, data):
    at = chance.randrange(len(data))
    end = at + chance.randrange(1, 60)
    return data[:end] + data[at:]


def put_in(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(PIECES) + data[at:]


def noise(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randrange(1, 100)) + data[at:]


def renumber(chance, data):
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return flip(chance, data)
    at = chance.choice(found)
    return data[:at.start()] + chance.choice(NUMBERS) + data[at.end():]


WAYS = (flip, cut, drop, double, put_in, noise, renumber)


def some(good, seed, n):
    """n inputs that are none of the good ones."""
    chance = random.Random(seed)
    made = []
    while len(made) < n:
        data = b"".join(chance.choices(good, k=chance.choice((1, 1, 2, 3))))
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = chance.choice(WAYS)(chance, data) or b"\0"
        made.append(data)
    return made
