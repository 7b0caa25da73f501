# SPDX-License-Identifier: Apache-2.0
"""values.py - secrets and variables of GitHub Actions: of a repository, an environment and an organization."""

import base64
import binascii
import re
import time

import nacl.exceptions
import nacl.public

from . import access, shapes
from .calls import Refused, missing_keys, not_found, route

VALUE_MAX = 48 * 1024
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Of each scope: its path, who may read and write its secrets, and its variables.
SCOPES = (("/repos/{owner}/{repo}/actions", "secrets", "actions_variables"),
          ("/repos/{owner}/{repo}/environments/{environment_name}", "environments", "environments"),
          ("/orgs/{org}/actions", "organization_secrets", "organization_actions_variables"))
ORG = "/orgs/{org}/actions"


def environment_of(call):
    found = call.repo.environments.get(call.args["environment_name"].lower())
    if found is None:
        raise not_found()
    return found


def vault(call):
    if "environment_name" in call.args:
        return environment_of(call).vault
    return (call.repo or call.org).vault


def kept(call, what):
    """The secrets or variables by name, and the name that the call is about."""
    return getattr(vault(call), what), call.args.get("secret_name", call.args.get("name", "")).upper()


def check_name(name, kind):
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Refused(422, f"{kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores "
                           "(_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).")
    if name.upper().startswith("GITHUB_"):
        raise Refused(422, f"{kind} names must not start with GITHUB_.")


def find(call, what):
    there, name = kept(call, what)
    if name not in there:
        raise not_found()
    return there[name]


def shown(call, one, what):
    told = {"name": one["name"], "created_at": shapes.stamp(one["created"]), "updated_at": shapes.stamp(one["updated"])}
    if what == "variables":
        told["value"] = one["value"]
    if call.org is not None:
        told["visibility"] = one["visibility"]
        if one["visibility"] == "selected":
            told["selected_repositories_url"] = (
                f"{call.world.url}/orgs/{call.org.login}/actions/{what}/{one['name']}/repositories")
    return told


def check_visibility(call, needed):
    visibility = call.body.get("visibility")
    if visibility is None and needed:
        raise missing_keys(["visibility"])
    if visibility not in (None, "all", "private", "selected"):
        raise Refused(422, "Invalid request.\n\nFor 'properties/visibility', it is not a possible value.")
    check_repositories(call, call.body.get("selected_repository_ids", []))


def check_repositories(call, ids):
    for number in ids:
        repo = call.world.repositories.get(int(number))
        if repo is None or repo.owner is not call.org:
            raise Refused(422, f"Repository {number} was not found in this organization")


def keep_visibility(call, one):
    if call.org is not None:
        one["visibility"] = call.body.get("visibility", one.get("visibility"))
        if "selected_repository_ids" in call.body:
            one["repositories"] = [int(number) for number in call.body["selected_repository_ids"]]
        one.setdefault("repositories", [])


# ---- secrets ----


def opened(call):
    holder = vault(call)
    if call.body["key_id"] != holder.key_id:
        raise Refused(422, "The key_id is not that of the current public key")
    try:
        sealed = base64.b64decode(call.body["encrypted_value"], validate=True)
        plaintext = nacl.public.SealedBox(holder.key).decrypt(sealed)
    except (binascii.Error, ValueError, nacl.exceptions.CryptoError):
        raise Refused(422, "Bad request - the encrypted_value can not be decrypted") from None
    if len(plaintext) > VALUE_MAX:
        raise Refused(422, "The secret is too large: 48 KB at most")
    return plaintext


def get_key(call):
    holder = vault(call)
    return {"key_id": holder.key_id, "key": base64.b64encode(bytes(holder.key.public_key)).decode()}


def list_secrets(call):
    there, _ = kept(call, "secrets")
    return call.page([shown(call, there[name], "secrets") for name in sorted(there)], "secrets")


def get_secret(call):
    return shown(call, find(call, "secrets"), "secrets")


