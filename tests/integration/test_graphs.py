# SPDX-License-Identifier: Apache-2.0
"""test_graphs.py - both graphs: as documents, as Graphviz and Mermaid read them, and in the terminal."""

import json
import os
import pathlib
import pty
import re
import subprocess

import drawings
import processes
import pytest

pytestmark = pytest.mark.sanitized

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples" / "lambda-service.json"
# Words of the languages that graphs are drawn in, and what may look like a part of them.
WORDS = ("end", "subgraph", "graph", "node", "edge", "digraph", "strict", "class", "classDef", "click", "default",
         "style", "linkStyle", "flowchart", "call", "href", "direction", "TD", "o", "x", "v", "a--b", "1", "0-", "a__b_-")
VERSION = 'v1 "quoted" \\N #35; &lt; <b>%%{init: {}}%%</b> `x` $$y$$\n--- \x07 \x7f \x85 \ufffe \U0001f600'


def null(*depends_on, **more):
    return {"type": "local:null", "depends_on": list(depends_on), **more}


def small():
    """a -> b -> c, d: c is held by a pause, and d is behind an end; b and c are a group."""
    return {"deployment_id": "small", "version": "v1", "resources": {
        "a": null(), "b": null("a"), "c": null("b"), "d": null("b")},
        "composites": {"pair": {"parts": ["b", "c"]}},
        "edges": [{"from": "b", "to": "c", "type": "pause"}, {"from": "b", "to": "d", "type": "end"}]}


def stored(server, config):
    """The graph's id, when it was made and nothing else."""
    reply = server.post("/deploy/plan", {"config": config, "validate_only": True})
    assert reply.status == 200, reply
    return reply.json["spec_graph_id"]


def graph(server, graph_id, media, query=""):
    reply = server.get(f"/deploy/graph/{graph_id}{query}")
    assert reply.status == 200 and reply.headers["content-type"] == media, reply
    return reply


def dot(server, graph_id, more=""):
    return graph(server, graph_id, "text/vnd.graphviz; charset=utf-8", "?format=dot" + more).text


def mermaid(server, graph_id, more=""):
    return graph(server, graph_id, "text/vnd.mermaid; charset=utf-8", "?format=mermaid" + more).text


def document(server, graph_id, query=""):
    return graph(server, graph_id, "application/json", query).json["graph"]["model"]["data"]


def by_name(drawing, edges):
    """Edges by the first lines of labels."""
    name = {node: label.partition("\n")[0] for node, label in drawing.labels.items()}
    return {(name[a], name[b], *rest) for a, b, *rest in edges}


# ---- the routes ----

def test_a_graph_can_be_had_in_three_formats(server):
    graph_id = stored(server, small())
    data = document(server, graph_id)
    assert data["graph_id"] == graph_id
    for query in ("?format=mgraph", "?kind=spec&format=mgraph", "?format=%6Dgraph", "?"):
        assert document(server, graph_id, query) == data
    for text in (dot(server, graph_id), mermaid(server, graph_id)):
        for node in data["nodes"].values():
            has_label = f'{node["node_data"]["key"]}' in text
            assert has_label and (node["node_id"] in text or node["node_data"]["key"] == "small")


@pytest.mark.parametrize("query, pointer", [
    ("format=png", "/query/format"), ("format=", "/query/format"), ("format", "/query/format"),
    ("kind=both", "/query/kind"), ("format=dot&kind=Spec", "/query/kind"), ("format=dot%20", "/query/format"),
    ("format=" + "dot" * 100, "/query/format"),
])
def test_a_parameter_with_another_value_is_refused_at_its_place(server, query, pointer):
    graph_id = stored(server, small())
    reply = server.get(f"/deploy/graph/{graph_id}?{query}")
    assert reply.status == 422 and reply.json["code"] == "invalid_request", reply
    assert [(problem["pointer"], problem["code"]) for problem in reply.json["problems"]] == [(pointer, "not_in_enum")]


def test_what_is_not_there_is_not_found(server):
    graph_id = stored(server, small())
    assert server.get("/deploy/graph/00000000?format=dot").status == 404
    reply = server.get(f"/deploy/graph/{graph_id}?kind=execution")
    assert reply.status == 404 and "execution" in reply.json["detail"], reply


def test_the_parameters_are_in_the_openapi_document(server):
    paths = server.get("/openapi.json").json["paths"]
    operation = paths["/deploy/graph/{graph_id}"]["get"]
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"] if "name" in parameter}
    assert {"$ref": "#/components/parameters/graph_id"} in operation["parameters"]
    assert parameters["format"]["in"] == "query" and not parameters["format"].get("required")
    assert parameters["format"]["schema"] == {"type": "string", "enum": ["mgraph", "dot", "mermaid"],
                                              "default": "mgraph"}
    assert parameters["kind"]["schema"]["enum"] == ["spec", "execution"]
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/vnd.graphviz",
                                                             "text/vnd.mermaid"}
    after = [one for one in paths["/deploy/events/{graph_id}"]["get"]["parameters"] if one.get("name") == "after"]
    assert [(one["in"], one["schema"]) for one in after] == [("query", {"$ref": "#/components/schemas/event_id"})]


