# SPDX-License-Identifier: Apache-2.0
"""test_metrics.py - the numbers that Prometheus reads: that its own parser reads them, and that they are true."""

import json
import re
import time

import pytest
from processes import TOP
from prometheus_client.parser import text_string_to_metric_families

@pytest.fixture
def local(make_server):
    return make_server()


NULLS = {"a": {"type": "local:null", "properties": {"note": "one"}},
         "b": {"type": "local:null", "properties": {"note": "@a.note"}}}


def config(deployment="metrics"):
    return {"deployment_id": deployment, "version": "v1", "targets": [{"provider": "local"}], "resources": NULLS}


def read(server):
    reply = server.get("/metrics")
    assert reply.status == 200 and reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(reply.text)}
    assert all(family.documentation for family in families.values())
    return {(sample.name, *sorted(sample.labels.values())): sample.value
            for family in families.values() for sample in family.samples}


def test_what_was_done_is_counted(local):
    before = read(local)
    assert local.post("/deploy/apply", {"config": config()}, prefer="wait=30").json["status"] == "completed"
    assert local.post("/deploy/destroy", {"config": config()}, prefer="wait=30").json["status"] == "completed"
    assert local.get("/deploy/status/00000000").status == 404
    assert local.get("/nowhere").status == 404
    after = read(local)

    def more(*key):
        return after.get(key, 0) - before.get(key, 0)

    assert more("mgraph_deploy_executions_total", "apply", "completed") == 1
    assert more("mgraph_deploy_executions_total", "completed", "destroy") == 1
    assert more("mgraph_deploy_operations_total", "create", "local", "ok") == 2
    assert more("mgraph_deploy_operation_duration_seconds_count", "create", "local") == 2
    assert more("mgraph_deploy_http_requests_total", "/deploy/apply", "200", "POST") == 1
    assert more("mgraph_deploy_http_requests_total", "/deploy/status/{graph_id}", "404", "GET") == 1
    assert more("mgraph_deploy_http_requests_total", "404", "other", "other") == 1
    assert after["mgraph_deploy_store_up",] == 1
    assert after["mgraph_deploy_live_executions", "running"] == 0


def test_what_is_there_is_told(local):
    paused = local.post("/deploy/apply", {"config": config("held"), "mode": "STEP"}, prefer="wait=30").json
    events = local.events(f"/deploy/events/{paused['graph_id']}")
    next(events)
    numbers = read(local)
    assert numbers["mgraph_deploy_live_executions", "paused"] == 1 and numbers["mgraph_deploy_streams",] == 1
    events.close()
    until = time.monotonic() + 10
    while read(local)["mgraph_deploy_streams",] > 0:
        assert time.monotonic() < until
        time.sleep(0.05)
    numbers = read(local)
    assert numbers["mgraph_deploy_build_info", "0.1.0"] == 1
    assert 1e6 < numbers["process_resident_memory_bytes",] < 1e9 and numbers["process_open_fds",] > 3
    assert 0 <= time.time() - numbers["process_start_time_seconds",] < 600 and numbers["process_cpu_seconds_total",] > 0
    assert numbers["mgraph_deploy_loop_lag_seconds_count",] >= 0  # of ten a second


def test_only_who_has_a_key_reads_them(local):
    assert local.get("/metrics", x_api_key="nobody's").status == 401


def test_the_dashboard_shows_what_there_is(local):
    dashboard = json.loads((TOP / "contrib/grafana/mgraph-deploy.json").read_text())
    asked = {name for panel in dashboard["panels"] for target in panel["targets"]
             for name in re.findall(r"\b(?:mgraph_deploy|process)_[a-z_]+", target["expr"])}
    told = set(re.findall(r"# TYPE ([a-z_]+)", local.get("/metrics").text))
    assert len(asked) > 8 and {name.removesuffix("_bucket") for name in asked} <= told
