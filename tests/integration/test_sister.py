# SPDX-License-Identifier: Apache-2.0
"""test_sister.py - drivers in another process (`mgraph-deploy provider`) than the one that orchestrates."""

import base64
import pathlib
import tempfile
import time

import nacl.public
import pytest

import configs
import cycles
import proxying
import sisters
import test_chaos
import test_deploy
import test_secrets
import test_stack
import test_types

from test_chaos import chance  # noqa: F401

# One of each way in which types are found, read and changed.
SOME = ["dynamodb_table", "ec2_vpc", "iam_policy", "iam_role", "lambda_function", "logs_group", "s3_bucket",
        "secretsmanager_secret", "sns_subscription", "sqs_queue"]


@pytest.fixture
def provider(make_provider, proxy):
    """A process with AWS's driver, whose AWS is the emulator behind the proxy."""
    return make_provider("--aws-endpoint", proxy.url)


@pytest.fixture
def server(make_server, provider):
    """A server that has no AWS but the one over there."""
    server = make_server("--provider", f"aws={provider.url}", "--aws-endpoint", "http://127.0.0.1:1")
    server.until_ready()
    return server


@pytest.mark.parametrize("cycle", [c for c in cycles.cycles("aws") if c.id in SOME])
def test_a_type_has_its_whole_life(server, cloud, credentials, cycle):
    test_types.test_a_type_is_made_read_back_changed_and_gone(server, cloud, credentials, cycle)


def test_the_main_job(server, cloud, credentials):
    test_deploy.test_an_apply_creates_each_resource_once_in_each_region_with_the_standard_tags(
        server, cloud, credentials)
    assert server.post("/deploy/destroy", {"config": configs.hello(credentials)}, prefer="wait=60").status == 200
    assert cloud.everything() == {}


def test_a_stack_of_sixty(server, cloud, credentials):
    test_stack.test_a_stack_is_made_in_sync_not_made_twice_and_taken_down(server, cloud, credentials)


# ---- two processes, and what may happen between them ----

class Between(proxying.Proxy):
    def describe(self, request):
        return {"trace": request.header("traceparent")}


def test_what_an_execution_asks_says_what_work_it_belongs_to(make_server, make_provider, tmp_path):
    provider = make_provider("--drivers", "local", "--local-root", str(tmp_path / "root"))
    between = Between(provider.url).start()
    server = make_server("--provider", f"local={between.url}")
    server.until_ready()
    reply = server.post("/deploy/apply", {"config": configs.nulls(3)}, prefer="wait=60", traceparent=sisters.TRACE)
    assert reply.json["status"] == "completed", reply
    traces = [entry["trace"] for entry in between.log if entry["target"].endswith("/ops")]
    assert len(traces) >= 6
    sisters.expect_spans(traces)
    between.stop()


KEY = "a key that only the two of them know"


def plan(server, config):
    return server.post("/deploy/plan", {"config": config})


