# SPDX-License-Identifier: Apache-2.0
"""test_github_types.py - the life of every GitHub type on the stand-in (cycles.py), looked at by a plain client: `path` is
what it gets. Of a secret, `plaintext` is what GitHub alone can open."""

import re

import pytest
import requests

import cycles
from github.rest import Rest
from test_github_routes import WORKFLOW


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


@pytest.mark.parametrize("cycle", list(cycles.cycles("github")))
def test_a_type_is_made_read_back_changed_and_gone(github_server, github, rest, cycle):
    def seen(look):
        reply = requests.get(github.url + look["path"], headers=rest.session.headers, timeout=60)
        if reply.status_code >= 400:
            raise Refused(reply.status_code)
        answer = reply.json() if reply.content else {}
        secret = re.fullmatch(r"/(?:orgs|repos)/(.+?)(?:/environments/(.+)|/actions)/secrets/(.+)", look["path"])
        if secret:
            answer["plaintext"] = github.secret(secret[1], secret[3], environment=secret[2])
        return answer

    base = {"credentials": {"github": {"pat": github.token()}}, "targets": [{"provider": "github"}]}
    cycles.live(github_server, cycle, base, seen, Refused)
    assert [name for name in rest("GET", "/repos/acme/site/actions/variables")["variables"]] == []
    assert rest("GET", "/orgs/acme/actions/variables")["variables"] == []
