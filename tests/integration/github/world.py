# SPDX-License-Identifier: Apache-2.0
"""world.py - all of GitHub that one test sees: what is there, what tests may script, and who is let in."""

import importlib
import itertools
import json
import re
import secrets
import threading
import time

from . import access, apps, runs
from .calls import Call, Refused
from .things import Account, Branch, Repository, Team

ROUTED = ("accounts", "repositories", "contents", "values", "environments", "protection", "settings", "people",
          "teams", "runs", "apps")
for name in ROUTED:
    importlib.import_module(f"{__package__}.{name}")

DEFAULT_LABELS = {"bug": "d73a4a", "documentation": "0075ca", "duplicate": "cfd3d7", "enhancement": "a2eeef",
                  "good first issue": "7057ff", "help wanted": "008672", "invalid": "e4e669", "question": "d876e3",
                  "wontfix": "ffffff"}


class World:
    """`url` is what clients are to be pointed at. The user octocat owns the organization acme; hubot is a stranger."""

    def __init__(self, url="https://api.github.com"):
        self.url = url
        self.lock = threading.RLock()
        self._ids = itertools.count(1001)
        self.users, self.orgs, self.repositories, self.moved = {}, {}, {}, {}
        self.tokens, self.apps, self.limits = {}, {}, access.Limits()
        self.run_scripts = []
        self.add_user("octocat")
        self.add_user("hubot")
        self.add_org("acme", owner="octocat")

    def next_id(self):
        return next(self._ids)

    # ---- what is there, for tests to make and to look at ----

    def add_user(self, login):
        self.users[login.lower()] = account = Account(self.next_id(), login, "User")
        return account

    def add_org(self, login, owner):
        self.orgs[login.lower()] = account = Account(self.next_id(), login, "Organization")
        account.members[owner.lower()] = "admin"
        return account

    def add_repository(self, full_name, private=False, files=None):
        """With files, a dict of bytes or text by path, there is a first commit of them."""
        login, _, name = full_name.partition("/")
        repo = Repository(self.next_id(), self.account(login), name, private)
        self.repositories[repo.id] = repo
        for label, color in DEFAULT_LABELS.items():
            repo.labels[label] = {"id": self.next_id(), "name": label, "color": color, "default": True,
                                  "description": None}
        if files is not None:
            repo.branches[repo.default_branch] = Branch(files)
        return repo

    def add_team(self, org, name):
        team = Team(self.next_id(), self.orgs[org.lower()], name)
        team.org.teams[team.slug] = team
        return team

    def accept_invitation(self, full_name, login):
        """What the one who is invited to a repository does."""
        repo = self.repository(full_name)
        invited = next(one for one in repo.invitations.values() if one["invitee"].login.lower() == login.lower())
        del repo.invitations[invited["id"]]
        repo.collaborators[login.lower()] = invited["role"]

    def account(self, login):
        return self.users.get(login.lower()) or self.orgs.get(login.lower())

    def find_repository(self, login, name):
        full_name = f"{login}/{name}".lower()
        return next((repo for repo in self.repositories.values() if repo.full_name.lower() == full_name), None)

    def repository(self, full_name):
        """One that must be there."""
        repo = self.find_repository(*full_name.split("/"))
        assert repo is not None, f"there is no repository {full_name}"
        return repo

    def vault(self, where, environment=None):
        """Of an organization, by its login, of a repository, by its full name, or of one of its environments."""
        if "/" not in where:
            return self.orgs[where.lower()].vault
        repo = self.repository(where)
        return repo.environments[environment.lower()].vault if environment else repo.vault

    def secret(self, where, name, environment=None):
        """The text that was sealed, or None if there is no such secret."""
        found = self.vault(where, environment).secrets.get(name.upper())
        return found and found["plaintext"].decode()

    def is_org_admin(self, login, org):
        found = self.orgs.get(org.lower())
        return login is not None and found is not None and found.members.get(login.lower()) == "admin"

    def teams_of(self, login):
        return [team for org in self.orgs.values() for team in org.teams.values() if login.lower() in team.members]

    def repository_url(self, repo):
        return f"{self.url}/repos/{repo.full_name}"

    # ---- tokens and limits, for tests to script ----

    def token(self, rights="admin", login="octocat", repositories=None, seconds=None):
        """The text of a new token. Rights: "admin", "read", "none" (no scopes), "expired", or the permissions of a
        fine-grained token in a dict. `seconds` until it expires; `repositories` it is limited to, by full name."""
        kind, permissions = access.rights(rights)
        text = {"classic": "ghp_", "fine": "github_pat_"}[kind] + secrets.token_hex(18)
        expires = time.time() - 1 if rights == "expired" else seconds and time.time() + seconds
        ids = None if repositories is None else {self.repository(name).id for name in repositories}
        self.tokens[text] = access.Token(text, login, permissions, kind, ids, expires)
        return text

    def revoke(self, text):
        self.tokens[text].revoked = True

    def expire(self, text):
        self.tokens[text].expires = time.time()

    def app(self, account="acme", permissions=None, repositories=None, token_seconds=3600):
        """A GitHub App with a new key, installed in an account."""
        found = apps.App(self, self.account(account), permissions or access.all_permissions("write"),
                         repositories and {self.repository(name).id for name in repositories}, token_seconds)
        self.apps[found.id] = found
        return found

    def limit(self, token, remaining, reset_in, status=403):
        """The primary limit of a token: so many requests more, and all of them again so many seconds from now."""
        bucket = self.limits.bucket(self.tokens[token])
        bucket.used, bucket.reset, bucket.status = bucket.limit - remaining, time.time() + reset_in, status

    def pace(self, writes, seconds, retry_after=1, status=403):
        """A secondary limit: more writes in so many seconds are refused. GitHub's own is 80 in 60."""
        self.limits.pace = (writes, seconds, retry_after, status)

    def script_runs(self, workflow=".*", appear=0.0, queued=0.1, running=0.1, conclusion="success"):
        """How runs go that are dispatched from now on: seconds until one is listed, in the queue, and at work. That
        of one run may be changed on its way: repository(...).runs[id].script["running"] = 0"""
        self.run_scripts.insert(0, (workflow, {"appear": appear, "queued": queued, "running": running,
                                               "conclusion": conclusion}))

    def add_run(self, full_name, workflow, branch="main", event="push", login="octocat", inputs=None):
        """Of a workflow, by its file's name, that something else than a dispatch has started."""
        repo = self.repository(full_name)
        found = next(one for one in runs.workflows(self, repo) if one.path.endswith("/" + workflow))
        return runs.add(self, repo, found, branch, event, self.account(login), inputs)

    # ---- answering ----

    def authenticate(self, call):
        scheme, _, text = call.headers.get("authorization", "").partition(" ")
        if not scheme:
            return
        if text.startswith("eyJ"):
            call.jwt = apps.verify(self, text)
            return
        token = self.tokens.get(text)
        if scheme.lower() not in ("bearer", "token") or token is None or not token.is_good():
            raise Refused(401, "Bad credentials")
        call.token = token

    def _find_moved(self, call):
        by_id = re.fullmatch(r"/repositories/(\d+)(/.*)?", call.path)
        if by_id and int(by_id[1]) in self.repositories:
            call.path = f"/repos/{self.repositories[int(by_id[1])].full_name}{by_id[2] or ''}"
        match = re.fullmatch(r"/repos/([^/]+)/([^/]+)(/.*)?", call.path)
        if match and self.find_repository(match[1], match[2]) is None:
            number = self.moved.get(f"{match[1]}/{match[2]}".lower())
            if number in self.repositories:
                url = f"{self.url}/repositories/{number}{match[3] or ''}"
                refused = Refused(301 if call.method == "GET" else 307, "Moved Permanently", headers=[("Location", url)])
                refused.body["url"] = url
                raise refused

    def _answer(self, call):
        self.authenticate(call)
        if call.path != "/rate_limit" and call.jwt is None:
            who = f"user ID {self.account(call.login).id}" if call.token else "127.0.0.1"
            self.limits.take(call.token, call.method, who)
        self._find_moved(call)
        route = call.take()
        if route.permission == "app":
            if call.jwt is None:
                raise Refused(401, "A JSON web token could not be decoded")
            if call.repo is None and "owner" in call.args:
                raise Refused(404, "Not Found")
        elif call.jwt is not None:
            raise Refused(401, "Bad credentials")
        else:
            access.check(call)
        answer = route.handler(call)
        if answer is None:
            return 204, None, []
        if not isinstance(answer, tuple):
            return 200, answer, []
        return answer if len(answer) == 3 else (*answer, [])

    def _told(self, call):
        """Headers of every answer."""
        told = [("X-GitHub-Media-Type", "github.v3; format=json"),
                ("X-GitHub-Request-Id", secrets.token_hex(8).upper())]
        if call.jwt is None:
            bucket = self.limits.bucket(call.token).told()
            told += [(f"X-RateLimit-{name.capitalize()}", str(value)) for name, value in bucket.items()]
            told.append(("X-RateLimit-Resource", "core"))
        if call.token and call.token.kind == "classic":
            told.append(("X-OAuth-Scopes", access.SCOPES if call.token.permissions else ""))
        return told

    def handle(self, method, target, headers, body):
        """Status, headers and body of the answer."""
        with self.lock:
            call = Call(self, method, target, headers, body)
            try:
                status, answer, more = self._answer(call)
            except Refused as refused:
                status, answer, more = refused.status, refused.body, refused.headers
            text = b"" if answer is None else json.dumps(answer).encode()
            kind = [("Content-Type", "application/json; charset=utf-8")] if text else []
            return status, kind + self._told(call) + more, text
