# SPDX-License-Identifier: Apache-2.0
"""test_github_routes.py - every route of the stand-in for GitHub, as GitHub describes it: requests and answers."""

import base64

import pytest

from github import calls, contract
from github.rest import Rest

REPO, ORG_REPO = "/repos/octocat/hello", "/repos/acme/site"
KEY = "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"k" * 32).decode()
WORKFLOW = """
name: Build
run-name: build of ${{ inputs.version }}
on:
  workflow_dispatch:
    inputs:
      version: {required: true}
jobs:
  test: {}
"""


def use_accounts(github, rest):
    assert rest("GET", "/user")["login"] == "octocat"
    assert rest("GET", "/users/hubot")["type"] == "User"
    assert rest("GET", "/orgs/acme")["login"] == "acme"
    assert rest("GET", "/rate_limit")["rate"]["limit"] == 5000


def use_repositories(github, rest):
    assert rest("POST", "/user/repos", {"name": "a b", "auto_init": True}, 201)["name"] == "a-b"
    rest("POST", "/orgs/acme/repos", {"name": "own", "private": True, "description": "d"}, 201)
    assert [repo["name"] for repo in rest("GET", "/user/repos")] == ["hello", "site", "a-b", "own"]
    assert [repo["private"] for repo in rest("GET", "/orgs/acme/repos")] == [False, True]
    rest("PATCH", "/repos/acme/own", {"has_wiki": False, "private": False, "homepage": "https://example.com"})
    told = rest("GET", "/repos/acme/own")
    assert (told["has_wiki"], told["private"], told["visibility"]) == (False, False, "public")
    assert rest("PUT", REPO + "/topics", {"names": ["B", "a"]}) == {"names": ["b", "a"]} == rest("GET", REPO + "/topics")
    rest("DELETE", "/repos/acme/own", status=204)
    rest("GET", "/repos/acme/own", status=404)


def use_contents(github, rest):
    path, content = REPO + "/contents/docs/b.md", base64.b64encode(b"one").decode()
    made = rest("PUT", path, {"message": "m", "content": content}, 201)
    again = {"message": "m", "content": base64.b64encode(b"two").decode(), "sha": made["content"]["sha"]}
    sha = rest("PUT", path, again)["content"]["sha"]
    assert base64.b64decode(rest("GET", path)["content"]) == b"two"
    assert [one["path"] for one in rest("GET", REPO + "/contents/docs")] == ["docs/b.md"]
    assert rest("DELETE", path, {"message": "m", "sha": sha})["content"] is None
    head = rest("GET", REPO + "/branches")[0]["commit"]["sha"]
    rest("POST", REPO + "/git/refs", {"ref": "refs/heads/next", "sha": head}, 201)
    assert [one["name"] for one in rest("GET", REPO + "/branches")] == ["main", "next"]


def use_values(github, rest):
    rest("PUT", REPO + "/environments/prod", {})
    for path, scope in ((REPO + "/actions", {}), (REPO + "/environments/prod", {}),
                        ("/orgs/acme/actions", {"visibility": "all"})):
        sealed = rest.seal(path, "value") | scope
        rest("PUT", path + "/secrets/a_b", sealed, 201)
        rest("PUT", path + "/secrets/A_B", sealed, 204)
        assert rest("GET", path + "/secrets")["total_count"] == 1
        assert rest("GET", path + "/secrets/A_b")["name"] == "A_B"
        rest("DELETE", path + "/secrets/A_B", status=204)
        rest("POST", path + "/variables", {"name": "v", "value": "1"} | scope, 201)
        rest("PATCH", path + "/variables/V", {"value": "2"}, 204)
        assert rest("GET", path + "/variables/v")["value"] == "2"
        assert [one["name"] for one in rest("GET", path + "/variables")["variables"]] == ["V"]
        rest("DELETE", path + "/variables/V", status=204)


def use_selected(github, rest):
    path, number = "/orgs/acme/actions", github.repository("acme/site").id
    scope = {"visibility": "selected", "selected_repository_ids": []}
    rest("PUT", path + "/secrets/S", rest.seal(path, "value") | scope, 201)
    rest("POST", path + "/variables", {"name": "S", "value": "1"} | scope, 201)
    for what in ("secrets", "variables"):
        chosen = f"{path}/{what}/S/repositories"
        rest("PUT", chosen, {"selected_repository_ids": [number]}, 204)
        rest("DELETE", f"{chosen}/{number}", status=204)
        rest("PUT", f"{chosen}/{number}", status=204)
        assert [one["full_name"] for one in rest("GET", chosen)["repositories"]] == ["acme/site"]


