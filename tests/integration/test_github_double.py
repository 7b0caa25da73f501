# SPDX-License-Identifier: Apache-2.0
"""test_github_double.py - the stand-in for GitHub is judged itself: by GitHub's own command line, by plain requests,
and by what GitHub's documentation says."""

import base64
import datetime
import http.client
import json
import threading
import time
import urllib.parse
import urllib.request

import pytest
import requests

from github.contract import EXCEPTIONS
from github.rest import Rest
from test_github_routes import KEY, WORKFLOW

pytestmark = pytest.mark.long

REPO, SITE = "/repos/octocat/hello", "/repos/acme/site"
PROTECTION = {"required_status_checks": None, "enforce_admins": None, "required_pull_request_reviews": None,
              "restrictions": None}


@pytest.fixture
def hello(github):
    return github.add_repository("octocat/hello", files={"README.md": "hello", ".github/workflows/build.yml": WORKFLOW})


@pytest.fixture
def site(github):
    return github.add_repository("acme/site", private=True, files={"index.html": "hello"})


def until(what, seconds=20):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


# ---- by GitHub's command line ----


def test_gh_reads_what_is_there(github, gh, hello):
    assert gh().api("user")["login"] == "octocat"
    assert gh().api("repos/octocat/hello")["full_name"] == "octocat/hello"


def test_gh_s_secrets_are_opened(github, gh, hello):
    gh().set_secret("octocat/hello", "api_key", "ünïque\nlines")
    gh().set_secret("octocat/hello", "OTHER", "x")
    assert gh().list_secrets("octocat/hello") == ["API_KEY", "OTHER"]
    assert github.secret("octocat/hello", "API_KEY") == "ünïque\nlines"


def test_gh_s_secrets_of_environments_and_organizations_are_opened(github, gh, hello, site, rest):
    rest("PUT", REPO + "/environments/prod", {})
    gh().set_secret("octocat/hello", "A", "of prod", "--env", "prod")
    gh()("secret", "set", "B", "--org", "acme", "--visibility", "all", stdin="of acme")
    assert github.secret("octocat/hello", "A", environment="prod") == "of prod"
    assert github.secret("octocat/hello", "A") is None
    assert github.secret("acme", "B") == "of acme"


def test_gh_follows_pages(github, gh, hello, rest):
    for at in range(25):
        hello.vault.variables[f"V{at}"] = {"name": f"V{at}", "value": "1", "created": 0, "updated": 0}
    text = gh()("api", "--paginate", "repos/octocat/hello/labels?per_page=4", "--jq", ".[].name")
    assert len(text.splitlines()) == 9
    text = gh()("api", "--paginate", "repos/octocat/hello/actions/variables", "--jq", ".variables[].name")
    assert len(text.splitlines()) == 25


def test_gh_is_refused_with_a_bad_token(github, gh, hello):
    done = gh("ghp_unknown").run("api", "user")
    assert done.returncode != 0 and "Bad credentials" in done.stderr


def test_gh_starts_a_workflow(github, gh, hello):
    gh()("workflow", "run", "build.yml", "-R", "github.localhost/octocat/hello", "--ref", "main", "-f", "version=9")
    run = until(lambda: gh().api("repos/octocat/hello/actions/runs?status=completed")["workflow_runs"])[0]
    assert (run["display_title"], run["conclusion"]) == ("build of 9", "success")


# ---- pages ----


def test_lists_have_links(github, hello, rest):
    assert len(rest("GET", REPO + "/labels?per_page=4&page=2")) == 4
    links = {name: link["url"] for name, link in rest.reply.links.items()}
    assert all("page=2" not in url and "per_page=4" in url for url in links.values()) and len(links) == 4
    assert len(rest("GET", links["next"])) == 1
    assert set(rest.reply.links) == {"prev", "first"}


def test_a_list_on_one_page_has_no_links(github, hello, rest):
    rest("GET", REPO + "/labels")
    assert "link" not in rest.reply.headers


# ---- what GitHub refuses ----


def test_names_of_secrets_and_variables(github, hello, rest):
    sealed = rest.seal(REPO + "/actions", "x")
    for name in ("with-hyphen", "1ST", "GITHUB_X", "github_y", "a.b"):
        rest("PUT", f"{REPO}/actions/secrets/{name}", sealed, 422)
        rest("POST", f"{REPO}/actions/variables", {"name": name, "value": "1"}, 422)
    assert not hello.vault.secrets and not hello.vault.variables


