# SPDX-License-Identifier: Apache-2.0
"""test_websocket.py - the events of a graph by WebSocket: the same as by SSE, and whatever a client does."""

import contextlib
import json
import os
import random
import signal
import time

import configs
import keysfile
import pytest
import sockets
import websockets.exceptions


@pytest.fixture
def ran(make_server):
    """A server with one execution that is over: its graph's id, and how many events there are."""
    server = make_server()
    reply = server.post("/deploy/apply", {"config": configs.nulls(5)})
    assert reply.json["status"] == "completed", reply
    server.graph_id = reply.json["graph_id"]
    server.path = f"/deploy/events/{server.graph_id}"
    server.n = int(server.redis("XLEN", "mg:{default:nulls}:events:" + server.graph_id))
    return server


def messages(connection, n):
    return [json.loads(connection.recv(timeout=10)) for _ in range(n)]


def by_sse(server, n):
    told = []
    for event in server.events(server.path, last_event_id="0-0"):
        told.append({"id": event.id} | json.loads(event.data))
        if len(told) == n:
            return told


def test_it_tells_the_same_events_with_the_same_ids_as_sse(ran):
    with sockets.connect(ran, ran.path) as connection:
        told = messages(connection, ran.n)
    assert told == by_sse(ran, ran.n)
    assert [event["id"] for event in told] == [f"{i + 1}-0" for i in range(ran.n)]


def test_it_is_followed_live_and_resumed_without_gap_or_repeat(make_server):
    server = make_server()
    config = configs.nulls(30, delay_ms=20, chain=10)
    reply = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    path, seen = f"/deploy/events/{reply.json['graph_id']}", []
    ended = False
    while not ended:  # a new connection every few events
        last = seen[-1]["id"] if seen else None
        how = {"headers": {"last-event-id": last}} if last and len(seen) % 2 else {}
        with sockets.connect(server, path + (f"?after={last}" if last else ""), **how) as connection:
            for _ in range(random.Random(len(seen)).randrange(1, 20)):
                seen.append(json.loads(connection.recv(timeout=10)))
                ended = seen[-1]["type"] == "execution" and seen[-1]["status"] == "completed"
                if ended:
                    break
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    assert len({event["resource_id"] for event in seen if event.get("phase") == "completed"}) == 30


# ---- who may ----

def test_a_page_says_its_key_as_a_protocol_which_is_not_said_back(ran):
    with sockets.connect(ran, ran.path, page=True) as connection:
        assert connection.subprotocol == sockets.PROTOCOL
        assert messages(connection, 1)[0]["seq"] == 1
    raw = sockets.Raw(ran, ran.path, headers=f"Sec-WebSocket-Protocol: {sockets.key_protocol(ran.key)}\r\n")
    assert b"mgraph-key" not in raw.head and b" 101 " in raw.head
    raw.close()
    assert ran.stderr.count(ran.key) == 1, "where it is told at the start"


@pytest.mark.parametrize("key", ["wrong", "x" * 300, "\x00", "ключ"])
def test_a_page_with_a_bad_key_is_told_by_the_close_code(ran, key):
    with sockets.connect(ran, ran.path, key=key, page=True) as connection:
        with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
            connection.recv(timeout=10)
    assert closed.value.rcvd.code == 1008 and closed.value.rcvd.reason.startswith("unauthorized: "), closed.value


def test_what_is_wrong_is_told_to_a_page_as_well(ran):
    for path, reason in ((ran.path[:-1] + "z", "not_found: "), (ran.path + "?after=x", "bad_request: ")):
        with sockets.connect(ran, path, page=True) as connection:
            with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
                connection.recv(timeout=10)
        assert closed.value.rcvd.code == 1008 and closed.value.rcvd.reason.startswith(reason), closed.value


@pytest.mark.parametrize("key, path, status", [("wrong", "", 401), (None, "z", 404), (None, "?after=-1", 400)])
def test_a_program_is_told_by_http(ran, key, path, status):
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        sockets.connect(ran, ran.path + path, key=key)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["status"] == status


@pytest.mark.parametrize("change, detail", [
    ({"Sec-WebSocket-Version": "8"}, "Version"), ({"Sec-WebSocket-Version": None}, "Version"),
    ({"Sec-WebSocket-Key": "short"}, "Key"), ({"Sec-WebSocket-Key": None}, "Key"),
    ({"Sec-WebSocket-Key": "!" * 24}, "Key")])
def test_a_handshake_that_is_wrong_is_refused(ran, change, detail):
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} | change
    reply = ran.get(ran.path, **headers)
    assert reply.status == 400 and detail in reply.json["detail"], reply
    assert reply.headers["Sec-WebSocket-Version"] == "13"


def test_who_does_not_ask_for_a_websocket_gets_none(ran):
    for headers in ({"Upgrade": "h2c", "Connection": "Upgrade"}, {"Upgrade": "websocket"}, {"Connection": "Upgrade"},
                    {"Upgrade": "websocket", "Connection": "Upgrade"}):
        assert ran.get("/healthz", **headers).status == 200
        if headers.get("Upgrade") != "websocket" or len(headers) == 1:
            assert ran.get(ran.path + "?after=x", **headers).status == 400, "as it is without"


# ---- what a client says ----

