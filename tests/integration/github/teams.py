# SPDX-License-Identifier: Apache-2.0
"""teams.py - teams of an organization, and the repositories they have a role in."""

import time

from . import access, shapes
from .calls import Refused, invalid, not_found, route
from .people import ROLE_NAMES
from .things import Team

PATH = "/orgs/{org}/teams"
ONE = PATH + "/{team_slug}"
REPOSITORY = ONE + "/repos/{owner}/{repo}"
SETTINGS = ("description", "privacy", "notification_setting", "permission")
AS_REPOSITORY = "application/vnd.github.v3.repository+json"


def team_of(call):
    found = call.org.teams.get(call.args["team_slug"].lower())
    if found is None:
        raise not_found()
    return found


def check_name(call, team):
    there = call.org.teams.get(team.slug)
    if there is not None and there is not team:
        raise Refused(422, "Validation Failed", [{"resource": "Team", "code": "unprocessable", "field": "data",
                                                  "message": "Name must be unique for this org"}])


def set_up(call, team):
    if call.body.get("privacy", "secret") not in ("secret", "closed"):
        raise invalid("Team", "privacy")
    team.settings.update({name: call.body[name] for name in SETTINGS if name in call.body})
    team.updated = time.time()


@route("GET", PATH, "members")
def list_all(call):
    return call.page([shapes.team(call.world, one) for one in call.org.teams.values()])


@route("POST", PATH, "members")
def post(call):
    call.needs("name")
    team = Team(call.world.next_id(), call.org, call.body["name"])
    check_name(call, team)
    set_up(call, team)
    call.org.teams[team.slug] = team
    team.members = {login.lower() for login in call.body.get("maintainers", [call.login] if call.login else [])}
    return 201, shapes.full_team(call.world, team)


@route("GET", ONE, "members")
def get(call):
    return shapes.full_team(call.world, team_of(call))


@route("PATCH", ONE, "members")
def patch(call):
    """Another name is another slug."""
    team = team_of(call)
    renamed = Team(team.id, team.org, call.body.get("name", team.name))
    if renamed.slug != team.slug:
        check_name(call, renamed)
    set_up(call, team)
    del call.org.teams[team.slug]
    team.name, team.slug = renamed.name, renamed.slug
    call.org.teams[team.slug] = team
    return shapes.full_team(call.world, team)


@route("DELETE", ONE, "members")
def delete(call):
    del call.org.teams[team_of(call).slug]


# ---- their repositories ----


@route("GET", ONE + "/repos", "members")
def list_repositories(call):
    team = team_of(call)
    return call.page([{**shapes.repository(call.world, call.world.repositories[number], role),
                       "role_name": ROLE_NAMES[role]} for number, role in team.repositories.items()])


@route("GET", REPOSITORY, "metadata")
def get_repository(call):
    team = team_of(call)
    if call.repo.id not in team.repositories:
        raise not_found()
    if AS_REPOSITORY not in call.headers.get("accept", ""):
        return None
    role = team.repositories[call.repo.id]
    return {**shapes.repository(call.world, call.repo, role), "role_name": ROLE_NAMES[role]}


@route("PUT", REPOSITORY, "administration")
def put_repository(call):
    team, role = team_of(call), call.body.get("permission", "push")
    if call.repo.owner is not call.org:
        raise Refused(422, "Validation Failed", ["The repository is not in this organization"])
    if role not in access.ROLES[1:]:
        raise invalid("Repository", "permission")
    team.repositories[call.repo.id] = role


@route("DELETE", REPOSITORY, "administration")
def delete_repository(call):
    team_of(call).repositories.pop(call.repo.id, None)


@route("GET", "/repos/{owner}/{repo}/teams", "administration")
def list_teams(call):
    return call.page([{**shapes.team(call.world, team), "permission": team.repositories[call.repo.id],
                       "permissions": shapes.permissions(team.repositories[call.repo.id])}
                      for team in call.repo.owner.teams.values() if call.repo.id in team.repositories])
