# SPDX-License-Identifier: Apache-2.0
"""test_openapi_examples.py - the examples of the OpenAPI document (schemas/api/examples/, a file for each operation) are what was
really asked and answered. With MGRAPH_DEPLOY_EXAMPLES=write they are written anew."""

import base64
import json
import os
import re
import time

import nacl.public

import processes
import sigproxy

FOLDER = processes.TOP / "schemas" / "api" / "examples"
HELLO = json.loads((processes.TOP / "docs" / "examples" / "hello-local.json").read_text())
CREDENTIALS = {"aws": dict(zip(("access_key_id", "secret_access_key"), next(iter(sigproxy.DEFAULT_SECRETS.items()))))
               | {"region": "us-east-1"}}
QUEUE = {"deployment_id": "hello-aws", "credentials": CREDENTIALS,
         "resources": {"jobs": {"type": "aws:sqs:queue", "properties": {"queue_name": "jobs"}}}}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
# What is another one each time, and what an example has in its place.
SETTLED = {"execution_id": "f42d55fb", "estimated_time": 0.03, "duration_seconds": 0.027, "duration": 0.21,
           "public_key": "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
           "public_key_base64": "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", "timestamp_reset": 1795000000,
           "encrypted_value": "<box>", "secret_access_key": "<secret>", "pat": "<token>"}


def settled(value, root):
    """The same, but for what is another one each time."""
    if isinstance(value, dict):
        return {name: SETTLED[name] if name in SETTLED and part is not None else settled(part, root)
                for name, part in value.items()}
    if isinstance(value, list):
        return [settled(part, root) for part in value]
    if isinstance(value, str):
        return TIME.sub("2026-11-24T03:34:27.248Z", value.replace(str(root), "/var/lib/mgraph-deploy/local"))
    return value


class Story:
    """Asks a server, and keeps each request with its answer."""

    def __init__(self, server, root, description):
        self.server, self.root, self.description, self.told = server, root, description, {}

    def __call__(self, name, summary, method, path, body=None, status=200, **headers):
        reply = self.server.api.request(method, path, json=body, **headers)
        assert reply.status == status, (name, reply)
        _, operation = self.description.operation(method, path)
        example = {"summary": summary, "path": path, "status": status}
        example |= {"headers": {key.replace("_", "-"): value for key, value in headers.items()}} if headers else {}
        example |= {"body": body} if body is not None else {}
        example["answer"] = reply.json
        self.told.setdefault(operation["operationId"], {})[name] = settled(example, self.root)
        return reply.json

    def judge(self):
        """Each file has what was told, and nothing else."""
        if os.environ.get("MGRAPH_DEPLOY_EXAMPLES") == "write":
            for operation, examples in self.told.items():
                (FOLDER / f"{operation}.json").write_text(json.dumps(examples, indent=2) + "\n")
        for operation, examples in self.told.items():
            path = FOLDER / f"{operation}.json"
            assert path.exists() and json.loads(path.read_text()) == examples, f"{path.name} is not what is answered"


def steer(tell):
    """What is under way, held and gone on with."""
    slow = {"deployment_id": "slow", "resources": {
        name: {"type": "local:null", "properties": {"delay_ms": delay}, **more} for name, delay, more in (
            ("first", 1500, {}), ("second", 0, {"depends_on": ["first"]}), ("third", 0, {"depends_on": ["second"]}))}}
    graph_id = tell.server.post("/deploy/apply", {"config": slow}, prefer="respond-async").json["graph_id"]
    tell("pause", "What is under way comes to its end, and then it is paused", "POST", "/deploy/pause", {"graph_id": graph_id})
    tell("step", "One operation, and then another pause", "POST", "/deploy/continue", {"graph_id": graph_id, "until": "step"})
    tell("cancel", "What was done stays", "POST", "/deploy/cancel", {"graph_id": graph_id})


def look(tell, first, second):
    tell("status", "The last execution of a graph", "GET", f"/deploy/status/{second}")
    tell("spec", "What is to be deployed", "GET", f"/deploy/graph/{second}")
    tell("all", "The last one that was run comes first", "GET", "/deploy/deployments?limit=10")
    tell("history", "The executions of a deployment", "GET", "/deploy/history/hello-local?limit=10")
    tell("diff", "What has changed from one version to another", "GET", f"/deploy/diff?from={first}&to={second}")
    tell("verify", "Is it as the config says?", "POST", "/deploy/verify", {"graph_id": second})


def schedule(tell):
    tell("hourly", "Look at it every hour", "POST", "/deploy/schedules", {"deployment_id": "slow", "every": "1h"},
         if_none_match="*")
    while "verified" not in tell.server.get("/deploy/schedules/slow").json:
        time.sleep(0.02)
    tell("all", "What is looked at again and again", "GET", "/deploy/schedules")
    tell("one", "How it was found", "GET", "/deploy/schedules/slow")
    tell("end", "It is looked at no longer", "DELETE", "/deploy/schedules/slow")


