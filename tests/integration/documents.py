# SPDX-License-Identifier: Apache-2.0
"""documents.py - the blocks of a page of Markdown: what in it is to be typed, and what is shown to come of it.

What is behind the language of a fence is not shown by who renders the page. `sh` is typed, in order, into one shell for each page:

    ```sh                     each of its commands ends with 0, and no answer that curl gets is an error
    ```sh status=2            one ends with 2 (`plan` with changes), or curl is answered so (from 100 on)
    ```sh terminal=1          in another terminal, where it stays; what ran there before gets a Ctrl-C
    ```sh answer=yes          what it asks for is answered by this
    ```sh not-run=account     it is not run, for one of the reasons below
    ```console                the lines behind "$ " are typed; the others are what they print
    ```text output            what the commands above it print: the lines, in whatever order
    ```json output            one of the documents that they print, or members of it
    ```json, ```text, ```js   is only looked at. JSON has to be JSON

In what is shown `…` is anything, and [...] on a line of its own any lines. Ids, times and durations may be others. What the reader is not
told (that somebody changes something behind the service's back) is typed from a comment, <!-- sh and lines -->.

Nothing is set, and nothing runs, but what the page says, so that it works for who reads it as well. A page which links to what all pages
of docs/how-to begin with begins with that: it is typed first. Beyond, a page may say <!-- needs: installed github -->: the program is on
PATH; there is an account at GitHub, whose token and repository are GITHUB_TOKEN, OWNER and REPO."""

import dataclasses
import json
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
TYPED = ("sh", "console")
SHOWN = ("text", "json", "js")
WORDS = {"status": r"\d+", "terminal": r"\d", "answer": r"\w+", "not-run": r"\w+", "output": r""}
NEEDS = ("installed", "github")
BEGINNING = TOP / "docs" / "how-to" / "README.md"
REASONS = {
    "account": "it needs an account, or a machine, that a test has not got",
    "build": "it builds or tests the tree, as the run that this is a part of has done",
    "install": "it installs packages, or a service of the system",
}

FENCE = re.compile(r"^( *)```(\S*) *(.*)$")
HIDDEN = re.compile(r"^<!-- sh$")
ASKED = re.compile(r"^<!-- needs: (.*) -->$", re.M)
BEGINS = re.compile(r"\]\(([\w./-]*)#what-all-of-them-begin-with\)")
MASKS = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
    (r"(?<![\w.])\d+(\.\d+)?m?s\b", "<seconds>"),
    (r"\b(?=[0-9a-f]*\d)([0-9a-f]{64}|[0-9a-f]{48}|[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8})\b", "<id>"),
    (r'"(seq|pid|size|estimated_time|\w*_seconds)": ?[\d.]+', r'"\1": <n>'),
)
VARIES = re.compile(r"seq|events?_after|last_event|estimated_time|\w*_seconds|duration")


class Wrong(AssertionError):
    """What a page says is not so, or not said by its rules."""


@dataclasses.dataclass
class Block:
    page: pathlib.Path
    line: int
    tag: str
    words: dict
    text: str

    def __str__(self):
        return f"{self.page.relative_to(TOP)}:{self.line}"

    @property
    def typed(self):
        return self.tag in TYPED and "not-run" not in self.words

    @property
    def output(self):
        return "output" in self.words

    def word(self, name):
        return self.words.get(name)


def pages():
    return [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]


def needs(page):
    found = ASKED.search(page.read_text())
    return found[1].split() if found else []


def begins(page):
    """Does it say that it begins as the pages of docs/how-to do?"""
    return any((page.parent / link).resolve() == BEGINNING for link in BEGINS.findall(page.read_text()))


