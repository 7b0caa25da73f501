# SPDX-License-Identifier: Apache-2.0
"""test_github.py - GitHub beside AWS in one graph: secrets that hold what AWS made, and workflows that are waited for."""

import base64
import json
import time

import nacl.public
import processes
import pytest

pytestmark = pytest.mark.sanitized

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
    assert again["summary"] == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 5}
    verified = post(both, "/deploy/verify", config=config)
    assert {one["verdict"] for one in verified["resources"]} == {"in_sync"}, verified
    destroyed = post(both, "/deploy/destroy", graph_id=applied["graph_id"], credentials=config["credentials"])
    assert destroyed["status"] == "completed", destroyed
    assert github.secret("acme/my-app", name) is None and not variables(github)
    assert cloud.everything() == {}


# ---- secrets ----


def secret(github, **more):
    """A config of one secret in my-app, which is named LAMBDA-ARN unless said otherwise."""
    properties = {"owner": "acme", "repo": "my-app", "secret_name": "LAMBDA-ARN", **more}
    return {"deployment_id": "secrets", "version": "1", "credentials": {"github": {"pat": github.token()}},
            "resources": {"secret": {"type": "github:secret:repo", "properties": properties}}}


def sealed(server, text):
    key = server.get("/public-keys/github").json["public_key"]
    box = nacl.public.SealedBox(nacl.public.PublicKey(bytes.fromhex(key))).encrypt(text.encode())
    return {"$sealed": base64.b64encode(box).decode()}


def test_a_sealed_value_is_set_once_and_again_when_the_box_is_another_one(both, github):
    config = secret(github, value=sealed(both, "first"))
    name = post(both, "/deploy/apply", config=config)["outputs"]["secret"]["name"]
    assert name.startswith("LAMBDA_ARN__") and github.secret("acme/my-app", name) == "first"
    assert post(both, "/deploy/apply", config=config)["summary"]["no_op"] == 1
    config["resources"]["secret"]["properties"]["value"] = sealed(both, "second")
    plan = post(both, "/deploy/plan", config=config)
    assert plan["summary"]["change"] == 1 and "second" not in json.dumps(plan)
    assert post(both, "/deploy/apply", config=config)["summary"]["change"] == 1
    assert github.secret("acme/my-app", name) == "second"


def test_a_plan_says_what_becomes_of_hyphens_and_refuses_plain_secrets(both, github):
    plan = post(both, "/deploy/plan", config=secret(github, value=sealed(both, "x")))
    assert any("hyphens" in one for one in plan["warnings"]), plan["warnings"]
    reply = both.post("/deploy/plan", {"config": secret(github, value="open sesame")})
    assert reply.status == 422 and "open sesame" not in reply.text
    assert [one["code"] for one in reply.json["problems"]] == ["plaintext_secret"]
    assert reply.json["problems"][0]["pointer"] == "/config/resources/secret/properties/value"


def test_a_repository_that_nobody_makes_is_not_waited_for(both, github):
    config = secret(github, repo="nowhere", value=sealed(both, "x"))
    [failed] = post(both, "/deploy/apply", config=config)["operations"]
    assert failed["error"]["type"] == "not_found"
    assert failed["error"]["message"] == "GET /repos/acme/nowhere/actions/secrets/public-key: Not Found"
    assert failed["attempt"] == 1
    config["resources"]["other"] = {"type": "github:repo", "properties": {"owner": "acme", "repo": "elsewhere"}}
    operations = post(both, "/deploy/apply", config=config)["operations"]
    assert next(one for one in operations if one["resource_id"] == "secret")["attempt"] == 1
    config["resources"]["other"]["properties"]["repo"] = "nowhere"  # it is made beside it, by and by
    made = post(both, "/deploy/apply", config=config)
    assert made["status"] == "completed", made


def test_a_secret_of_somebody_else_is_left_alone_unless_it_is_adopted(both, github, gh):
    gh().set_secret("acme/my-app", "MINE", "theirs")
    config = secret(github, secret_name="MINE", name_suffix=False, value=sealed(both, "ours"))
    refused = post(both, "/deploy/apply", config=config)
    assert refused["status"] == "failed" and refused["operations"][0]["error"]["type"] == "conflict"
    assert github.secret("acme/my-app", "MINE") == "theirs" and not variables(github)
    config["resources"]["secret"]["operation"] = "adopt"
    assert post(both, "/deploy/apply", config=config)["status"] == "completed"
    assert github.secret("acme/my-app", "MINE") == "ours" and len(variables(github)) == 1


def test_a_secret_that_was_deleted_by_hand_is_missing_and_made_again(both, github, gh):
    config = secret(github, value=sealed(both, "x"))
    name = post(both, "/deploy/apply", config=config)["outputs"]["secret"]["name"]
    assert gh().list_secrets("acme/my-app") == [name.upper()]
    gh()("secret", "delete", name, "-R", "github.localhost/acme/my-app")
    verified = post(both, "/deploy/verify", config=config)
    assert [one["verdict"] for one in verified["resources"]] == ["missing"]
    assert post(both, "/deploy/apply", config=config)["summary"]["add"] == 1
    assert github.secret("acme/my-app", name) == "x" and len(variables(github)) == 1


