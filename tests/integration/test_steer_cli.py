# SPDX-License-Identifier: Apache-2.0
"""test_steer_cli.py - the command line steps, continues, cancels, and is interrupted."""

import json
import os
import signal
import time

import processes
import pytest


def null(*depends_on, delay_ms=0):
    return {"type": "local:null", "properties": {"delay_ms": delay_ms}, "depends_on": list(depends_on)}


@pytest.fixture
def cli(make_server, tmp_path):
    return processes.Cli(make_server(), tmp_path)


def test_a_graph_is_stepped_through(cli):
    config = cli.config({"a": null(), "b": null("a"), "c": null("b")}, [("b", "c", "pause")])
    graph_id = cli.graph_id(config)
    said = cli("apply", "-y", "--step", config)
    assert f'Paused before "b" (step). Continue: mgraph-deploy continue {graph_id}\n' in said
    assert "Apply paused: 1 added" in said and "a: created" in said
    assert 'Paused before "b" (step).' in cli("status", graph_id)
    said = cli("continue", graph_id)
    assert 'Paused before "c" (pause edge).' in said and "b: created" in said and "a: " not in said
    said = cli("continue", graph_id)
    assert "c: created" in said and "Apply complete: 3 added" in said
    said = cli("continue", graph_id, status=1)
    assert "completed" in said


def test_from_skip_and_until_are_handed_on(cli):
    config = cli.config({name: null() for name in "abcd"})
    graph_id = cli.graph_id(config)
    cli("apply", "-y", "--mode", "STEP", config)
    assert "d: created" in cli("continue", graph_id, "--from", "d")
    said = cli("continue", "--skip", "b", graph_id, "--skip", "c")
    assert "b: skipped" in said and "c: skipped" in said and "Apply complete: 2 skipped, 2 added" in said
    said = cli("apply", "-y", "--step", graph_id)
    assert "Apply paused" in said
    assert "Apply complete" in cli("continue", graph_id, "--until", "end")
    assert "/until" in cli("continue", graph_id, "--until", "never", status=1)


def test_a_graph_id_goes_on_with_what_was_left(cli):
    config = cli.config({"a": null(), "b": null("a"), "c": null("b")}, [("a", "b", "pause")])
    graph_id = cli.graph_id(config)
    cli("apply", "-y", config)
    cli.server.kill9()
    cli.server.start()
    cli.environment["MGRAPH_DEPLOY_SERVER"] = cli.server.url
    said = cli("continue", graph_id)
    assert "Apply complete: 3 added" in said and "c: created" in said, said


def test_cancel_ends_what_is_paused_and_what_runs(cli):
    config = cli.config({"a": null(), "b": null("a", delay_ms=1000), "c": null("b")}, [("a", "b", "pause")])
    graph_id = cli.graph_id(config)
    cli("apply", "-y", config)
    said = cli("cancel", graph_id)
    assert "Apply cancelled: 1 added" in said and f"mgraph-deploy apply {graph_id}" in said
    assert "Apply cancelled" in cli("cancel", graph_id)
    cli("apply", "-y", graph_id)
    runs = cli.start("continue", graph_id)
    while "calling" not in json.dumps(cli.server.get(f"/deploy/status/{graph_id}").json):
        time.sleep(0.02)
    said = cli("cancel", "--force", graph_id)
    assert "Apply cancelled" in said
    out, err = runs.communicate(timeout=processes.CLI_SECONDS)
    assert runs.returncode == 1 and "Apply cancelled" in err


def test_an_interrupt_stops_the_watching_and_says_how_to_go_on(cli):
    config = cli.config({"a": null(delay_ms=3000)})
    graph_id = cli.graph_id(config)
    runs = cli.start("apply", "-y", config)
    for line in runs.stderr:
        if "creating" in line:
            break
    os.kill(runs.pid, signal.SIGINT)
    _, err = runs.communicate(timeout=processes.CLI_SECONDS)
    assert runs.returncode == 1 and "The deployment goes on" in err
    assert f"mgraph-deploy watch {graph_id}" in err and f"mgraph-deploy cancel {graph_id}" in err
    said = cli("watch", graph_id)
    assert "Apply complete: 1 added" in said


def test_a_pause_is_waited_out_by_a_watcher_who_is_told_of_it(cli):
    config = cli.config({"a": null(), "b": null("a")}, [("a", "b", "pause")])
    graph_id = cli.graph_id(config)
    cli("apply", "-y", config)
    watcher = cli.start("watch", graph_id)
    for line in watcher.stderr:
        if line.startswith('Paused before "b" (pause edge). Continue:'):
            break
    cli("continue", graph_id)
    out, err = watcher.communicate(timeout=processes.CLI_SECONDS)
    assert watcher.returncode == 0 and "Apply complete: 2 added" in err


def test_a_rollback_is_told_step_by_step(make_server, tmp_path):
    cli = processes.Cli(make_server("--exec-allow", "*"), tmp_path)
    config = cli.config({"a": null(), "bad": {"type": "exec:command", "depends_on": ["a"],
                                              "properties": {"create": ["/bin/false"]}}})
    said = cli("apply", "-y", "--on-failure", "rollback", config, status=1)
    assert "Rolling back what was done.\n" in said and "a: rolled back\n" in said
    assert "All that it had done was rolled back." in said
    said = cli("apply", "--mode", "DRY_RUN", "--on-failure", "rollback", config, status=2)
    assert "bad: a rollback can't undo it: what \"create\" was before can't be read back" in said
    anew = cli.config({"new": {"type": "exec:command", "properties": {"create": ["/bin/true"]}}})
    said = cli("apply", "--mode", "DRY_RUN", "--on-failure", "rollback", anew, status=2)
    assert "new: a rollback can't undo it: it has no program to delete what it did" in said
    assert "/on_failure" in cli("apply", "-y", "--on-failure", "hope", config, status=1)


def test_help_says_all_of_it(cli):
    everything = cli("--help")
    for command in ("apply", "continue", "cancel"):
        assert f"\n  {command} " in everything
    assert "--step" in cli("apply", "--help") and "--on-failure" in cli("apply", "--help")
    for option in ("--until", "--from", "--skip"):
        assert option in cli("continue", "--help")
    assert "--force" in cli("cancel", "--help")
    assert "an operand is missing" in cli("continue", status=1)
