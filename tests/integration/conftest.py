# SPDX-License-Identifier: Apache-2.0
"""conftest.py - what the integration tests stand on: an AWS emulator behind a proxy that checks signatures,
and the server that was built."""

import os
import signal
import subprocess
import sys
import time

import boto3
import botocore.config
import pytest

sys.path.insert(0, os.path.dirname(__file__))

import browser
import client
import cloud as cloud_module
import described
import processes
import sigproxy
from github import contract as github_contract
from github.double import Back, Double
from github.gh import Gh
from github.rest import Rest

signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and would be by all that is started

KEY_ID, SECRET = next(iter(sigproxy.DEFAULT_SECRETS.items()))


@pytest.fixture(scope="session")
def description(tmp_path_factory):
    """What every answer is held to: what the program says of itself."""
    whole = described.Description(processes.openapi(tmp_path_factory.mktemp("openapi")))
    client.Api.described = staticmethod(lambda: whole)
    return whole


@pytest.fixture(autouse=True)
def answers_are_as_described(description):
    """Of all requests by our client, from whatever thread."""
    yield
    violations = description.violations[:]
    description.violations.clear()
    assert not violations, "\n".join(["against /openapi.json:", *list(dict.fromkeys(violations))[:10]])


def pytest_configure(config):
    """Before there are workers, so that they share it."""
    processes.launch_motos()


@pytest.fixture(scope="session")
def motos(tmp_path_factory):
    """The emulators of this session, with AWS's own managed policies and without."""
    started = {}

    def get(managed_policies):
        if managed_policies not in started:
            started[managed_policies] = processes.Moto(tmp_path_factory.mktemp("moto"), managed_policies)
        return started[managed_policies]

    yield get
    for moto in started.values():
        moto.stop()


@pytest.fixture
def moto(motos, request):
    """The emulator with nothing in it. Tests that attach arn:aws:iam::aws:policy/... are marked with
    managed_policies: loading those costs two seconds a test."""
    moto = motos(request.node.get_closest_marker("managed_policies") is not None)
    moto.reset()
    return moto


@pytest.fixture
def proxy(moto):
    """What clients are to be pointed at. Every request that came through must have been signed well, unless
    the test has said `proxy.expect_refusals = True`."""
    proxy = sigproxy.SigProxy(moto.url).start()
    proxy.expect_refusals = False
    yield proxy
    proxy.stop()
    if not proxy.expect_refusals:
        assert not proxy.refused, f"badly signed: {proxy.refused[:3]}"


@pytest.fixture
def credentials():
    """The member `credentials` of a config, for the account of the emulator."""
    return {"aws": {"access_key_id": KEY_ID, "secret_access_key": SECRET, "region": "us-east-1"}}


@pytest.fixture
def aws(proxy):
    """aws("iam") is a boto3 client of the emulator, through the proxy, without retries."""

    def make(service, region="us-east-1", secret=SECRET, retries=0, **config):
        return boto3.client(
            service, region_name=region, endpoint_url=proxy.url, aws_access_key_id=KEY_ID,
            aws_secret_access_key=secret,
            config=botocore.config.Config(retries={"total_max_attempts": retries + 1}, **config))

    return make


@pytest.fixture
def cloud(moto):
    """What is really there, past the proxy."""
    return cloud_module.Cloud(moto.url)


@pytest.fixture
def make_server(tmp_path):
    """make_server("--option", ...) starts a server; all are ended with the test."""
    servers = []

    def make(*arguments, env=None):
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(processes.Server(folder, *arguments, env=env))
        return servers[-1].start()

    yield make
    for server in servers:
        if server.process is not None:
            server.kill9()


@pytest.fixture
def server(make_server, proxy):
    """A server whose AWS is the emulator behind the proxy."""
    return make_server("--aws-endpoint", proxy.url)


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """Chromium."""
    driver = browser.start(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture
def page(driver, server):
    """The server's page in the browser. Nothing may have been said in the console, and nobody else asked for anything."""
    if server.get("/").status != 200:
        pytest.skip("needs the page: contrib/install-deps --build, and configure again")
    page = browser.Page(driver, server)
    yield page
    page.judge()
    driver.get("about:blank")


@pytest.fixture(scope="session")
def contract(tmp_path_factory):
    """What holds requests to GitHub's description of its API, and answers those that it passes on."""
    if not github_contract.STAMP.exists():
        pytest.skip("needs Prism and GitHub's description of its API: contrib/install-deps --github")
    back = Back()
    prism = github_contract.Prism(tmp_path_factory.mktemp("prism"), back.url)
    yield prism, back
    prism.stop()
    back.stop()


@pytest.fixture
def github(contract):
    """GitHub with nothing in it but a user and an organization. What breaks GitHub's description, in a request or in
    an answer, fails the test, unless it has said `github.expect_violations = True`."""
    double = Double(*contract)
    yield double
    double.stop()
    assert not double.crashes, double.crashes[0]
    if not double.expect_violations:
        assert not double.violations, f"against GitHub's description: {double.violations[:3]}"


@pytest.fixture
def gh(github, tmp_path):
    """gh(token) is GitHub's own command line; without a token, with one that may do everything."""
    return lambda token=None: Gh(github, tmp_path, token or github.token())


@pytest.fixture
def rest(github):
    """A plain client of GitHub's, with a token that may do everything."""
    return Rest(github.url, github.token())


@pytest.fixture
def make_provider(tmp_path):
    """make_provider("--option", ...) starts a process that serves drivers; all are ended with the test."""
    providers = []

    def make(*arguments, env=None):
        folder = tmp_path / f"provider-{len(providers)}"
        folder.mkdir()
        providers.append(processes.Provider(folder, *arguments, env=env))
        return providers[-1].start()

    yield make
    for provider in providers:
        if provider.process is not None:
            provider.kill9()


@pytest.fixture
def make_redis(tmp_path):
    """A redis-server of the test's own, on a port."""
    started = []

    def make(*options, port=None):
        port = port or processes.free_port()
        folder = tmp_path / "redis"
        folder.mkdir(exist_ok=True)
        process = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
                                    "--save", "", *options], stdout=subprocess.DEVNULL)
        started.append(process)
        until = time.monotonic() + 10
        while subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True).stdout != b"PONG\n":
            assert time.monotonic() < until
            time.sleep(0.02)
        return process, port

    yield make
    for process in started:
        process.kill()
        process.wait()


def pytest_collection_modifyitems(items):
    """What waits most, and what may take the longest, begins first, so that the others run meanwhile and no worker is left alone."""
    items.sort(key=lambda item: (item.get_closest_marker("long") is None,
                                 -max([mark.args[0] for mark in item.iter_markers("timeout")], default=0)))


def pytest_terminal_summary(terminalreporter):
    facts = sum(value for report in terminalreporter.getreports("passed")
                for name, value in report.user_properties if name == "facts")
    if facts:
        terminalreporter.write_line(f"registry: {facts} facts checked")
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "docs":
                terminalreporter.write_line(f"docs: {value}")