# ---- bad weather ----


def test_a_token_that_is_revoked_pauses_the_run_until_there_is_another(both, github, credentials):
    config = example(credentials, github)
    github.script_runs(running=6)
    started = both.post("/deploy/apply", {"config": config}, prefer="respond-async").json
    until = time.monotonic() + 30
    while not github.repository("acme/my-app").runs:
        assert time.monotonic() < until
        time.sleep(0.05)
    github.revoke(config["credentials"]["github"]["pat"])
    while both.get(f"/deploy/status/{started['graph_id']}").json["status"] != "paused":
        assert time.monotonic() < until
        time.sleep(0.1)
    status = both.get(f"/deploy/status/{started['graph_id']}").json
    assert status["reason"] == "awaiting_credentials", status
    finished = post(both, "/deploy/continue", graph_id=started["graph_id"],
                    credentials={**credentials, "github": {"pat": github.token()}})
    assert finished["status"] == "completed", finished
    assert len(github.repository("acme/my-app").runs) == 1


def many(both, github, count):
    value = sealed(both, "x")
    config = secret(github, value=value)
    properties = config["resources"].pop("secret")["properties"]
    for number in range(count):
        config["resources"][f"secret-{number}"] = {
            "type": "github:secret:repo", "properties": {**properties, "secret_name": f"SECRET_{number}"}}
    return config


def test_rate_limits_are_waited_for(both, github):
    config = many(both, github, 6)
    github.limit(config["credentials"]["github"]["pat"], remaining=9, reset_in=3)
    github.pace(writes=10, seconds=2)
    applied = post(both, "/deploy/apply", config=config)
    assert applied["status"] == "completed" and applied["summary"]["add"] == 6
    refused = [entry for entry in github.requests if entry["status"] in (403, 429)]
    assert refused, "the limits were never met"
    # Who is told to keep away does so: what was on its way already is all that comes after it.
    assert len(refused) <= 16, len(refused)


@pytest.mark.parametrize("seed", range(3))
def test_lost_replies_double_nothing(both, github, seed):
    github.set_faults([{"kind": "lose_reply", "rate": 0.2}, {"kind": "throttle", "rate": 0.1, "retry_after": 1},
                         {"kind": "error", "rate": 0.1, "status": 502}], seed=seed)
    config = many(both, github, 8)
    applied = post(both, "/deploy/apply", config=config)
    assert applied["status"] == "completed", json.dumps([one for one in applied["operations"] if one.get("error")])
    secrets = github.vault("acme/my-app").secrets
    assert len(secrets) == 8 and len(variables(github)) == 8
    assert {one["plaintext"].decode() for one in secrets.values()} == {"x"}
    destroyed = post(both, "/deploy/destroy", graph_id=applied["graph_id"], credentials=config["credentials"])
    assert destroyed["status"] == "completed" and not secrets and not variables(github)


def test_a_run_whose_start_nobody_has_the_answer_of_is_found_by_its_id(both, github):
    github.set_faults([{"kind": "lose_reply", "operation": "POST .*/dispatches", "times": 1}], seed=1)
    config = secret(github)
    config["resources"] = {"run": {"type": "github:action:trigger", "properties": {
        "owner": "acme", "repo": "my-app", "workflow": "smoke-test.yml", "ref": "main", "inputs": {"secret": "x"},
        "id_input": "deploy_id"}}}
    applied = post(both, "/deploy/apply", config=config)
    assert applied["status"] == "completed", json.dumps(applied["operations"])
    run, = github.repository("acme/my-app").runs
    assert applied["outputs"]["run"]["run_id"] == run


def test_a_secret_that_holds_what_moves_turns_to_the_new_place(both, github, credentials):
    config = secret(github, value="@jobs.arn")
    config["targets"] = [{"provider": "aws", "regions": ["us-east-1"]}]
    config["credentials"] |= credentials
    config["resources"]["jobs"] = {"type": "aws:sqs:queue", "properties": {"queue_name": "github-jobs"}}
    name = post(both, "/deploy/apply", config=config)["outputs"]["secret"]["name"]
    assert github.secret("acme/my-app", name).split(":")[3] == "us-east-1"
    request = {"deployment_id": config["deployment_id"], "credentials": config["credentials"],
               "from_region": "us-east-1", "to_region": "eu-west-1", "without_data": True}
    paused = post(both, "/deploy/move", **request)
    assert (paused["status"], paused["reason"]) == ("paused", "pause_edge"), paused
    assert github.secret("acme/my-app", name).split(":")[3] == "eu-west-1"  # before the old one goes
    undone = post(both, "/deploy/cancel", graph_id=paused["graph_id"], rollback=True)
    # What a secret was before nobody can read back: that is said of it, and an apply puts it right.
    assert (undone["status"], undone["reason"]) == ("cancelled", "rollback_incomplete"), undone
    assert next(one["irreversible"] for one in undone["operations"] if one["resource_id"] == "secret")
    assert post(both, "/deploy/apply", config=config)["summary"]["change"] == 1
    assert github.secret("acme/my-app", name).split(":")[3] == "us-east-1"
    done = post(both, "/deploy/move", **request, delete_after_verify=True)
    assert done["status"] == "completed" and github.secret("acme/my-app", name).split(":")[3] == "eu-west-1"
    assert post(both, "/deploy/destroy", deployment_id=config["deployment_id"],
                credentials=config["credentials"])["success"]