def test_a_value_that_is_sealed_to_another_key_is_refused(github, hello, rest, site):
    other = rest.seal(SITE + "/actions", "x")
    rest("PUT", REPO + "/actions/secrets/A", other, 422)
    own = rest.seal(REPO + "/actions", "x")
    rest("PUT", REPO + "/actions/secrets/A", {**other, "key_id": own["key_id"]}, 422)
    assert not hello.vault.secrets


def test_variables_are_not_made_twice(github, hello, rest):
    rest("POST", REPO + "/actions/variables", {"name": "a", "value": "1"}, 201)
    assert "already exists" in rest("POST", REPO + "/actions/variables", {"name": "A", "value": "2"}, 409)["message"]
    rest("PATCH", REPO + "/actions/variables/B", {"value": "2"}, 404)


def test_files_are_changed_by_who_has_seen_them(github, hello, rest):
    path, body = REPO + "/contents/README.md", {"message": "m", "content": base64.b64encode(b"new").decode()}
    rest("PUT", path, body, 422)
    rest("PUT", path, {**body, "sha": "0" * 40}, 409)
    rest("PUT", path, {**body, "content": "no base64"}, 422)
    rest("PUT", path, {**body, "branch": "none"}, 404)
    rest("DELETE", path, {"message": "m", "sha": "0" * 40}, 409)
    rest("GET", REPO + "/contents/none", status=404)
    assert hello.branches["main"].files["README.md"] == b"hello"


def test_an_empty_repository_gets_its_branch_from_its_first_file(github, rest):
    github.add_repository("octocat/empty")
    assert rest("GET", "/repos/octocat/empty/contents/a", status=404)["message"] == "This repository is empty."
    content = base64.b64encode(b"a").decode()
    told = rest("PUT", "/repos/octocat/empty/contents/a/b", {"message": "m", "content": content}, 201)
    assert told["commit"]["parents"] == []
    assert [one["name"] for one in rest("GET", "/repos/octocat/empty/branches")] == ["main"]


def test_what_is_there_is_not_made_again(github, hello, rest):
    told = rest("POST", "/user/repos", {"name": "HELLO"}, 422)
    assert told["errors"][0]["message"] == "name already exists on this account"
    assert rest("POST", REPO + "/labels", {"name": "BUG"}, 422)["errors"][0]["code"] == "already_exists"
    hook = {"config": {"url": "https://example.com"}}
    rest("POST", REPO + "/hooks", hook, 201)
    rest("POST", REPO + "/hooks", hook, 422)
    rest("POST", REPO + "/keys", {"title": "a", "key": KEY}, 201)
    assert rest("POST", REPO + "/keys", {"title": "b", "key": KEY}, 422)["errors"][0]["message"] == "key is already in use"
    rest("POST", "/orgs/acme/teams", {"name": "a b"}, 201)
    rest("POST", "/orgs/acme/teams", {"name": "A-B"}, 422)
    rest("POST", REPO + "/rulesets", {"name": "r", "enforcement": "active"}, 201)
    rest("POST", REPO + "/rulesets", {"name": "r", "enforcement": "active"}, 422)


def test_protection_of_what_is_not_there(github, hello, rest):
    rest("PUT", REPO + "/branches/none/protection", PROTECTION, 404)
    assert rest("GET", REPO + "/branches/main/protection", status=404)["message"] == "Branch not protected"
    rest("PUT", REPO + "/branches/main/protection", {**PROTECTION, "restrictions": {"users": [], "teams": []}}, 422)
    rest("PUT", REPO + "/branches/main/protection", PROTECTION)
    assert "restrictions" not in rest("GET", REPO + "/branches/main/protection")


def test_environments_replace_what_they_were(github, hello, rest):
    path = REPO + "/environments/prod"
    rest("PUT", path, {"wait_timer": 5})
    assert rest("PUT", path, {})["protection_rules"] == []
    same = {"protected_branches": True, "custom_branch_policies": True}
    rest("PUT", path, {"deployment_branch_policy": same}, 422)
    rest("POST", path + "/deployment-branch-policies", {"name": "main"}, 404)
    rest("GET", REPO + "/environments/none/secrets", status=404)


def test_a_renamed_repository_redirects(github, hello, rest):
    rest("PATCH", REPO, {"name": "renamed"})
    rest("GET", REPO + "/topics", status=301)
    assert rest("GET", rest.reply.headers["Location"]) == {"names": []}
    rest("PUT", REPO + "/topics", {"names": ["a"]}, 307)
    rest("PUT", rest.reply.headers["Location"], {"names": ["a"]})
    assert hello.topics == ["a"]


# ---- who is let in ----


def status_of(github, token, path, method="GET", body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, github.url + path, headers=headers, json=body, timeout=60).status_code