def put_secret(call):
    there, name = kept(call, "secrets")
    check_name(name, "Secret")
    one = there.get(name)
    # An organization's secret may get another visibility and keep its value.
    with_value = one is None or call.org is None or "encrypted_value" in call.body
    if with_value:
        call.needs("encrypted_value", "key_id")
    if call.org is not None:
        check_visibility(call, needed=True)
    plaintext = opened(call) if with_value else one["plaintext"]
    there[name] = {**(one or {"name": name, "created": time.time()}), "plaintext": plaintext, "updated": time.time()}
    keep_visibility(call, there[name])
    return (201, {}) if one is None else None


def delete_value(what):
    def delete(call):
        there, name = kept(call, what)
        find(call, what)
        del there[name]

    return delete


# ---- variables ----


def list_variables(call):
    there, _ = kept(call, "variables")
    return call.page([shown(call, there[name], "variables") for name in sorted(there)], "variables", 10, 30)


def get_variable(call):
    return shown(call, find(call, "variables"), "variables")


def check_value(call):
    if len(str(call.body.get("value", "")).encode()) > VALUE_MAX:
        raise Refused(422, "Variable value is too large: 48 KB at most")


def post_variable(call):
    call.needs("name", "value")
    check_name(call.body["name"], "Variable")
    check_value(call)
    if call.org is not None:
        check_visibility(call, needed=True)
    there, name = vault(call).variables, call.body["name"].upper()
    if name in there:
        raise Refused(409, "Already exists - Variable already exists")
    there[name] = {"name": name, "value": call.body["value"], "created": time.time(), "updated": time.time()}
    keep_visibility(call, there[name])
    return 201, {}


def patch_variable(call):
    there, name = kept(call, "variables")
    one = find(call, "variables")
    new = call.body.get("name", name)
    check_name(new, "Variable")
    check_value(call)
    if call.org is not None:
        check_visibility(call, needed=False)
    if new.upper() != name:
        if new.upper() in there:
            raise Refused(409, "Already exists - Variable already exists")
        del there[name]
    there[new.upper()] = one
    one.update(name=new.upper(), value=call.body.get("value", one["value"]), updated=time.time())
    keep_visibility(call, one)


for path, for_secrets, for_variables in SCOPES:
    route("GET", path + "/secrets/public-key", for_secrets)(get_key)
    route("GET", path + "/secrets", for_secrets)(list_secrets)
    route("GET", path + "/secrets/{secret_name}", for_secrets)(get_secret)
    route("PUT", path + "/secrets/{secret_name}", for_secrets)(put_secret)
    route("DELETE", path + "/secrets/{secret_name}", for_secrets)(delete_value("secrets"))
    route("GET", path + "/variables", for_variables)(list_variables)
    route("POST", path + "/variables", for_variables)(post_variable)
    route("GET", path + "/variables/{name}", for_variables)(get_variable)
    route("PATCH", path + "/variables/{name}", for_variables)(patch_variable)
    route("DELETE", path + "/variables/{name}", for_variables)(delete_value("variables"))


# ---- the repositories that may use what an organization keeps ----


def routes_of_selected(what, name, permission):
    path = f"{ORG}/{what}/{{{name}}}/repositories"

    def selected(call):
        one = find(call, what)
        if one["visibility"] != "selected":
            raise Refused(409, "The visibility is not selected")
        return one["repositories"]

    @route("GET", path, permission)
    def list_repositories(call):
        repos = [call.world.repositories[number] for number in selected(call) if number in call.world.repositories]
        return call.page([shapes.repository(call.world, repo) for repo in repos
                          if access.sees(call.world, call.token, repo)], "repositories")

    @route("PUT", path, permission)
    def put_repositories(call):
        call.needs("selected_repository_ids")
        check_repositories(call, call.body["selected_repository_ids"])
        selected(call)[:] = [int(number) for number in call.body["selected_repository_ids"]]

    @route("PUT", path + "/{repository_id}", permission)
    def put_repository(call):
        number = call.number("repository_id")
        there = selected(call)
        check_repositories(call, [number])
        if number not in there:
            there.append(number)

    @route("DELETE", path + "/{repository_id}", permission)
    def delete_repository(call):
        number, there = call.number("repository_id"), selected(call)
        if number in there:
            there.remove(number)


routes_of_selected("secrets", "secret_name", "organization_secrets")
routes_of_selected("variables", "name", "organization_actions_variables")
