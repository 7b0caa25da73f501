# SPDX-License-Identifier: Apache-2.0
"""protection.py - what protects branches: branch protection, and the rulesets that follow it."""

import time

from . import shapes
from .calls import Refused, invalid, not_found, route
from .contents import commit_of, find_branch
from .repositories import short_branch

BRANCH = "/repos/{owner}/{repo}/branches/{branch}"
PROTECTION = BRANCH + "/protection"
NEEDED = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")
SWITCHES = ("required_linear_history", "allow_force_pushes", "allow_deletions", "block_creations",
            "required_conversation_resolution", "lock_branch", "allow_fork_syncing")


def protection_url(call):
    return f"{call.world.repository_url(call.repo)}/branches/{call.args['branch']}/protection"


# ---- branch protection ----


def people(call, wanted, url):
    """Who is named by login and slug, in full."""
    world, org = call.world, call.world.orgs.get(call.repo.owner.login.lower())
    users = [world.users.get(login.lower()) for login in wanted.get("users", [])]
    teams = [org and org.teams.get(slug.lower()) for slug in wanted.get("teams", [])]
    if None in users + teams:
        raise Refused(422, "Validation Failed", ["a user or a team was not found"])
    return {"url": url, "users_url": url + "/users", "teams_url": url + "/teams",
            "users": [shapes.user(world, one) for one in users], "teams": [shapes.team(world, one) for one in teams],
            "apps": []}


def status_checks(wanted, url):
    checks = wanted.get("checks") or [{"context": name} for name in wanted.get("contexts", [])]
    return {"url": url, "strict": wanted["strict"], "contexts": [check["context"] for check in checks],
            "contexts_url": url + "/contexts",
            "checks": [{"context": check["context"], "app_id": check.get("app_id")} for check in checks]}


def reviews(call, wanted, url):
    told = {"url": url, "dismiss_stale_reviews": wanted.get("dismiss_stale_reviews", False),
            "require_code_owner_reviews": wanted.get("require_code_owner_reviews", False),
            "required_approving_review_count": wanted.get("required_approving_review_count", 1),
            "require_last_push_approval": wanted.get("require_last_push_approval", False)}
    for name in ("dismissal_restrictions", "bypass_pull_request_allowances"):
        if wanted.get(name):
            told[name] = people(call, wanted[name], f"{url}/{name}")
    return told


def protection(call):
    wanted, url = call.repo.protections[call.args["branch"]], protection_url(call)
    told = {"url": url, "required_signatures": {"url": url + "/required_signatures", "enabled": False},
            "enforce_admins": {"url": url + "/enforce_admins", "enabled": bool(wanted["enforce_admins"])},
            **{name: {"enabled": bool(wanted.get(name))} for name in SWITCHES}}
    if wanted["required_status_checks"] is not None:
        told["required_status_checks"] = status_checks(wanted["required_status_checks"], url + "/required_status_checks")
    if wanted["required_pull_request_reviews"] is not None:
        told["required_pull_request_reviews"] = reviews(call, wanted["required_pull_request_reviews"],
                                                        url + "/required_pull_request_reviews")
    if wanted["restrictions"] is not None:
        told["restrictions"] = {**people(call, wanted["restrictions"], url + "/restrictions"),
                                "apps_url": url + "/restrictions/apps"}
    return told


def check_branch(call):
    if call.args["branch"] not in call.repo.branches:
        raise not_found("Branch not found")


@route("GET", BRANCH, "contents")
def get_branch(call):
    check_branch(call)
    name, branch = find_branch(call, call.args["branch"])
    url, html = call.world.repository_url(call.repo), f"{shapes.HTML}/{call.repo.full_name}"
    protected = name in call.repo.protections
    return {**short_branch(call, name), "commit": commit_of(call, branch),
            "_links": {"self": f"{url}/branches/{name}", "html": f"{html}/tree/{name}"},
            "protection": {"enabled": protected}, "protection_url": protection_url(call)}


