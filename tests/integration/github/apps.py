# SPDX-License-Identifier: Apache-2.0
"""apps.py - GitHub Apps: they sign a JWT with their key, and get tokens of their installations for it."""

import json
import secrets
import time

import joserfc.errors
import joserfc.jwk
import joserfc.jws
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from . import access, shapes
from .calls import Refused, not_found, route

JWT_SECONDS = 600
CLOCK_SECONDS = 60  # how much a clock may be ahead


class App:
    """`private_key` is PEM, as GitHub hands it out once."""

    def __init__(self, world, account, permissions, repositories, token_seconds):
        self.id, self.installation_id, self.client_id = world.next_id(), world.next_id(), "Iv23li" + secrets.token_hex(7)
        self.account, self.permissions, self.repositories = account, {"metadata": "read", **permissions}, repositories
        self.token_seconds, self.created, self.owner = token_seconds, time.time(), next(iter(world.users.values()))
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private_key = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                             serialization.NoEncryption()).decode()
        self.public_key = joserfc.jwk.RSAKey.import_key(key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode())

    def jwt(self, **claims):
        """A good one, but for what the claims say."""
        now = int(time.time())
        claims = {"iat": now - 60, "exp": now + 540, "iss": str(self.id), **claims}
        return joserfc.jws.serialize_compact({"alg": "RS256", "typ": "JWT"}, json.dumps(claims).encode(),
                                             joserfc.jwk.RSAKey.import_key(self.private_key))

    def reaches(self, repo):
        return repo.owner is self.account and (self.repositories is None or repo.id in self.repositories)


# ---- JWTs ----


def claims_of(text, key=None):
    """Of a JWT; with a key, one that it signed."""
    try:
        found = joserfc.jws.deserialize_compact(text, key, algorithms=["RS256"]) if key else joserfc.jws.extract_compact(
            text.encode())
        return json.loads(found.payload)
    except (joserfc.errors.JoseError, ValueError):
        raise Refused(401, "A JSON web token could not be decoded") from None


def check_times(claims):
    now = time.time()
    for name, about in (("exp", "'Expiration time' claim ('exp') must be a numeric value representing the future time at "
                                "which the assertion expires"),
                        ("iat", "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
                                "was issued")):
        if not isinstance(claims.get(name), int):
            raise Refused(401, about)
        if (claims[name] <= now) if name == "exp" else (claims[name] > now + CLOCK_SECONDS):
            raise Refused(401, about)
    if claims["exp"] > now + JWT_SECONDS:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")


def verify(world, text):
    """The App that signed it."""
    issuer = str(claims_of(text).get("iss"))
    app = next((one for one in world.apps.values() if issuer in (str(one.id), one.client_id)), None)
    if app is None:
        raise Refused(404, "Integration not found")
    check_times(claims_of(text, app.public_key))
    return app


# ---- what an App asks for ----


def installation_shown(call, app):
    world = call.world
    html = "settings/installations" if app.account.kind == "User" else f"organizations/{app.account.login}/settings/installations"
    return {"id": app.installation_id, "app_id": app.id, "app_slug": f"app-{app.id}", "client_id": app.client_id,
            "target_id": app.account.id, "target_type": app.account.kind, "account": shapes.user(world, app.account),
            "single_file_name": None, "repository_selection": "all" if app.repositories is None else "selected",
            "access_tokens_url": f"{world.url}/app/installations/{app.installation_id}/access_tokens",
            "repositories_url": f"{world.url}/installation/repositories", "events": [],
            "html_url": f"{shapes.HTML}/{html}/{app.installation_id}", "permissions": app.permissions,
            "created_at": shapes.stamp(app.created), "updated_at": shapes.stamp(app.created), "suspended_by": None,
            "suspended_at": None}


@route("GET", "/app", "app")
def get_app(call):
    app = call.jwt
    return {"id": app.id, "slug": f"app-{app.id}", "node_id": shapes.node_id("Integration", app.id),
            "client_id": app.client_id, "owner": shapes.user(call.world, app.owner), "name": f"App {app.id}",
            "description": None, "external_url": "https://example.com", "html_url": f"{shapes.HTML}/apps/app-{app.id}",
            "created_at": shapes.stamp(app.created), "updated_at": shapes.stamp(app.created),
            "permissions": app.permissions, "events": [], "installations_count": 1}


@route("GET", "/app/installations", "app")
def list_installations(call):
    return call.page([installation_shown(call, call.jwt)])


@route("GET", "/repos/{owner}/{repo}/installation", "app")
def get_installation(call):
    if not call.jwt.reaches(call.repo):
        raise not_found()
    return installation_shown(call, call.jwt)


def wanted_repositories(call, app):
    """Ids; None for all."""
    names, ids = call.body.get("repositories"), call.body.get("repository_ids")
    if names is None and ids is None:
        return app.repositories
    found = [call.world.find_repository(app.account.login, name) for name in names or []]
    found += [call.world.repositories.get(number) for number in ids or []]
    if any(repo is None or not app.reaches(repo) for repo in found):
        raise Refused(422, "There is at least one repository that does not exist or is not accessible to the parent "
                           "installation.")
    return {repo.id for repo in found}


def wanted_permissions(call, app):
    wanted = {"metadata": "read", **call.body["permissions"]} if "permissions" in call.body else app.permissions
    if any(access.LEVELS[level] > access.LEVELS[app.permissions.get(name)] for name, level in wanted.items()):
        raise Refused(422, "The permissions requested are not granted to this installation.")
    return wanted


@route("POST", "/app/installations/{installation_id}/access_tokens", "app")
def post_token(call):
    app = call.jwt
    if call.number("installation_id") != app.installation_id:
        raise not_found()
    repositories, permissions = wanted_repositories(call, app), wanted_permissions(call, app)
    text, expires = "ghs_" + secrets.token_hex(18), time.time() + app.token_seconds
    call.world.tokens[text] = access.Token(text, app.account.login, permissions, "app", repositories, expires)
    call.world.tokens[text].app = app
    told = {"token": text, "expires_at": shapes.stamp(expires), "permissions": permissions,
            "repository_selection": "all" if repositories is None else "selected"}
    if repositories is not None:
        told["repositories"] = [shapes.repository(call.world, call.world.repositories[number]) for number in repositories]
    return 201, told


@route("GET", "/installation/repositories")
def list_repositories(call):
    if call.token is None or call.token.kind != "app":
        raise Refused(403, "You must authenticate with an installation access token in order to list repositories for "
                           "an installation.")
    return call.page([shapes.repository(call.world, repo) for repo in call.world.repositories.values()
                      if call.token.app.reaches(repo) and call.token.reaches(repo)], "repositories")
