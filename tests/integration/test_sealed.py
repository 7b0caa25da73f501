# SPDX-License-Identifier: Apache-2.0
"""test_sealed.py - secrets that only the server can read: PyNaCl seals and opens what ours is to open and has sealed."""

import base64
import contextlib
import http.server
import json
import os
import pathlib
import socket
import socketserver
import subprocess
import threading

import nacl.public
import pytest

import configs
import processes
import sigproxy

KEY_ID, SECRET = next(iter(sigproxy.DEFAULT_SECRETS.items()))
PRIVATE = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
PUBLIC = bytes(nacl.public.PrivateKey(bytes.fromhex(PRIVATE)).public_key).hex()


def seal_for(key, text):
    box = nacl.public.SealedBox(nacl.public.PublicKey(bytes.fromhex(key)))
    return base64.b64encode(box.encrypt(text.encode())).decode()


def key_of(server, provider="aws"):
    return server.get(f"/public-keys/{provider}").json["public_key"]


def sealed(server, text):
    return {"$sealed": seal_for(key_of(server), text)}


def credentials_for(server, **more):
    return {"aws": {"access_key_id": KEY_ID, "region": "us-east-1",
                    "encrypted_secret_access_key": seal_for(key_of(server), SECRET), **more}}


def run(server, kind, config):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200, reply
    return reply.json


def operations(plan):
    return {operation["resource_id"]: operation["operation"] for operation in plan["operations"]}


# ---- keys ----


def test_the_public_keys_are_told_as_the_sister_services_tell_theirs(server):
    reply = server.get("/public-keys/github")
    assert reply.status == 200, reply
    assert {name: reply.json[name] for name in ("algorithm", "service", "encoding")} == {
        "algorithm": "NaCl/Curve25519/SealedBox", "service": "github", "encoding": "hex"}
    assert base64.b64decode(reply.json["public_key_base64"]).hex() == reply.json["public_key"]
    listed = server.get("/public-keys").json["public_keys"]
    assert reply.json in listed and {entry["service"] for entry in listed} >= {"aws", "github"}
    assert len({entry["public_key"] for entry in listed}) == 1
    assert server.get("/public-keys/nobody").status == 404
    assert server.get("/public-keys/aws", x_api_key="wrong").status == 401


def test_a_key_is_new_at_each_start_unless_the_fleet_has_one(make_server, proxy, tmp_path):
    server = make_server("--aws-endpoint", proxy.url)
    before = key_of(server)
    assert key_of(server.restart()) != before
    path = tmp_path / "sealing-key"
    path.write_text(PRIVATE + "\n")
    path.chmod(0o400)
    from_file = make_server("--sealing-key", str(path))
    from_environment = make_server(env={"SERVICE__AUTH__PRIVATE_KEY": PRIVATE})
    assert key_of(from_file) == key_of(from_environment) == PUBLIC
    for server in (from_file, from_environment):
        assert PRIVATE.encode() not in pathlib.Path(f"/proc/{server.pid}/environ").read_bytes()
        if server is from_file or not server.is_sanitized():
            assert server.in_memory(PRIVATE) == {PRIVATE: 0}, "its text"
    children = pathlib.Path(f"/proc/{from_environment.pid}/task/{from_environment.pid}/children").read_text().split()
    for child in children:
        assert b"SERVICE__AUTH" not in pathlib.Path(f"/proc/{child}/environ").read_bytes()


@pytest.mark.parametrize("text,mode,why", [
    (PRIVATE, 0o444, "others may read"), ("nonsense", 0o400, "64 hex digits"), ("", 0o400, "64 hex digits")])
def test_a_key_that_is_none_or_is_not_kept_is_refused_at_start(make_server, tmp_path, text, mode, why):
    path = tmp_path / "sealing-key"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(RuntimeError, match=why):
        make_server("--sealing-key", str(path))


# ---- credentials ----