@pytest.mark.long
def test_a_run_that_fails_fails_its_node_and_is_started_again(both, github):
    config = secret(github)
    config["resources"] = {"run": {"type": "github:action:trigger", "properties": {
        "owner": "acme", "repo": "my-app", "workflow": "smoke-test.yml", "ref": "main", "inputs": {"secret": "x"}}}}
    github.script_runs(conclusion="failure")
    failed = post(both, "/deploy/apply", config=config)
    assert failed["status"] == "failed" and "test" in failed["operations"][0]["error"]["message"], failed
    verified = both.post("/deploy/verify", {"config": config}, prefer="wait=60").json
    assert [one["verdict"] for one in verified["resources"]] == ["drifted"], verified
    github.script_runs()
    assert post(both, "/deploy/apply", config=config)["status"] == "completed"
    assert len(github.repository("acme/my-app").runs) == 2
    # Nothing has changed: it is not run again. With another trigger it is.
    assert post(both, "/deploy/apply", config=config)["summary"]["no_op"] == 1
    config["resources"]["run"]["properties"]["trigger"] = "v2"
    assert post(both, "/deploy/apply", config=config)["summary"]["change"] == 1
    assert len(github.repository("acme/my-app").runs) == 3


# ---- apps, and secrets outside of any deployment ----


def test_an_app_gets_its_own_tokens(both, github):
    app = github.app(token_seconds=3600)
    config = secret(github, value=sealed(both, "x"))
    config["credentials"]["github"] = {"app_id": str(app.id), "installation_id": app.installation_id,
                                       "private_key": app.private_key}
    applied = post(both, "/deploy/apply", config=config)
    assert applied["status"] == "completed", json.dumps(applied["operations"])
    assert github.secret("acme/my-app", applied["outputs"]["secret"]["name"]) == "x"
    assert len([entry for entry in github.requests if "access_tokens" in entry["operation"]]) == 1


def test_the_deploy_services_routes_for_secrets(both, github):
    def ask(verb, **more):
        body = {"encrypted_pat": sealed(both, github.token())["$sealed"], "target": {"owner": "acme", "repo": "my-app"}, **more}
        reply = both.post(f"/operations/github/secrets/{verb}", body)
        assert reply.status == 200, reply.text
        assert reply.json["operation"] == f"github:secrets:{verb}" and set(reply.json["rate_limit"]) == {
            "remaining", "limit", "timestamp_reset", "used"}
        return reply.json

    assert ask("list")["data"] == {"secrets": []}
    assert ask("exists", secret_name="TOKEN")["data"] == {"exists": False, "secret_name": "TOKEN"}
    assert ask("get", secret_name="TOKEN")["success"] is False
    created = ask("create", secret_name="TOKEN", encrypted_value=sealed(both, "open sesame")["$sealed"])
    assert created["success"] and created["data"] == {"created": True} and created["rate_limit"]["limit"] == 5000
    assert github.secret("acme/my-app", "TOKEN") == "open sesame" and not variables(github)
    assert ask("exists", secret_name="TOKEN")["data"]["exists"] is True
    assert ask("get", secret_name="TOKEN")["data"]["secret"]["name"] == "TOKEN"
    assert [one["name"] for one in ask("list")["data"]["secrets"]] == ["TOKEN"]
    assert ask("delete", secret_name="TOKEN")["data"] == {"deleted": True}
    missing = ask("exists", secret_name="TOKEN", target={"owner": "acme", "repo": "nowhere"})
    assert missing["success"] is False and missing["data"] is None and missing["error"] == "Not Found"
    expired = ask("list", encrypted_pat=sealed(both, github.token("expired"))["$sealed"])
    assert expired["success"] is False and "Bad credentials" in expired["error"]


def test_who_has_lost_the_record_destroys_by_the_file_what_has_no_tags(make_server, proxy, github, repository, credentials, tmp_path):
    options = ("--aws-endpoint", proxy.url, "--github-endpoint", github.url)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"deployment_id": "lost", "credentials": {**credentials, "github": {"pat": github.token()}},
                                "resources": {
        "queue": {"type": "aws:sqs:queue", "properties": {"queue_name": "lost-jobs"}},
        "arn": {"type": "github:variable:repo", "properties": {"owner": "acme", "repo": "my-app", "variable_name": "ARN"},
                "references": {"value_from": "queue.arn"}}}}))
    processes.Cli(make_server(*options), tmp_path)("apply", "-y", str(path))
    assert len(variables(github)) > 0
    said = processes.Cli(make_server(*options), tmp_path)("destroy", "-y", str(path))
    assert "2 destroyed" in said, said
    assert len(variables(github)) == 0