def test_tokens_and_their_rights(github, hello, site):
    put = {"names": ["a"]}
    reads = [(SITE, "GET", None), (SITE + "/actions/secrets", "GET", None), (SITE + "/topics", "PUT", put)]
    wanted = {None: [404, 404, 404], "ghp_unknown": [401] * 3, github.token("admin"): [200, 200, 200],
              github.token("read"): [200, 200, 403], github.token("none"): [404, 404, 404],
              github.token("expired"): [401] * 3, github.token({"secrets": "read"}): [200, 200, 403],
              github.token({}): [200, 403, 403], github.token("admin", login="hubot"): [404] * 3,
              github.token("admin", repositories=["octocat/hello"]): [404] * 3}
    assert {token: [status_of(github, token, path, method, body) for path, method, body in reads]
            for token in wanted} == wanted
    assert status_of(github, None, REPO) == 200
    assert status_of(github, github.token("none"), REPO + "/topics", "PUT", put) == 404
    assert status_of(github, None, REPO + "/topics", "PUT", put) == 401
    assert status_of(github, github.token("admin", login="hubot"), REPO + "/topics", "PUT", put) == 403


def test_what_a_token_lacks_is_told(github, hello):
    rest = Rest(github.url, github.token("read"))
    told = rest("PUT", REPO + "/topics", {"names": []}, 403)
    assert told["message"] == "Resource not accessible by personal access token"
    assert rest.reply.headers["X-Accepted-GitHub-Permissions"] == "administration=write"


def test_a_token_ends_in_the_middle(github, hello):
    for end in (github.revoke, github.expire):
        token = github.token(seconds=3600)
        assert status_of(github, token, "/user") == 200
        end(token)
        assert status_of(github, token, "/user") == 401
    token = github.token(seconds=0.2)
    until(lambda: status_of(github, token, "/user") == 401)


def test_a_request_has_a_user_agent(github, hello):
    with urllib.request.urlopen(github.url + REPO, timeout=60) as reply:
        assert reply.status == 200
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(github.url).netloc, timeout=60)
    connection.request("GET", REPO)
    reply = connection.getresponse()
    assert reply.status == 403 and b"User-Agent" in reply.read()
    connection.close()


# ---- GitHub Apps ----


def test_an_app_gets_tokens_of_its_installation(github, hello, site):
    app = github.app("acme", {"secrets": "write"})
    signed = Rest(github.url, app.jwt())
    assert signed("GET", SITE + "/installation")["id"] == app.installation_id
    signed("GET", REPO + "/installation", status=404)
    told = signed("POST", f"/app/installations/{app.installation_id}/access_tokens", status=201)
    token, expires = told["token"], datetime.datetime.fromisoformat(told["expires_at"].replace("Z", "+00:00"))
    assert 3500 < expires.timestamp() - time.time() <= 3600
    rest = Rest(github.url, token)
    rest("PUT", SITE + "/actions/secrets/A", rest.seal(SITE + "/actions", "x"), 201)
    assert rest("PUT", SITE + "/topics", {"names": []}, 403)["message"] == "Resource not accessible by integration"
    rest("GET", "/user", status=403)
    github.expire(token)
    assert status_of(github, token, SITE) == 401


def test_an_app_may_ask_for_less_only(github, site):
    app = github.app("acme", {"secrets": "read"})
    path, signed = f"/app/installations/{app.installation_id}/access_tokens", Rest(github.url, app.jwt())
    assert signed("POST", path, {"permissions": {"secrets": "read"}}, 201)["permissions"] == {
        "metadata": "read", "secrets": "read"}
    signed("POST", path, {"permissions": {"secrets": "write"}}, 422)
    signed("POST", path, {"repositories": ["none"]}, 422)
    signed("POST", "/app/installations/1/access_tokens", status=404)


def test_jwts_are_verified(github, site):
    app, other, now = github.app("acme"), github.app("acme"), int(time.time())
    forged = app.jwt().rpartition(".")[0] + "." + other.jwt().rpartition(".")[2]
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + "." + app.jwt().split(".")[1] + "."
    for text, status in ((app.jwt(), 200), (app.jwt(iss=app.client_id), 200), (forged, 401), (unsigned, 401),
                         (app.jwt(exp=now + 700), 401), (app.jwt(exp=now - 1), 401), (app.jwt(iat=now + 300), 401),
                         (app.jwt(exp="soon"), 401), (app.jwt(iss="1"), 404), (github.token(), 401)):
        Rest(github.url, text)("GET", "/app", status=status)
    Rest(github.url, app.jwt())("GET", SITE, status=401)