@route("GET", PROTECTION, "administration")
def get(call):
    check_branch(call)
    if call.args["branch"] not in call.repo.protections:
        raise not_found("Branch not protected")
    return protection(call)


@route("PUT", PROTECTION, "administration")
def put(call):
    check_branch(call)
    call.needs(*NEEDED)
    if call.body["restrictions"] is not None and call.repo.owner.kind != "Organization":
        raise Refused(422, "Validation Failed", ["Only organization repositories can have users and team restrictions"])
    before = call.repo.protections.get(call.args["branch"])
    call.repo.protections[call.args["branch"]] = call.body
    try:
        return protection(call)
    except Refused:
        call.repo.protections.pop(call.args["branch"])
        if before is not None:
            call.repo.protections[call.args["branch"]] = before
        raise


@route("DELETE", PROTECTION, "administration")
def delete(call):
    check_branch(call)
    if call.repo.protections.pop(call.args["branch"], None) is None:
        raise not_found("Branch not protected")


# ---- rulesets ----

RULESETS = "/repos/{owner}/{repo}/rulesets"
RULESET = RULESETS + "/{ruleset_id}"
IN_FULL = ("conditions", "rules", "bypass_actors", "current_user_can_bypass")


def ruleset_shown(call, one, full=True):
    told = {name: value for name, value in one.items() if name not in ("created", "updated")}
    told.update(source_type="Repository", source=call.repo.full_name, node_id=shapes.node_id("RRS", one["id"]),
                created_at=shapes.stamp(one["created"]), updated_at=shapes.stamp(one["updated"]),
                current_user_can_bypass="never",
                _links={"self": {"href": f"{call.world.repository_url(call.repo)}/rulesets/{one['id']}"},
                        "html": {"href": f"{shapes.HTML}/{call.repo.full_name}/rules/{one['id']}"}})
    return told if full else {name: value for name, value in told.items() if name not in IN_FULL}


def ruleset_of(call):
    found = call.repo.rulesets.get(call.number("ruleset_id"))
    if found is None:
        raise not_found()
    return found


def check_ruleset(call, own_id=None):
    if call.body.get("enforcement", "active") not in ("disabled", "active", "evaluate"):
        raise invalid("RepositoryRuleset", "enforcement")
    if any(one["name"] == call.body.get("name") and one["id"] != own_id for one in call.repo.rulesets.values()):
        raise invalid("RepositoryRuleset", "name", "custom", "Name must be unique")


def set_ruleset(call, one):
    for name in ("name", "enforcement", "target", "conditions", "rules"):
        if name in call.body:
            one[name] = call.body[name]
    if "bypass_actors" in call.body:
        one["bypass_actors"] = [{"bypass_mode": "always", "actor_id": None, **actor}
                                for actor in call.body["bypass_actors"]]
    one["updated"] = time.time()
    return one


@route("GET", RULESETS, "metadata")
def list_rulesets(call):
    return call.page([ruleset_shown(call, one, full=False) for one in call.repo.rulesets.values()])


@route("POST", RULESETS, "administration")
def post_ruleset(call):
    call.needs("name", "enforcement")
    check_ruleset(call)
    one = {"id": call.world.next_id(), "target": "branch", "bypass_actors": [], "rules": [],
           "conditions": {"ref_name": {"include": [], "exclude": []}}, "created": time.time()}
    call.repo.rulesets[one["id"]] = set_ruleset(call, one)
    return 201, ruleset_shown(call, one)


@route("GET", RULESET, "metadata")
def get_ruleset(call):
    return ruleset_shown(call, ruleset_of(call))


@route("PUT", RULESET, "administration")
def put_ruleset(call):
    one = ruleset_of(call)
    check_ruleset(call, one["id"])
    return ruleset_shown(call, set_ruleset(call, one))


@route("DELETE", RULESET, "administration")
def delete_ruleset(call):
    del call.repo.rulesets[ruleset_of(call)["id"]]
