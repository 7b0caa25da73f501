# SPDX-License-Identifier: Apache-2.0
"""test_openapi_fuzz.py - schemathesis asks what it makes of the OpenAPI document: no fault of the server, and no answer that the
document does not tell of. MGRAPH_DEPLOY_FUZZ_SECONDS and MGRAPH_DEPLOY_FUZZ_SEED make it longer, and another one. A short one
leaves out what examples and what answers lead to."""

import json
import os
import pathlib
import re
import subprocess
import sys

import configs
import pytest

FOLDER = pathlib.Path(__file__).parent / "fuzz"
SECONDS = int(os.environ.get("MGRAPH_DEPLOY_FUZZ_SECONDS", "12"))
IS_LONG = SECONDS >= 60
PHASES = "examples,coverage,fuzzing,stateful" if IS_LONG else "coverage,fuzzing"
SEED = os.environ.get("MGRAPH_DEPLOY_FUZZ_SEED", "1")
TYPES = ["local:null", "local:file", "local:directory", "aws:sqs:queue", "aws:iam:role", "aws:lambda:service"]


def known(server):
    """Deployments in several states, and what their ids are."""
    done = server.post("/deploy/apply", {"config": configs.nulls(2, deployment_id="done")}).json
    paused = [server.post("/deploy/apply", {"config": configs.nulls(9, chain=9, deployment_id=f"paused-{i}"),
                                            "mode": "STEP"}).json for i in range(40)]
    plan = server.post("/deploy/plan", {"config": configs.nulls(2, deployment_id="done")}).json
    all_of = [done, *paused]
    graphs = [one["graph_id"] for one in all_of]
    return {"graph_id": graphs, "from": graphs, "to": graphs, "plan_id": [plan["plan_id"]],
            "execution": [one["execution_id"] for one in all_of], "execution_id": [one["execution_id"] for one in all_of],
            "deployment_id": [one["deployment_id"] for one in all_of], "type": TYPES, "provider": ["aws", "github", "local"],
            "code": ["conflict", "not_found"], "tenant": ["default", "acme"], "key_id": ["default"],
            "file": [], "region": ["us-east-1", "eu-west-1"]}


@pytest.mark.long
@pytest.mark.timeout(SECONDS + 120)
def test_a_fuzzer_finds_no_fault_and_nothing_that_is_not_described(make_server, tmp_path):
    server = make_server("--redis", "memory:", "--verbose", "--local-root", str(tmp_path / "root"),
                         "--aws-endpoint", "http://127.0.0.1:9", "--github-endpoint", "http://127.0.0.1:9")
    values = {name: told for name, told in known(server).items() if told}
    environment = os.environ | {"MGRAPH_DEPLOY_FUZZ_KNOWN": json.dumps(values), "PYTHONPATH": str(FOLDER), "COLUMNS": "200",
                                "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"), "run",
         f"{server.url}/openapi.json", "--url", server.url, "--header", f"x-api-key: {server.key}", "--seed", SEED,
         "--max-time", str(SECONDS), "--phases", PHASES, "--no-color", "--no-shrink"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS + 100)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-3000:]
    print(done.stdout[-3000:])
    good = set(re.findall(r"route=/deploy/(\w+) status=2\d\d", server.stderr))
    assert not IS_LONG or {"apply", "cancel", "continue", "destroy", "discover", "plan", "verify"} <= good, "it came nowhere"
    assert server.get("/healthz").status == 200 and server.process.poll() is None
