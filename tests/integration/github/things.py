# SPDX-License-Identifier: Apache-2.0
"""things.py - what there is in a world: accounts, teams, repositories, and what these hold."""

import re
import secrets
import time

import nacl.public

DEFAULT_SETTINGS = {
    "description": None, "homepage": None, "has_issues": True, "has_projects": True, "has_wiki": True,
    "has_discussions": False, "has_downloads": True, "is_template": False, "archived": False,
    "allow_squash_merge": True, "allow_merge_commit": True, "allow_rebase_merge": True, "allow_auto_merge": False,
    "delete_branch_on_merge": False, "allow_update_branch": False, "use_squash_pr_title_as_default": False,
    "squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
    "merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE", "allow_forking": True,
    "web_commit_signoff_required": False}


class Vault:
    """Secrets and variables of a repository, an environment or an organization. Names are upper case."""

    def __init__(self):
        self.key = nacl.public.PrivateKey.generate()
        self.key_id = str(secrets.randbelow(10**18) + 10**17)
        self.secrets, self.variables = {}, {}


class Account:
    def __init__(self, number, login, kind):
        self.id, self.login, self.kind, self.created = number, login, kind, time.time()
        self.members = {}  # of an organization: role by login in lower case
        self.teams = {}
        self.vault = Vault()


class Team:
    def __init__(self, number, org, name):
        self.id, self.org, self.name = number, org, name
        self.slug = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")
        self.settings = {"description": None, "privacy": "secret", "notification_setting": "notifications_enabled",
                         "permission": "pull"}
        self.members, self.repositories = set(), {}  # of repositories: role by id
        self.created = self.updated = time.time()


class Environment:
    def __init__(self, number, name):
        self.id, self.name, self.vault = number, name, Vault()
        self.created = self.updated = time.time()
        self.wait_timer, self.reviewers, self.prevent_self_review = 0, [], False
        self.policy, self.patterns = None, {}


class Repository:
    def __init__(self, number, owner, name, private=False):
        self.id, self.owner, self.name, self.private = number, owner, name, private
        self.created = self.updated = self.pushed = time.time()
        self.settings, self.default_branch, self.topics = dict(DEFAULT_SETTINGS), "main", []
        self.vault, self.environments, self.branches = Vault(), {}, {}
        self.protections, self.rulesets, self.hooks, self.keys, self.labels = {}, {}, {}, {}, {}
        self.collaborators, self.invitations = {}, {}
        self.workflows, self.runs = {}, {}
        self.actions = {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False}
        self.selected = {"github_owned_allowed": False, "verified_allowed": False, "patterns_allowed": []}
        self.workflow_rights = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}

    @property
    def full_name(self):
        return f"{self.owner.login}/{self.name}"

    def touch(self):
        self.updated = time.time()


class Branch:
    def __init__(self, files=(), sha=None):
        self.files = {path: content if isinstance(content, bytes) else content.encode()
                      for path, content in dict(files).items()}
        self.sha = sha or secrets.token_hex(20)

    def commit(self):
        parent, self.sha = self.sha, secrets.token_hex(20)
        return parent