def words_of(where, tag, info):
    words = {}
    for word in info.split():
        name, _, value = word.partition("=")
        if name not in WORDS or not re.fullmatch(WORDS[name], value):
            raise Wrong(f"{where}: there is no word {word!r} for a block")
        words[name] = value
    if tag not in TYPED + SHOWN:
        raise Wrong(f"{where}: a block is one of {', '.join(TYPED + SHOWN)}, not {tag!r}")
    if words.get("not-run", "build") not in REASONS:
        raise Wrong(f"{where}: {words['not-run']!r} is none of the reasons {', '.join(REASONS)}")
    return words


def blocks(page):
    """Fenced blocks and hidden ones, in order."""
    found, opened, lines = [], None, []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None and (fence or HIDDEN.match(line)):
            indent, tag, info = fence.groups() if fence else ("", "sh", "")
            where = f"{page.relative_to(TOP)}:{number}"
            opened, lines = (number, len(indent), tag, words_of(where, tag, info), bool(fence)), []
        elif opened and (fence if opened[4] else line == "-->"):
            found.append(Block(page, opened[0], opened[2], opened[3], "\n".join(lines) + "\n"))
            opened = None
        elif opened:
            lines.append(line[opened[1]:])
    return found


def typed_and_printed(block):
    """Of a console block: commands, each with what it prints."""
    found = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line}", [])
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


# ---- what is shown, against what was printed ----


def masked(text):
    for pattern, stands_for in MASKS:
        text = re.sub(pattern, stands_for, text)
    return text


def lines_of(text):
    return [line.rstrip() for line in masked(text).splitlines() if line.strip()]


def text_differs(shown, printed):
    """None, or why: each line that is shown was printed, and none is left where nothing was left out."""
    left = lines_of(printed)
    shown_lines = lines_of(shown)
    for line in sorted(shown_lines, key=lambda line: "…" in line):
        if line.strip() == "[...]":
            continue
        pattern = re.compile(".*".join(map(re.escape, line.split("…"))))
        match = next((one for one in left if pattern.fullmatch(one)), None)
        if match is None:
            return f"it does not print {line!r}"
        left.remove(match)
    if left and not any(line.strip() == "[...]" for line in shown_lines):
        return f"it prints {left[0]!r}, too"
    return None


def relaxed(text):
    """JSON as pages show it: a document, or members of one; … for what is left out."""
    text = re.sub(r"[{\[]\s*…\s*[}\]]", '"…"', text)
    text = re.sub(r",\s*…(?=\s*[}\]])", "", text)
    for whole in (text, "{" + text + "}", "{" + text.rstrip().rstrip(",") + "}"):
        try:
            return json.loads(whole)
        except ValueError as error:
            why = error
    raise Wrong(f"that is no JSON: {why}")


def documents_of(printed):
    """The JSON documents in what was printed."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (start := re.compile(r"^(?:data: )?(?=[{\[])", re.M).search(printed, at)) is not None:
        try:
            document, at = decoder.raw_decode(printed, start.end())
            found.append(document)
        except ValueError:
            at = start.end() + 1
    return found


def is_shown(shown, real, name=""):
    """All that is shown is there; more may be."""
    if shown == "…" or (VARIES.fullmatch(name) and type(shown) in (int, float)):
        return True
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(one in real and is_shown(value, real[one], one) for one, value in shown.items())
    if isinstance(shown, list):
        if not shown or not isinstance(real, list):
            return shown == real
        return all(any(is_shown(one, other) for other in real) for one in shown)
    if isinstance(shown, str) and isinstance(real, str):
        return re.fullmatch(".*".join(map(re.escape, masked(shown).split("…"))), masked(real), re.S) is not None
    return shown == real and type(shown) is type(real)


def json_differs(shown, printed):
    shown, found = relaxed(shown), documents_of(printed)
    if any(is_shown(shown, one) for document in found for one in within(document)):
        return None
    return "nothing that it answers is like this"


def within(document):
    """It, and all that is in it: a page may show one operation of many."""
    yield document
    for each in document.values() if isinstance(document, dict) else document:
        if isinstance(each, (dict, list)):
            yield from within(each)


def differs(block, printed):
    return json_differs(block.text, printed) if block.tag == "json" else text_differs(block.text, printed)
