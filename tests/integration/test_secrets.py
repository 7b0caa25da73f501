# SPDX-License-Identifier: Apache-2.0
"""test_secrets.py - credentials are in memory, and nowhere else (G6)."""

import base64
import json
import time

import nacl.public

import configs
import sigproxy

KEY_ID, SECRET = next(iter(sigproxy.DEFAULT_SECRETS.items()))
CANARY = "CANARYsession/token+that=must0never1be2seen3"


def test_no_credential_is_in_redis_on_disk_in_a_log_or_in_an_answer(make_server, proxy, credentials):
    server = make_server("--aws-endpoint", proxy.url, "--verbose")
    credentials["aws"]["session_token"] = CANARY
    answers = []
    proxy.set_faults([{"kind": "throttle", "rate": 0.2}, {"kind": "error", "rate": 0.1}], seed=3)
    config = configs.hello(credentials)
    answers.append(server.post("/deploy/plan", {"config": config}))
    answers.append(server.post("/deploy/apply", {"config": config}, prefer="wait=60"))
    assert answers[-1].json["status"] == "completed"
    graph_id = answers[-1].json["graph_id"]
    answers.append(server.get(f"/deploy/status/{graph_id}"))
    answers.append(server.get(f"/deploy/graph/{graph_id}"))
    # Refused and failing requests, and ones that are not understood.
    proxy.expect_refusals = True
    wrong = {"aws": {**credentials["aws"], "secret_access_key": SECRET[:-4] + "nope"}}
    answers.append(server.post("/deploy/destroy", {"graph_id": graph_id, "credentials": wrong}))
    answers.append(server.post("/deploy/apply", {"config": {**config, "resources": {}}}))
    answers.append(server.post("/deploy/apply", {"config": {**config, "deployment_id": SECRET[:8] + "/"}}))
    answers.append(server.api.request("POST", "/deploy/plan", body=b'{"config":{"credentials":"' + SECRET.encode(),
                                      content_type="application/json"))
    events = []
    for event in server.events(f"/deploy/events/{graph_id}", last_event_id="0-0"):
        events.append(event.data)
        if '"type":"execution"' in event.data and '"completed"' in event.data:
            break
    server.redis("BGREWRITEAOF")
    written = server.everything_written() + server.everything_stored().encode() + "".join(events).encode()
    written += b"".join(answer.body for answer in answers)
    for secret in (SECRET, CANARY, SECRET[:-4] + "nope"):
        assert secret.encode() not in written, secret
    server.stop()
    assert SECRET.encode() not in server.everything_written()


def test_no_credential_is_left_in_memory(server, proxy, credentials):
    """Neither of a run that has ended, nor of requests that were refused at each step on their way."""
    credentials["aws"]["session_token"] = CANARY
    config = configs.hello(credentials)
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    running = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert running.status == 202, running
    assert all(server.in_memory(SECRET, CANARY).values()), "the look itself is broken"
    proxy.set_faults([])
    until = time.monotonic() + 30
    while server.get(f"/deploy/status/{running.json['graph_id']}").json["status"] != "completed":
        assert time.monotonic() < until
        time.sleep(0.02)
    refused = [{"config": {**config, "resources": {}}}, {"config": config, "mode": "FAST"}, {"credentials": credentials},
               {"config": config, "what": {"is": [[SECRET], CANARY]}}]
    bodies = [json.dumps(body) for body in refused] + [json.dumps({"config": config})[:-1]]
    for body in bodies:
        reply = server.api.request("POST", "/deploy/plan", body=body.encode(), content_type="application/json")
        assert reply.status in (400, 422), reply
    assert server.get("/deploy/types").status == 200
    assert server.in_memory(SECRET, CANARY) == {SECRET: 0, CANARY: 0}


# ---- sealed forms ----

VALUES = {"secret": "CANARYsecret-string-0f3a9c7e1b5d2846", "parameter": "CANARYparameter-value-7be2d0c94f61a835",
          "api": "CANARYenvironment-value-c3d81e6f0a29b754", "broken": "CANARYof-a-failure-91a7e4c05db3f268"}


