# SPDX-License-Identifier: Apache-2.0
"""accounts.py - the user, others, organizations, and what is left of a token's requests."""

from . import access, shapes
from .calls import Refused, not_found, route


@route("GET", "/user")
def get_user(call):
    if call.token is None:
        raise Refused(401, "Requires authentication")
    if call.token.kind == "app":
        raise Refused(403, access.LACKING["app"])
    return shapes.private_user(call.world, call.world.account(call.login))


@route("GET", "/users/{username}")
def get_user_by_name(call):
    account = call.world.account(call.args["username"])
    if account is None:
        raise not_found()
    return shapes.full_user(call.world, account)


@route("GET", "/orgs/{org}")
def get_org(call):
    return shapes.organization(call.world, call.org)


@route("GET", "/rate_limit")
def get_rate_limit(call):
    core = call.world.limits.bucket(call.token).told()
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}
    return {"resources": {"core": core, "search": search}, "rate": core}