def test_credentials_that_pynacl_has_sealed_are_used(server, cloud):
    config = configs.hello(credentials_for(server, encrypted_session_token=seal_for(key_of(server), "A/session+token=")))
    assert run(server, "apply", config)["status"] == "completed"
    assert set(operations(run(server, "plan", config)).values()) == {"no_op"}
    assert "hello-role" in cloud.roles()
    reply = server.post("/deploy/destroy", {"deployment_id": "hello", "credentials": credentials_for(server)}, prefer="wait=60")
    assert reply.json["status"] == "completed", reply


def test_an_account_of_its_own_may_be_sealed(server, cloud):
    key = key_of(server)
    credentials = credentials_for(server)
    credentials["aws"]["accounts"] = {"other": {
        "access_key_id": KEY_ID, "encrypted_secret_access_key": seal_for(key, SECRET)}}
    config = configs.roles(1, credentials)
    config["resources"]["role-0"]["account"] = "other"
    assert run(server, "apply", config)["status"] == "completed"
    credentials["aws"]["accounts"]["other"]["encrypted_secret_access_key"] = "AAAA"
    reply = server.post("/deploy/plan", {"config": config})
    assert reply.json["problems"][0]["pointer"] == \
        "/config/credentials/aws/accounts/other/encrypted_secret_access_key", reply


@pytest.mark.parametrize("member,value,code,why", [
    ("encrypted_secret_access_key", "other", "not_openable", "not sealed for this server's key"),
    ("encrypted_secret_access_key", "not base64", "not_openable", "no sealed box"),
    ("encrypted_secret_access_key", "c2hvcnQ=", "not_openable", "no sealed box"),
    ("encrypted_secret_access_key", 5, "wrong_type", "must be text"),
    ("encrypted_secret_access_key", "space", "wrong_type", "without spaces"),
    ("secret_access_key", SECRET, "not_unique", "plain text as well"),
    ("encrypted_access_key_id", "AAAA", "unknown_property", "no such member")])
def test_sealed_credentials_that_cannot_be_used_are_told_with_their_place(server, member, value, code, why):
    value = {"other": seal_for(PUBLIC, SECRET), "space": seal_for(key_of(server), "a b")}.get(value, value)
    credentials = credentials_for(server)
    credentials["aws"][member] = value
    reply = server.post("/deploy/plan", {"config": configs.hello(credentials)})
    assert (reply.status, reply.json["code"]) == (422, "bad_credentials"), reply
    problem = reply.json["problems"][0]
    place = "encrypted_secret_access_key" if code == "not_unique" else member
    assert (problem["pointer"], problem["code"]) == (f"/config/credentials/aws/{place}", code)
    assert why in problem["detail"] and SECRET not in reply.text


# ---- properties ----


def secrets_config(server, value="first-value", credentials=None, **variables):
    return {"deployment_id": "sealed", "version": "v1", "credentials": credentials or credentials_for(server),
            "targets": [{"provider": "aws", "regions": ["us-east-1"]}],
            "resources": {
                "secret": {"type": "aws:secretsmanager:secret", "properties": {
                    "name": "db", "secret_string": sealed(server, value), "recovery_window_in_days": 0}},
                "parameter": {"type": "aws:ssm:parameter", "properties": {
                    "name": "/db", "type": "SecureString", "value": sealed(server, value)}},
                "role": {"type": "aws:iam:role", "properties": {"role_name": "sealed", "assume_role_policy": configs.TRUST}},
                "api": {"type": "aws:lambda:function", "references": {"role": "role"}, "properties": {
                    "function_name": "api", "runtime": "python3.12", "handler": "index.handler",
                    "code": {"inline": "def handler(event, context):\n    return 1\n"},
                    "environment": {"variables": {"PASSWORD": sealed(server, value), "STAGE": "test", **variables}}}}}}


def values(cloud):
    return (cloud.client("secretsmanager").get_secret_value(SecretId="db")["SecretString"],
            cloud.client("ssm").get_parameter(Name="/db", WithDecryption=True)["Parameter"]["Value"],
            cloud.client("lambda").get_function_configuration(FunctionName="api")["Environment"]["Variables"]["PASSWORD"])


