# SPDX-License-Identifier: Apache-2.0
"""test_fixtures.py - the fixture of the server itself: starts, crashes, restarts, streams, ends."""

import json

CONFIG = {"deployment_id": "fixture", "resources": {
    "folder": {"type": "local:directory", "properties": {"path": "site"}},
    "page": {"type": "local:file", "depends_on": ["folder"],
             "properties": {"path": "site/index.html", "content": "hello"}}}}


def apply(server):
    reply = server.post("/apply", {"config": CONFIG}, prefer="wait=20")
    assert reply.status == 200, reply
    assert reply.json["status"] == "completed", reply
    return reply.json["graph_id"]


def test_the_server_starts_and_ends(make_server):
    server = make_server()
    assert server.get("/healthz").status == 200
    assert server.redis("ping") == "PONG"
    assert server.stop() == 0


def test_the_server_keeps_its_folder_and_key_over_a_crash(make_server):
    server = make_server()
    graph_id = apply(server)
    assert (server.data / "local" / "site" / "index.html").read_text() == "hello"
    server.kill9()
    server.start()
    assert server.get(f"/status/{graph_id}").json["status"] == "completed"
    assert server.key


def test_events_are_streamed_to_the_last_one(make_server):
    server = make_server()
    graph_id = apply(server)
    last = None
    for event in server.events(f"/events/{graph_id}"):
        last = json.loads(event.data)
        if last["type"] == "execution" and last["status"] == "completed":
            break
    assert last["status"] == "completed"
    assert b"site/index.html" in server.everything_written()
