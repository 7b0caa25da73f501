# SPDX-License-Identifier: Apache-2.0
"""people.py - collaborators of a repository, and those who are invited."""

import time

from . import access, shapes
from .calls import Refused, invalid, not_found, route

PATH = "/repos/{owner}/{repo}/collaborators"
ONE = PATH + "/{username}"
INVITATIONS = "/repos/{owner}/{repo}/invitations"
# What is said of a role in an invitation, and of what it allows.
INVITED = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}
ROLE_NAMES = INVITED | {"none": "none"}
LEGACY = {"none": "none", "pull": "read", "triage": "read", "push": "write", "maintain": "write", "admin": "admin"}


def account_of(call):
    account = call.world.users.get(call.args["username"].lower())
    if account is None:
        raise not_found()
    return account


def collaborator(call, account):
    role = access.role_of(call.world, account.login, call.repo)
    return {**shapes.user(call.world, account), "permissions": shapes.permissions(role), "role_name": ROLE_NAMES[role]}


def logins(call):
    owner = call.repo.owner
    own = [owner.login.lower()] if owner.kind == "User" else list(owner.members)
    return list(dict.fromkeys(own + list(call.repo.collaborators)))


@route("GET", PATH, "metadata")
def list_all(call):
    return call.page([collaborator(call, call.world.users[login]) for login in logins(call)])


@route("GET", ONE, "metadata")
def get(call):
    if call.args["username"].lower() not in logins(call):
        raise not_found()


@route("GET", ONE + "/permission", "metadata")
def get_permission(call):
    told = collaborator(call, account_of(call))
    role = access.role_of(call.world, call.args["username"], call.repo)
    return {"permission": LEGACY[role], "role_name": told["role_name"], "user": told}


def wanted_role(call):
    """Repositories of users know one role."""
    if call.repo.owner.kind == "User":
        return "push"
    role = call.body.get("permission", "push")
    if role not in INVITED:
        raise invalid("Repository", "permission")
    return role


def invitation_shown(call, one):
    return {"id": one["id"], "node_id": shapes.node_id("Invitation", one["id"]),
            "repository": shapes.repository(call.world, call.repo),
            "invitee": shapes.user(call.world, one["invitee"]),
            "inviter": shapes.user(call.world, one["inviter"]), "permissions": INVITED[one["role"]],
            "created_at": shapes.stamp(one["created"]), "expired": False,
            "url": f"{call.world.url}/user/repository_invitations/{one['id']}",
            "html_url": f"{shapes.HTML}/{call.repo.full_name}/invitations"}


@route("PUT", ONE, "administration")
def put(call):
    account, role = account_of(call), wanted_role(call)
    if account is call.repo.owner:
        raise Refused(422, "Validation Failed", [{"resource": "Repository", "code": "custom", "field": "user",
                                                  "message": "Repository owner cannot be a collaborator"}])
    login = account.login.lower()
    if login in call.repo.collaborators or login in call.repo.owner.members:
        call.repo.collaborators[login] = role
        return None
    one = next((one for one in call.repo.invitations.values() if one["invitee"] is account), None)
    if one is None:
        inviter = call.world.users.get((call.login or "").lower()) or next(iter(call.world.users.values()))
        one = {"id": call.world.next_id(), "invitee": account, "inviter": inviter, "created": time.time()}
        call.repo.invitations[one["id"]] = one
    one["role"] = role
    return 201, invitation_shown(call, one)


@route("DELETE", ONE, "administration")
def delete(call):
    call.repo.collaborators.pop(account_of(call).login.lower(), None)


def invitation_of(call):
    found = call.repo.invitations.get(call.number("invitation_id"))
    if found is None:
        raise not_found()
    return found


@route("GET", INVITATIONS, "administration")
def list_invitations(call):
    return call.page([invitation_shown(call, one) for one in call.repo.invitations.values()])


@route("PATCH", INVITATIONS + "/{invitation_id}", "administration")
def patch_invitation(call):
    one = invitation_of(call)
    wanted = call.body.get("permissions", INVITED[one["role"]])
    one["role"] = next(role for role, name in INVITED.items() if name == wanted)
    return invitation_shown(call, one)


@route("DELETE", INVITATIONS + "/{invitation_id}", "administration")
def delete_invitation(call):
    del call.repo.invitations[invitation_of(call)["id"]]
