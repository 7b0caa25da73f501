# SPDX-License-Identifier: Apache-2.0
"""gh.py - GitHub's own command line, pointed at a world: a client that is not ours."""

import json
import subprocess

import processes

# For this host gh speaks plain HTTP, to api.github.localhost; the world is its proxy.
HOST = "github.localhost"
TIMEOUT_SECONDS = 60


class Gh:
    def __init__(self, world, folder, token):
        self.environment = processes.clean_environment(folder) | {
            "GH_HOST": HOST, "GH_TOKEN": token, "GH_CONFIG_DIR": str(folder / "gh"), "HTTP_PROXY": world.url,
            "GH_NO_UPDATE_NOTIFIER": "1", "GH_PROMPT_DISABLED": "1"}

    def run(self, *arguments, stdin=""):
        return subprocess.run(["gh", *arguments], input=stdin, capture_output=True, text=True, env=self.environment,
                              timeout=TIMEOUT_SECONDS)

    def __call__(self, *arguments, stdin=""):
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def api(self, path, *arguments):
        """What `gh api` answers, parsed."""
        text = self("api", path, *arguments)
        return json.loads(text) if text else None

    def set_secret(self, repo, name, value, *arguments):
        return self("secret", "set", name, "-R", f"{HOST}/{repo}", *arguments, stdin=value)

    def list_secrets(self, repo, *arguments):
        """Their names."""
        lines = self("secret", "list", "-R", f"{HOST}/{repo}", *arguments).splitlines()
        return [line.split("\t")[0] for line in lines]