# ---- what others read in them ----

SMALL_EDGES = {("a", "b", ""), ("b", "c", "pause"), ("b", "d", "end")}


def test_graphviz_draws_the_spec_graph(server):
    drawing = drawings.drawn(dot(server, stored(server, small())))
    assert set(drawing.labels.values()) == {f"{name}\nlocal:null" for name in "abcd"}
    assert by_name(drawing, drawing.edges) == SMALL_EDGES
    assert drawing.groups == {"pair"} and drawing.title.startswith("small v1 (")


def test_mermaid_reads_the_spec_graph(server):
    chart = drawings.Flowchart(mermaid(server, stored(server, small())))
    assert set(chart.labels.values()) >= {f"{name}\nlocal:null" for name in "abcd"}
    strokes = {"": "normal", "pause": "dotted", "end": "thick"}
    assert by_name(chart, chart.edges) == {(*edge, strokes[edge[2]]) for edge in SMALL_EDGES}
    assert chart.groups == {"pair": {"b\nlocal:null", "c\nlocal:null"}} and chart.title.startswith("small v1 (")


def test_no_name_and_no_version_means_anything_in_a_drawing(server):
    config = {"deployment_id": "end", "version": VERSION, "resources": {
        word: null(*WORDS[max(at - 1, 0):at]) for at, word in enumerate(WORDS)},
        "composites": {"group": {"parts": ["end", "class"]}}}
    graph_id = stored(server, config)
    version = VERSION.replace("\x07", "\\x07").replace("\x7f", "\\x7f").replace("\x85", "\\x85") \
        .replace("\ufffe", "\\xfffe")
    labels = {f"{word}\nlocal:null" for word in WORDS}
    edges = set(zip(WORDS, WORDS[1:]))
    for drawing in (drawings.drawn(dot(server, graph_id)), drawings.Flowchart(mermaid(server, graph_id))):
        assert set(drawing.labels.values()) - {"group"} == labels
        assert {edge[:2] for edge in by_name(drawing, drawing.edges)} == edges
        assert drawing.title.replace("\\x0a", "\n") == f"end {version} ({graph_id})"
        assert list(drawing.groups) == ["group"]


def test_what_became_of_it_is_drawn(server):
    config = small()
    (server.data / "local" / "strange").write_text("it is not ours")
    config["resources"]["fails"] = {"type": "local:file", "properties": {"path": "strange", "content": "x"}}
    config["resources"]["blocked"] = null("fails")
    reply = server.post("/deploy/apply", {"config": config, "on_failure": "continue_independent"})
    assert reply.status == 200, reply
    graph_id = reply.json["graph_id"]
    statuses = {op["resource_id"]: op["status"] for op in reply.json["operations"]}
    assert statuses["a"] == "completed" and statuses["fails"] == "failed" and statuses["blocked"] == "blocked"
    chart = drawings.Flowchart(mermaid(server, graph_id, "&kind=execution"))
    for drawing in (chart, drawings.drawn(dot(server, graph_id, "&kind=execution"))):
        outcome = {label.split("\n")[0]: label.split("\n")[2] for label in drawing.labels.values() if "\n" in label}
        assert outcome["a"].startswith("create: completed in ") and outcome["blocked"].endswith("blocked")
        assert outcome["fails"].startswith("failed in ") and outcome["d"] == "pending"
        assert drawing.title == f"small v1 ({graph_id}): apply {reply.json['status']}"
    name = {label.split("\n")[0]: node for node, label in chart.labels.items()}
    assert {node: chart.classes[name[node]] for node in statuses} == {k: [v] for k, v in statuses.items()}
    assert set(statuses.values()) == chart.styles
    fills = drawings.drawn(dot(server, graph_id, "&kind=execution")).fills
    assert len({fills[name["a"]], fills[name["fails"]], fills[name["blocked"]], fills[name["d"]]}) == 4


@pytest.mark.managed_policies
def test_an_execution_is_drawn_by_region_and_a_destroy_backwards(server, credentials):
    config = json.loads(EXAMPLE.read_text())
    config["credentials"] = credentials
    config["targets"][0]["regions"] = ["eu-west-1", "us-east-1"]
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=60")
    assert reply.status == 200 and reply.json["success"], reply
    graph_id, operations = reply.json["graph_id"], reply.json["operations"]
    data = document(server, graph_id, "?kind=execution")
    keys = {f"{op['node_id']}@{op['region']}" for op in operations}
    assert {node["node_data"]["key"] for node in data["nodes"].values()} == keys | {
        reply.json["execution_id"], "spec_graph"}
    drawing = drawings.drawn(dot(server, graph_id, "&kind=execution"))
    assert set(drawing.labels) == {key.removesuffix("@") for key in keys}
    assert drawing.groups == {"api\naws:lambda:service"}
    edges = by_name(drawing, drawing.edges)
    assert ("api-role", "api-function [eu-west-1]", "") in edges
    assert ("api-function [us-east-1]", "api-url [us-east-1]", "") in edges
    assert not any("eu-west-1" in a and "us-east-1" in b for a, b, _ in edges)
    parts = drawings.Flowchart(mermaid(server, graph_id, "&kind=execution")).groups["api\naws:lambda:service"]
    assert {"api-role", "api-function [eu-west-1]", "api-function [us-east-1]"} <= {p.split("\n")[0] for p in parts}

    gone = server.post("/deploy/destroy", {"graph_id": graph_id, "credentials": credentials}, prefer="wait=60")
    assert gone.status == 200 and gone.json["success"], gone
    back = drawings.drawn(dot(server, graph_id, "&kind=execution"))
    assert by_name(back, back.edges) == {(b, a, text) for a, b, text in edges}
    assert {label.split("\n")[2].split(" in ")[0] for label in back.labels.values()} == {"delete: completed"}


