# SPDX-License-Identifier: Apache-2.0
"""test_malformed.py - inputs that no good client sends, and clients that come and go by the thousand: each is answered or ended,
and the server is afterwards as it was."""

import contextlib
import re
import socket
import struct
import time

import configs
import malformed
import pytest
import sockets

AT_ONCE = 50
SETTLE_SECONDS = 10


@pytest.fixture
def local(make_server):
    server = make_server("--redis", "memory:")
    server.graph_id = server.post("/deploy/apply", {"config": configs.nulls(5)}).json["graph_id"]
    return server


def expect_as_before(server, fds):
    until = time.monotonic() + SETTLE_SECONDS
    while server.descriptors() > fds:
        assert time.monotonic() < until, f"{server.descriptors()} descriptors, there were {fds}"
        time.sleep(0.05)
    assert server.process.poll() is None and server.get("/healthz").status == 200
    reply = server.post("/deploy/apply", {"config": configs.nulls(3, deployment_id="after")})
    assert reply.json["status"] == "completed", reply


def say(socks, inputs):
    """To each all of its own, and a little later that there is no more. It may be refused before its end."""
    for sock, data in zip(socks, inputs):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(data)
    time.sleep(0.03)
    for sock in socks:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_WR)


def hear(sock):
    """Until the server has closed, which it must; a refusal that came too early for the rest of what we say may be cut."""
    told = b""
    try:
        while piece := sock.recv(65536):
            told += piece
    except ConnectionResetError:
        pass
    return told


# ---- HTTP ----

def test_a_thousand_malformed_requests_are_answered_or_ended(local):
    inputs, fds = malformed.some(malformed.requests(local.key), 7, 1000), local.descriptors()
    statuses = set()
    for first in range(0, len(inputs), AT_ONCE):
        batch = inputs[first:first + AT_ONCE]
        socks = [local.connect(timeout=10) for _ in batch]
        say(socks, batch)
        for sock, data in zip(socks, batch):
            told = hear(sock)
            sock.close()
            assert told == b"" or re.match(rb"HTTP/1\.1 \d\d\d ", told), (data, told[:500])
            assert not re.search(rb"HTTP/1\.1 5(?!01|05)", told), (data, told[:500])  # what we don't know is no fault of ours
            statuses |= set(re.findall(rb"HTTP/1\.1 (\d\d\d) ", told))
    assert statuses >= {b"200", b"400", b"401", b"404", b"405", b"422", b"431"}, statuses
    expect_as_before(local, fds)


# ---- WebSocket ----

def frames():
    """What clients of WebSockets send."""
    return [sockets.frame(9, b"ping"), sockets.frame(10), sockets.frame(1, b"text" * 50), sockets.frame(2, b"\0" * 300),
            sockets.frame(1, b"a part", fin=False), sockets.frame(0, b"the rest"), sockets.frame(8, b"\x03\xe8bye"),
            sockets.frame(9, b"x" * 125), sockets.frame(1, b"x" * 70000, length=70000)]


def frames_of(data):
    """Those that a server has said, which are whole and good; the code of its close."""
    code, at = None, 0
    while at < len(data):
        assert code is None, "something follows the close frame"
        first, length = data[at], data[at + 1]
        at += 2
        assert first & 0x70 == 0 and length & 0x80 == 0, "a server sets no reserved bit, and masks nothing"
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[at:at + size], "big")
            at += size
        assert len(data) >= at + length, "a frame is cut off"
        if first & 0xf == 8:
            code = struct.unpack(">H", data[at:at + 2])[0] if length else 1005
        at += length
    return code


def test_a_thousand_malformed_frames_are_answered_or_ended(local):
    inputs, fds = malformed.some(frames(), 6455, 1000), local.descriptors()
    codes = set()
    for first in range(0, len(inputs), AT_ONCE):
        batch = [sockets.Raw(local, f"/deploy/events/{local.graph_id}?after=1") for _ in inputs[first:first + AT_ONCE]]
        say([raw.socket for raw in batch], inputs[first:first + AT_ONCE])
        for raw in batch:
            codes.add(frames_of(raw.data + hear(raw.socket)))
            raw.close()
    assert codes >= {None, 1000, 1002, 1003, 1009}, codes
    expect_as_before(local, fds)


# ---- who comes and goes ----

def come_and_go(server, n):
    """Some hang up before they are answered, some after; some as one should, and some by a reset."""
    path = f"/deploy/events/{server.graph_id}"
    for i in range(n):
        sock = server.connect(timeout=10)
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nx-api-key: {server.key}\r\n"
        if i % 2:
            request += ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        sock.sendall((request + "\r\n").encode()[:None if i % 8 else 60])
        if i % 4 in (1, 2):
            assert sock.recv(4096).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 101 "))
        if i % 3 == 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


def test_thousands_that_connect_and_hang_up_leave_nothing_behind(local):
    fds = local.descriptors()
    come_and_go(local, 1000)  # what it takes for good, it takes here
    expect_as_before(local, fds)
    before = local.resident()
    come_and_go(local, 3000)
    expect_as_before(local, fds)
    assert local.resident() - before < 1 << 20 or local.is_sanitized(), "300 bytes for each would be a leak"