def test_pings_are_answered_and_closing_is_acknowledged(ran):
    with sockets.connect(ran, ran.path + f"?after={ran.n}") as connection:
        assert connection.ping(b"are you there").wait(10)
        connection.close(1000, "thank you")
        assert connection.close_code == 1000


@pytest.mark.parametrize("early", [False, True], ids=["later", "with the handshake"])
@pytest.mark.parametrize("frames, code", [
    ([sockets.frame(1, b"hello")], 1003), ([sockets.frame(2, b"\0" * 100)], 1003),
    ([sockets.frame(1, b"", fin=False)], 1003), ([sockets.frame(1, b"x" * 5000)], 1009),
    ([sockets.frame(2, b"x", length=1 << 40)], 1009), ([sockets.frame(2, b"x", length=1 << 63)], 1002),
    ([sockets.frame(1, b"hello", masked=False)], 1002), ([sockets.frame(9, b"", masked=False)], 1002),
    ([sockets.frame(1, b"hello", rsv=4)], 1002), ([sockets.frame(3, b"")], 1002), ([sockets.frame(0xb, b"")], 1002),
    ([sockets.frame(0, b"more")], 1002), ([sockets.frame(9, b"x" * 126)], 1002),
    ([sockets.frame(9, b"x", fin=False)], 1002), ([sockets.frame(8, b"\x03")], 1005),  # as if it had no code
    ([sockets.frame(8, b"\x03\xe8\xff\xfe")], 1007), ([sockets.frame(8, b"\x03\xec")], 1002),
    ([sockets.frame(8, b"\x03\xe8bye")], 1000), ([sockets.frame(8)], 1005),
    ([sockets.frame(9, b"a"), sockets.frame(10, b"b"), sockets.frame(8, b"\x0f\xa0")], 4000),
])
def test_each_fault_has_its_close_code(ran, frames, code, early):
    if early:
        raw = sockets.Raw(ran, ran.path, early=b"".join(frames))
    else:
        raw = sockets.Raw(ran, ran.path)
        raw.send(*frames)
    assert raw.close_code() == code
    raw.close()
    assert ran.get("/healthz").status == 200


def test_a_frame_may_come_byte_by_byte(ran):
    raw = sockets.Raw(ran, ran.path + f"?after={ran.n}")
    for byte in sockets.frame(9, b"slow"):
        raw.send(bytes([byte]))
        time.sleep(0.002)
    assert raw.read() == (10, b"slow")
    raw.close()


# ---- who does not read ----

def test_who_never_reads_costs_a_bounded_buffer_and_holds_up_nobody(make_server):
    server, config = make_server(), configs.nulls(2000)
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.json["status"] == "completed", reply
    path = f"/deploy/events/{reply.json['graph_id']}"
    before = server.resident()
    watchers = [sockets.Raw(server, path + "?after=0", receive_buffer=4096 if i else 65536) for i in range(50)]
    for raw in watchers:
        raw.socket.settimeout(0.02)
        with contextlib.suppress(OSError):
            for _ in range(20):
                raw.send(sockets.frame(9, b"x" * 125) * 100)  # what it asks for has no room either
    try:
        with sockets.connect(server, path) as connection:
            while True:  # one that does read gets all of it
                event = json.loads(connection.recv(timeout=10))
                if event["type"] == "execution" and event["status"] == "completed":
                    break
        assert server.resident() - before < 50 * (640 << 10) or server.is_sanitized()
        watchers[0].socket.settimeout(20)
        told, event = 0, {}
        while event.get("type") != "execution" or event["status"] != "completed":  # who reads again has lost nothing
            opcode, payload = watchers[0].read()
            if opcode == 1:
                event = json.loads(payload)
                told += 1
                assert event["seq"] == told
        assert told > 4000
    finally:
        for raw in watchers:
            raw.close()


# ---- the end ----

def test_a_server_that_stops_says_that_it_goes_away(ran):
    raw = sockets.Raw(ran, ran.path)
    sse = ran.events(ran.path)
    next(sse)
    with sockets.connect(ran, ran.path + f"?after={ran.n}") as connection:
        assert ran.stop() == 0
        with pytest.raises(websockets.exceptions.ConnectionClosedOK) as closed:
            connection.recv(timeout=10)
    assert closed.value.rcvd.code == 1001
    assert raw.close_code() == 1001
    raw.close()
    assert len(list(sse)) == ran.n - 1, "the stream of server-sent events is ended as well, not cut"


def test_a_key_that_is_taken_back_ends_its_websockets(make_server, tmp_path):
    server = make_server("--keys", keysfile.write(tmp_path, "one", "other"))
    graphs = {key: server.post("/deploy/apply", {"config": configs.nulls(1)}, x_api_key=key).json["graph_id"]
              for key in ("one", "other")}
    with sockets.connect(server, f"/deploy/events/{graphs['one']}", key="one", page=True) as ended, \
            sockets.connect(server, "/deploy/events", key="other") as kept:
        keysfile.write(tmp_path, "other")
        os.kill(server.pid, signal.SIGHUP)
        with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
            while True:
                ended.recv(timeout=10)
        assert closed.value.rcvd.code == 1008 and closed.value.rcvd.reason.startswith("unauthorized: ")
        assert kept.ping().wait(10)