def sealed_config(server):
    """Each secret in another place; and one resource that fails with its secret in the call."""
    key = nacl.public.PublicKey(bytes.fromhex(server.get("/public-keys/aws").json["public_key"]))

    def seal(text):
        return base64.b64encode(nacl.public.SealedBox(key).encrypt(text.encode())).decode()

    def parameter(at, name):
        return {"type": "aws:ssm:parameter", "properties": {
            "name": name, "type": "SecureString", "value": {"$sealed": seal(VALUES[at])}}}

    return {"deployment_id": "sealed", "version": "v1", "targets": [{"provider": "aws", "regions": ["us-east-1"]}],
            "credentials": {"aws": {"access_key_id": KEY_ID, "region": "us-east-1",
                                    "encrypted_secret_access_key": seal(SECRET), "encrypted_session_token": seal(CANARY)}},
            "resources": {
                "secret": {"type": "aws:secretsmanager:secret", "properties": {
                    "name": "db", "secret_string": {"$sealed": seal(VALUES["secret"])}, "recovery_window_in_days": 0}},
                "parameter": parameter("parameter", "/db"),
                "role": {"type": "aws:iam:role", "properties": {"role_name": "r", "assume_role_policy": configs.TRUST}},
                "api": {"type": "aws:lambda:function", "references": {"role": "role"}, "properties": {
                    "function_name": "api", "runtime": "python3.12", "handler": "index.handler",
                    "code": {"inline": "def handler(event, context):\n    return 1\n"},
                    "environment": {"variables": {"PASSWORD": {"$sealed": seal(VALUES["api"])}, "STAGE": "test"}}}},
                "broken": parameter("broken", "/aws/is-not-for-us")}}


def forgotten(server, canaries):
    """The answer leaves a moment before its run is taken down."""
    until = time.monotonic() + 5
    while any((left := server.in_memory(*canaries)).values()):
        assert time.monotonic() < until, left
        time.sleep(0.02)


def test_what_was_sealed_is_opened_for_its_call_alone(make_server, proxy, tmp_path):
    """Through plan, apply, failure, a crash, its resumption and destroy: in no record, file, log, event or answer; and in
    memory as long as it is needed."""
    path = tmp_path / "sealing-key"
    path.write_text("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    path.chmod(0o400)
    server = make_server("--aws-endpoint", proxy.url, "--verbose", "--sealing-key", str(path))
    config, canaries = sealed_config(server), [SECRET, CANARY, *VALUES.values()]
    answers = [server.post("/deploy/plan", {"config": config})]
    proxy.set_faults([{"kind": "throttle", "rate": 0.2}, {"kind": "delay", "seconds": 0.1}], seed=5)
    answers.append(server.post("/deploy/apply", {"config": config, "mode": "STEP"}, prefer="wait=60"))
    graph_id = answers[-1].json["graph_id"]
    assert answers[-1].json["status"] == "paused"
    server.kill9()
    server.start()
    body = {"graph_id": graph_id, "credentials": config["credentials"], "until": "end"}
    answers.append(server.post("/deploy/continue", body, prefer="respond-async"))
    assert answers[-1].status == 202, answers[-1]
    seen, until = set(), time.monotonic() + 60
    while server.get(f"/deploy/status/{graph_id}").json["status"] not in ("completed", "failed"):
        seen |= {canary for canary, n in server.in_memory(*canaries).items() if n}
        assert time.monotonic() < until
        time.sleep(0.05)
    assert {SECRET, CANARY} <= seen and seen & set(VALUES.values()), "the look itself is broken"
    answers.append(server.get(f"/deploy/status/{graph_id}"))
    status = {o["resource_id"]: o["status"] for o in answers[-1].json["operations"]}
    assert status["broken"] == "failed", answers[-1]
    del config["resources"]["broken"]
    answers.append(server.post("/deploy/apply", {"config": config}, prefer="wait=60"))
    assert answers[-1].json["status"] == "completed", [o.get("error") for o in answers[-1].json["operations"]]
    answers += [server.post(f"/deploy/{kind}", {"config": config}) for kind in ("plan", "verify")]
    forgotten(server, canaries)
    answers.append(server.post("/deploy/destroy", {"config": config}, prefer="wait=60"))
    assert answers[-1].json["status"] == "completed", answers[-1]
    answers += [server.get(f"/deploy/{what}/{graph_id}") for what in ("status", "graph")]
    forgotten(server, canaries)
    server.redis("BGREWRITEAOF")
    written = server.everything_written() + server.everything_stored().encode()
    written += b"".join(answer.body for answer in answers)
    server.stop()
    written += server.everything_written()
    for canary in canaries:
        assert canary.encode() not in written, canary
