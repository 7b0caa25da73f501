# SPDX-License-Identifier: Apache-2.0
"""test_github.py - GitHub beside AWS in one graph: secrets that hold what AWS made, and workflows that are waited for."""

import json
import time

import processes
import pytest

WORKFLOW = """
name: Smoke test
on:
  workflow_dispatch:
    inputs:
      secret: {required: true}
      deploy_id: {default: ""}
run-name: ${{ inputs.deploy_id }} smoke test
jobs: {test: {runs-on: ubuntu-latest, steps: [{run: "true"}]}}
"""


@pytest.fixture
def repository(github):
    return github.add_repository("acme/my-app", files={"README.md": "my app", ".github/workflows/smoke-test.yml": WORKFLOW})


@pytest.fixture
def both(make_server, proxy, github, repository):
    """A server whose AWS is the emulator, and whose GitHub is the stand-in."""
    return make_server("--aws-endpoint", proxy.url, "--github-endpoint", github.url)


def example(credentials, github):
    config = json.loads((processes.TOP / "docs/examples/function-to-github.json").read_text())
    config["credentials"] = {**credentials, "github": {"pat": github.token()}}
    return config


def post(server, path, **body):
    reply = server.post(path, body, prefer="wait=60")
    assert reply.status == 200, reply.text
    return reply.json


def variables(github):
    return github.vault("acme/my-app").variables


def test_the_example_is_deployed_verified_and_destroyed_in_one_graph(both, github, cloud, credentials):
    config = example(credentials, github)
    applied = post(both, "/deploy/apply", config=config)
    assert applied["status"] == "completed", json.dumps([one for one in applied["operations"] if one.get("error")])
    name = applied["outputs"]["arn-secret"]["name"]
    arn = cloud.client("lambda", "us-east-1").get_function(FunctionName="my-app-api")["Configuration"]["FunctionArn"]
    assert github.secret("acme/my-app", name) == arn
    node = next(one["node_id"] for one in applied["operations"] if one["resource_id"] == "arn-secret")
    assert name == f"LAMBDA_ARN__{node}"
    assert len(github.repository("acme/my-app").runs) == 1
    assert applied["outputs"]["smoke-test"]["conclusion"] == "success"
    again = post(both, "/deploy/apply", config=config)
    assert again["summary"] == {"add": 0, "change": 0, "destroy": 0, "no_op": 5}
    verified = post(both, "/deploy/verify", config=config)
    assert {one["verdict"] for one in verified["resources"]} == {"in_sync"}, verified
    destroyed = post(both, "/deploy/destroy", graph_id=applied["graph_id"], credentials=config["credentials"])
    assert destroyed["status"] == "completed", destroyed
    assert github.secret("acme/my-app", name) is None and not variables(github)
    assert cloud.everything() == {}
