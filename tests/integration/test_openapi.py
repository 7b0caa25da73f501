# SPDX-License-Identifier: Apache-2.0
"""test_openapi.py - the OpenAPI document is one: by a linter, and as a whole."""

import json
import re

import openapi_spec_validator
import processes
import pytest


@pytest.fixture(scope="session")
def document(description):
    return description.document


def parts(value):
    """Every object in it."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(part)


def operations(document):
    return [(method.upper(), path, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def test_a_linter_has_nothing_to_say(document):
    wrong = list(openapi_spec_validator.OpenAPIV31SpecValidator(document).iter_errors())
    assert [(error.json_path, error.message[:300]) for error in wrong] == []


def test_every_reference_leads_somewhere_in_the_document(document):
    references = {part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)}
    assert len(references) > 50
    for reference in references:
        kind, name = re.fullmatch(r"#/components/(\w+)/([\w.-]+)", reference).groups()
        assert name in document["components"][kind], reference
    assert not [part for part in parts(document["components"]) if "$defs" in part or "x-schema" in part]


def test_what_all_routes_have_in_common_is_called_otherwise_than_their_bodies():
    """The schemas of schemas/openapi.json are beside those of schemas/api/."""
    common = json.loads((processes.TOP / "schemas" / "openapi.json").read_text())["components"]["schemas"]
    assert not set(common) & {path.stem for path in (processes.TOP / "schemas" / "api").glob("*.json")}


def test_each_operation_is_told_whole(document):
    seen = set()
    for method, path, operation in operations(document):
        assert operation["summary"] and operation["tags"][0] in {tag["name"] for tag in document["tags"]}
        seen.add(operation["operationId"])
        assert "default" not in operation["responses"] and {"200", "400", "500", "503"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) == bool(operation["security"]), path
        names = [part.get("$ref", part.get("name")).rpartition("/")[2] for part in operation["parameters"]]
        assert set(re.findall(r"{(\w+)}", path)) <= set(names)
        assert ("304" in operation["responses"]) <= ("If-None-Match" in names)
        assert ("101" in operation["responses"]) == ("Last-Event-ID" in names)
        assert ("202" in operation["responses"]) == ("Prefer" in names)
    assert len(seen) == len(operations(document))


def test_every_problem_is_told_where_it_may_come(document, make_server):
    """But for the one of methods that a path does not take: those are no operations."""
    told = {code for response in document["components"]["responses"].values()
            for code in response["content"]["application/problem+json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]}
    every = {problem["code"] for problem in make_server("--redis", "memory:").get("/problems").json["problems"]}
    assert every - told == {"method_not_allowed"} and told <= every


def test_each_kind_of_event_is_told(document):
    events = [media["x-event"]["$ref"].rpartition("/")[2] for _, _, operation in operations(document)
              for media in operation["responses"]["200"].get("content", {}).values() if "x-event" in media]
    assert sorted(events) == ["event", "event", "verify.event"]
    kinds = {document["components"]["schemas"][one["$ref"].rpartition("/")[2]]["properties"]["type"]["const"]
             for one in document["components"]["schemas"]["event"]["oneOf"]}
    assert kinds == {"node", "execution", "output", "verify"}
    assert document["webhooks"]["event"]["post"]["requestBody"]["content"]["application/json"]["schema"]


def test_an_answer_that_is_not_as_described_is_found(description):
    """The look itself."""
    headers = {"content-type": "application/json", "x-request-id": "x"}
    rows = ((200, headers, b'{"status": "ok"}', None), (200, headers, b'{"status": 1}', "is not"),
            (200, headers, b'{"status": "ok", "more": 1}', "more"), (204, {}, b"", "status 204"),
            (200, headers | {"content-type": "text/plain"}, b"ok", "content type"), (200, headers | {"link": "x"}, b'{"status": "ok"}', "link"),
            (401, headers | {"content-type": "application/problem+json"}, b"{}", "401"))
    for status, head, body, complaint in rows:
        description.hold("GET", "/healthz", status, head, body)
        found, description.violations[:] = " ".join(description.violations), []
        assert (complaint in found) if complaint else found == "", (status, body, found)
