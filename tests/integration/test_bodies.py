# SPDX-License-Identifier: Apache-2.0
"""test_bodies.py - what a body may cost the service: nothing for who has no key, and a bounded amount for who has one."""

import json

import configs
import pytest

MIB = 1 << 20
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