@pytest.mark.timeout(600)
def test_a_provider_that_dies_at_a_random_moment_doubles_and_loses_nothing(server, provider, proxy, cloud, credentials,
                                                                           chance):
    run, killed_under_way = test_chaos.Run(chance, credentials), 0
    for _ in range(max(test_chaos.CHAOS // 8, 12)):
        run.draw()
        proxy.set_faults([{"kind": "delay", "seconds": chance.choice([0.01, 0.03])}])
        graph_id = run.begin(server)
        time.sleep(chance.uniform(0, 0.3))
        killed_under_way += server.get(f"/deploy/status/{graph_id}").json["status"] == "running"
        provider.kill9()
        time.sleep(chance.choice([0, 0.2, 1]))
        provider.start()
        proxy.set_faults([])
        execution = test_chaos.until_ended(server, graph_id, ("completed", "failed", "paused"))
        assert execution["status"] == "completed", execution
        run.judge(cloud)
    assert killed_under_way >= 2, "the moments come too late to prove anything"


def test_until_a_provider_is_reached_its_types_are_said_to_be_away(make_server, make_provider, proxy, credentials):
    provider = make_provider("--aws-endpoint", proxy.url)
    provider.stop()
    server = make_server("--provider", f"aws={provider.url}")
    config = configs.hello(credentials)
    ready = server.get("/readyz")
    assert ready.status == 503 and ready.json["code"] == "provider_unavailable", ready
    assert f"aws at {provider.url}" in ready.json["detail"]
    refused = plan(server, config)
    assert refused.status == 422, refused
    assert {p["code"] for p in refused.json["problems"]} == {"provider_unavailable"}
    assert {p["pointer"] for p in refused.json["problems"]} == {f"/config/resources/{name}/type"
                                                                for name in config["resources"]}
    local = server.post("/deploy/apply", {"config": configs.nulls(3)})
    assert local.status == 200 and local.json["status"] == "completed", local
    provider.start()
    server.until_ready()
    assert plan(server, config).status == 200


def test_a_provider_that_has_gone_is_told_at_once(server, provider, credentials):
    provider.stop()
    refused = plan(server, configs.hello(credentials))
    assert refused.status == 502 and refused.json["code"] == "provider_error", refused
    assert f"aws at {provider.url}: " in refused.json["detail"]


def test_what_the_driver_checks_beyond_the_schema_is_told_in_a_plan(server, credentials):
    config = configs.hello(credentials)
    config["resources"]["execution-role"]["properties"]["role_name"] = "r" * 64
    config["resources"]["api"]["properties"]["code"] = {"inline": "x", "zip_file": "eA=="}
    refused = plan(server, config)
    assert refused.status == 422, refused
    direct = [p for p in refused.json["problems"] if p["pointer"].startswith("/config/resources/api")]
    assert direct, refused


def test_bad_credentials_are_told_where_they_stand(server, proxy, credentials):
    proxy.expect_refusals = True
    wrong = {"aws": {**credentials["aws"], "secret_access_key": "x" * 40}}
    refused = plan(server, configs.hello(wrong))
    assert refused.status == 422 and refused.json["code"] == "bad_credentials", refused
    assert refused.json["problems"][0]["pointer"] == "/config/credentials/aws"
    refused = plan(server, configs.hello({"aws": {"access_key_id": "AKIA"}}))
    assert refused.status == 422 and refused.json["code"] == "bad_credentials", refused
    assert "/secret_access_key" in refused.json["problems"][0]["detail"]
    refused = plan(server, configs.hello())
    assert refused.status == 422 and refused.json["problems"][0]["code"] == "missing_credentials", refused


@pytest.fixture
def keys(tmp_path):
    """Files with the right key, and with a wrong one."""
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "wrong").write_text(KEY[::-1])
    for name in ("key", "wrong"):
        (tmp_path / name).chmod(0o600)
    return tmp_path / "key", tmp_path / "wrong"


def test_a_provider_with_a_key_serves_nobody_without_it(make_server, make_provider, keys):
    right, wrong = keys
    provider = make_provider("--drivers", "local", "--local-root", str(right.parent / "root"), "--key-file", str(right))
    assert provider.get("/provider/v1").status == 401
    assert provider.post("/provider/v1/ops", {}).status == 401
    assert provider.get("/healthz").status == 200
    assert provider.get("/provider/v1", x_api_key=KEY).json["protocol"] == 1
    assert provider.get("/provider/v1", authorization=f"Bearer {KEY}").status == 200
    server = make_server("--provider", f"local={provider.url},key={wrong}")
    assert "401" in server.get("/readyz").json["detail"]
    server = make_server(env={"MGRAPH_DEPLOY_PROVIDER": f"local={provider.url},key={right}"})
    server.until_ready()
    assert server.post("/deploy/apply", {"config": configs.nulls(20)}).json["status"] == "completed"


def test_a_key_that_others_may_read_is_refused_on_both_sides(make_server, make_provider, keys):
    right, _ = keys
    right.chmod(0o644)
    with pytest.raises(RuntimeError, match="others may read"):
        make_provider("--drivers", "local", "--local-root", str(right.parent / "root"), "--key-file", str(right))
    with pytest.raises(RuntimeError, match="others may read"):
        make_server("--provider", f"local=http://127.0.0.1:1,key={right}")


def test_without_a_key_only_this_host_is_listened_on(make_provider):
    with pytest.raises(RuntimeError, match="without --key only loopback"):
        make_provider("--listen", "0.0.0.0:0")


def test_a_provider_on_a_unix_socket(make_server, make_provider, tmp_path):
    root = tmp_path / "root"
    socket = tempfile.mkdtemp() + "/p.sock"  # its path may not be long
    provider = make_provider("--drivers", "local", "--local-root", str(root), "--listen", f"unix:{socket}")
    assert provider.url == f"unix:{socket}"
    server = make_server("--provider", f"local=unix:{socket}")
    server.until_ready()
    config = {"deployment_id": "files", "resources": {"a": {"type": "local:file", "properties": {
        "path": "a.txt", "content": "from elsewhere"}}}}
    assert server.post("/deploy/apply", {"config": config}).json["status"] == "completed"
    assert (root / "a.txt").read_text() == "from elsewhere"
    assert not list((server.data / "local").glob("*"))
    assert server.post("/deploy/destroy", {"config": config}).json["status"] == "completed"
    assert not (root / "a.txt").exists()


def test_whoever_hangs_up_has_it_cancelled(make_server, make_provider, tmp_path):
    """A command that is given up is killed, and one that is waited for runs to its end."""
    root = tmp_path / "root"
    provider = make_provider("--drivers", "exec", "--local-root", str(root), "--exec-allow", "*")
    server = make_server("--provider", f"exec={provider.url}")
    server.until_ready()
    config = {"deployment_id": "commands", "resources": {"it": {"type": "exec:command", "properties": {
        "create": ["sh", "-c", "echo $$ >began; sleep 60; echo ended >ended"]}}}}
    running = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert running.status == 202, running
    until = time.monotonic() + 10
    while not (root / "began").exists() or not (root / "began").read_text().strip():
        assert time.monotonic() < until
        time.sleep(0.02)
    pid = int((root / "began").read_text())
    server.kill9()
    while pathlib.Path(f"/proc/{pid}/cwd").is_dir():
        assert time.monotonic() < until, "it still runs"
        time.sleep(0.02)
    assert not (root / "ended").exists()


def test_no_credential_is_left_in_memory_of_either(server, provider, proxy, credentials):
    credentials["aws"]["session_token"] = test_secrets.CANARY
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    running = server.post("/deploy/apply", {"config": configs.hello(credentials)}, prefer="respond-async")
    assert running.status == 202, running
    assert server.times_in_memory(test_secrets.SECRET) > 0, "the look itself is broken"
    assert provider.times_in_memory(test_secrets.SECRET) > 0, "the look itself is broken"
    proxy.set_faults([])
    test_chaos.until_ended(server, running.json["graph_id"])
    assert plan(server, configs.hello({"aws": {**credentials["aws"], "what": [test_secrets.SECRET]}})).status == 422
    assert server.get("/deploy/types").status == 200  # so the turn that has answered is over
    for secret in (test_secrets.SECRET, test_secrets.CANARY):
        assert server.times_in_memory(secret) == 0
        # Opened once, and kept a little while: for the next one that comes with the same.
        assert provider.times_in_memory(secret) == 1
        assert secret.encode() not in server.everything_written() + provider.everything_written()


def test_what_the_way_costs(make_server, make_provider, tmp_path):
    """Printed; and it must not be much."""
    provider = make_provider("--drivers", "local", "--local-root", str(tmp_path / "root"))
    took = []
    for options in ((), ("--provider", f"local={provider.url}")):
        server = make_server("--redis", "memory:", *options)
        server.until_ready()
        began = time.monotonic()
        execution = server.post("/deploy/apply", {"config": configs.nulls(1000)}, prefer="wait=60").json
        assert execution["status"] == "completed" and execution["summary"]["add"] == 1000
        took.append(time.monotonic() - began)
    per_op = (took[1] - took[0]) / 3000 * 1e6  # read, create, settle
    print(f"1,000 nodes: {took[0]:.2f} s here, {took[1]:.2f} s over there: {per_op:.0f} us more for each op")
    assert per_op < 20000


# ---- what is sealed ----

VALUE = "CANARYvalue-that-only-the-driver-may-read-7"


def seal(public_key, text):
    key = nacl.public.PublicKey(bytes.fromhex(public_key))
    return base64.b64encode(nacl.public.SealedBox(key).encrypt(text.encode())).decode()


@pytest.fixture
def sealing_key(tmp_path):
    """A pair, and the file of its private half."""
    pair = nacl.public.PrivateKey.generate()
    path = tmp_path / "sealing-key"
    path.write_text(bytes(pair).hex())
    path.chmod(0o400)
    return pair, str(path)


@pytest.fixture
def sealed(make_server, make_provider, proxy, sealing_key):
    """A server whose providers are all elsewhere, and the process that has the key."""
    provider = make_provider("--aws-endpoint", proxy.url, "--drivers", "aws,github", "--sealing-key", sealing_key[1])
    server = make_server("--provider", f"aws={provider.url}", "--provider", f"github={provider.url}",
                         env={"SERVICE__AUTH__PRIVATE_KEY": "11" * 32})
    server.until_ready()
    return server, provider


def times_of(server, *texts):
    """In memory, in any of its writings; the allocator may have written over the first bytes."""
    return [server.times_in_memory(text) for text in texts]


def test_who_orchestrates_holds_no_key_and_opens_nothing(sealed, sealing_key, proxy, cloud, credentials):
    (server, provider), (pair, _) = sealed, sealing_key
    private, public = bytes(pair).hex(), bytes(pair.public_key).hex()
    for name in ("aws", "github"):
        assert server.get(f"/public-keys/{name}").json["public_key"] == public
    secret = credentials["aws"].pop("secret_access_key")
    credentials["aws"]["encrypted_secret_access_key"] = seal(public, secret)
    config = configs.hello(credentials, regions=["eu-west-1"])
    config["resources"]["password"] = {"type": "aws:secretsmanager:secret", "properties": {
        "name": "password", "secret_string": {"$sealed": seal(public, VALUE)}}}
    proxy.set_faults([{"kind": "delay", "seconds": 0.15}])
    running = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert running.status == 202, running
    seen = 0
    while server.get(f"/deploy/status/{running.json['graph_id']}").json["status"] == "running":
        assert times_of(server, secret, VALUE, private) == [0, 0, 0]
        seen += times_of(provider, secret)[0]
    assert seen > 0, "the look itself is broken"
    execution = test_chaos.until_ended(server, running.json["graph_id"])
    assert execution["status"] == "completed", execution
    assert cloud.client("secretsmanager", "eu-west-1").get_secret_value(
        SecretId=execution["outputs"]["password"]["arn"])["SecretString"] == VALUE
    assert server.post("/deploy/apply", {"config": config}, prefer="wait=60").json["summary"]["no_op"] == 5
    assert server.times_in_memory(bytes(pair)) == 0
    assert provider.times_in_memory(bytes(pair)) > 0, "the look itself is broken"
    assert server.is_sanitized() or server.times_in_memory(b"11" * 32) == 0, "the key of its environment"
    for text in (secret, VALUE, private):
        assert text.encode() not in server.everything_written() + provider.everything_written()


def test_what_is_sealed_for_another_key_is_told_in_a_plan(sealed, credentials):
    other = bytes(nacl.public.PrivateKey.generate().public_key).hex()
    config = configs.hello(credentials)
    config["resources"]["password"] = {"type": "aws:secretsmanager:secret", "properties": {
        "name": "password", "secret_string": {"$sealed": seal(other, VALUE)}}}
    refused = plan(sealed[0], config)
    assert refused.status == 422, refused
    assert [p["pointer"] for p in refused.json["problems"]] == ["/config/resources/password/properties/secret_string"]
    secret = credentials["aws"].pop("secret_access_key")
    credentials["aws"]["encrypted_secret_access_key"] = seal(other, secret)
    refused = plan(sealed[0], configs.hello(credentials))
    assert refused.status == 422 and refused.json["code"] == "bad_credentials", refused
    assert "encrypted_secret_access_key" in refused.json["problems"][0]["detail"]


def test_a_restarted_provider_with_a_new_key_is_believed(make_server, make_provider, proxy, credentials):
    """What was sealed for the old one can't be opened any more: a run waits for what is."""
    provider = make_provider("--aws-endpoint", proxy.url)
    server = make_server("--provider", f"aws={provider.url}")
    server.until_ready()
    old = server.get("/public-keys/aws").json["public_key"]
    secret = credentials["aws"].pop("secret_access_key")
    sealed = {"aws": credentials["aws"] | {"encrypted_secret_access_key": seal(old, secret)}}
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    running = server.post("/deploy/apply", {"config": configs.hello(sealed)}, prefer="respond-async")
    time.sleep(1)
    provider.kill9()
    provider.start()
    proxy.set_faults([])
    execution = test_chaos.until_ended(server, running.json["graph_id"], ("paused", "failed", "completed"))
    assert (execution["status"], execution.get("reason")) == ("paused", "awaiting_credentials"), execution
    until = time.monotonic() + 20
    while (new := server.get("/public-keys/aws").json["public_key"]) == old:
        assert time.monotonic() < until
        time.sleep(0.2)
    sealed = {"aws": credentials["aws"] | {"encrypted_secret_access_key": seal(new, secret)}}
    reply = server.post("/deploy/continue", {"graph_id": running.json["graph_id"], "credentials": sealed},
                        prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == "completed", reply


def test_a_key_that_nothing_here_has_use_for_is_refused(make_server, sealing_key):
    with pytest.raises(RuntimeError, match="give it to the provider processes"):
        make_server("--provider", "aws=http://127.0.0.1:1", "--provider", "github=http://127.0.0.1:1",
                    "--sealing-key", sealing_key[1])
