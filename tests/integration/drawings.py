# SPDX-License-Identifier: Apache-2.0
"""drawings.py - Graphviz and Mermaid, which read what the server draws."""

import html
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree

import processes
import pytest

MERMAID = processes.TOP / ".npm" / "mermaid.min.js"
SECONDS = 60

# Without a browser its sanitizer is a bare function; a parser has nothing to sanitize.
PARSE = """
Function.prototype.sanitize = text => text;
Function.prototype.addHook = () => {};
const fs = require("fs");
require("vm").runInThisContext(fs.readFileSync(process.argv[1], "utf8"));
const text = fs.readFileSync(0, "utf8");
mermaid.parse(text)
    .then(() => mermaid.mermaidAPI.getDiagramFromText(text.replace(/^---\\n.*?\\n---\\n/s, "")))
    .then(({ db }) => console.log(JSON.stringify({
        nodes: [...db.getVertices().values()].map(node => [node.id, node.text, node.classes]),
        edges: db.getEdges().map(edge => [edge.start, edge.end, edge.text, edge.stroke]),
        groups: db.getSubGraphs().map(group => [group.id, group.title, group.nodes]),
        classes: [...db.getClasses().keys()] })))
    .catch(error => { console.error(error.message); process.exit(1); });
"""


class Flowchart:
    """As Mermaid reads it: labels by id, (from, to, text, stroke), and of each group its label and its nodes."""

    def __init__(self, text):
        if not MERMAID.exists():
            pytest.skip("needs Mermaid: contrib/install-deps --github")
        done = subprocess.run(["node", "-e", PARSE, str(MERMAID)], input=text, capture_output=True, text=True,
                              timeout=SECONDS)
        assert done.returncode == 0, done.stderr + text
        read = json.loads(done.stdout)
        self.title = json.loads(re.match(r"---\ntitle: (.*)\n---\n", text)[1])
        self.labels = {node: shown(label) for node, label, _ in read["nodes"]}
        self.classes = {node: classes for node, _, classes in read["nodes"]}
        self.edges = {tuple(edge) for edge in read["edges"]}
        self.groups = {shown(label): {self.labels[node] for node in nodes} for _, label, nodes in read["groups"]}
        self.styles = set(read["classes"])


def shown(label):
    """Mermaid keeps #35; and #lt; in letters of its own until it draws."""
    label = re.sub("ﬂ°°([0-9]+)¶ß", r"&#\1;", label)
    return html.unescape(re.sub("ﬂ°([a-z]+)¶ß", r"&\1;", label).replace("<br/>", "\n"))


class Drawing:
    """As Graphviz draws it: labels by id, (from, to, text), and of each group its label."""

    def __init__(self, svg):
        root = xml.etree.ElementTree.fromstring(svg)
        name = "{http://www.w3.org/2000/svg}%s"
        self.labels, self.edges, self.groups, self.fills = {}, set(), set(), {}
        for part in root.iter(name % "g"):
            title, texts = part.find(name % "title"), [text.text for text in part.findall(name % "text")]
            if part.get("class") == "node":
                self.labels[title.text] = "\n".join(texts)
                self.fills[title.text] = part.find(name % "path").get("fill")
            elif part.get("class") == "edge":
                self.edges.add((*title.text.split("->"), "".join(texts)))
            elif part.get("class") == "cluster":
                self.groups.add("\n".join(texts))
            elif part.get("class") == "graph":
                self.title = "\n".join(texts)


def graphviz():
    """The path of its program."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("needs Graphviz: contrib/install-deps --test")
    return program


def drawn(dot):
    done = subprocess.run([graphviz(), "-Tsvg"], input=dot.encode(), capture_output=True, timeout=SECONDS)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode() + dot
    return Drawing(done.stdout)
