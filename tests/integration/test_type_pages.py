# SPDX-License-Identifier: Apache-2.0
"""test_type_pages.py - every resource type has its place on a page, with all of its properties and its example."""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_every_type_is_on_a_page_with_all_it_has(tmp_path):
    subprocess.run([sys.executable, ROOT / "docs" / "type-pages.py", ROOT / "schemas", ROOT / "tests" / "data" / "cycles",
                    tmp_path], check=True)
    pages = {path.stem: path.read_text() for path in tmp_path.glob("*.md")}
    for path in (ROOT / "schemas").glob("*/*.json"):
        if path.parent.name == "api":
            continue
        file = json.loads(path.read_text())
        page = pages["aws-cloudcontrol" if "kinds" in file else "-".join(file["type"].split(":")[:-1])]
        section = re.search(rf"^## {file['type']}$(.*?)(?=^## |\Z)", page, re.M | re.S).group(1)
        for name in file["properties"]["properties"].keys() | file["outputs"].keys():
            assert f"`{name}`" in section, (file["type"], name)
        assert f"[{file['type']}](" in pages["README"]
    for page in pages.values():
        for example in re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S):
            assert json.loads(example)["resources"]


def test_what_stands_beside_and_behind_a_reference_to_a_definition_is_told(tmp_path):
    subprocess.run([sys.executable, ROOT / "docs" / "type-pages.py", ROOT / "schemas", ROOT / "tests" / "data" / "cycles",
                    tmp_path], check=True)
    key = next(line for line in (tmp_path / "aws-dynamodb.md").read_text().splitlines() if line.startswith("| `key_schema` |"))
    described = json.loads((ROOT / "schemas" / "aws" / "dynamodb_table.json").read_text())["properties"]["$defs"]["key_schema"]
    assert "required, a change replaces" in key and described["description"] in key