# ---- the command line ----

@pytest.fixture
def cli(server, tmp_path):
    return processes.Cli(server, tmp_path)


def written(tmp_path, config):
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(config))
    return str(path)


TREE = """\
small v1 (%s)
└─ a (local:null)
   └─ b (local:null, of pair)
      ├╌ c (local:null, of pair)  held by a pause
      └╌ d (local:null)  behind an end

4 resources in 3 layers
"""
EXECUTION = """\
small v1 (%s)  apply paused
└─ a (local:null)  created in 0.0s
   └─ b (local:null, of pair)  created in 0.0s
      ├╌ c (local:null, of pair)  pending  held by a pause
      └╌ d (local:null)  pending  behind an end

4 operations in 3 layers: 2 completed, 2 pending
"""


def test_a_config_and_what_became_of_it_are_drawn_in_the_terminal(cli, server, tmp_path):
    path, graph_id = written(tmp_path, small()), stored(server, small())
    assert cli("graph", path) == cli("graph", graph_id) == TREE % graph_id
    assert "no execution" in cli("graph", path, "--execution", status=1)
    cli("apply", "-y", path)
    said = cli("graph", graph_id, "--execution")
    assert re.sub(r"\d+\.\ds", "0.0s", said) == EXECUTION % graph_id
    assert cli("graph", path, "--execution", "--format", "tree") == said


def test_the_other_formats_are_what_the_server_says(cli, server):
    graph_id = stored(server, small())
    assert cli("graph", "--format", "dot", graph_id) == dot(server, graph_id)
    assert cli("graph", graph_id, "--format", "mermaid") == mermaid(server, graph_id)
    said = cli("graph", graph_id, "--format", "mgraph")
    assert json.loads(said)["graph"]["model"]["data"] == document(server, graph_id)
    assert cli("graph", "--json", graph_id) == said
    said = cli("graph", "--format", "png", graph_id, status=1)
    assert "there is no format png" in said and "mermaid" in said
    assert "there is no graph" in cli("graph", "00000000", status=1)
    assert "unknown_type" in cli("graph", cli.config({"a": {"type": "no:such:type"}}), status=1)
    assert "--execution" in cli("graph", "--help")


def test_graphviz_draws_svg_for_the_command_line(cli, server):
    drawings.graphviz()
    drawing = drawings.Drawing(cli("graph", "--format", "svg", stored(server, small())))
    assert by_name(drawing, drawing.edges) == SMALL_EDGES


def test_without_graphviz_it_says_how_to_get_it(cli, server, tmp_path):
    graph_id = stored(server, small())
    said = cli("graph", "--format", "svg", graph_id, status=1, PATH=str(tmp_path))
    assert "apt-get install graphviz" in said and "<svg" not in said
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert "dot ended with status 3" in cli("graph", "--format", "svg", graph_id, status=1, PATH=str(tmp_path))


def on_a_terminal(cli, *arguments, **env):
    """What a terminal of 80 columns gets."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([processes.binary(), *arguments], stdout=theirs, stdin=subprocess.DEVNULL,
                               env=cli.environment | {"TERM": "xterm"} | env)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:
        pass  # so Linux says that the other end is closed
    os.close(ours)
    assert process.wait(processes.CLI_SECONDS) == 0, said
    return said.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_lines_that_fit(cli, server):
    config = {"deployment_id": "wide", "resources": {f"n{i}": null() for i in range(200)}}
    config["resources"]["all"] = null(*[f"n{i}" for i in range(200)])
    config["resources"] |= {f"deep{i}": null(*([f"deep{i - 1}"] if i else [])) for i in range(30)}
    graph_id = stored(server, config)
    said = on_a_terminal(cli, "graph", graph_id)
    assert "\033[1mn0\033[0m" in said
    plain = on_a_terminal(cli, "graph", graph_id, NO_COLOR="1")
    assert "\033" not in plain and "deep12 …\n└─ deep13 (local:null)\n" in plain
    lines = plain.splitlines()
    assert max(map(len, lines)) <= 80 and any(line.endswith(" more") for line in lines)
    assert sum(" (local:null)" in line for line in lines) == 231
    reply = server.post("/deploy/apply", {"graph_id": graph_id})
    assert reply.status == 200 and "\033[32mcreated in " in on_a_terminal(cli, "graph", "--execution", graph_id)
