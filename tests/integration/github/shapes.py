# SPDX-License-Identifier: Apache-2.0
"""shapes.py - what GitHub's answers say of people, organizations, repositories and teams."""

import base64
import datetime

HTML = "https://github.com"
USER_LINKS = {"followers_url": "followers", "following_url": "following{/other_user}", "gists_url": "gists{/gist_id}",
              "starred_url": "starred{/owner}{/repo}", "subscriptions_url": "subscriptions",
              "organizations_url": "orgs", "repos_url": "repos", "events_url": "events{/privacy}",
              "received_events_url": "received_events"}
ORG_LINKS = {"repos_url": "repos", "events_url": "events", "hooks_url": "hooks", "issues_url": "issues",
             "members_url": "members{/member}", "public_members_url": "public_members{/member}"}
REPOSITORY_LINKS = {
    "archive_url": "{archive_format}{/ref}", "assignees_url": "assignees{/user}", "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}", "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}", "commits_url": "commits{/sha}", "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}", "contributors_url": "contributors", "deployments_url": "deployments",
    "downloads_url": "downloads", "events_url": "events", "forks_url": "forks", "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}", "git_tags_url": "git/tags{/sha}", "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}", "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}", "keys_url": "keys{/key_id}", "labels_url": "labels{/name}",
    "languages_url": "languages", "merges_url": "merges", "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}", "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}", "stargazers_url": "stargazers", "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers", "subscription_url": "subscription", "tags_url": "tags", "teams_url": "teams",
    "trees_url": "git/trees{/sha}"}
# Of these a list's entry tells nothing.
FULL_ONLY = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge", "allow_auto_merge",
             "delete_branch_on_merge", "allow_update_branch", "use_squash_pr_title_as_default",
             "squash_merge_commit_title", "squash_merge_commit_message", "merge_commit_title", "merge_commit_message")
# What a role allows.
ALLOWED = ("pull", "triage", "push", "maintain", "admin")


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(kind, number):
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def links(table, url):
    # A template's braces follow its path at once.
    return {name: f"{url}{'' if path.startswith('{/') else '/'}{path}" for name, path in table.items()}


def permissions(role):
    return {name: role in ALLOWED[at:] for at, name in enumerate(ALLOWED)}


def user(world, account):
    url = f"{world.url}/users/{account.login}"
    return {"login": account.login, "id": account.id, "node_id": node_id(account.kind, account.id),
            "avatar_url": f"https://avatars.githubusercontent.com/u/{account.id}?v=4", "gravatar_id": "", "url": url,
            "html_url": f"{HTML}/{account.login}", **links(USER_LINKS, url), "type": account.kind,
            "site_admin": False}


def full_user(world, account):
    told = {name: None for name in ("name", "company", "location", "email", "hireable", "bio")}
    return {**user(world, account), **told, "blog": "", "public_repos": 0, "public_gists": 0, "followers": 0,
            "following": 0, "created_at": stamp(account.created), "updated_at": stamp(account.created)}


def private_user(world, account):
    return {**full_user(world, account), "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0,
            "disk_usage": 0, "collaborators": 0, "two_factor_authentication": True}


def organization(world, org):
    url = f"{world.url}/orgs/{org.login}"
    return {"login": org.login, "id": org.id, "node_id": node_id("Organization", org.id), "url": url,
            **links(ORG_LINKS, url), "avatar_url": f"https://avatars.githubusercontent.com/u/{org.id}?v=4",
            "description": None, "html_url": f"{HTML}/{org.login}", "has_organization_projects": True,
            "has_repository_projects": True, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "type": "Organization", "created_at": stamp(org.created), "updated_at": stamp(org.created),
            "archived_at": None}


def repository(world, repo, role="admin"):
    """As in a list, and inside of other answers."""
    url, full_name = world.repository_url(repo), repo.full_name
    settings = {name: value for name, value in repo.settings.items() if name not in FULL_ONLY}
    return {"id": repo.id, "node_id": node_id("Repository", repo.id), "name": repo.name, "full_name": full_name,
            "private": repo.private, "visibility": "private" if repo.private else "public",
            "owner": user(world, repo.owner), "html_url": f"{HTML}/{full_name}", "fork": False, "url": url,
            **links(REPOSITORY_LINKS, url), "clone_url": f"{HTML}/{full_name}.git",
            "git_url": f"git://github.com/{full_name}.git", "ssh_url": f"git@github.com:{full_name}.git",
            "svn_url": f"{HTML}/{full_name}", "mirror_url": None, "default_branch": repo.default_branch, "forks": 0,
            "forks_count": 0, "has_pages": False, "language": None, "disabled": False, "open_issues": 0,
            "open_issues_count": 0, "license": None, "pushed_at": stamp(repo.pushed), "size": 0,
            "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "created_at": stamp(repo.created),
            "updated_at": stamp(repo.updated), "topics": repo.topics, "permissions": permissions(role), **settings}


def full_repository(world, repo, role="admin"):
    told = {**repository(world, repo, role), **repo.settings, "network_count": 0, "subscribers_count": 0}
    if repo.owner.kind == "Organization":
        told["organization"] = user(world, repo.owner)
    return told


def team(world, one):
    url = f"{world.url}/organizations/{one.org.id}/team/{one.id}"
    return {"id": one.id, "node_id": node_id("Team", one.id), "url": url, "name": one.name, "slug": one.slug,
            "html_url": f"{HTML}/orgs/{one.org.login}/teams/{one.slug}", "members_url": url + "/members{/member}",
            "repositories_url": url + "/repos", "type": "organization", "organization_id": one.org.id,
            "parent": None, **one.settings}


def full_team(world, one):
    return {**team(world, one), "created_at": stamp(one.created), "updated_at": stamp(one.updated),
            "members_count": len(one.members), "repos_count": len(one.repositories),
            "organization": organization(world, one.org)}


def team_parent(world, one):
    return {name: value for name, value in team(world, one).items() if name != "parent"}
