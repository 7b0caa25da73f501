# SPDX-License-Identifier: Apache-2.0
"""test_github_types.py - the life of every GitHub type on the stand-in (cycles.py), looked at by a plain client: `path` is
what it gets. Of a secret, `plaintext` is what GitHub alone can open."""

import re

import pytest
import requests

import cycles
from github.rest import Rest
from test_github_routes import WORKFLOW

pytestmark = pytest.mark.sanitized


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


@pytest.fixture
def github_server(make_server, github):
    """A server whose GitHub is the stand-in, with a repository in it."""
    github.add_repository("acme/site", private=True, files={"README.md": "hello", ".github/workflows/build.yml": WORKFLOW})
    github.add_team("acme", "Web")
    return make_server("--github-endpoint", github.url)


def test_every_type_has_a_cycle_or_a_reason():
    cycles.check_all_are_there("github")


@pytest.fixture
def base(github):
    return {"credentials": {"github": {"pat": github.token()}}, "targets": [{"provider": "github"}]}


@pytest.fixture
def seen(github, rest):
    def see(look):
        reply = requests.get(github.url + look["path"], headers=rest.session.headers, timeout=60)
        if reply.status_code >= 400:
            raise Refused(reply.status_code)
        answer = reply.json() if reply.content else {}
        secret = re.fullmatch(r"/(?:orgs|repos)/(.+?)(?:/environments/(.+)|/actions)/secrets/(.+)", look["path"])
        if secret:
            answer["plaintext"] = github.secret(secret[1], secret[3], environment=secret[2])
        return answer

    return see


def marks(rest):
    return [one["name"] for where in ("/repos/acme/site", "/orgs/acme")
            for one in rest("GET", where + "/actions/variables")["variables"] if one["name"].startswith("MGRAPH_")]


@pytest.mark.parametrize("cycle", list(cycles.cycles("github")))
def test_a_type_is_made_read_back_changed_and_gone(github_server, rest, base, seen, cycle):
    cycles.live(github_server, cycle, base, seen, Refused)
    assert marks(rest) == []


@pytest.mark.long
@pytest.mark.parametrize("cycle", list(cycles.cycles("github")))
def test_what_nobody_has_the_answer_of_is_done_once(github_server, github, rest, base, seen, cycle):
    github.set_faults([{"kind": "lose_reply", "method": method, "times": 2} for method in ("POST", "PUT", "PATCH", "DELETE")])
    cycles.live(github_server, cycle, base, seen, Refused, in_place=False)
    assert marks(rest) == []


def one(type_name, **properties):
    return {"resources": {"it": {"type": type_name, "properties": properties}}}


AT = {"owner": "acme", "repo": "site"}
THERE = [
    one("github:repo:label", **AT, label="bug", color="000000"),
    one("github:team:team", org="acme", team_name="Web", description="ours"),
    one("github:repo:file", **AT, path="README.md", content="ours"),
    one("github:variable:repo", **AT, variable_name="there", name_suffix=False, value="ours"),
    one("github:repo:webhook", **AT, url="https://example.com/there", events=["release"]),
    one("github:repo:environment", **AT, environment_name="there", wait_timer=1),
    one("github:repo:branch_protection", **AT, branch="main", lock_branch=True),
    one("github:team:repository", **AT, team_slug="web", permission="admin"),
    one("github:repo:actions_permissions", **AT, allowed_actions="local_only"),
]


@pytest.mark.parametrize("cycle", THERE, ids=lambda cycle: cycle["resources"]["it"]["type"])
def test_what_somebody_else_made_is_left_alone_unless_it_is_adopted(github_server, github, rest, base, cycle):
    path = "/repos/acme/site"
    rest("POST", path + "/actions/variables", {"name": "THERE", "value": "theirs"}, 201)
    rest("POST", path + "/actions/variables", {"name": "MGRAPH_ACTIONS_PERMISSIONS", "value": '{"mgraph:node-id": "x"}'}, 201)
    rest("POST", path + "/hooks", {"name": "web", "config": {"url": "https://example.com/there"}}, 201)
    rest("PUT", path + "/environments/there", {})
    rest("PUT", path + "/branches/main/protection", dict.fromkeys(
        ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")))
    rest("PUT", "/orgs/acme/teams/web/repos/acme/site", {"permission": "pull"}, 204)
    before = len(github.calls("(POST|PUT|PATCH|DELETE) .*"))
    config = cycles.config_of(cycle, base)
    reply = github_server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.json["operations"][0]["error"]["type"] == "conflict", reply
    assert len(github.calls("(POST|PUT|PATCH|DELETE) .*")) == before
    config["resources"]["it"]["operation"] = "adopt"
    summary = cycles.apply(github_server, config)["summary"]
    assert summary["adopt"] == 1 and summary["change"] == 0
    cycles.expect_no_change(github_server, config)


def test_an_invitation_that_is_accepted_changes_nothing(github_server, github, rest, base):
    cycle = one("github:repo:collaborator", **AT, username="Hubot", permission="maintain")
    config = cycles.config_of(cycle, base)
    cycles.apply(github_server, config)
    github.accept_invitation("acme/site", "hubot")
    cycles.expect_no_change(github_server, config)
    config = cycles.config_of(cycle, base, {"it": {"permission": "pull"}})
    assert cycles.apply(github_server, config)["summary"]["change"] == 1
    assert rest("GET", "/repos/acme/site/collaborators/hubot/permission")["role_name"] == "read"
    assert github_server.post("/deploy/destroy", {"config": config}, prefer="wait=60").json["status"] == "completed"
    rest("GET", "/repos/acme/site/collaborators/hubot", status=404)


WRONG = [
    (one("github:variable:org", org="acme", variable_name="v", value="1", selected_repository_ids=[1]), "missing_property", ""),
    (one("github:repo:branch_protection", **AT, branch="main", restrictions=True), "no_match", "/restrictions"),
    (one("github:secret:org", org="acme", secret_name="s", value="open"), "plaintext_secret", "/value"),
    (one("github:repo:webhook", **AT, url="https://example.com", secret="open"), "plaintext_secret", "/secret"),
]


@pytest.mark.parametrize("cycle, code, pointer", WRONG)
def test_what_github_would_not_take_is_told_before_it_is_asked(github_server, github, base, cycle, code, pointer):
    reply = github_server.post("/deploy/plan", {"config": cycles.config_of(cycle, base)})
    told = [(problem["code"], problem["pointer"]) for problem in reply.json["problems"]]
    assert reply.status == 422 and (code, "/config/resources/it/properties" + pointer) in told, told
    assert github.requests == []
