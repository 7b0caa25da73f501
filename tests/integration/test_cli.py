# SPDX-License-Identifier: Apache-2.0
"""test_cli.py - what the command line says to people and to scripts when not all is well."""

import json
import os
import pathlib
import subprocess

import keysfile
import processes
import pytest


@pytest.fixture
def cli(make_server, tmp_path):
    return processes.Cli(make_server(), tmp_path)


def file_of_somebody(cli):
    (cli.server.data / "local").mkdir(exist_ok=True)
    (cli.server.data / "local" / "theirs").write_text("not ours")
    return cli.config({"a": {"type": "local:file", "properties": {"path": "theirs", "content": "x"}},
                       "b": {"type": "local:null", "depends_on": ["a"]}})


def test_a_plan_that_could_not_decide_all_is_no_plan_without_changes(cli):
    config = file_of_somebody(cli)
    said = cli("plan", config, status=1)
    assert "No changes" not in said and "could be decided" in said and "undecided" in said, said
    assert "is not ours" in said
    cli("apply", config, "--mode", "DRY_RUN", status=1)
    cli("plan", config, "--format", "terraform", status=1)
    body = {"config": json.loads(pathlib.Path(config).read_text())}
    assert cli.server.post("/deploy/plan", body).json["summary"]["undecided"] >= 1


def test_it_reaches_a_server_by_the_socket_that_it_has_said(make_server, tmp_path):
    server = make_server("--listen", f"unix:{tmp_path}/sock")
    cli = processes.Cli(server, tmp_path)
    cli.environment["MGRAPH_DEPLOY_KEY"] = (server.data / "key").read_text().strip()
    config = cli.config({"a": {"type": "local:null"}})
    cli("health", MGRAPH_DEPLOY_SERVER=f"unix:{tmp_path}/sock")
    assert "1 added" in cli("apply", "-y", config, MGRAPH_DEPLOY_SERVER=f"unix:{tmp_path}/sock")
    assert "nobody listens there" in cli("health", MGRAPH_DEPLOY_SERVER=f"unix:{tmp_path}/nobody", status=1)


def test_a_problem_is_json_for_who_asked_for_that(cli):
    process = cli.start("status", "--json", "ffffffff")
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 1 and json.loads(stdout)["code"] == "not_found" and "Error: " in stderr


def test_what_is_too_much_is_asked_again_when_it_is_time(make_server, tmp_path):
    keys = keysfile.write(tmp_path, "acme")
    server = make_server("--keys", keys, "--limit", "requests_per_second=2", "--limit", "requests_burst=1")
    cli = processes.Cli(server, tmp_path)
    cli.environment["MGRAPH_DEPLOY_KEY"] = "acme"
    for _ in range(3):
        assert "not_found" in cli("history", "--json", "nobody", status=1)


@pytest.mark.parametrize("arguments, said", [
    (("tenants", "set", "acme"), "NAME=N is wanted"),
    (("tenants", "set", "acme", "--limit", "nodes=-1"), "--limit nodes=-1: NAME=N is wanted"),
    (("move", "-y", "nobody"), "say where to"),
    (("keys", "add", "--tenant", "acme"), "a name is missing"),
    (("plan", "--nope"), "mgraph-deploy plan: unrecognized option"),
])
def test_what_is_not_said_is_asked_for_before_anything_is_sent(cli, arguments, said):
    assert said in cli(*arguments, status=1)


def test_a_deployment_is_destroyed_by_its_name(cli):
    cli("apply", "-y", cli.config({"a": {"type": "local:null"}}))
    assert "1 destroyed" in cli("destroy", "-y", "cli")
    assert "not_found" in cli("destroy", "-y", "--json", "nobody", status=1)


def test_who_reads_no_further_is_not_complained_to(cli):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([processes.binary(), "types"], stdout=write, stderr=subprocess.PIPE, text=True, env=cli.environment)
    os.close(write)
    assert done.stderr == ""
    with open("/dev/full", "w") as full:
        for words in (["--help"], ["--version"], ["plan", "--help"], ["types"]):
            done = subprocess.run([processes.binary(), *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                  env=cli.environment)
            assert done.returncode == 1 and "could not be written" in done.stderr, words


def test_a_clients_key_is_no_file_of_a_provider_and_is_not_printed(tmp_path):
    secret = "0123456789abcdef0123"
    done = subprocess.run([processes.binary(), "provider", "--listen", "nowhere", "--drivers", "local", "--local-root",
                           str(tmp_path)], capture_output=True, text=True, env=os.environ | {"MGRAPH_DEPLOY_KEY": secret})
    assert done.returncode != 0 and secret not in done.stdout + done.stderr and "nowhere" in done.stderr


def test_what_turns_text_around_is_shown_by_its_number(cli):
    said = cli("plan", cli.config({"a": {"type": "local:null", "properties": {"note": "live \u202eevil"}}}), status=2)
    assert "\u202e" not in said and r"\x202e" in said


def test_a_long_value_is_cut_where_it_differs(cli):
    def note(end):
        return cli.config({"a": {"type": "local:null", "properties": {"note": "x" * 300 + end}}})

    cli("apply", "-y", note("old"))
    said = cli("plan", note("new"), status=2)
    assert 'old" -> …' in said and 'new"' in said
