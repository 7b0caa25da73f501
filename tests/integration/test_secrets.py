# SPDX-License-Identifier: Apache-2.0
"""test_secrets.py - credentials are in memory, and nowhere else (G6)."""

import json
import os
import re
import signal
import time

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
    dump = server.redis("--scan")
    for key in dump.split():
        kind = server.redis("TYPE", key)
        dump += {"string": lambda: server.redis("GET", key), "hash": lambda: server.redis("HGETALL", key),
                 "stream": lambda: server.redis("XRANGE", key, "-", "+"),
                 "zset": lambda: server.redis("ZRANGE", key, "0", "-1")}[kind]()
    written = server.everything_written() + dump.encode() + "".join(events).encode()
    written += b"".join(answer.body for answer in answers)
    for secret in (SECRET, CANARY, SECRET[:-4] + "nope"):
        assert secret.encode() not in written, secret
    server.stop()
    assert SECRET.encode() not in server.everything_written()


def times_in_memory(server, text):
    """How often it lies in what the process can write to: its heap, its stacks, its guarded pages. The first bytes
    are left out: the allocator writes its own into memory that was given back."""
    return bytes_in_memory(server, text.encode()[16:])


def bytes_in_memory(server, needle):
    n = 0
    os.kill(server.pid, signal.SIGSTOP)  # else its map changes under the look
    with open(f"/proc/{server.pid}/maps") as maps, open(f"/proc/{server.pid}/mem", "rb", 0) as memory:
        for first, last, rights in re.findall(r"^(\w+)-(\w+) (\S+)", maps.read(), re.M):
            size = int(last, 16) - int(first, 16)
            if rights.startswith("rw") and size < 1 << 30:  # what is larger is a sanitizer's, and holds no text
                memory.seek(int(first, 16))
                n += memory.read(size).count(needle)
    os.kill(server.pid, signal.SIGCONT)
    return n


def test_no_credential_is_left_in_memory(server, proxy, credentials):
    """Neither of a run that has ended, nor of requests that were refused at each step on their way."""
    credentials["aws"]["session_token"] = CANARY
    config = configs.hello(credentials)
    proxy.set_faults([{"kind": "delay", "seconds": 0.2}])
    running = server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    assert running.status == 202, running
    assert times_in_memory(server, SECRET) > 0 and times_in_memory(server, CANARY) > 0, "the look itself is broken"
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
    assert (times_in_memory(server, SECRET), times_in_memory(server, CANARY)) == (0, 0)


def test_sealed_credentials_are_refused_until_they_can_be_opened(server, credentials):
    credentials["aws"]["encrypted_secret_access_key"] = credentials["aws"].pop("secret_access_key")
    reply = server.post("/deploy/apply", {"config": configs.hello(credentials)})
    assert reply.status == 422 and reply.json["code"] == "bad_credentials", reply
