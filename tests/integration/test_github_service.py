# SPDX-License-Identifier: Apache-2.0
"""test_github_service.py - secrets by way of the MGraph-AI GitHub Service: its routes, what it can't do, and what its answers
mean. By the real one, on the tests' own GitHub, and by a stand-in that does what the real one was seen to do."""

import json

import github_service
import pytest
import sisters

pytestmark = pytest.mark.sanitized

PLACE = ("repo", "acme", "my-app")


@pytest.fixture(scope="session")
def real_service(tmp_path_factory):
    sisters.need()
    service = sisters.GitHub(tmp_path_factory.mktemp("github-service"))
    service.stand_on("http://127.0.0.1:1")
    yield service.start()
    service.kill9()


@pytest.fixture
def stand_in():
    service = github_service.StandIn("the key of the service")
    yield service
    service.stop()
    assert not [path for path in service.written if path.endswith("/update")]


@pytest.fixture
def real(real_service, github):
    return github_service.Real(real_service, github)


@pytest.fixture(params=["stand_in", "real"])
def service(request):
    service = request.getfixturevalue(request.param)
    service.add(PLACE)
    return service


@pytest.fixture
def make_server_on(make_server, tmp_path):
    def make(service):
        (tmp_path / "key").write_text(service.key)
        (tmp_path / "key").chmod(0o600)
        server = make_server("--provider", f"github=github-service:{service.url},key={tmp_path / 'key'}",
                             "--local-root", str(tmp_path / "root"))
        server.until_ready()
        return server

    return make


@pytest.fixture
def server(make_server_on, service):
    return make_server_on(service)


def config(service, token=None, sealed=True, **properties):
    token = token or service.token()
    properties = {"owner": "acme", "repo": "my-app", "secret_name": "api-key", "value": "the value"} | properties
    credentials = {"encrypted_pat": service.seal(token)} if sealed else {"pat": token}
    return {"deployment_id": "secrets", "credentials": {"github": credentials}, "resources": {
        "it": {"type": "github:secret:repo", "properties": properties}}}


def run(server, kind, config, status="completed"):
    reply = server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["status"] == status, reply
    return reply.json


def error(execution):
    return execution["operations"][0]["error"]


@pytest.mark.parametrize("sealed", [True, False])
def test_a_secret_has_its_whole_life(server, service, sealed):
    execution = run(server, "apply", config(service, sealed=sealed))
    name = f"api_key__{execution['operations'][0]['node_id']}"
    assert service.values(PLACE) == {name.upper(): "the value"}
    outputs = execution["outputs"]["it"]
    assert outputs["name"] == name and outputs["created_at"].endswith("Z")
    assert run(server, "apply", config(service, sealed=sealed))["summary"]["no_op"] == 1
    run(server, "destroy", config(service, sealed=sealed))
    assert service.values(PLACE) == {}
    run(server, "destroy", config(service, sealed=sealed))


def test_what_an_execution_asks_says_what_work_it_belongs_to(make_server_on, stand_in):
    stand_in.add(PLACE)
    server = make_server_on(stand_in)
    reply = server.post("/deploy/apply", {"config": config(stand_in)}, prefer="wait=60", traceparent=sisters.TRACE)
    assert reply.json["status"] == "completed" and len(stand_in.traces) >= 2
    sisters.expect_spans(stand_in.traces)
    stand_in.traces.clear()
    run(server, "apply", config(stand_in))
    assert set(stand_in.traces) == {None}


ELSEWHERE = [
    ("environment", ("env", "acme", "my-app", "prod"), {"owner": "acme", "repo": "my-app", "environment_name": "prod"}),
    ("org", ("org", "acme"), {"org": "acme", "visibility": "private"}),
]


@pytest.mark.parametrize("scope, place, properties", ELSEWHERE)
def test_secrets_of_environments_and_organisations_are_kept_as_well(server, service, scope, place, properties):
    service.add(place)
    wanted = config(service)
    wanted["resources"]["it"] = {"type": f"github:secret:{scope}",
                                 "properties": {"secret_name": "API", "value": {"$sealed": service.seal("x")}, **properties}}
    run(server, "apply", wanted)
    assert list(service.values(place).values()) == ["x"]
    assert run(server, "apply", wanted)["summary"]["no_op"] == 1
    run(server, "destroy", wanted)
    assert service.values(place) == {}


