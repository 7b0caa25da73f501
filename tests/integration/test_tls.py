# SPDX-License-Identifier: Apache-2.0
"""test_tls.py - HTTPS: a certificate that is shown, changed without a restart, and asked of clients."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import time

import client
import configs
import processes
import pytest

HOST = "127.0.0.1"


def make_certificate(folder, name, signed_by=None):
    """A certificate for this host, and its key; signed by itself or by another."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    signer = ["-CA", f"{signed_by[0]}", "-CAkey", f"{signed_by[1]}"] if signed_by else []
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{HOST}", "-keyout", key, "-out", cert, *signer],
                   check=True, capture_output=True)
    return cert, key


@pytest.fixture
def own(tmp_path):
    return make_certificate(tmp_path, "own")


def trusting(cert, own=None):
    context = ssl.create_default_context(cafile=cert)
    if own is not None:
        context.load_cert_chain(*own)
    return context


def start(make_server, cert, key, *more):
    server = make_server("--redis", "memory:", "--tls-cert", str(cert), "--tls-key", str(key), *more)
    server.api = client.Api(server.url, server.key, tls=trusting(cert))
    return server


def address_of(server):
    return HOST, int(server.url.rpartition(":")[2])


def shown_by(server, cert):
    """The certificate that a new connection is shown."""
    with socket.create_connection(address_of(server), timeout=10) as plain:
        with trusting(cert).wrap_socket(plain, server_hostname=HOST) as tls:
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(True)).strip(), tls.version(), tls.selected_alpn_protocol()


def test_requests_answers_and_streams_go_by_tls(make_server, own):
    server = start(make_server, *own)
    assert server.url.startswith("https://")
    config = configs.nulls(300, deployment_id="large")
    reply = server.post("/deploy/apply", {"config": config})
    assert reply.status == 200 and reply.json["operations_completed"] == 300
    graph = server.get(f"/deploy/graph/{reply.json['graph_id']}?kind=execution")
    assert len(graph.body) > 100000 and graph.json
    seen = 0
    for event in server.events(f"/deploy/events/{reply.json['graph_id']}"):
        seen += 1
        if json.loads(event.data).get("status") == "completed" and json.loads(event.data)["type"] == "execution":
            break
    assert seen > 900
    padded = json.dumps({"config": config, "validate_only": True}).encode() + b" " * (5 << 20)
    assert server.api.request("POST", "/deploy/plan", body=padded, content_type="application/json").status == 200
    assert server.stop() == 0


def test_many_requests_on_one_connection(make_server, own):
    server = start(make_server, *own)
    connection = http.client.HTTPSConnection(*address_of(server), timeout=10, context=trusting(own[0]))
    for _ in range(50):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
    connection.close()


def test_only_tls_1_2_and_1_3_are_spoken(make_server, own):
    server = start(make_server, *own)
    assert shown_by(server, own[0])[1:] == ("TLSv1.3", None)
    context = trusting(own[0])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(socket.create_connection(address_of(server)), server_hostname=HOST) as tls:
        assert tls.version() == "TLSv1.2" and tls.selected_alpn_protocol() == "http/1.1"
    with socket.create_connection(address_of(server), timeout=10) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            assert b"HTTP/1.1" not in plain.recv(1000)
        except ConnectionResetError:
            pass
    assert server.get("/healthz").status == 200


def test_a_new_certificate_is_shown_after_sighup_and_a_broken_one_is_not(make_server, own, tmp_path):
    server = start(make_server, *own)
    before = own[0].read_text().strip()
    assert shown_by(server, own[0])[0] == before
    open_one = http.client.HTTPSConnection(*address_of(server), timeout=10, context=trusting(own[0]))
    open_one.request("GET", "/healthz")
    assert open_one.getresponse().read()
    fresh = make_certificate(tmp_path, "fresh")
    for new, old in zip(fresh, own):
        os.replace(new, old)
    os.kill(server.pid, signal.SIGHUP)
    until = time.monotonic() + 10
    while "event=tls.read" not in server.stderr:
        assert time.monotonic() < until
        time.sleep(0.02)
    after = own[0].read_text().strip()
    assert after != before and shown_by(server, own[0])[0] == after
    open_one.request("GET", "/healthz")
    assert open_one.getresponse().read() == b'{"status":"ok"}'
    open_one.close()
    own[1].write_text("no key")
    os.kill(server.pid, signal.SIGHUP)
    while "event=tls.kept" not in server.stderr:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert shown_by(server, own[0])[0] == after


def test_clients_show_a_certificate_where_they_must(make_server, own, tmp_path):
    signer = make_certificate(tmp_path, "signer")
    server = start(make_server, *own, "--tls-client-ca", str(signer[0]))
    server.api.tls = trusting(own[0], make_certificate(tmp_path, "client", signer))
    assert server.get("/info/status").status == 200
    for stranger in (None, make_certificate(tmp_path, "stranger")):
        server.api.tls = trusting(own[0], stranger)
        with pytest.raises((ssl.SSLError, OSError)):
            server.get("/healthz")


@pytest.mark.parametrize("broken, why", [("cert", "--tls-cert and --tls-key"), ("key", "key values mismatch"),
                                         ("missing", "No such file")])
def test_what_can_not_be_used_is_said_at_the_start(make_server, own, tmp_path, broken, why):
    other = make_certificate(tmp_path, "other")
    arguments = {"cert": ["--tls-cert", str(own[0])],
                 "key": ["--tls-cert", str(own[0]), "--tls-key", str(other[1])],
                 "missing": ["--tls-cert", str(tmp_path / "none"), "--tls-key", str(own[1])]}[broken]
    with pytest.raises(RuntimeError, match=why):
        make_server("--redis", "memory:", *arguments)


@pytest.mark.long
def test_hands_that_are_never_shaken_hold_up_nobody(make_server, own):
    server = start(make_server, *own)
    socks = [socket.create_connection(address_of(server), timeout=30) for _ in range(100)]
    for sock in socks[:50]:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
    begun = time.monotonic()
    assert server.get("/healthz").status == 200 and time.monotonic() - begun < 1
    for sock in socks:
        assert sock.recv(100) == b""
        sock.close()
    assert 10 < time.monotonic() - begun < 25


def test_the_command_line_trusts_what_it_is_told_and_shows_its_certificate(make_server, own, tmp_path):
    mine = make_certificate(tmp_path, "mine")
    both = tmp_path / "both.pem"
    both.write_text(mine[0].read_text() + mine[1].read_text())
    server = start(make_server, *own, "--tls-client-ca", str(mine[0]))
    cli = processes.Cli(server, tmp_path)
    config = cli.config({"a": {"type": "local:null"}})
    assert "Error" in cli("plan", config, status=1)
    assert "Error" in cli("plan", config, "--cacert", str(own[0]), status=1)
    assert "1 added" in cli("apply", "-y", config, "--cacert", str(own[0]), "--cert", str(mine[0]), "--cert-key", str(mine[1]))
    assert "completed" in cli("history", "cli", MGRAPH_DEPLOY_CACERT=str(own[0]), MGRAPH_DEPLOY_CERT=str(both))
