# SPDX-License-Identifier: Apache-2.0
"""settings.py - what else a repository holds: webhooks, deploy keys, labels, and what its Actions may do."""

import base64
import re
import time

from . import shapes
from .calls import Refused, invalid, not_found, route

REPO = "/repos/{owner}/{repo}"
COLOR = re.compile(r"[0-9A-Fa-f]{6}")
PUBLIC_KEY = re.compile(r"(ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d+|sk-\S+) ([A-Za-z0-9+/]+=*)(?: .*)?")
HIDDEN = "********"


def by_id(there, number):
    if number not in there:
        raise not_found()
    return there[number]


# ---- webhooks ----


def hook_shown(call, one):
    url = f"{call.world.repository_url(call.repo)}/hooks/{one['id']}"
    config = {**one["config"], **({"secret": HIDDEN} if "secret" in one["config"] else {})}
    return {"type": "Repository", "id": one["id"], "name": "web", "active": one["active"], "events": one["events"],
            "config": config, "url": url, "test_url": url + "/test", "ping_url": url + "/pings",
            "deliveries_url": url + "/deliveries", "created_at": shapes.stamp(one["created"]),
            "updated_at": shapes.stamp(one["updated"]), "last_response": {"code": None, "status": "unused",
                                                                          "message": None}}


def hook_config(call, config):
    if not config.get("url"):
        raise invalid("Hook", "url", "custom", "url cannot be blank")
    if config.get("content_type", "form") not in ("json", "form"):
        raise invalid("Hook", "content_type", "custom", "content_type must be json or form")
    return {"content_type": "form", **config, "insecure_ssl": str(config.get("insecure_ssl", "0"))}


def check_hook(call, config, events, own_id=None):
    for one in call.repo.hooks.values():
        if one["id"] != own_id and one["config"]["url"] == config["url"] and set(one["events"]) == set(events):
            raise Refused(422, "Validation Failed", [{"resource": "Hook", "code": "custom",
                                                      "message": "Hook already exists on this repository"}])


@route("GET", REPO + "/hooks", "repository_hooks")
def list_hooks(call):
    return call.page([hook_shown(call, one) for one in call.repo.hooks.values()])


@route("POST", REPO + "/hooks", "repository_hooks")
def post_hook(call):
    if call.body.get("name", "web") != "web":
        raise invalid("Hook", "name", "custom", "name must be web")
    config, events = hook_config(call, call.body.get("config", {})), call.body.get("events", ["push"])
    check_hook(call, config, events)
    one = {"id": call.world.next_id(), "config": config, "events": events, "active": call.body.get("active", True),
           "created": time.time(), "updated": time.time()}
    call.repo.hooks[one["id"]] = one
    return 201, hook_shown(call, one)


@route("GET", REPO + "/hooks/{hook_id}", "repository_hooks")
def get_hook(call):
    return hook_shown(call, by_id(call.repo.hooks, call.number("hook_id")))


@route("PATCH", REPO + "/hooks/{hook_id}", "repository_hooks")
def patch_hook(call):
    """A config takes the place of the whole one: a secret that is not told again is gone."""
    one = by_id(call.repo.hooks, call.number("hook_id"))
    config = hook_config(call, call.body["config"]) if "config" in call.body else one["config"]
    events = list(call.body.get("events", one["events"]))
    events += [name for name in call.body.get("add_events", []) if name not in events]
    events = [name for name in events if name not in call.body.get("remove_events", [])]
    check_hook(call, config, events, one["id"])
    one.update(config=config, events=events, active=call.body.get("active", one["active"]), updated=time.time())
    return hook_shown(call, one)


@route("DELETE", REPO + "/hooks/{hook_id}", "repository_hooks")
def delete_hook(call):
    del call.repo.hooks[by_id(call.repo.hooks, call.number("hook_id"))["id"]]


# ---- deploy keys ----


@route("GET", REPO + "/keys", "administration")
def list_keys(call):
    return call.page(list(call.repo.keys.values()))


def is_public_key(match):
    """The kind of key is told inside of it too."""
    try:
        inside = base64.b64decode(match[2], validate=True)
    except ValueError:
        return False
    return inside[4 : 4 + int.from_bytes(inside[:4], "big")] == match[1].encode()


