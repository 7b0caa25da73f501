# SPDX-License-Identifier: Apache-2.0
"""test_docs.py - what the pages tell people to type is typed, and what they show is what comes of it (documents.py says by which
rules)."""

import collections

import documents
import pytest
import reader

PAGES = [p for p in documents.pages() if p.name not in ("operations.md",)]
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
WORKFLOW = """
name: Smoke test
on: {workflow_dispatch: {inputs: {secret: {required: true}}}}
jobs: {test: {runs-on: ubuntu-latest, steps: [{run: "true"}]}}
"""


def name(page):
    return str(page.relative_to(documents.TOP))


@pytest.fixture
def someone(tmp_path_factory, request):
    """Somebody with a clone that was built, and what the page takes for granted."""
    someone = reader.Reader(tmp_path_factory.mktemp("d"))
    yield someone
    someone.leave()


def grant(someone, wanted, request):
    """In the order in which they need each other."""
    if "emulator" in wanted:
        url = request.getfixturevalue("moto").url
        someone.environment |= {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
                                "AWS_DEFAULT_REGION": "us-east-1"}
    if "github" in wanted:
        github = request.getfixturevalue("github")
        github.add_repository("acme/my-app", files={"README.md": "my app", ".github/workflows/smoke-test.yml": WORKFLOW})
        someone.environment |= {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token()}
    if "service" in wanted:
        someone.start_service()


@pytest.mark.parametrize("page", [page for page in PAGES if any(b.typed for b in documents.blocks(page))], ids=name)
def test_what_a_page_says_is_so(page, someone, request):
    grant(someone, documents.needs(page), request)
    for block in documents.blocks(page):
        someone.read(block)


def test_what_is_not_run_says_why(record_property):
    """Each block is typed, or shown, or there is a reason."""
    blocks = [block for page in PAGES for block in documents.blocks(page)]
    reasons = collections.Counter(block.words["not-run"] for block in blocks if "not-run" in block.words)
    run = sum(block.typed for block in blocks)
    listed = [f"{block}: {documents.REASONS[block.words['not-run']]}" for block in blocks if "not-run" in block.words]
    print("\n".join(listed))
    record_property("docs", f"{run} blocks are run, {sum(reasons.values())} are not ({dict(reasons)})")
    assert run > 10 * sum(reasons.values()) / 2


def test_each_page_needs_what_there_is():
    for page in PAGES:
        assert set(documents.needs(page)) <= set(documents.NEEDS), page