def manage(tell):
    tell("add", "A key by its SHA-256", "POST", "/admin/keys",
         {"id": "ci-2", "tenant": "acme", "sha256": 64 * "0", "scopes": ["read", "plan"]})
    tell("keys", "Those of one tenant", "GET", "/admin/keys?tenant=acme")
    tell("limits", "A tenant's limits", "POST", "/admin/tenants",
         {"tenant": "acme", "limits": {"nodes": 1000, "watchers": 10}})
    tell("tenants", "What they may have, and what they have", "GET", "/admin/tenants")
    tell("revoke", "A key is taken out", "DELETE", "/admin/keys/ci-2")
    tell("remove", "All that the store has of a tenant", "DELETE", "/admin/tenants/acme")


def introduce(tell):
    for name, path in (("health", "/info/health"), ("status", "/info/status"), ("alive", "/healthz"), ("ready", "/readyz"),
                       ("page", "/deploy/types?limit=2"), ("type", "/deploy/types/local:file"), ("key", "/public-keys/aws"),
                       ("conflict", "/problems/conflict")):
        tell(name, f"GET {path}", "GET", path)


def test_the_examples_are_what_is_asked_and_answered(make_server, proxy, tmp_path, description):
    root = tmp_path / "root"
    server = make_server("--aws-endpoint", proxy.url, "--local-root", str(root))
    tell = Story(server, root, description)
    first = tell("config", "A new deployment", "POST", "/deploy/plan", {"config": HELLO})["spec_graph_id"]
    tell("terraform", "The same for tools that read Terraform's plans", "POST", "/deploy/plan",
         {"config": HELLO, "format": "terraform"})
    tell("graph", "What a plan was made of", "POST", "/deploy/apply", {"graph_id": first}, prefer="wait=30")
    changed = json.loads(json.dumps(HELLO)) | {"version": "v1.1.0"}
    changed["resources"]["style"]["properties"]["content"] = "body { color: navy; }\n"
    second = tell("again", "Another version, from its config", "POST", "/deploy/apply", {"config": changed})["graph_id"]
    tell("dry_run", "Only look, and say what would be done", "POST", "/deploy/apply", {"graph_id": second, "mode": "DRY_RUN"})
    look(tell, first, second)
    tell("all", "Which deployments are here?", "POST", "/deploy/discover", {})
    tell("rebuild", "A config and a graph from tags alone", "POST", "/deploy/discover", {"deployment_id": "hello-local"})
    (root / "about.html").write_text("<h1>About</h1>\n")
    tell("one", "A file that nobody manages", "POST", "/deploy/import", {
        "resources": {"page": {"type": "local:file", "properties": {"path": "about.html"}}}})
    tell("destroy", "Dependants go first", "POST", "/deploy/destroy", {"deployment_id": "hello-local"})
    server.post("/deploy/apply", {"config": QUEUE})
    tell("region", "What a move would do", "POST", "/deploy/move", {
        "deployment_id": "hello-aws", "from_region": "us-east-1", "to_region": "eu-west-1", "credentials": CREDENTIALS,
        "without_data": ["jobs"], "mode": "DRY_RUN"})
    steer(tell)
    schedule(tell)
    manage(tell)
    introduce(tell)
    tell.judge()


def test_the_examples_of_secrets_are_what_is_asked_and_answered(make_server, github, tmp_path, description):
    server = make_server("--redis", "memory:", "--github-endpoint", github.url)
    tell = Story(server, tmp_path, description)
    github.add_repository("octocat/hello")
    asked = {"pat": github.token(), "target": {"owner": "octocat", "repo": "hello"}}
    named = asked | {"secret_name": "TOKEN"}
    key = nacl.public.PublicKey(base64.b64decode(server.get("/public-keys/github").json["public_key_base64"]))
    box = base64.b64encode(nacl.public.SealedBox(key).encrypt(b"hunter2")).decode()
    for verb, body in (("create", named | {"encrypted_value": box}), ("list", asked), ("get", named), ("exists", named),
                       ("delete", named)):
        tell(verb, f"As the tests' GitHub answers: {verb}", "POST", f"/operations/github/secrets/{verb}", body)
    tell.judge()


def test_no_example_is_left_over(description):
    named = {operation["operationId"] for path in description.document["paths"].values() for operation in path.values()}
    assert {path.stem for path in FOLDER.glob("*.json")} <= named
    with_body = {operation["operationId"] for path in description.document["paths"].values()
                 for operation in path.values() if "requestBody" in operation}
    assert with_body <= {path.stem for path in FOLDER.glob("*.json")}
