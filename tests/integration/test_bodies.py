# SPDX-License-Identifier: Apache-2.0
"""test_bodies.py - what a body may cost the service: nothing for who has no key, and a bounded amount for who has one."""

import hashlib
import json
import select

import configs
import pytest

pytestmark = pytest.mark.long  # it measures memory, of which a sanitizer keeps more

MIB = 1 << 20
SKIPPED = 64 * 1024  # of a body that nobody wants, so that the connection can be kept
BODY_MAX = 16 * MIB
COPIES = 6 * BODY_MAX  # a body grows by doubling, and is read from a copy


@pytest.fixture
def local(make_server):
    server = make_server("--redis", "memory:")
    server.api.timeout = 300
    return server


# ---- what is made of it ----


@pytest.mark.parametrize("item", ["{}", "[]", "0", '{"a":{}}'])
def test_a_body_of_little_but_values_is_refused_before_they_take_memory(local, item):
    before = local.peak()
    items = ",".join([item] * (15 * MIB // (len(item) + 1)))
    reply = local.api.request("POST", "/deploy/plan", body=f'{{"config":\n[{items}]}}', content_type="application/json")
    assert (reply.status, reply.json["code"]) == (413, "too_large")
    assert reply.json["detail"].startswith("line 2, column ")
    assert reply.json["detail"].endswith(": more values than are held at once")
    assert local.peak() - before < COPIES
    assert local.post("/deploy/plan", {"config": configs.nulls(3)}).json["success"]


def test_a_config_of_50000_resources_passes(local):
    config = configs.nulls(50000)
    for i, resource in enumerate(config["resources"].values()):
        resource |= {"tags": {"team": "a"}, "depends_on": [f"n{i - back}" for back in (1, 7, 50) if i >= back]}
    body = json.dumps({"config": config, "validate_only": True})
    assert len(body) > 6 * MIB
    reply = local.api.request("POST", "/deploy/plan", body=body, content_type="application/json")
    assert reply.status == 200 and reply.json["success"], reply


# ---- who may send it ----

LARGE = 15 * MIB + 512 * 1024
FLAT = 8 * MIB


def head(*headers, path="/deploy/plan"):
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers, "", ""]).encode()


def send(sock, data):
    """As far as it is taken."""
    try:
        sock.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass


def answer(sock):
    """Its status, headers and problem; the connection is closed after it."""
    told = b""
    while piece := sock.recv(65536):
        told += piece
    before, _, body = told.decode().partition("\r\n\r\n")
    status, *headers = before.split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in headers)}
    assert headers["connection"] == "close" and headers["content-type"] == "application/problem+json"
    return int(status.split()[1]), headers, json.loads(body)


def expect_unauthorized(sock):
    status, headers, problem = answer(sock)
    assert (status, problem["code"], problem["success"]) == (401, "unauthorized", False)
    assert "www-authenticate" in headers