def test_what_is_sealed_reaches_the_cloud_opened_and_is_compared_by_its_box(server, cloud):
    config = secrets_config(server)
    planned = run(server, "plan", config)
    assert set(operations(planned).values()) == {"create"} and "first-value" not in json.dumps(planned)
    assert run(server, "apply", config)["status"] == "completed"
    assert values(cloud) == ("first-value",) * 3
    assert set(operations(run(server, "plan", config)).values()) == {"no_op"}
    verified = server.post("/deploy/verify", {"config": config}).json
    assert {r["verdict"] for r in verified["resources"]} == {"in_sync"}, verified

    other = secrets_config(server, "second-value")
    planned = run(server, "plan", other)
    assert operations(planned) == {"role": "no_op", "secret": "update", "parameter": "update", "api": "update"}
    assert "first-value" not in json.dumps(planned) and "second-value" not in json.dumps(planned)
    assert [d["path"] for o in planned["operations"] if o["resource_id"] == "api" for d in o["diff"]] == [
        "/environment/variables/PASSWORD"]
    assert run(server, "apply", other)["status"] == "completed"
    assert values(cloud) == ("second-value",) * 3
    assert set(operations(run(server, "plan", other)).values()) == {"no_op"}


def test_what_stands_beside_a_secret_is_compared_as_ever(server, cloud):
    config = secrets_config(server)
    assert run(server, "apply", config)["status"] == "completed"
    cloud.client("lambda").update_function_configuration(
        FunctionName="api", Environment={"Variables": {"PASSWORD": "first-value", "STAGE": "by hand"}})
    planned = run(server, "plan", config)
    assert [(o["resource_id"], d["path"]) for o in planned["operations"] for d in o.get("diff", [])] == [
        ("api", "/environment/variables/STAGE")]
    assert run(server, "apply", config)["status"] == "completed"
    variables = cloud.client("lambda").get_function_configuration(FunctionName="api")["Environment"]["Variables"]
    assert variables == {"PASSWORD": "first-value", "STAGE": "test"}


def test_a_rollback_says_that_it_can_not_bring_a_secret_back(server):
    assert run(server, "apply", secrets_config(server))["status"] == "completed"
    reply = server.post("/deploy/plan", {"config": secrets_config(server, "second-value"), "on_failure": "rollback"}).json
    assert {o["resource_id"] for o in reply["operations"] if "irreversible" in o} == {"secret", "parameter", "api"}


def test_a_box_for_another_key_is_found_by_the_plan(server):
    config = secrets_config(server)
    config["resources"]["parameter"]["properties"]["value"] = {"$sealed": seal_for(PUBLIC, "x")}
    config["resources"]["api"]["properties"]["environment"]["variables"]["PASSWORD"] = {"$sealed": "AAAA"}
    for kind in ("plan", "apply"):
        reply = server.post(f"/deploy/{kind}", {"config": config})
        assert reply.status == 422, reply
        assert {(p["pointer"], p["code"]) for p in reply.json["problems"]} == {
            ("/config/resources/parameter/properties/value", "not_openable"),
            ("/config/resources/api/properties/environment/variables/PASSWORD", "not_openable")}
    assert server.post("/deploy/plan", {"config": config, "validate_only": True}).status == 422


def test_a_box_in_a_composite_is_told_where_the_config_has_it(server):
    config = {"deployment_id": "whole", "targets": [{"provider": "aws", "regions": ["us-east-1"]}], "resources": {
        "api": {"type": "aws:lambda:service", "properties": {
            "name": "orders", "runtime": "python3.12", "handler": "app.run", "code": {"inline": "x = 1"},
            "function": {"environment": {"variables": {"PASSWORD": {"$sealed": "AAAA"}}}}}}}}
    reply = server.post("/deploy/plan", {"config": config, "validate_only": True})
    assert [p["pointer"] for p in reply.json["problems"]] == [
        "/config/resources/api/properties/function/environment/variables/PASSWORD"], reply