def test_a_secret_of_an_organisation_is_for_the_repositories_that_are_named(make_server_on, real):
    repo = real.add(PLACE)
    wanted = config(real)
    wanted["resources"]["it"] = {"type": "github:secret:org", "properties": {
        "org": "acme", "secret_name": "API", "value": "x", "visibility": "selected", "selected_repository_ids": [repo]}}
    run(make_server_on(real), "apply", wanted)
    [kept] = real.github.vault("acme").secrets.values()
    assert (kept["visibility"], kept["repositories"]) == ("selected", [repo])


@pytest.mark.parametrize("value", ["  around \n", "\u00fc\u20ac\U0001f511", "-----BEGIN-----\r\n\ta\r\n", "\x01\x7f", "0"])
def test_a_value_arrives_as_it_is(server, service, value):
    run(server, "apply", config(service, value=value))
    assert list(service.values(PLACE).values()) == [value]


def test_a_value_may_be_sealed_for_the_service_or_come_from_another_resource(server, service):
    wanted = config(service, value={"$sealed": service.seal("only the service can read it")})
    wanted["resources"]["source"] = {"type": "local:file", "properties": {"path": "a.txt", "content": "x"}}
    wanted["resources"]["computed"] = {
        "type": "github:secret:repo", "references": {"value_from": "source.sha256"},
        "properties": {"owner": "acme", "repo": "my-app", "secret_name": "SUM"}}
    execution = run(server, "apply", wanted)
    assert sorted(service.values(PLACE).values()) == sorted(
        ["only the service can read it", execution["outputs"]["source"]["sha256"]])


def test_what_the_service_can_not_do_is_told_in_a_plan(server, service):
    wanted = config(service, name_suffix=False)
    wanted["resources"]["it"]["tags"] = {"team": "web"}
    wanted["resources"]["repo"] = {"type": "github:repo", "properties": {"repo": "x", "owner": "acme"}}
    refused = server.post("/deploy/plan", {"config": wanted, "validate_only": True})
    assert refused.status == 422, refused
    assert {(p["pointer"], p["code"]) for p in refused.json["problems"]} == {
        ("/config/resources/it/properties/name_suffix", "not_supported"),
        ("/config/resources/it/tags", "not_supported"), ("/config/resources/repo/type", "not_supported")}
    assert service.asked == []


@pytest.mark.parametrize("token, result", [("expired", "expired_credentials"), ("no_scopes", "denied")])
def test_not_found_may_mean_the_token(server, service, token, result):
    """With it a secret that is there is said not to be: nothing is made then."""
    run(server, "apply", config(service))
    before = service.written
    execution = run(server, "apply", config(service, token=service.token(token)), "failed")
    assert error(execution)["type"] == result, execution
    assert execution["operations"][0]["status"] == "failed" and len(service.values(PLACE)) == 1
    assert service.written == before


def test_a_secret_that_seems_missing_while_it_is_throttled_is_not_made_twice(server, service):
    run(server, "apply", config(service))
    before = service.written
    service.throttle()
    assert run(server, "apply", config(service))["summary"]["no_op"] == 1
    assert service.written == before


def test_a_value_that_can_not_be_written_while_the_token_is_throttled_is_written_later(make_server_on, real):
    """The service says that it failed, and not why: the look before it had the last request."""
    real.add(PLACE)
    real.github.limit(real.token(), remaining=2, reset_in=2)
    run(make_server_on(real), "apply", config(real))
    assert list(real.values(PLACE).values()) == ["the value"]
    assert real.github.calls(".*/secrets.*", status=403)


def test_a_secondary_limit_is_told_as_denied_and_nothing_is_made(make_server_on, real):
    """The service hands on no more than the status."""
    real.add(PLACE)
    server = make_server_on(real)
    run(server, "apply", config(real))
    before = real.written
    real.github.set_faults([{"kind": "throttle", "operation": "GET .*/secrets.*", "times": 2, "retry_after": 1}])
    assert error(run(server, "apply", config(real), "failed"))["type"] == "denied"
    assert real.written == before


def test_a_repository_that_is_not_there_is_not_an_absent_secret(server, service):
    """It may come to be: it is looked for again, and nothing is made meanwhile."""
    wanted = config(service, repo="nowhere")
    wanted["resources"]["it"]["timeout"] = 2
    run(server, "apply", wanted, "failed")
    assert service.asked and not service.written


def test_a_token_sealed_for_another_key_is_told_as_such(server, service):
    other = github_service.StandIn()
    try:
        execution = run(server, "apply", config(other), "failed")
    finally:
        other.stop()
    assert error(execution)["type"] == "expired_credentials" and "Decryption" in error(execution)["message"], execution


def test_a_value_sealed_for_another_key_is_told_as_such(server, service):
    other = github_service.StandIn()
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
    assert service.token().encode() not in server.everything_written()


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
