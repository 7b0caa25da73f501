# SPDX-License-Identifier: Apache-2.0
"""test_stack.py - the whole life of a stack of 60 resources, such as people run: in quiet, and in bad weather."""

import pytest

import stack

SECONDS = 280


def run(server, kind, config):
    server.api.timeout = SECONDS + 10
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer=f"wait={SECONDS}")
    assert reply.status == 200, reply
    return reply.json


def expect_all(cloud):
    found = stack.found(lambda service: cloud.client(service, stack.REGION))
    assert {kind: len(items) for kind, items in found.items()} == stack.COUNTS


def expect_nothing(cloud):
    assert stack.found(lambda service: cloud.client(service, stack.REGION)) == {}


def test_a_stack_is_made_in_sync_not_made_twice_and_taken_down(server, cloud, credentials):
    config = stack.config(credentials)
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", execution["operations"]
    assert execution["summary"]["add"] == 60
    expect_all(cloud)
    verified = run(server, "verify", config)
    assert {resource["verdict"] for resource in verified["resources"]} == {"in_sync"}, verified
    again = run(server, "apply", config)
    assert again["summary"] == execution["summary"] | {"add": 0, "no_op": 60}
    expect_all(cloud)
    assert run(server, "destroy", config)["status"] == "completed"
    expect_nothing(cloud)


@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.long
def test_in_bad_weather_there_is_one_of_each(server, proxy, cloud, credentials):
    config = stack.config(credentials)
    weather = [{"kind": "throttle", "rate": 0.3}, {"kind": "lose_reply", "rate": 0.1 / 0.7}]
    proxy.set_faults(weather, seed=60)
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", [
        (op["resource_id"], op["attempt"], op.get("error")) for op in execution["operations"]
        if op["status"] == "failed"]
    expect_all(cloud)
    assert run(server, "destroy", config)["status"] == "completed"
    expect_nothing(cloud)
