# SPDX-License-Identifier: Apache-2.0
"""test_github_service.py - secrets by way of the MGraph-AI GitHub Service: its routes, what it can't do, and what its answers
mean. By a stand-in that does what the real one was seen to do."""

import json

import pytest

import github_service

PLACE = ("repo", "my-org", "my-app")
TOKEN = "ghp_a-token-of-the-test"
API_KEY = "the key of the service"


@pytest.fixture
def service():
    service = github_service.GitHubService(API_KEY, {PLACE})
    yield service
    service.stop()
    assert not [entry for entry in service.log if entry[0] == "POST" and entry[1].endswith("/update")]


@pytest.fixture
def server(make_server, service, tmp_path):
    (tmp_path / "key").write_text(API_KEY)
    server = make_server("--provider", f"github=github-service:{service.url},key={tmp_path / 'key'}",
                         "--local-root", str(tmp_path / "root"))
    server.until_ready()
    return server


def config(service, token=TOKEN, sealed=True, **properties):
    properties = {"owner": "my-org", "repo": "my-app", "secret_name": "api-key", "value": "the value"} | properties
    credentials = {"encrypted_pat": service.seal(token)} if sealed else {"pat": token}
    return {"deployment_id": "secrets", "credentials": {"github": credentials}, "resources": {
        "it": {"type": "github:secret:repo", "properties": properties}}}


def run(server, kind, config, status="completed"):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == status, reply
    return reply.json


def error(execution):
    return execution["operations"][0]["error"]


def values(service):
    return {name: secret[0] for name, secret in service.secrets.get(PLACE, {}).items()}


@pytest.mark.parametrize("sealed", [True, False])
def test_a_secret_has_its_whole_life(server, service, sealed):
    execution = run(server, "apply", config(service, sealed=sealed))
    name = f"api_key__{execution['operations'][0]['node_id']}"
    assert values(service) == {name: "the value"}
    outputs = execution["outputs"]["it"]
    assert outputs["name"] == name and outputs["created_at"].endswith("Z")
    assert run(server, "apply", config(service, sealed=sealed))["summary"]["no_op"] == 1
    run(server, "destroy", config(service, sealed=sealed))
    assert values(service) == {}
    run(server, "destroy", config(service, sealed=sealed))


ELSEWHERE = [
    ("environment", ("env", "my-org", "my-app", "prod"), {"owner": "my-org", "repo": "my-app", "environment_name": "prod"}),
    ("org", ("org", "my-org"), {"org": "my-org", "visibility": "selected", "selected_repository_ids": [1]}),
]


@pytest.mark.parametrize("scope, place, properties", ELSEWHERE)
def test_secrets_of_environments_and_organisations_are_kept_as_well(server, service, scope, place, properties):
    service.places.add(place)
    wanted = config(service)
    wanted["resources"]["it"] = {"type": f"github:secret:{scope}",
                                 "properties": {"secret_name": "API", "value": {"$sealed": service.seal("x")}, **properties}}
    run(server, "apply", wanted)
    assert [secret[0] for secret in service.secrets[place].values()] == ["x"]
    assert run(server, "apply", wanted)["summary"]["no_op"] == 1
    run(server, "destroy", wanted)
    assert service.secrets[place] == {}


def test_a_value_may_be_sealed_for_the_service_or_come_from_another_resource(server, service):
    wanted = config(service, value={"$sealed": service.seal("only the service can read it")})
    wanted["resources"]["source"] = {"type": "local:file", "properties": {"path": "a.txt", "content": "x"}}
    wanted["resources"]["computed"] = {
        "type": "github:secret:repo", "references": {"value_from": "source.sha256"},
        "properties": {"owner": "my-org", "repo": "my-app", "secret_name": "SUM"}}
    execution = run(server, "apply", wanted)
    assert sorted(values(service).values()) == sorted(
        ["only the service can read it", execution["outputs"]["source"]["sha256"]])


def test_what_the_service_can_not_do_is_told_in_a_plan(server, service):
    wanted = config(service, name_suffix=False)
    wanted["resources"]["it"]["tags"] = {"team": "web"}
    wanted["resources"]["repo"] = {"type": "github:repo", "properties": {"repo": "x", "owner": "my-org"}}
    refused = server.post("/deploy/plan", {"config": wanted, "validate_only": True})
    assert refused.status == 422, refused
    assert {(p["pointer"], p["code"]) for p in refused.json["problems"]} == {
        ("/config/resources/it/properties/name_suffix", "not_supported"),
        ("/config/resources/it/tags", "not_supported"), ("/config/resources/repo/type", "not_supported")}
    assert [entry for entry in service.log if "secrets" in entry[1]] == []


