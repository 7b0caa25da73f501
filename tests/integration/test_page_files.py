# SPDX-License-Identifier: Apache-2.0
"""test_page_files.py - the files of the page, as the server gives them out; and what it says where it was built without."""

import gzip
import json
import os
import pathlib
import re

import processes
import pytest

SHARE = pathlib.Path(processes.binary()).parent / "share"


@pytest.fixture
def files(server):
    if server.get("/").status != 200:
        pytest.skip("needs the page: contrib/install-deps --build, and configure again")
    return [name for name in os.listdir(SHARE / "page") if not name.endswith(".gz")]


def test_each_file_has_its_type_its_tag_and_as_long_a_life_as_its_name(server, files):
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "txt": "text/plain", "html": "text/html"}
    described = set(server.get("/openapi.json").json["paths"]["/assets/{file}"]["get"]["responses"]["200"]["content"])
    for name in files:
        if name.endswith(".html"):
            continue
        reply = server.get(f"/assets/{name}", x_api_key="")
        assert reply.status == 200 and reply.body == (SHARE / "page" / name).read_bytes()
        kind = reply.headers["content-type"].partition(";")[0]
        assert kind == types[name.rpartition(".")[2]] and kind in described
        lasts = re.search(r"-[0-9A-F]{10}\.\w+$", name) is not None
        assert ("immutable" in reply.headers["cache-control"]) == lasts, name
        again = server.get(f"/assets/{name}", if_none_match=reply.headers["etag"])
        assert again.status == 304 and again.body == b""


def test_what_is_packed_is_the_same(server, files):
    script = next(name for name in files if name.startswith("page-") and name.endswith(".js"))
    reply = server.get(f"/assets/{script}", accept_encoding="gzip")
    assert reply.headers["content-encoding"] == "gzip" and "Accept-Encoding" in reply.headers["vary"]
    assert gzip.decompress(reply.body) == (SHARE / "page" / script).read_bytes()
    assert len(reply.body) < 250_000


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_page_needs_no_key_and_has_nothing_from_elsewhere(server, files, path):
    reply = server.get(path, x_api_key="")
    assert reply.status == 200 and reply.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(rule.split(" ", 1) for rule in reply.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff" and reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cache-control"] == "no-cache"
    for link in re.findall(r'(?:src|href)="([^"]*)"', reply.text):
        assert server.get(link, x_api_key="").status == 200, link
    assert "<style" not in reply.text and not re.search(r"<script(?![^>]* src=)", reply.text)
    assert server.api.request("HEAD", path).body == b""


def test_only_files_of_the_page_are_given_out(server, files):
    for path in ("../config.json", "..%2fconfig.json", "%2e%2e/config.json", "nothing.js", "THIRD-PARTY.txt.gz"):
        assert server.get(f"/assets/{path}").status == 404, path


def test_whose_work_is_in_the_bundle_is_told(server, files):
    text = server.get("/assets/THIRD-PARTY.txt").text
    for name in ("cytoscape 3", "preact ", "@dagrejs/dagre ", "tweetnacl ", "@noble/hashes ", "swagger-ui-dist "):
        assert f"\n{name}" in text, name
    assert text.count("MIT License") + text.count("Permission is hereby granted") >= 4


def test_built_without_the_page_it_says_so(make_server, tmp_path):
    share = tmp_path / "share"
    share.mkdir()
    for name in ("aws", "schemas", "config.json"):
        (share / name).symlink_to(SHARE / name)
    server = make_server("--share", str(share))
    for path in ("/", "/docs"):
        reply = server.get(path)
        assert reply.status == 404 and reply.json["code"] == "not_found"
        assert "built without the page" in reply.json["detail"]
    assert server.get("/deploy/deployments").status == 200


def test_the_debian_package_names_whose_work_it_holds():
    """Of each npm package of the page but what only builds it."""
    named = (processes.TOP / "debian/copyright").read_text()
    packages = json.loads((processes.TOP / "web/package-lock.json").read_text())["packages"]
    tools = {"esbuild", "@scarf/scarf"}  # the second comes with Swagger UI, and only counts its installations
    for path, package in packages.items():
        name = path.removeprefix("node_modules/")
        if name and name not in tools and not package.get("dev") and not package.get("optional"):
            assert f"{name} ({package['license']})" in named, name
    bundled = SHARE / "page" / "THIRD-PARTY.txt"
    for name in re.findall(r"^=+\n(\S+) ", bundled.read_text(), re.M) if bundled.exists() else []:
        assert f" {name} (" in named, name
