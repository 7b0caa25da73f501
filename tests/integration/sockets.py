# SPDX-License-Identifier: Apache-2.0
"""sockets.py - clients of WebSockets: one that is not ours (the package websockets), and one that says what none would."""

import base64
import os
import socket
import struct
import time

import client
import websockets.sync.client

PROTOCOL = "mgraph-events"


def key_protocol(key):
    """How a page says its key: base64url, without padding."""
    return "mgraph-key." + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def connect(server, path, key=None, page=False, **options):
    """As a program, with the key as a header; or as a page, which can set none."""
    key = server.key if key is None else key
    how = ({"subprotocols": [PROTOCOL, key_protocol(key)]} if page else
           {"additional_headers": {"x-api-key": key}})
    how["additional_headers"] = how.get("additional_headers", {}) | options.pop("headers", {})
    return held(websockets.sync.client.connect("ws" + server.url.removeprefix("http") + path, compression=None,
                                               max_queue=None, proxy=None, **how, **options), path)


def held(connection, path):
    """Every message of it is held to the server's own description, as the answers to other requests are."""
    recv = connection.recv

    def told(*how, **options):
        message = recv(*how, **options)
        if client.Api.described:
            client.Api.described().hold_event("GET", path, message, by="101")
        return message

    connection.recv = told
    return connection


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None, key=b"\x01\x02\x03\x04"):
    """One frame of a client's; `length` lies about how long it is."""
    length = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if length <= 125:
        head += bytes([mask | length])
    elif length < 1 << 16:
        head += bytes([mask | 126]) + struct.pack(">H", length)
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", length)
    if masked:
        head += key
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
    return head + payload


class Raw:
    """A socket past its handshake, and what comes in frames."""

    def __init__(self, server, path, receive_buffer=None, early=b"", headers=""):
        host, port = server.url.removeprefix("http://").split(":")
        self.socket = socket.socket()
        self.socket.settimeout(10)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect((host, int(port)))
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {host}\r\nx-api-key: {server.key}\r\n"
                             "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {nonce}\r\n{headers}\r\n").encode() + early)
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            self.data += self._receive()
        self.head, self.data = self.data.split(b"\r\n\r\n", 1)

    def _receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        return data

    def _take(self, n):
        while len(self.data) < n:
            self.data += self._receive()
        taken, self.data = self.data[:n], self.data[n:]
        return taken

    def send(self, *data):
        self.socket.sendall(b"".join(data))

    def read(self):
        """The next frame: opcode and payload."""
        first, second = self._take(2)
        assert first & 0x70 == 0 and second & 0x80 == 0, "a server sets no reserved bit, and masks nothing"
        length = second & 0x7f
        if length == 126:
            [length] = struct.unpack(">H", self._take(2))
        elif length == 127:
            [length] = struct.unpack(">Q", self._take(8))
        return first & 0xf, self._take(length)

    def close_code(self):
        """Reads to the close frame, and that nothing follows it. None: the connection ends without one."""
        try:
            while True:
                opcode, payload = self.read()
                if opcode == 8:
                    break
        except (EOFError, ConnectionError):
            return None
        until = time.monotonic() + 10
        try:
            self.data = b""
            while time.monotonic() < until:
                assert not self._receive(), "something follows the close frame"
        except (EOFError, ConnectionError):
            pass
        return struct.unpack(">H", payload[:2])[0] if payload else 1005

    def close(self):
        self.socket.close()
