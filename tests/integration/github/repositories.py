# SPDX-License-Identifier: Apache-2.0
"""repositories.py - repositories and their topics."""

import re

from . import access, shapes
from .calls import Refused, invalid, route
from .things import Branch

TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
TOPICS_MAX = 20


def shown(call, repo):
    role = "admin" if call.token and call.token.kind == "app" else access.role_of(call.world, call.login, repo)
    return shapes.full_repository(call.world, repo, role)


def listed(call, repos):
    return call.page([shapes.repository(call.world, repo, access.role_of(call.world, call.login, repo))
                      for repo in repos if access.sees(call.world, call.token, repo)])


def check_name(call, owner, name, message):
    if not isinstance(name, str) or not name or len(name) > 100:
        raise Refused(422, message, [{"resource": "Repository", "code": "custom", "field": "name",
                                      "message": "name is too short (minimum is 1 character)"}])
    name = re.sub(r"[^A-Za-z0-9._-]", "-", name)
    if call.world.find_repository(owner.login, name):
        raise Refused(422, message, [{"resource": "Repository", "code": "custom", "field": "name",
                                      "message": "name already exists on this account"}])
    return name


def apply(call, repo):
    for name in repo.settings:
        if name in call.body:
            repo.settings[name] = call.body[name]
    if "private" in call.body or "visibility" in call.body:
        repo.private = call.body.get("visibility", "private" if call.body.get("private") else "public") != "public"
    repo.touch()


def create(call, owner):
    call.needs("name")
    name = check_name(call, owner, call.body["name"], "Repository creation failed.")
    files = {"README.md": f"# {name}\n"} if call.body.get("auto_init") else None
    repo = call.world.add_repository(f"{owner.login}/{name}", files=files)
    apply(call, repo)
    return 201, shown(call, repo), [("Location", call.world.repository_url(repo))]


@route("POST", "/user/repos", "administration")
def create_for_user(call):
    return create(call, call.world.account(call.login))


@route("POST", "/orgs/{org}/repos", "administration")
def create_for_org(call):
    return create(call, call.org)


@route("GET", "/user/repos", "metadata")
def list_for_user(call):
    return listed(call, [repo for repo in call.world.repositories.values()
                         if access.role_of(call.world, call.login, repo) != "none"])


@route("GET", "/orgs/{org}/repos")
def list_for_org(call):
    return listed(call, [repo for repo in call.world.repositories.values() if repo.owner is call.org])


@route("GET", "/repos/{owner}/{repo}", "metadata")
def get(call):
    return shown(call, call.repo)


@route("PATCH", "/repos/{owner}/{repo}", "administration")
def update(call):
    repo = call.repo
    if repo.settings["archived"] and call.body.get("archived") is not False:
        raise Refused(403, "Repository was archived so is read-only.")
    if call.body.get("name", repo.name) != repo.name:
        call.world.moved[repo.full_name.lower()] = repo.id
        repo.name = check_name(call, repo.owner, call.body["name"], "Validation Failed")
    branch = call.body.get("default_branch", repo.default_branch)
    if branch != repo.default_branch:
        if branch not in repo.branches:
            raise invalid("Repository", "default_branch", message=f"The branch {branch} was not found.")
        repo.default_branch = branch
    apply(call, repo)
    return shown(call, repo)


@route("DELETE", "/repos/{owner}/{repo}", "administration")
def delete(call):
    del call.world.repositories[call.repo.id]
    for org in call.world.orgs.values():
        for team in org.teams.values():
            team.repositories.pop(call.repo.id, None)


@route("GET", "/repos/{owner}/{repo}/topics", "metadata")
def get_topics(call):
    return {"names": call.repo.topics}


@route("PUT", "/repos/{owner}/{repo}/topics", "administration")
def put_topics(call):
    call.needs("names")
    names = [str(name).lower() for name in call.body["names"]]
    if len(names) > TOPICS_MAX:
        raise Refused(422, "Validation Failed", [f"A repository cannot have more than {TOPICS_MAX} topics."])
    if not all(TOPIC.fullmatch(name) for name in names):
        raise Refused(422, "Validation Failed", ["Topics must start with a lowercase letter or number, consist of 50 "
                                                 "characters or less, and can include hyphens."])
    call.repo.topics = list(dict.fromkeys(names))
    call.repo.touch()
    return {"names": call.repo.topics}


# ---- branches ----


def short_branch(call, name):
    branch, url = call.repo.branches[name], call.world.repository_url(call.repo)
    return {"name": name, "commit": {"sha": branch.sha, "url": f"{url}/commits/{branch.sha}"},
            "protected": name in call.repo.protections}


@route("GET", "/repos/{owner}/{repo}/branches", "contents")
def list_branches(call):
    return call.page([short_branch(call, name) for name in sorted(call.repo.branches)])


@route("POST", "/repos/{owner}/{repo}/git/refs", "contents")
def create_ref(call):
    call.needs("ref", "sha")
    match = re.fullmatch(r"refs/heads/(.+)", call.body["ref"])
    if not match:
        raise Refused(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if not call.repo.branches:
        raise Refused(409, "Git Repository is empty.")
    if match[1] in call.repo.branches:
        raise Refused(422, "Reference already exists")
    from_branch = next((one for one in call.repo.branches.values() if one.sha == call.body["sha"]), None)
    if from_branch is None:
        raise Refused(422, "Object does not exist")
    call.repo.branches[match[1]] = Branch(from_branch.files, from_branch.sha)
    url = call.world.repository_url(call.repo)
    return 201, {"ref": call.body["ref"], "node_id": shapes.node_id("Ref", match[1]), "url": f"{url}/git/{call.body['ref']}",
                 "object": {"type": "commit", "sha": from_branch.sha, "url": f"{url}/git/commits/{from_branch.sha}"}}