@pytest.mark.parametrize("token, result", [("expired", "expired_credentials"), ("no_scopes", "denied")])
def test_not_found_may_mean_the_token(server, service, token, result):
    """With it a secret that is there is said not to be: nothing is made then."""
    run(server, "apply", config(service))
    execution = run(server, "apply", config(service, token=token), "failed")
    assert error(execution)["type"] == result, execution
    assert execution["operations"][0]["status"] == "failed" and len(values(service)) == 1
    assert not [entry for entry in service.log[-3:] if entry[1].endswith("create")]


def test_a_secret_that_seems_missing_while_it_is_throttled_is_not_made_twice(server, service):
    run(server, "apply", config(service))
    service.log.clear()
    service.throttled = 2
    assert run(server, "apply", config(service))["summary"]["no_op"] == 1
    assert not [entry for entry in service.log if entry[1].endswith("/create")]


def test_a_repository_that_is_not_there_is_not_an_absent_secret(server, service):
    """It may come to be: it is looked for again, and nothing is made meanwhile."""
    wanted = config(service, repo="nowhere")
    wanted["resources"]["it"]["timeout"] = 2
    run(server, "apply", wanted, "failed")
    seen = {path for _, path in service.log if "secrets" in path}
    assert seen == {"/github-secrets-repo/get", "/github-secrets-repo/list"}


def test_a_token_sealed_for_another_key_is_told_as_such(server, service):
    other = github_service.GitHubService()
    try:
        execution = run(server, "apply", config(other), "failed")
    finally:
        other.stop()
    assert error(execution)["type"] == "expired_credentials" and "decrypt" in error(execution)["message"], execution


def test_a_value_sealed_for_another_key_is_told_as_such(server, service):
    other = github_service.GitHubService()
    try:
        execution = run(server, "apply", config(service, value={"$sealed": other.seal("x")}), "failed")
    finally:
        other.stop()
    assert error(execution)["type"] == "invalid", execution


def test_what_is_no_box_is_told_in_a_plan(server, service):
    """The service would answer with the stack of its calls."""
    for box in ("c2hvcnQ=", "no base64"):
        refused = server.post("/deploy/plan", {"config": config(service, value={"$sealed": box})})
        assert refused.status == 422, refused
        assert refused.json["problems"][0]["pointer"] == "/config/resources/it/properties/value"


def test_the_stack_of_the_service_is_not_handed_on(server, service):
    wanted = config(service) | {"credentials": {"github": {"encrypted_pat": "c2hvcnQ="}}}
    wanted["resources"]["it"]["timeout"] = 2
    execution = run(server, "apply", wanted, "failed")
    assert "HTTP 500" in json.dumps(execution) or error(execution)["type"] == "timeout"
    assert "stack" not in json.dumps(execution).replace("secret-stack", "") and "Traceback" not in server.stderr


def test_neither_token_nor_value_is_written_anywhere(server, service):
    run(server, "apply", config(service, sealed=False))
    assert TOKEN.encode() not in server.everything_written()


def test_until_the_service_is_reached_it_is_said_to_be_away(make_server, service):
    server = make_server("--provider", "github=github-service:http://127.0.0.1:1")
    assert server.get("/readyz").json["code"] == "provider_unavailable"
    wanted = config(service)
    execution = server.post("/deploy/apply", {"config": wanted}, prefer="wait=0")
    assert execution.status in (202, 502), execution


@pytest.mark.parametrize("provider, says", [
    ("aws=aws-service:http://127.0.0.1:1", "mgraph-deploy provider"), ("aws=github-service:http://127.0.0.1:1", "alone"),
    ("aws", "is wanted"), ("aws=ftp://x", "is wanted"), ("aws=http://a,aws=http://b", "twice"),
    ("aws=http://a,key=/nonexistent", "/nonexistent")])
def test_what_can_not_be_is_told_at_the_start(make_server, provider, says):
    with pytest.raises(RuntimeError, match=says):
        make_server("--provider", provider)