def use_environments(github, rest):
    path, policy = REPO + "/environments/prod%2Feu", {"protected_branches": False, "custom_branch_policies": True}
    octocat = github.users["octocat"].id
    rest("PUT", path, {"wait_timer": 5, "reviewers": [{"type": "User", "id": octocat}], "prevent_self_review": True,
                       "deployment_branch_policy": policy})
    told = rest("GET", path)
    assert told["name"] == "prod/eu" and told["deployment_branch_policy"] == policy
    assert [rule["type"] for rule in told["protection_rules"]] == ["wait_timer", "required_reviewers", "branch_policy"]
    assert "prod/eu" in [one["name"] for one in rest("GET", REPO + "/environments")["environments"]]
    patterns = path + "/deployment-branch-policies"
    number = rest("POST", patterns, {"name": "release/*"})["id"]
    rest("PUT", f"{patterns}/{number}", {"name": "main"})
    assert rest("GET", f"{patterns}/{number}")["name"] == "main"
    rest("POST", patterns, {"name": "main"}, 303)
    assert rest("GET", patterns)["total_count"] == 1
    rest("DELETE", f"{patterns}/{number}", status=204)
    rest("DELETE", path, status=204)
    rest("GET", path, status=404)


def use_protection(github, rest):
    path = ORG_REPO + "/branches/main"
    team = github.add_team("acme", "Ops")
    body = {"required_status_checks": {"strict": True, "contexts": ["ci"]}, "enforce_admins": True,
            "required_pull_request_reviews": {"required_approving_review_count": 2,
                                              "dismissal_restrictions": {"users": ["octocat"], "teams": []}},
            "restrictions": {"users": ["octocat"], "teams": [team.slug]}, "allow_deletions": True}
    assert rest("PUT", path + "/protection", body)["enforce_admins"]["enabled"] is True
    told = rest("GET", path + "/protection")
    assert told["required_status_checks"]["checks"] == [{"context": "ci", "app_id": None}]
    assert told["required_pull_request_reviews"]["required_approving_review_count"] == 2
    assert [one["slug"] for one in told["restrictions"]["teams"]] == ["ops"]
    assert rest("GET", path)["protected"] is True
    rest("DELETE", path + "/protection", status=204)
    rest("GET", path + "/protection", status=404)


def use_rulesets(github, rest):
    body = {"name": "main", "enforcement": "active", "target": "branch",
            "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
            "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}],
            "rules": [{"type": "deletion"}, {"type": "pull_request", "parameters": {
                "dismiss_stale_reviews_on_push": True, "require_code_owner_review": False,
                "require_last_push_approval": False, "required_approving_review_count": 1,
                "required_review_thread_resolution": False}}]}
    number = rest("POST", REPO + "/rulesets", body, 201)["id"]
    assert rest("GET", f"{REPO}/rulesets/{number}")["rules"] == body["rules"]
    assert rest("PUT", f"{REPO}/rulesets/{number}", {"enforcement": "disabled"})["rules"] == body["rules"]
    assert [(one["enforcement"], "rules" in one) for one in rest("GET", REPO + "/rulesets")] == [("disabled", False)]
    rest("DELETE", f"{REPO}/rulesets/{number}", status=204)


def use_hooks(github, rest):
    config = {"url": "https://example.com/hook", "content_type": "json", "secret": "hush"}
    made = rest("POST", REPO + "/hooks", {"config": config, "events": ["push", "release"]}, 201)
    path = f"{REPO}/hooks/{made['id']}"
    assert github.repository("octocat/hello").hooks[made["id"]]["config"]["secret"] == "hush"
    assert rest("GET", path)["config"] == {**config, "secret": "********", "insecure_ssl": "0"}
    told = rest("PATCH", path, {"active": False, "config": {"url": config["url"]}})
    assert told["config"] == {"url": config["url"], "content_type": "form", "insecure_ssl": "0"}
    assert len(rest("GET", REPO + "/hooks")) == 1
    rest("DELETE", path, status=204)


def use_keys(github, rest):
    made = rest("POST", REPO + "/keys", {"title": "t", "key": KEY + " me@here", "read_only": True}, 201)
    assert rest("GET", f"{REPO}/keys/{made['id']}")["key"] == KEY
    assert len(rest("GET", REPO + "/keys")) == 1
    rest("DELETE", f"{REPO}/keys/{made['id']}", status=204)


def use_labels(github, rest):
    rest("POST", REPO + "/labels", {"name": "To do", "color": "AABBCC"}, 201)
    assert rest("PATCH", REPO + "/labels/to%20do", {"new_name": "Done"})["color"] == "aabbcc"
    assert rest("GET", REPO + "/labels/done")["name"] == "Done"
    assert len(rest("GET", REPO + "/labels")) == 10
    rest("DELETE", REPO + "/labels/Done", status=204)


def use_collaborators(github, rest):
    path = ORG_REPO + "/collaborators/hubot"
    invited = rest("PUT", path, {"permission": "maintain"}, 201)
    assert rest("PATCH", f"{ORG_REPO}/invitations/{invited['id']}", {"permissions": "admin"})["permissions"] == "admin"
    assert len(rest("GET", ORG_REPO + "/invitations")) == 1
    rest("GET", path, status=404)
    github.accept_invitation("acme/site", "hubot")
    rest("GET", path, status=204)
    assert rest("GET", path + "/permission")["permission"] == "admin"
    rest("PUT", path, {"permission": "triage"}, 204)
    assert rest("GET", path + "/permission")["role_name"] == "triage"
    assert [one["login"] for one in rest("GET", ORG_REPO + "/collaborators")] == ["octocat", "hubot"]
    rest("DELETE", path, status=204)
    invited = rest("PUT", path, {}, 201)
    rest("DELETE", f"{ORG_REPO}/invitations/{invited['id']}", status=204)