STRANGERS = [(), ("x-api-key: nobody's",), ("Authorization: Bearer nobody",)]
CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_what_strangers_send_takes_no_memory_and_is_answered_at_once(local, stranger, framing):
    before = local.peak()
    socks = [local.connect() for _ in range(12)]
    for sock in socks:
        if framing == "length":
            send(sock, head(*stranger, f"Content-Length: {LARGE}") + b" " * (LARGE - 1))
        else:
            send(sock, head(*stranger, "Transfer-Encoding: chunked") + CHUNK * (LARGE // 0x10000))
    for sock in socks:
        expect_unauthorized(sock)
        sock.close()
    assert local.peak() - before < FLAT


def test_a_stranger_who_sends_slowly_holds_nothing(local):
    before = local.peak()
    socks = [local.connect() for _ in range(100)]
    for sock in socks:
        sock.sendall(head("Transfer-Encoding: chunked") + CHUNK[:-10])
    assert local.get("/info/health").status == 200
    assert local.resident() - before < FLAT
    for sock in socks:
        sock.close()


@pytest.mark.parametrize("framing", ["Content-Length: 3", f"Content-Length: {LARGE}", "Transfer-Encoding: chunked"])
def test_a_stranger_is_not_told_to_go_on(local, framing):
    with local.connect() as sock:
        sock.sendall(head(framing, "Expect: 100-continue"))
        expect_unauthorized(sock)


def test_a_stranger_with_a_short_body_keeps_the_connection(local):
    with local.connect() as sock:
        for _ in range(2):
            sock.sendall(head(f"Content-Length: {SKIPPED}") + b" " * SKIPPED)
            told = sock.recv(65536)
            assert told.startswith(b"HTTP/1.1 401 ") and b"Connection: close" not in told
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")


def keys_file(folder, **limits):
    keys = [{"id": name, "tenant": tenant, "sha256": hashlib.sha256(name.encode()).hexdigest(), **more}
            for name, tenant, more in (("all", "acme", {}), ("reader", "acme", {"scopes": ["read"]}),
                                       ("operator", "ops", {"scopes": ["read", "admin"]}))]
    path = folder / "keys.json"
    path.write_text(json.dumps({"keys": keys, "tenants": {"acme": {"limits": limits}, "ops": {"operator": True}}}))
    return str(path)


def test_a_key_without_the_scope_and_a_body_beyond_the_limit_are_told_before_it_is_read(make_server, tmp_path):
    server = make_server("--keys", keys_file(tmp_path, body_bytes=100_000))
    before = server.peak()
    with server.connect() as sock:
        sock.sendall(head("x-api-key: reader", f"Content-Length: {LARGE}"))
        status, _, problem = answer(sock)
        assert (status, problem["code"], problem["scope"]) == (403, "missing_scope", "plan")
    for framing in ("Content-Length: 100001", "Content-Length: 100001\r\nExpect: 100-continue",
                    "Transfer-Encoding: chunked\r\n\r\n186a1"):
        with server.connect() as sock:
            sock.sendall(head("x-api-key: all", framing))
            status, _, problem = answer(sock)
            assert (status, problem["code"]) == (413, "too_large"), problem
            assert problem["limit"] == {"name": "body_bytes", "value": 100_000}
    assert server.peak() - before < FLAT


def test_a_key_in_the_store_may_send_as_much_as_one_in_the_file(make_server, tmp_path):
    server = make_server("--keys", keys_file(tmp_path))
    added = server.post("/admin/keys", {"id": "stored", "tenant": "acme", "scopes": ["plan"],
                                        "sha256": hashlib.sha256(b"stored").hexdigest()}, x_api_key="operator")
    assert added.status in (200, 201), added
    config = configs.nulls(5000)
    assert len(json.dumps(config)) > 3 * SKIPPED
    reply = server.post("/deploy/plan", {"config": config, "validate_only": True}, x_api_key="stored")
    assert reply.status == 200, reply


ALL_BODIES = 256 * MIB


def test_all_bodies_together_have_a_bound_and_the_longest_goes(local):
    def say(length):
        sock = local.connect()
        send(sock, head(f"x-api-key: {local.key}", f"Content-Length: {length + 1}") + b" " * length)
        return sock

    socks = [say(LARGE) for _ in range(ALL_BODIES // LARGE)]
    short = say(MIB)
    socks += [say(LARGE), say(LARGE)]
    told, _, _ = select.select([short, *socks], [], [], 10)
    assert told and short not in told
    for sock in told:
        status, headers, problem = answer(sock)
        assert (status, problem["code"]) == (503, "no_room") and int(headers["retry-after"]) > 0
    assert local.resident() < ALL_BODIES + COPIES
    short.sendall(b" ")
    assert short.recv(65536).startswith(b"HTTP/1.1 400 ")  # spaces are no JSON
    for sock in [short, *socks]:
        sock.close()
    assert local.post("/deploy/plan", {"config": configs.nulls(3)}).json["success"]


def test_a_provider_process_reads_nothing_of_a_stranger_either(make_provider, tmp_path):
    key = tmp_path / "key"
    key.touch(0o600)
    key.write_text("a key of some length\n")
    provider = make_provider("--key-file", str(key))
    before = provider.peak()
    socks = [provider.connect() for _ in range(12)]
    for sock in socks:
        send(sock, head(f"Content-Length: {LARGE}", path="/provider/v1/read") + b" " * (LARGE - 1))
    for sock in socks:
        expect_unauthorized(sock)
        sock.close()
    assert provider.peak() - before < FLAT
