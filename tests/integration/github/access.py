# SPDX-License-Identifier: Apache-2.0
"""access.py - who may do what, and how often: tokens, their permissions, and GitHub's two kinds of rate limits.

A token holds permissions by GitHub's names for them, each "read" or "write", whatever kind of token it is; the kinds
differ in what is said when one is missing."""

import time

from .calls import Refused, not_found

LEVELS = {None: 0, "read": 1, "write": 2, "admin": 3}
REPOSITORY_PERMISSIONS = ("metadata", "administration", "contents", "secrets", "actions_variables", "environments",
                          "actions", "issues", "repository_hooks", "workflows")
ORGANIZATION_PERMISSIONS = ("members", "organization_secrets", "organization_actions_variables",
                            "organization_administration")
PERMISSIONS = REPOSITORY_PERMISSIONS + ORGANIZATION_PERMISSIONS
FOR_ADMINS = ("administration", "repository_hooks")
# A collaborator's role, by how much it allows.
ROLES = ("none", "pull", "triage", "push", "maintain", "admin")
SCOPES = "admin:org, admin:repo_hook, delete_repo, repo, workflow"
ANONYMOUS_LIMIT, TOKEN_LIMIT, HOUR = 60, 5000, 3600
LACKING = {"fine": "Resource not accessible by personal access token", "app": "Resource not accessible by integration"}


class Token:
    """`kind` is "classic" (a personal access token with scopes), "fine" (one with permissions) or "app"."""

    def __init__(self, text, login, permissions, kind, repositories=None, expires=None):
        self.text, self.login, self.permissions, self.kind = text, login, permissions, kind
        self.repositories = repositories  # ids; None: all
        self.expires = expires
        self.revoked = False

    def is_good(self):
        return not self.revoked and (self.expires is None or time.time() < self.expires)

    def holds(self, permission, level):
        return LEVELS[self.permissions.get(permission)] >= LEVELS[level]

    def reaches(self, repo):
        return self.repositories is None or repo.id in self.repositories


def all_permissions(level):
    return dict.fromkeys(PERMISSIONS, level) | {"metadata": "read"}


def rights(name):
    """(kind, permissions) of what tests call a token's rights: a name, or permissions in a dict."""
    if isinstance(name, dict):
        return "fine", {"metadata": "read", **name}
    return {"admin": ("classic", all_permissions("write")),
            "read": ("fine", all_permissions("read")),
            "none": ("classic", {}),
            "expired": ("classic", all_permissions("write"))}[name]


# ---- may it? ----


def role_of(world, login, repo):
    if login is None:
        return "none"
    if login.lower() == repo.owner.login.lower() or world.is_org_admin(login, repo.owner.login):
        return "admin"
    given = [repo.collaborators.get(login.lower(), "none")]
    given += [team.repositories[repo.id] for team in world.teams_of(login) if repo.id in team.repositories]
    return max(given, key=ROLES.index)


def sees(world, token, repo):
    if not repo.private:
        return True
    if token is None or not token.reaches(repo) or not token.holds("metadata", "read"):
        return False
    return token.kind == "app" or role_of(world, token.login, repo) != "none"


def check_role(world, token, repo, permission, level):
    role = ROLES.index(role_of(world, token.login, repo))
    if level == "write" and permission in FOR_ADMINS and role < ROLES.index("admin"):
        raise Refused(403, "Must have admin rights to Repository.")
    if level == "write" and role < ROLES.index("push"):
        raise Refused(403, "Must have push access to repository")


def check_permission(token, permission, level):
    if token.holds(permission, level):
        return
    if token.kind == "classic":
        raise not_found()  # a scope that is missing hides what is there
    raise Refused(403, LACKING[token.kind], headers=[("X-Accepted-GitHub-Permissions", f"{permission}={level}")])


def check(call):
    """Raises what GitHub says to a call that its token does not allow."""
    permission = call.route.permission
    level = "read" if call.method == "GET" else "write"
    if "owner" in call.args and (call.repo is None or not sees(call.world, call.token, call.repo)):
        raise not_found()
    if "org" in call.args and call.org is None:
        raise not_found()
    if permission is None:
        return
    if call.token is None:
        if permission in ("metadata", "contents") and level == "read":
            return
        raise Refused(401, "Requires authentication")
    public = call.repo is not None and not call.repo.private and level == "read"
    if not (public and permission in ("metadata", "contents", "issues", "actions")):
        check_permission(call.token, permission, level)
    if call.token.kind == "app":
        if call.repo is not None and not call.token.reaches(call.repo):
            raise Refused(403, LACKING["app"])
    elif call.repo is not None:
        check_role(call.world, call.token, call.repo, permission, level)
    elif call.org is not None and not (call.login.lower() in call.org.members and level == "read"
                                       or call.world.is_org_admin(call.login, call.org.login)):
        raise Refused(403, "You must be an organization owner or have the fine-grained permission to do this.")


# ---- how often ----


class Bucket:
    """The primary limit of one token."""

    def __init__(self, limit):
        self.limit, self.used, self.reset, self.status = limit, 0, time.time() + HOUR, 403

    def renew(self):
        if time.time() >= self.reset:
            self.used, self.reset = 0, time.time() + HOUR

    def take(self, who):
        self.renew()
        if self.used >= self.limit:
            raise Refused(self.status, f"API rate limit exceeded for {who}.")
        self.used += 1

    def told(self):
        self.renew()
        return {"limit": self.limit, "used": self.used, "remaining": self.limit - self.used, "reset": int(self.reset) + 1}


class Limits:
    def __init__(self):
        self.buckets = {}
        self.pace = None
        self.writes = []

    def bucket(self, token):
        limit = TOKEN_LIMIT if token else ANONYMOUS_LIMIT
        return self.buckets.setdefault(token.text if token else None, Bucket(limit))

    def take(self, token, method, who):
        self.bucket(token).take(who)
        if self.pace is None or method == "GET":
            return
        writes, seconds, retry_after, status = self.pace
        now = time.time()
        self.writes = [then for then in self.writes if then > now - seconds]
        if len(self.writes) >= writes:
            raise secondary(status, retry_after)
        self.writes.append(now)


def secondary(status, retry_after):
    return Refused(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                   headers=[("Retry-After", str(retry_after))] if retry_after is not None else [])