# ---- limits and faults ----


def test_every_answer_tells_the_limit(github, hello, rest):
    rest("GET", REPO)
    told = {name: rest.reply.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used", "resource")}
    assert told == {"limit": "5000", "remaining": "4999", "used": "1", "resource": "core"}
    assert 3500 < int(rest.reply.headers["x-ratelimit-reset"]) - time.time() < 3610
    assert rest("GET", "/rate_limit")["rate"]["used"] == 1


@pytest.mark.parametrize("status", [403, 429])
def test_the_primary_limit_ends_with_its_hour(github, hello, status):
    token = github.token()
    rest = Rest(github.url, token)
    github.limit(token, remaining=1, reset_in=60, status=status)
    rest("GET", REPO)
    assert "API rate limit exceeded" in rest("GET", REPO, status=status)["message"]
    assert rest.reply.headers["x-ratelimit-remaining"] == "0"
    assert "retry-after" not in rest.reply.headers
    assert 0 < int(rest.reply.headers["x-ratelimit-reset"]) - time.time() <= 61
    github.limit(token, remaining=0, reset_in=0)
    rest("GET", REPO)
    assert rest.reply.headers["x-ratelimit-remaining"] == "4999"


def test_a_secondary_limit_counts_writes(github, hello, rest):
    github.pace(writes=2, seconds=3600, retry_after=1, status=429)
    rest("POST", REPO + "/labels", {"name": "a"}, 201)
    rest("POST", REPO + "/labels", {"name": "b"}, 201)
    assert "secondary rate limit" in rest("POST", REPO + "/labels", {"name": "c"}, 429)["message"]
    assert rest.reply.headers["retry-after"] == "1"
    rest("GET", REPO + "/labels")
    github.pace(writes=2, seconds=0.01)
    time.sleep(0.02)
    rest("POST", REPO + "/labels", {"name": "c"}, 201)


def test_faults_are_made(github, hello, rest):
    github.set_faults([{"kind": "throttle", "operation": "GET /user", "times": 1, "retry_after": 7},
                       {"kind": "error", "operation": "GET /user", "times": 1},
                       {"kind": "error", "operation": "GET /user", "times": 1, "status": 502},
                       {"kind": "deny", "operation": "GET /user", "times": 1},
                       {"kind": "lose_reply", "operation": "PUT .*/topics", "times": 1}])
    rest("GET", "/user", status=403)
    assert rest.reply.headers["retry-after"] == "7"
    rest("GET", "/user", status=500)
    assert requests.get(github.url + "/user", timeout=60).headers["content-type"] == "text/html"
    rest("GET", "/user", status=403)
    rest("GET", "/user")
    with pytest.raises(requests.exceptions.ConnectionError):
        rest("PUT", REPO + "/topics", {"names": ["a"]})
    assert hello.topics == ["a"]
    assert [entry["fault"] for entry in github.calls("PUT .*")] == ["lose_reply"]


# ---- runs ----


def test_a_run_goes_as_it_was_scripted(github, hello, rest):
    github.script_runs("build.*", appear=3600, queued=3600, running=3600, conclusion="failure")
    rest("POST", REPO + "/actions/workflows/build.yml/dispatches", {"ref": "main", "inputs": {"version": "x1"}}, 204)
    assert rest("GET", REPO + "/actions/runs")["total_count"] == 0
    (number, run), = hello.runs.items()
    path, script = f"{REPO}/actions/runs/{number}", run.script
    rest("GET", path, status=404)
    script["appear"] = 0
    run = rest("GET", REPO + "/actions/runs")["workflow_runs"][0]
    assert (run["display_title"], run["event"], run["status"]) == ("build of x1", "workflow_dispatch", "queued")
    script["queued"] = 0
    assert rest("GET", path)["status"] == "in_progress"
    script["running"] = 0
    assert (rest("GET", path)["status"], rest("GET", path)["conclusion"]) == ("completed", "failure")
    rest("POST", path + "/cancel", status=409)


def test_runs_are_filtered(github, hello, rest):
    hello.branches["next"] = hello.branches["main"]
    for branch, event in (("main", "push"), ("next", "push"), ("main", "schedule")):
        github.add_run("octocat/hello", "build.yml", branch, event)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    for query, count in (("", 3), ("event=push", 2), ("branch=main", 2), ("event=push&branch=main", 1),
                         ("actor=hubot", 0), ("actor=octocat", 3), ("created=%3C2020-01-01", 0),
                         (f"created=%3E%3D{day}", 3), ("created=2020-01-01..2020-02-01", 0)):
        told = rest("GET", f"{REPO}/actions/runs?{query}")
        assert told["total_count"] == count, query
    numbers = [run["run_number"] for run in rest("GET", REPO + "/actions/runs")["workflow_runs"]]
    assert numbers == [3, 2, 1]


def test_what_can_not_be_dispatched(github, hello, rest):
    hello.branches["main"].files[".github/workflows/push.yml"] = b"on: push\n"
    path, body = REPO + "/actions/workflows/build.yml/dispatches", {"ref": "main", "inputs": {"version": "1"}}
    assert rest("POST", path, {**body, "ref": "none"}, 422)["message"] == "No ref found for: none"
    assert "Unexpected inputs" in rest("POST", path, {"ref": "main", "inputs": {"a": "1", "version": "1"}}, 422)["message"]
    assert rest("POST", path, {"ref": "main"}, 422)["message"] == "Required input 'version' not provided"
    told = rest("POST", REPO + "/actions/workflows/push.yml/dispatches", {"ref": "main"}, 422)
    assert told["message"] == "Workflow does not have 'workflow_dispatch' trigger"
    rest("POST", REPO + "/actions/workflows/none.yml/dispatches", {"ref": "main"}, 404)
    assert not hello.runs


# ---- the contract, and the log ----


@pytest.mark.parametrize("method, path, body", [
    ("PUT", REPO + "/actions/secrets/A", {"encrypted_value": "not base64!", "key_id": "1"}),
    ("PUT", REPO + "/actions/secrets/A", {"encrypted_value": "YQ=="}),
    ("PUT", REPO + "/branches/main/protection", {"enforce_admins": True}),
    ("PUT", REPO + "/topics", {"names": "a"}),
    ("POST", REPO + "/rulesets", {"name": "r", "enforcement": "actve"}),
    ("GET", REPO + "/labels?per_page=abc", None),
    ("GET", REPO + "/no-such-thing", None)])
def test_a_request_against_the_description_is_a_violation(github, hello, method, path, body):
    github.expect_violations = True
    requests.request(method, github.url + path, json=body, timeout=60,
                     headers={"Authorization": f"Bearer {github.token()}"})
    (operation, _, violation), *_ = github.violations
    assert operation.startswith(method) and violation["location"][0] == "request"


def test_an_answer_against_the_description_is_a_violation(github, hello, rest):
    github.expect_violations = True
    hello.topics = "none"
    rest("GET", REPO + "/topics")
    assert github.violations[0][2]["location"][0] == "response"


def test_every_exception_to_the_description_is_needed(github, hello, rest):
    app = github.app("octocat")
    rest("POST", REPO + "/actions/variables", {"name": "-", "value": ""}, 422)
    Rest(github.url, "ghp_unknown")("GET", REPO, status=401)
    workflow = rest("GET", REPO + "/actions/workflows")["workflows"][0]["id"]
    rest("GET", f"{REPO}/actions/workflows/{workflow}")
    Rest(github.url, app.jwt())("GET", "/app/installations")
    rest("GET", REPO + "/actions/runs?created=%3E%3D2020-01-01")
    rest("PUT", REPO + "/contents/README.md", {"message": "m", "content": "YQ==", "sha": "0" * 40}, 409)
    rest("PATCH", REPO, {"name": "renamed"})
    rest("GET", REPO + "/topics", status=301)
    rest("GET", rest.reply.headers["Location"])
    assert {why for entry in github.requests for why in entry["excepted"]} == {why for *_, why in EXCEPTIONS}


def test_requests_are_kept_without_their_token(github, hello, rest):
    rest("PUT", REPO + "/topics", {"names": ["a"]})
    entry, = github.calls("PUT /repos/octocat/hello/topics")
    assert (entry["body"], entry["status"], entry["applied"]) == ({"names": ["a"]}, 200, True)
    assert entry["headers"]["accept"] == "application/vnd.github+json"
    assert all(token not in json.dumps(github.requests) for token in github.tokens)


def test_many_ask_at_once(github, hello):
    token, statuses = github.token(), []

    def ask(at):
        statuses.append(status_of(github, token, REPO + "/labels", "POST", {"name": f"l{at}"}))

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 30 and len(hello.labels) == 39


def test_worlds_are_apart(contract, github, hello, rest):
    other = type(github)(*contract)
    try:
        Rest(other.url, other.token())("GET", REPO, status=404)
        Rest(other.url, github.token())("GET", "/user", status=401)
        assert rest("GET", REPO)["name"] == "hello"
        assert len(other.requests) == 2 and not other.violations
    finally:
        other.stop()