@route("POST", REPO + "/keys", "administration")
def post_key(call):
    call.needs("key")
    match = PUBLIC_KEY.fullmatch(call.body["key"].strip())
    if not match or not is_public_key(match):
        raise invalid("PublicKey", "key", "custom",
                      "key is invalid. You must supply a key in OpenSSH public key format")
    text = f"{match[1]} {match[2]}"  # the comment is not kept
    if any(one["key"] == text for repo in call.world.repositories.values() for one in repo.keys.values()):
        raise invalid("PublicKey", "key", "custom", "key is already in use")
    number = call.world.next_id()
    call.repo.keys[number] = {
        "id": number, "key": text, "url": f"{call.world.repository_url(call.repo)}/keys/{number}",
        "title": call.body.get("title", ""), "verified": True, "created_at": shapes.stamp(time.time()),
        "read_only": call.body.get("read_only", False), "added_by": call.login, "last_used": None, "enabled": True}
    return 201, call.repo.keys[number]


@route("GET", REPO + "/keys/{key_id}", "administration")
def get_key(call):
    return by_id(call.repo.keys, call.number("key_id"))


@route("DELETE", REPO + "/keys/{key_id}", "administration")
def delete_key(call):
    del call.repo.keys[by_id(call.repo.keys, call.number("key_id"))["id"]]


# ---- labels ----


def label_shown(call, one):
    return {**one, "node_id": shapes.node_id("Label", one["id"]),
            "url": f"{call.world.repository_url(call.repo)}/labels/{one['name'].replace(' ', '%20')}"}


def check_label(call, name, there):
    if "color" in call.body and not COLOR.fullmatch(call.body["color"]):
        raise invalid("Label", "color")
    if len(call.body.get("description") or "") > 100:
        raise invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)")
    if there is not call.repo.labels.get(name.lower()) and name.lower() in call.repo.labels:
        raise invalid("Label", "name", "already_exists")


@route("GET", REPO + "/labels", "issues")
def list_labels(call):
    return call.page([label_shown(call, call.repo.labels[name]) for name in sorted(call.repo.labels)])


@route("POST", REPO + "/labels", "issues")
def post_label(call):
    call.needs("name")
    name = call.body["name"]
    check_label(call, name, None)
    call.repo.labels[name.lower()] = {
        "id": call.world.next_id(), "name": name, "color": call.body.get("color", "ededed").lower(),
        "default": False, "description": call.body.get("description")}
    return 201, label_shown(call, call.repo.labels[name.lower()])


@route("GET", REPO + "/labels/{name}", "issues")
def get_label(call):
    return label_shown(call, by_id(call.repo.labels, call.args["name"].lower()))


@route("PATCH", REPO + "/labels/{name}", "issues")
def patch_label(call):
    one = by_id(call.repo.labels, call.args["name"].lower())
    name = call.body.get("new_name", one["name"])
    check_label(call, name, one)
    del call.repo.labels[one["name"].lower()]
    one.update(name=name, color=call.body.get("color", one["color"]).lower(),
               description=call.body.get("description", one["description"]))
    call.repo.labels[name.lower()] = one
    return label_shown(call, one)


@route("DELETE", REPO + "/labels/{name}", "issues")
def delete_label(call):
    del call.repo.labels[by_id(call.repo.labels, call.args["name"].lower())["name"].lower()]


# ---- what Actions may do ----

ACTIONS = REPO + "/actions/permissions"


@route("GET", ACTIONS, "administration")
def get_actions(call):
    told = dict(call.repo.actions)
    if not told["enabled"]:
        return {"enabled": False, "sha_pinning_required": told["sha_pinning_required"]}
    if told["allowed_actions"] == "selected":
        told["selected_actions_url"] = f"{call.world.repository_url(call.repo)}/actions/permissions/selected-actions"
    return told


@route("PUT", ACTIONS, "administration")
def put_actions(call):
    call.needs("enabled")
    if call.body.get("allowed_actions", "all") not in ("all", "local_only", "selected"):
        raise Refused(422, "Invalid request.\n\nFor 'properties/allowed_actions', it is not a possible value.")
    call.repo.actions.update({name: call.body[name] for name in call.repo.actions if name in call.body})


def check_selected(call):
    if not call.repo.actions["enabled"] or call.repo.actions["allowed_actions"] != "selected":
        raise Refused(409, "Conflict - the actions that are allowed are not selected ones")


@route("GET", ACTIONS + "/selected-actions", "administration")
def get_selected(call):
    check_selected(call)
    return call.repo.selected


@route("PUT", ACTIONS + "/selected-actions", "administration")
def put_selected(call):
    check_selected(call)
    call.repo.selected.update({name: call.body[name] for name in call.repo.selected if name in call.body})


@route("GET", ACTIONS + "/workflow", "administration")
def get_workflow_rights(call):
    return call.repo.workflow_rights


@route("PUT", ACTIONS + "/workflow", "administration")
def put_workflow_rights(call):
    call.repo.workflow_rights.update({name: call.body[name] for name in call.repo.workflow_rights if name in call.body})
