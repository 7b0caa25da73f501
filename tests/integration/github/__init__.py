# SPDX-License-Identifier: Apache-2.0
"""github - a stand-in for GitHub's REST API that keeps what it is told, for tests.

A World (world.py) is all of GitHub that one test sees. Its routes are told in tables by the modules that ROUTED
names; double.py puts a world on the network, behind GitHub's own description of its API (contract.py).

    def test_it(github, gh, make_server, credentials):
        repo = github.add_repository("acme/site", private=True, files={"a.txt": "a"})   # the test's own world
        server = make_server("--github-endpoint", github.url)
        config["credentials"] = credentials | {"github": {"pat": github.token()}}       # or "read", "none", {...}
        github.set_faults([{"kind": "lose_reply", "operation": "PUT .*/secrets/.*", "times": 1}])
        github.script_runs("build.yml", appear=1, conclusion="failure")
        ...
        assert github.secret("acme/site", "NAME") == "what was sealed"
        assert gh().list_secrets("acme/site") == ["NAME"]
        assert len(github.calls("PUT .*/secrets/NAME", status=201)) == 1

What breaks the description, in a request or in an answer, fails the test when it ends."""