def use_teams(github, rest):
    assert rest("POST", "/orgs/acme/teams", {"name": "Dev Ops", "privacy": "closed"}, 201)["slug"] == "dev-ops"
    access = "/orgs/acme/teams/dev-ops/repos/acme/site"
    rest("GET", access, status=404)
    rest("PUT", access, {"permission": "maintain"}, 204)
    rest("GET", access, status=204)
    as_repository = {"Accept": "application/vnd.github.v3.repository+json"}
    assert rest("GET", access, headers=as_repository)["role_name"] == "maintain"
    assert [one["name"] for one in rest("GET", "/orgs/acme/teams/dev-ops/repos")] == ["site"]
    assert [one["permission"] for one in rest("GET", ORG_REPO + "/teams")] == ["maintain"]
    rest("DELETE", access, status=204)
    rest("PATCH", "/orgs/acme/teams/dev-ops", {"name": "Platform"})
    assert rest("GET", "/orgs/acme/teams/platform")["privacy"] == "closed"
    assert "platform" in [one["slug"] for one in rest("GET", "/orgs/acme/teams")]
    rest("DELETE", "/orgs/acme/teams/platform", status=204)


def use_actions(github, rest):
    path = REPO + "/actions/permissions"
    assert rest("GET", path) == {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False}
    rest("GET", path + "/selected-actions", status=409)
    rest("PUT", path, {"enabled": True, "allowed_actions": "selected"}, 204)
    chosen = {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": ["octocat/*"]}
    rest("PUT", path + "/selected-actions", chosen, 204)
    assert rest("GET", path + "/selected-actions") == chosen
    may = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    rest("PUT", path + "/workflow", may, 204)
    assert rest("GET", path + "/workflow") == may


def use_runs(github, rest):
    workflow = rest("GET", REPO + "/actions/workflows")["workflows"][0]
    assert rest("GET", REPO + "/actions/workflows/build.yml") == workflow
    one = f"{REPO}/actions/workflows/{workflow['id']}"
    body = {"ref": "main", "inputs": {"version": "7"}}
    rest("POST", one + "/dispatches", body, 204)
    github.script_runs(queued=60)
    run = rest("POST", one + "/dispatches", {**body, "return_run_details": True})["workflow_run_id"]
    told = rest("GET", f"{REPO}/actions/runs/{run}")
    assert (told["display_title"], told["status"], told["conclusion"]) == ("build of 7", "queued", None)
    assert rest("GET", f"{one}/runs?event=workflow_dispatch&branch=main&per_page=1")["total_count"] == 2
    assert rest("GET", f"{REPO}/actions/runs?status=queued&created=%3E%3D2020-01-01")["workflow_runs"][0]["id"] == run
    assert rest("GET", f"{REPO}/actions/runs/{run}/jobs")["jobs"][0]["name"] == "test"
    rest("POST", f"{REPO}/actions/runs/{run}/cancel", status=202)
    assert rest("GET", f"{REPO}/actions/runs/{run}")["conclusion"] == "cancelled"
    rest("DELETE", f"{REPO}/actions/runs/{run}", status=204)


def use_apps(github, rest):
    app = github.app("acme")
    signed = Rest(github.url, app.jwt())
    assert signed("GET", "/app")["id"] == app.id
    assert len(signed("GET", "/app/installations")) == 1
    assert signed("GET", ORG_REPO + "/installation")["id"] == app.installation_id
    token = signed("POST", f"/app/installations/{app.installation_id}/access_tokens", {"repositories": ["site"]}, 201)
    told = Rest(github.url, token["token"])("GET", "/installation/repositories")
    assert [one["full_name"] for one in told["repositories"]] == ["acme/site"]


USES = [use_accounts, use_repositories, use_contents, use_values, use_selected, use_environments, use_protection,
        use_rulesets, use_hooks, use_keys, use_labels, use_collaborators, use_teams, use_actions, use_runs, use_apps]


@pytest.fixture
def filled(github):
    github.add_repository("octocat/hello", files={"README.md": "hello", ".github/workflows/build.yml": WORKFLOW})
    github.add_repository("acme/site", files={"index.html": "hello"})
    return github


def routes_that_succeeded(github):
    paths = [(entry["method"], github.front.prism.escape(entry["target"]).partition("?")[0])
             for entry in github.requests if entry["status"] < 300]
    return {(method, calls.find_route(method, path)[0].template) for method, path in paths}


def test_all_routes_are_github_s():
    assert {(one.method, one.template) for one in calls.ROUTES} <= contract.operations()


def test_all_routes_are_as_github_describes_them(filled, rest):
    for use in USES:
        use(filled, rest)
    unused = {(one.method, one.template) for one in calls.ROUTES} - routes_that_succeeded(filled)
    assert not unused
    assert not filled.violations
