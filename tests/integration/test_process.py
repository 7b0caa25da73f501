# SPDX-License-Identifier: Apache-2.0
"""test_process.py - the program beside others on a host: the service manager that starts it, the shell it is typed in, its
manual pages."""

import json
import os
import re
import socket
import subprocess

import pytest
from processes import TOP, Cli, binary

PROGRAM = binary()


@pytest.fixture
def manager(tmp_path):
    """What a service manager listens on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(tmp_path / "notify"))
        notify.settimeout(20)
        yield notify


def test_the_service_manager_is_told_how_it_is(make_server, manager):
    server = make_server(env={"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "200000"})
    assert manager.recv(1000).decode() == f"READY=1\nSTATUS=listening on {server.url}"
    assert [manager.recv(1000) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    server.stop()
    said = b"WATCHDOG=1"
    while said == b"WATCHDOG=1":
        said = manager.recv(1000)
    assert said == b"STOPPING=1"


def complete(*words):
    script = f"""source {TOP}/contrib/bash-completion/mgraph-deploy
        COMP_WORDS=({PROGRAM} {' '.join(f"'{word}'" for word in words)}) COMP_CWORD={len(words)}
        _mgraph_deploy {PROGRAM}; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return set(subprocess.run(["bash", "-c", script], text=True, capture_output=True, check=True).stdout.split())


@pytest.mark.parametrize("words, among", [
    (("",), {"serve", "provider", "plan", "apply", "destroy", "openapi"}),
    (("--",), {"--help", "--version"}),
    (("apply", "--"), {"--only", "--auto-approve", "--json", "--help"}),
    (("serve", "--"), {"--listen", "--history-count"}),
    (("--json", "apply", "--pr"), {"--prune"}),
    (("dest",), {"destroy"}),
    (("apply", "x"), set()),  # files, by the shell itself
])
def test_the_shell_completes_what_the_program_knows(words, among):
    found = complete(*words)
    assert among <= found and all(word.startswith(words[-1]) for word in found), found
    assert found or not among


def test_each_command_has_a_manual_page(tmp_path):
    version = subprocess.run([PROGRAM, "--version"], text=True, capture_output=True, check=True).stdout
    assert re.fullmatch(r"mgraph-deploy \d+\.\d+\.\d+\n", version)
    subprocess.run([TOP / "contrib/man-pages", PROGRAM, version.split()[1], tmp_path], check=True)
    commands = complete("")
    assert {page.name for page in tmp_path.iterdir()} == {"mgraph-deploy.1"} | {f"mgraph-deploy-{name}.1" for name in commands}
    page = (tmp_path / "mgraph-deploy-apply.1").read_text()
    assert ".TH " in page and re.search(r"\\fB\\-\\-prune\\fR", page) and version.split()[1] in page


def unit(name):
    text = (TOP / "contrib/systemd" / name).read_text()
    return text[text.index("[Unit]"):].splitlines()


def test_the_units_are_the_same_but_for_what_makes_one_of_several(tmp_path):
    one, several = unit("mgraph-deploy.service"), unit("mgraph-deploy@.service")
    assert [line for line in several if line not in one] == [
        "Description=MGraph-AI Deploy Service, process %i",
        "ExecStart=/usr/bin/mgraph-deploy serve --reuse-port --data %S/mgraph-deploy-%i --keys %d/keys",
        "User=mgraph-deploy", "StateDirectory=mgraph-deploy-%i"]
    assert [line for line in one if line not in several] == [
        "Description=MGraph-AI Deploy Service", "ExecStart=/usr/bin/mgraph-deploy serve --data %S/mgraph-deploy --keys %d/keys",
        "StateDirectory=mgraph-deploy"]


def needed_packages():
    """Whose libraries the program needs, but for what each system has, and what a build for tests adds."""
    dynamic = subprocess.run(["readelf", "-d", PROGRAM], text=True, capture_output=True, check=True).stdout
    for library in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if not re.match(r"lib(asan|ubsan|gcc_s|c|m)\.so", library):
            owner = subprocess.run(["dpkg-query", "-S", f"*/{library}"], text=True, capture_output=True, check=True).stdout
            yield owner.partition(":")[0]


def test_the_container_has_what_the_program_needs_and_is_built_of_what_there_is():
    text = (TOP / "contrib/container/Containerfile").read_text().replace("\\\n", " ")
    installed = set(re.search(r"--no-install-recommends (.*?) &&", text)[1].split())
    assert set(needed_packages()) | {"ca-certificates", "redis-server"} == installed
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.M)
    assert all((TOP / name).exists() for line in copied for name in line.split())
    assert "contrib/install-deps --build" in text and re.search(r"^USER \d+$", text, re.M) and "STOPSIGNAL SIGTERM" in text
    health = json.loads(re.search(r"HEALTHCHECK .* CMD (.*)", text)[1])
    assert health[1:] == ["health"] and "health" in complete("")


def test_the_package_makes_the_folder_that_its_units_read():
    units = "".join(path.read_text() for path in (TOP / "contrib/systemd").glob("*.service"))
    folders = {os.path.dirname(path) for path in re.findall(r"^(?:EnvironmentFile=-|LoadCredential=keys:)/(\S+)", units, re.M)}
    assert folders == set((TOP / "debian/mgraph-deploy.dirs").read_text().split())


def test_whether_it_answers_is_asked_without_a_key(make_server, make_redis, tmp_path):
    redis, port = make_redis()
    server = make_server("--redis", f"redis://127.0.0.1:{port}")
    server.until_ready()
    cli = Cli(server, tmp_path)
    cli.environment.pop("MGRAPH_DEPLOY_KEY")
    assert cli("health") == cli("health", "--ready") == "ok\n"
    redis.kill()
    server.until_ready(503)
    assert cli("health") == "ok\n" and "the store is not connected: " in cli("health", "--ready", status=1)


@pytest.mark.parametrize("options, said", [
    (["--cors-origins", "foo"], "--cors-origins foo"), (["--cors-origins", "https://a.example/"], "nothing behind it"),
    (["--cors-origins", "https://a.example,https://b.example/x"], "https://b.example/x"),
    (["--aws-endpoint", "foo"], "--aws-endpoint foo"), (["--github-endpoint", "ftp://x"], "http(s)://HOST"),
    (["--http-allow", "ftp://x"], "--http-allow ftp://x"), (["--net-allow", "http://x:1"], "tcp://HOST:PORT")])
def test_an_option_that_could_never_mean_anything_is_refused_at_the_start(options, said, tmp_path):
    done = subprocess.run([PROGRAM, "serve", "--redis", "memory:", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"),
                           *options], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and said in done.stderr, done.stderr


def test_a_switch_in_the_environment_is_yes_or_no(tmp_path):
    def helped(value):
        return subprocess.run([PROGRAM, "serve", "--listen", "nowhere", "--redis", "memory:", "--data", str(tmp_path / "data")],
                              env={**os.environ, "MGRAPH_DEPLOY_REUSE_PORT": value}, capture_output=True, text=True, timeout=30)

    assert "yes, true or on" in helped("maybe").stderr
    for value in ("no", "FALSE", "off", "0", "yes", "on"):
        assert "yes, true or on" not in helped(value).stderr, value


def test_a_program_that_is_nowhere_is_warned_of(make_server):
    server = make_server("--redis", "memory:", "--exec-allow", "nosuchprog,echo")
    assert 'event=exec.missing program="nosuchprog"' in server.stderr and 'program="echo"' not in server.stderr