def test_what_a_resource_is_found_by_and_what_nobody_opens_take_nothing_sealed(server):
    config = secrets_config(server)
    config["resources"]["parameter"]["properties"]["name"] = sealed(server, "/db")
    reply = server.post("/deploy/plan", {"config": config})
    assert [(p["pointer"], p["code"]) for p in reply.json["problems"]] == [
        ("/config/resources/parameter/properties/name", "not_sealable")], reply
    config = {"deployment_id": "x", "resources": {"file": {"type": "local:file", "properties": {
        "path": "a", "content": sealed(server, "x")}}}}
    reply = server.post("/deploy/plan", {"config": config})
    assert [(p["pointer"], p["code"]) for p in reply.json["problems"]] == [
        ("/config/resources/file/properties/content", "not_sealable")], reply


def test_a_graph_that_was_sealed_for_the_key_before_can_be_destroyed_and_not_applied(make_server, proxy, cloud):
    server = make_server("--aws-endpoint", proxy.url)
    graph_id = run(server, "apply", secrets_config(server))["graph_id"]
    server.restart()
    body = {"graph_id": graph_id, "credentials": credentials_for(server)}
    reply = server.post("/deploy/apply", body)
    assert reply.status == 422 and {p["pointer"] for p in reply.json["problems"]} == {"/graph_id"}, reply
    assert "/resources/secret/properties/secret_string: it was not sealed for" in reply.text
    assert server.get(f"/deploy/status/{graph_id}").json["status"] == "completed"
    assert server.post("/deploy/verify", body).status == 200
    assert server.post("/deploy/destroy", body, prefer="wait=60").json["status"] == "completed"
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []


def test_servers_with_one_key_open_what_was_sealed_for_the_other(make_server, proxy, tmp_path):
    path = tmp_path / "sealing-key"
    path.write_text(base64.b64encode(bytes.fromhex(PRIVATE)).decode())
    path.chmod(0o440)
    first, second = (make_server("--aws-endpoint", proxy.url, "--sealing-key", str(path)) for _ in range(2))
    assert run(second, "apply", secrets_config(first))["status"] == "completed"


# ---- the command line ----


def seal(*arguments, stdin=None, status=0, **environment):
    done = subprocess.run([processes.binary(), "seal", *arguments], input=stdin, capture_output=True, text=True, timeout=30,
                          env=processes.clean_environment("/") | environment)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr if status else done.stdout


def opened(box):
    private = nacl.public.PrivateKey(bytes.fromhex(PRIVATE))
    return nacl.public.SealedBox(private).decrypt(base64.b64decode(box)).decode()


def test_pynacl_opens_what_the_command_line_has_sealed(make_server, tmp_path):
    server = make_server(env={"SERVICE__AUTH__PRIVATE_KEY": PRIVATE})
    where = {"MGRAPH_DEPLOY_SERVER": server.url, "MGRAPH_DEPLOY_KEY": server.key}
    assert opened(seal(stdin="a secret\n", **where)) == "a secret"
    assert opened(seal("-", "--provider", "github", stdin="two\nlines\r\n", **where)) == "two\nlines"
    assert opened(seal("--public-key", PUBLIC, stdin="no server")) == "no server"
    public_base64 = base64.b64encode(bytes.fromhex(PUBLIC)).decode()
    box = json.loads(seal("--json", "--public-key", public_base64, stdin="x"))
    assert opened(box["$sealed"]) == "x"
    path = tmp_path / "key.pem"
    path.write_text("as it is\n")
    assert opened(seal(str(path), "--public-key", PUBLIC)) == "as it is\n"
    assert "empty" in seal("--public-key", PUBLIC, stdin="", status=1)
    assert "a public key is" in seal("--public-key", "nonsense", stdin="x", status=1)
    assert "no provider 'nobody'" in seal("--provider", "nobody", stdin="x", status=1, **where)


