# SPDX-License-Identifier: Apache-2.0
"""test_install_deps.py - contrib/install-deps asks for a password where there is somebody to type it. Nothing is installed: what it calls
is made up, and apt-get ends it."""

import os
import subprocess

import processes
import pytest

# Nobody is root, no package is there, and sudo can do all but install.
PROGRAMS = {
    "id": "echo 1000",
    "dpkg-query": "exit 1",
    "sudo": 'echo "$*" >>"$ASKED"\ncase "$*" in *apt-get*) exit 1 ;; esac',
}


@pytest.fixture
def install(tmp_path):
    """install(stdin) -> (exit status, what sudo was called with)"""
    for name, text in PROGRAMS.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    asked = tmp_path / "asked"
    environment = processes.clean_environment(tmp_path) | {"ASKED": str(asked), "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def run(stdin):
        done = subprocess.run([processes.TOP / "contrib" / "install-deps", "--build"], stdin=stdin, env=environment,
                              capture_output=True, timeout=processes.CLI_SECONDS)
        return done.returncode, asked.read_text().splitlines()

    return run


def test_a_password_can_be_typed_at_a_terminal(install):
    ours, theirs = os.openpty()
    status, asked = install(theirs)
    os.close(ours)
    os.close(theirs)
    assert status == 2 and asked[0] == "true"
    assert not [line for line in asked if line.startswith("-n")]


def test_nobody_is_asked_without_a_terminal(install):
    status, asked = install(subprocess.DEVNULL)
    assert status == 2 and asked[0] == "-n true"
    assert all(line.startswith("-n ") for line in asked)
