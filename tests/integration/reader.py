# SPDX-License-Identifier: Apache-2.0
"""reader.py - somebody who reads a page and types what it says: one shell, and other terminals for what stays in the
foreground. Addresses and folders of pages are turned to some of the test's own, and back in what is printed."""

import contextlib
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time

import processes
from documents import Wrong, differs, relaxed, text_differs, typed_and_printed

BLOCK_SECONDS = 60
STAYS_SECONDS = 20
STOP_SECONDS = 2
# What is said at the start of what stays: from then on it can be used.
READY = {"serve": "listening on", "provider": "listening on", "moto_server": "Running on"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ANSWERED = re.compile(r"\n?@@http (\d+)@@\n")
CURLRC = 'write-out = "%{stderr}\\n@@http %{http_code}@@\\n"\n'


class Shell:
    """A bash that keeps its variables from one block to the next, and tells of each command that failed."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.done, self.told = os.pipe()
        self.ours, self.theirs = os.openpty()
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile"], stdin=subprocess.PIPE, cwd=folder / "here", text=True,
                                        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        pass_fds=[self.told], start_new_session=True)
        self.n = 0
        self.say(f'trap \'echo "$? $BASH_COMMAND" >>{folder}/failed\' ERR')

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def run(self, text, answer=None):
        """What it prints, and what failed: (status, command)."""
        self.n += 1
        script, printed = self.folder / f"{self.n}.sh", self.folder / f"{self.n}.out"
        (self.folder / "failed").write_text("")
        script.write_text(text + "\ntrue\n")
        if answer:
            return self.asked(script, answer)
        self.say(f". {script} </dev/null >{printed} 2>&1; echo >&{self.told}")
        self.wait(script)
        return printed.read_text(errors="replace"), self.failed()

    def asked(self, script, answer):
        """Who asks wants a terminal. It stays open: bash would end with it."""
        tty = os.ttyname(self.theirs)
        self.say(f". {script} <{tty} >{tty} 2>&1; echo >&{self.told}")
        os.write(self.ours, answer.encode() + b"\n")
        self.wait(script)
        printed = os.read(self.ours, 1 << 20).decode(errors="replace")
        return printed.replace("\r\n", "\n"), self.failed()

    def wait(self, script):
        if not select.select([self.done], [], [], BLOCK_SECONDS)[0]:
            raise Wrong(f"it does not come to an end: {script.read_text()}")
        os.read(self.done, 1)

    def failed(self):
        lines = (self.folder / "failed").read_text().splitlines()
        return [(int(status), command) for status, _, command in (line.partition(" ") for line in lines) if status.isdigit()]

    def end(self):
        end_group(self.process)
        self.process.stdin.close()
        for each in (self.done, self.told, self.ours, self.theirs):
            os.close(each)


class Terminal:
    """What runs in the foreground of another terminal."""

    def __init__(self, folder, name, text, environment):
        self.log = folder / f"terminal-{name}-{time.monotonic_ns()}.out"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["bash", "--norc", "--noprofile", "-c", text], cwd=folder / "here", env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.text = text

    @property
    def printed(self):
        return self.log.read_text(errors="replace")

    def until(self, there):
        until = time.monotonic() + STAYS_SECONDS
        while not there() and time.monotonic() < until and self.process.poll() is None:
            time.sleep(0.02)
        return there()

    def is_ready(self):
        wanted = [said for word, said in READY.items() if re.search(rf"\b{word}\b", self.text)]
        return all(said in self.printed for said in wanted) if wanted else self.printed != ""

    def end(self):
        end_group(self.process)


def end_group(process):
    """A signal for all that runs there, as Ctrl-C is one, and the wait until all of it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Reader:
    def __init__(self, folder):
        self.folder, self.terminals, self.printed, self.stays, self.shell = folder, {}, "", None, None
        port, provider, emulator = (processes.free_port() for _ in range(3))
        self.turned = {"127.0.0.1:10026": f"127.0.0.1:{port}", "127.0.0.1:10027": f"127.0.0.1:{provider}",
                       "127.0.0.1:5555": f"127.0.0.1:{emulator}", "-p 5555": f"-p {emulator}", "/tmp/demo": str(folder / "demo"),
                       "/run/mgraph": str(folder / "run")}
        self.environment = processes.clean_environment(folder) | {
            "MGRAPH_DEPLOY_LISTEN": f"127.0.0.1:{port}", "MGRAPH_DEPLOY_SERVER": f"http://127.0.0.1:{port}",
            "CURL_HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1"}
        self.environment["PATH"] = f"{folder / 'here' / 'build'}:{self.environment['PATH']}"
        (folder / ".curlrc").write_text(CURLRC)
        self.lay_out(folder / "here")

    def lay_out(self, here):
        """The folder that a clone was built in, as far as pages know of it; what is written goes nowhere else."""
        here.mkdir()
        for name in ("run", "demo"):
            (self.folder / name).mkdir(mode=0o700)
        for name in ("docs", "contrib", "schemas", "tests", ".venv"):
            (here / name).symlink_to(processes.TOP / name)
        (here / "build").symlink_to(pathlib.Path(processes.binary()).parent)
        (here / "mgraph-deploy-data").symlink_to(self.folder / "demo")

    def there(self, text):
        for documented, real in self.turned.items():
            text = text.replace(documented, real)
        return text

    def back(self, text):
        for documented, real in self.turned.items():
            text = text.replace(real, documented)
        return text

    # ---- what is taken for granted ----

    def start_service(self):
        """As docs/how-to/README.md says, with its variables."""
        self.stay("service", "mgraph-deploy serve --data /tmp/demo --http-allow '*' --net-allow '*' --exec-allow '*'")
        key = (self.folder / "demo" / "key").read_text().strip()
        self.environment |= {"MGRAPH_DEPLOY_KEY": key, "U": self.environment["MGRAPH_DEPLOY_SERVER"], "K": f"x-api-key: {key}"}
        keys = {name.lower().removeprefix("aws_"): value for name, value in self.environment.items() if name in KEYS}
        self.environment["C"] = f'"credentials": {json.dumps({"aws": keys} if keys else {})}'

    # ---- reading ----

    def read(self, block):
        if block.output:
            self.compare(block)
        elif block.tag == "json":
            relaxed(block.text)
        elif not block.typed:
            return
        elif block.tag == "console":
            self.converse(block)
        elif block.word("terminal"):
            self.stay(block.word("terminal"), block.text)
        else:
            self.type(block, block.text, block.word("answer"))

    def type(self, block, text, answer=None):
        if self.shell is None:
            self.shell = Shell(self.folder, self.environment)
        printed, failed = self.shell.run(self.there(text), answer)
        self.judge(block, printed, failed)
        self.printed, self.stays = self.back(ANSWERED.sub("\n", printed)), None

    def judge(self, block, printed, failed):
        wanted = int(block.word("status") or 0)
        answered = [int(status) for status in ANSWERED.findall(printed)]
        bad = [f"`{command}` ends with {status}" for status, command in failed if status != wanted]
        bad += [f"curl is answered {status}" for status in answered if status >= 400 and status != wanted]
        came = [status for status, _ in failed] + answered
        if wanted and wanted not in came:
            bad.append(f"nothing ends with {wanted}")
        if bad:
            raise Wrong(f"{block}: {'; '.join(bad)}\n{printed}")

    def converse(self, block):
        for command, shown in typed_and_printed(block):
            self.type(block, command)
            self.judge_output(block, text_differs(shown, self.printed))

    def stay(self, name, text):
        if name in self.terminals:
            self.terminals[name].end()
        self.stays = self.terminals[name] = Terminal(self.folder, name, self.there(text), self.environment)
        if not self.stays.until(self.stays.is_ready):
            raise Wrong(f"`{text}` says nothing:\n{self.stays.printed}")

    def compare(self, block):
        if self.stays:
            self.stays.until(lambda: differs(block, self.back(self.stays.printed)) is None)
            self.printed = self.back(self.stays.printed)
        self.judge_output(block, differs(block, self.printed))

    def judge_output(self, block, why):
        if why:
            raise Wrong(f"{block}: {why}. It was:\n{self.printed}")

    def leave(self):
        for terminal in self.terminals.values():
            terminal.end()
        if self.shell:
            self.shell.end()
