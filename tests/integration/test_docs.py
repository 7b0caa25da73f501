# SPDX-License-Identifier: Apache-2.0
"""test_docs.py - what the pages tell people to type is typed, and what they show is what comes of it (documents.py says by which
rules)."""

import collections

import documents
import pytest
import reader

PAGES = documents.pages()
# What docs/how-to/deploy.md has the reader give a token, and put into a repository.
RIGHTS = {"actions": "write", "secrets": "write", "actions_variables": "write"}
WORKFLOW = documents.blocks(documents.TOP / "docs" / "how-to" / "deploy.md")[0].text


def name(page):
    return str(page.relative_to(documents.TOP))


@pytest.fixture
def someone(tmp_path_factory, request):
    """Somebody with a clone that was built, and what the page takes for granted."""
    someone = reader.Reader(tmp_path_factory.mktemp("d"))
    yield someone
    someone.leave()


def grant(someone, page, request):
    wanted = documents.needs(page)
    if "installed" in wanted:
        someone.install()
    if "github" in wanted:
        github = request.getfixturevalue("github")
        github.add_repository("acme/my-app", files={"README.md": "my app", ".github/workflows/smoke-test.yml": WORKFLOW})
        someone.environment |= {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": github.token(RIGHTS), "OWNER": "acme", "REPO": "my-app"}
    if documents.begins(page):
        someone.begin()


@pytest.mark.long
@pytest.mark.parametrize("page", [page for page in PAGES if any(b.typed for b in documents.blocks(page))], ids=name)
def test_what_a_page_says_is_so(page, someone, request):
    grant(someone, page, request)
    for block in documents.blocks(page):
        someone.read(block)


def test_what_is_not_run_says_why(record_property):
    blocks = [block for page in PAGES for block in documents.blocks(page)]
    left_out = [block for block in blocks if block.word("not-run")]
    run, reasons = sum(block.typed for block in blocks), collections.Counter(block.word("not-run") for block in left_out)
    print("\n".join(f"{block}: {documents.REASONS[block.word('not-run')]}" for block in left_out))
    counts = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items()))
    record_property("docs", f"{run} blocks typed, {len(left_out)} not ({counts})")
    assert run > 5 * len(left_out)


def test_each_page_needs_what_there_is():
    for page in PAGES:
        assert set(documents.needs(page)) <= set(documents.NEEDS), page


def test_a_reader_has_nothing_that_no_page_tells(someone):
    printed, failed = someone.own_shell().run("env\ncommand -v mgraph-deploy")
    names = [line.partition("=")[0] for line in printed.splitlines()]
    assert not [name for name in names if name.startswith(("AWS_", "MGRAPH_", "GITHUB_")) or name in "UKC"]
    assert failed == [(1, "command -v mgraph-deploy")]


# ---- would it notice? ----

PRINTED = "site: created in 0.0s\nstyle: created in 1.2s\nApply complete: 2 added.\n"


@pytest.mark.parametrize("shown, why", [
    ("style: created in 7s\nsite: created in 0.1s\nApply complete: 2 added.\n", None),
    ("[...]\nApply complete: … added.\n", None),
    ("Apply complete: 2 added.\n", "it prints 'site: created in <seconds>', too"),
    ("[...]\nApply complete: 3 added.\n", "it does not print 'Apply complete: 3 added.'"),
    ("[...]\nsite: created in 0.0s\nsite: created in 0.0s\n", "it does not print 'site: created in <seconds>'"),
])
def test_text_that_was_not_printed_is_noticed(shown, why):
    assert documents.text_differs(shown, PRINTED) == why


ANSWER = '{"id": "5bda6f2c", "n": 3, "took_seconds": 0.5, "list": [{"a": 1}, {"a": 2, "b": null}], "none": []}'


@pytest.mark.parametrize("shown, same", [
    ('{"id": "00c0ffee", "n": 3}', True), ('"n": 3, "list": [ { "a": 2 } ]', True), ('{"a": 2, …}', True), ('{"list": […]}', True),
    ('{"took_seconds": 7.25}', True), ('{"n": 4}', False), ('{"n": "3"}', False), ('{"more": 1}', False), ('{"list": []}', False),
    ('{"none": []}', True), ('{"list": [{"a": 3}]}', False), ('{"id": "completed"}', False),
])
def test_json_that_was_not_answered_is_noticed(shown, same):
    assert (documents.json_differs(shown, f"HTTP/1.1 200 OK\n\n{ANSWER}\n") is None) == same


@pytest.mark.parametrize("info", ["bash", "", "sh not-run=later", "sh status=two", "sh hidden", "json shown"])
def test_a_block_of_another_kind_is_refused(tmp_path, monkeypatch, info):
    monkeypatch.setattr(documents, "TOP", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"```{info}\ntrue\n```\n")
    with pytest.raises(documents.Wrong):
        documents.blocks(page)


@pytest.mark.parametrize("info, text, good", [
    ("sh", "true", True), ("sh", "false", False), ("sh", "false\ntrue", False), ("sh status=1", "false", True), ("sh status=2", "false", False),
    ("sh status=1", "true", False), ("sh answer=yes", "read -r said; test \"$said\" = yes", True),
    ("console", "$ echo a\na\n$ echo b\nb", True), ("console", "$ echo a\nb", False),
])
def test_a_command_that_ends_otherwise_is_noticed(tmp_path, monkeypatch, someone, info, text, good):
    monkeypatch.setattr(documents, "TOP", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"```{info}\n{text}\n```\n")
    (block,) = documents.blocks(page)
    if good:
        someone.read(block)
    else:
        with pytest.raises(documents.Wrong):
            someone.read(block)
