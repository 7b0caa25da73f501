# SPDX-License-Identifier: Apache-2.0
"""environments.py - environments of a repository, and the branches that may deploy to them."""

import time
import urllib.parse

from . import shapes
from .calls import Refused, not_found, route
from .values import environment_of
from .things import Environment

PATH = "/repos/{owner}/{repo}/environments"
ONE = PATH + "/{environment_name}"
PATTERNS = ONE + "/deployment-branch-policies"
WAIT_MAX_MINUTES = 43200
REVIEWERS_MAX = 6


def reviewer(call, wanted):
    world = call.world
    if wanted["type"] == "User":
        account = next((one for one in world.users.values() if one.id == wanted["id"]), None)
        told = account and shapes.user(world, account)
    else:
        team = next((one for org in world.orgs.values() for one in org.teams.values() if one.id == wanted["id"]), None)
        told = team and shapes.team(world, team)
    if told is None:
        raise Refused(422, "Validation Failed: the reviewer was not found")
    return {"type": wanted["type"], "reviewer": told}


def rules(call, one):
    def rule(at, kind, **more):
        return {"id": one.id * 10 + at, "node_id": shapes.node_id("GateRule", one.id * 10 + at), "type": kind, **more}

    found = []
    if one.wait_timer:
        found.append(rule(0, "wait_timer", wait_timer=one.wait_timer))
    if one.reviewers:
        found.append(rule(1, "required_reviewers", prevent_self_review=one.prevent_self_review,
                          reviewers=[reviewer(call, wanted) for wanted in one.reviewers]))
    if one.policy:
        found.append(rule(2, "branch_policy"))
    return found


def shown(call, one):
    name = urllib.parse.quote(one.name, safe="")
    return {"id": one.id, "node_id": shapes.node_id("Environment", one.id), "name": one.name,
            "url": f"{call.world.repository_url(call.repo)}/environments/{name}",
            "html_url": f"{shapes.HTML}/{call.repo.full_name}/deployments/activity_log?environments_filter={name}",
            "created_at": shapes.stamp(one.created), "updated_at": shapes.stamp(one.updated),
            "protection_rules": rules(call, one), "deployment_branch_policy": one.policy}


@route("GET", PATH, "actions")
def list_all(call):
    return call.page([shown(call, one) for one in call.repo.environments.values()], "environments")


@route("GET", ONE, "actions")
def get(call):
    return shown(call, environment_of(call))


@route("PUT", ONE, "administration")
def put(call):
    """What is left out is as in a new environment."""
    policy, wait, reviewers = (call.body.get(name) for name in ("deployment_branch_policy", "wait_timer", "reviewers"))
    if policy is not None and policy["protected_branches"] == policy["custom_branch_policies"]:
        raise Refused(422, "Invalid request.\n\nprotected_branches and custom_branch_policies cannot have the same value.")
    if wait is not None and not 0 <= wait <= WAIT_MAX_MINUTES:
        raise Refused(422, f"Invalid request.\n\nwait_timer must be between 0 and {WAIT_MAX_MINUTES}.")
    if len(reviewers or []) > REVIEWERS_MAX:
        raise Refused(422, f"Invalid request.\n\nAt most {REVIEWERS_MAX} reviewers are allowed.")
    for wanted in reviewers or []:
        reviewer(call, wanted)
    name = call.args["environment_name"]
    one = call.repo.environments.setdefault(name.lower(), Environment(call.world.next_id(), name))
    one.wait_timer, one.reviewers, one.policy = wait or 0, reviewers or [], policy
    one.prevent_self_review = call.body.get("prevent_self_review") or False
    if not policy or not policy["custom_branch_policies"]:
        one.patterns.clear()
    one.updated = time.time()
    return shown(call, one)


@route("DELETE", ONE, "administration")
def delete(call):
    environment_of(call)
    del call.repo.environments[call.args["environment_name"].lower()]


# ---- the branches and tags that may deploy ----


def pattern_of(call):
    found = environment_of(call).patterns.get(call.number("branch_policy_id"))
    if found is None:
        raise not_found()
    return found


@route("GET", PATTERNS, "actions")
def list_patterns(call):
    return call.page(list(environment_of(call).patterns.values()), "branch_policies")


@route("POST", PATTERNS, "administration")
def post_pattern(call):
    call.needs("name")
    one, kind = environment_of(call), call.body.get("type", "branch")
    if not one.policy or not one.policy["custom_branch_policies"]:
        raise not_found()
    for there in one.patterns.values():
        if (there["name"], there["type"]) == (call.body["name"], kind):
            return 303, None, [("Location", f"{call.world.url}{call.path}/{there['id']}")]
    number = call.world.next_id()
    one.patterns[number] = {"id": number, "node_id": shapes.node_id("BranchPolicy", number),
                            "name": call.body["name"], "type": kind}
    return one.patterns[number]


@route("GET", PATTERNS + "/{branch_policy_id}", "actions")
def get_pattern(call):
    return pattern_of(call)


@route("PUT", PATTERNS + "/{branch_policy_id}", "administration")
def put_pattern(call):
    call.needs("name")
    found = pattern_of(call)
    found["name"] = call.body["name"]
    return found


@route("DELETE", PATTERNS + "/{branch_policy_id}", "administration")
def delete_pattern(call):
    del environment_of(call).patterns[pattern_of(call)["id"]]