def test_the_credentials_of_a_config_can_be_sealed_for_keeping(server, tmp_path, credentials):
    credentials["aws"] |= {"session_token": "T" * 20, "accounts": {"x": {"access_key_id": "K", "secret_access_key": "S" * 20}}}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(configs.hello(credentials)))
    where = {"MGRAPH_DEPLOY_SERVER": server.url, "MGRAPH_DEPLOY_KEY": server.key}
    text = seal("--credentials", str(path), **where)
    config = json.loads(text)
    assert all(secret not in text for secret in (SECRET, "T" * 20, "S" * 20))
    assert config["credentials"]["aws"]["accounts"]["x"].keys() == {"access_key_id", "encrypted_secret_access_key"}
    assert config | {"credentials": None} == configs.hello() | {"credentials": None}
    assert server.post("/deploy/plan", {"config": config}).status == 200


class Tap(socketserver.ThreadingTCPServer):
    """Hands bytes on to the server, and keeps what came from the client."""

    daemon_threads = True

    def __init__(self, url):
        super().__init__(("127.0.0.1", 0), None)
        self.to = tuple(url.removeprefix("http://").split(":"))
        self.heard = b""
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, client, address):
        with socket.create_connection(self.to) as server:
            back = threading.Thread(target=self.hand_on, args=(server, client))
            back.start()
            self.hand_on(client, server, keep=True)
            back.join()

    def hand_on(self, a, b, keep=False):
        while data := a.recv(65536):
            self.heard += data if keep else b""
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def serving(server):
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_client_seals_credentials_before_they_leave(server, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(configs.roles(1, None) | {"credentials": {}}))
    environment = processes.clean_environment(tmp_path) | {
        "MGRAPH_DEPLOY_KEY": server.key, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "CANARY/of+a/session=token"}
    with serving(Tap(server.url)) as tap:
        for command, status in (("plan", 2), ("apply", 0), ("verify", 0), ("destroy", 0)):
            arguments = ["-y"] if command in ("apply", "destroy") else []
            done = subprocess.run([processes.binary(), command, str(path), "--server", tap.url, *arguments],
                                  env=environment, capture_output=True, timeout=60)
            assert done.returncode == status, done.stderr
    assert tap.heard.count(b"encrypted_secret_access_key") >= 4
    assert SECRET.encode() not in tap.heard and b"CANARY" not in tap.heard


def test_without_a_key_to_seal_for_nothing_plain_goes_over_a_network(tmp_path, credentials):
    heard = []

    class Old(http.server.BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("content-length") or 0)
            heard.append((self.command, self.path, self.rfile.read(length)))
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b'{"title": "Not found"}')

        do_GET = do_POST = answer

        def log_message(self, *arguments):
            pass

    with serving(http.server.ThreadingHTTPServer(("0.0.0.0", 0), Old)) as old:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(configs.hello(credentials)))
        for host, posted in (("0.0.0.0", False), ("127.0.0.1", True)):
            heard.clear()
            done = subprocess.run([processes.binary(), "plan", str(path), "--server", f"http://{host}:{old.server_port}"],
                                  env=processes.clean_environment(tmp_path), capture_output=True, text=True, timeout=30)
            assert done.returncode == 1
            assert any(SECRET.encode() in body for _, _, body in heard) == posted
            assert ("were not sent" in done.stderr) == (not posted), done.stderr


def test_what_is_typed_is_not_shown(tmp_path):
    """At a terminal."""
    leader, follower = os.openpty()
    process = subprocess.Popen([processes.binary(), "seal", "--public-key", PUBLIC], stdin=follower, stderr=follower,
                               stdout=subprocess.PIPE, env=processes.clean_environment(tmp_path))
    shown = b""
    while b"Secret:" not in shown:
        shown += os.read(leader, 1000)
    os.write(leader, b"typed secret\n")
    stdout, _ = process.communicate(timeout=30)
    os.close(follower)
    while True:
        try:
            more = os.read(leader, 1000)
        except OSError:
            break
        if not more:
            break
        shown += more
    assert opened(stdout) == "typed secret" and b"typed" not in shown
