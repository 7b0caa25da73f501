# SPDX-License-Identifier: Apache-2.0
"""calls.py - one request to GitHub: which route it takes, what it carries, and how it is answered."""

import json
import re
import urllib.parse

ROUTES = []
# What the client has called the API by: links to further pages lead there.
ADDRESS = "x-double-address"
DOCS = "https://docs.github.com/rest"


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status, message, errors=None, headers=()):
        super().__init__(message)
        self.status, self.headers = status, list(headers)
        self.body = {"message": message, "documentation_url": DOCS, "status": str(status)}
        if errors is not None:
            self.body["errors"] = errors


def not_found(message="Not Found"):
    return Refused(404, message)


def invalid(resource, field, code="invalid", message=None):
    """422, in the form in which GitHub tells what is wrong with a field."""
    error = {"resource": resource, "field": field, "code": code}
    if message:
        error["message"] = message
    return Refused(422, "Validation Failed", [error])


def missing_keys(names):
    """422, in the form in which GitHub tells what a body lacks."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return Refused(422, f"Invalid request.\n\n{quoted} {'was' if len(names) == 1 else 'were'}n't supplied.", [])


class Route:
    def __init__(self, method, template, permission, handler):
        self.method, self.template, self.permission, self.handler = method, template, permission, handler
        self.parameters = re.findall(r"{(\w+)}", template)
        self.pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template))


def route(method, template, permission=None):
    """What a token needs is read or write of the permission, as the method says. None: any token will do."""

    def add(handler):
        ROUTES.append(Route(method, template, permission, handler))
        ROUTES.sort(key=lambda one: len(one.parameters))  # "/secrets/public-key" before "/secrets/{secret_name}"
        return handler

    return add


def find_route(method, path):
    for one in ROUTES:
        match = one.pattern.fullmatch(path)
        if match and one.method == method:
            return one, {name: urllib.parse.unquote(value) for name, value in match.groupdict().items()}
    raise not_found()


class Call:
    def __init__(self, world, method, target, headers, body):
        self.world, self.method = world, method
        self.headers = {name.lower(): value for name, value in headers}
        path, _, query = target.partition("?")
        self.path = path
        self.base = self.headers.get(ADDRESS, world.url)
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.raw_body = body
        self.token = self.jwt = self.repo = self.org = None

    @property
    def login(self):
        return self.token.login if self.token else None

    def take(self):
        """Finds the route, and what it names that must be there."""
        self.route, self.args = find_route(self.method, self.path)
        self.body = self._read_body()
        if "owner" in self.args:
            self.repo = self.world.find_repository(self.args["owner"], self.args["repo"])
        if "org" in self.args:
            self.org = self.world.orgs.get(self.args["org"].lower())
        return self.route

    def _read_body(self):
        if not self.raw_body:
            return {}
        try:
            body = json.loads(self.raw_body)
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "Body should be a JSON object")
        return body

    def needs(self, *names):
        lacking = [name for name in names if name not in self.body]
        if lacking:
            raise missing_keys(lacking)

    def number(self, name):
        """An argument of the path that is an id."""
        if not self.args[name].isdigit():
            raise not_found()
        return int(self.args[name])

    # ---- pages ----

    def _link(self, page, last, per_page):
        def url(number):
            query = urllib.parse.urlencode(self.query | {"page": number, "per_page": per_page})
            return f"{self.base}{self.path}?{query}"

        pages = [("prev", page - 1), ("next", page + 1), ("last", last), ("first", 1)]
        there = {"prev": page > 1, "next": page < last, "last": page < last, "first": page > 1}
        return ", ".join(f'<{url(number)}>; rel="{name}"' for name, number in pages if there[name])

    def page(self, items, key=None, default=30, most=100):
        """A page of a list: bare, or beside its total count under a key."""
        try:
            per_page = min(max(int(self.query.get("per_page", default)), 1), most)
            page = max(int(self.query.get("page", 1)), 1)
        except ValueError:
            per_page, page = default, 1
        last = max(-(-len(items) // per_page), 1)
        shown = items[(page - 1) * per_page : page * per_page]
        link = self._link(page, last, per_page)
        body = {"total_count": len(items), key: shown} if key else shown
        return 200, body, [("Link", link)] if link else []
