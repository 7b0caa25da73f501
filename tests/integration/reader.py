# SPDX-License-Identifier: Apache-2.0
"""reader.py - somebody who reads a page and types what it says: one shell, and other terminals for what stays in the
foreground. Addresses and folders of pages are turned to some of the test's own, and back in what is printed."""

import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import time

import processes
from documents import BEGINNING, Wrong, blocks, differs, relaxed, text_differs, typed_and_printed

BLOCK_SECONDS = 120
STAYS_SECONDS = 20
STOP_SECONDS = 2
# What is said at the start of what stays: from then on it can be used.
READY = {"serve": "listening on", "provider": "listening on", "moto_server": "Running on"}
SET = re.compile(r"^(?:export )?\w+=.*\n", re.M)
ANSWERED = re.compile(r"\n?@@http (\d+)@@\n")
CURLRC = 'write-out = "%{stderr}\\n@@http %{http_code}@@\\n"\n'
# The program, which has the test's own port for its default one; no page sees that.
PROGRAM = """#!/bin/sh
exec env MGRAPH_DEPLOY_LISTEN=127.0.0.1:{port} MGRAPH_DEPLOY_SERVER=http://127.0.0.1:{port} {binary} "$@"
"""
# The emulator, started as the tests' own ones are: to load it anew for each page would take seconds.
EMULATOR = """#!{python}
import os, pathlib, sys
os.environ["MOTO_LAUNCHER"], sys.path[:0] = "{launcher}", ["{here}"]
import processes
moto = processes.Moto(pathlib.Path("{folder}"), port=int(sys.argv[sys.argv.index("-p") + 1]))
print("Running on", moto.url, flush=True)
moto.lease.recv(1)
"""


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
    """What runs in the foreground of another terminal, where some variables are set."""

    def __init__(self, folder, name, variables, text, environment):
        self.log = folder / f"terminal-{name}-{time.monotonic_ns()}.out"
        with open(self.log, "wb") as log:
            # The last word keeps bash there, whose child is what can be interrupted.
            self.process = subprocess.Popen(["bash", "--norc", "--noprofile", "-c", f"{variables}{text}true\n"],
                                            cwd=folder / "here", env=environment,
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

    def interrupt(self):
        """Ctrl-C: it is for what was started last, and what is in the background goes on."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if self.process.poll() is None and (running := children.read_text().split()):
            os.kill(int(running[-1]), signal.SIGINT)
        self.process.wait(STAYS_SECONDS)

    def end(self):
        end_group(self.process)


def end_group(process):
    """A signal for all that runs there, and the wait until all of it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def write_program(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def turn(words, text):
    """All in one go: a port may begin with the digits of another one."""
    return re.sub("(" + "|".join(map(re.escape, words)) + r")(?!\d)", lambda match: words[match[0]], text)


class Reader:
    """Who has nothing in the environment but what pages say is to be set."""

    def __init__(self, folder):
        self.folder, self.terminals, self.printed, self.stays, self.shell = folder, {}, "", None, None
        self.opened, self.variables = [], {}
        self.port, provider, emulator = (processes.free_port() for _ in range(3))
        self.turned = {"127.0.0.1:10026": f"127.0.0.1:{self.port}", "127.0.0.1:10027": f"127.0.0.1:{provider}",
                       "127.0.0.1:5555": f"127.0.0.1:{emulator}", "-p 5555": f"-p {emulator}", "/tmp/demo": str(folder / "demo")}
        self.environment = processes.clean_environment(folder) | {
            "CURL_HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
        (folder / ".curlrc").write_text(CURLRC)
        self.lay_out(folder / "here")

    def lay_out(self, here):
        """The folder that a clone was built in, as far as pages know of it; what is written goes nowhere else."""
        here.mkdir()
        for name in ("docs", "contrib", "schemas", "tests"):
            (here / name).symlink_to(processes.TOP / name)
        (here / ".venv" / "bin").mkdir(parents=True)
        python = processes.TOP / ".venv"
        for path in (python / "pyvenv.cfg", python / "lib", *(python / "bin").iterdir()):
            if path.name != "moto_server":
                (here / path.relative_to(processes.TOP)).symlink_to(path)
        write_program(here / ".venv" / "bin" / "moto_server", EMULATOR.format(
            python=sys.executable, launcher=processes.launch_motos(), here=processes.HERE, folder=self.folder))
        write_program(here / "build" / "mgraph-deploy", PROGRAM.format(port=self.port, binary=processes.binary()))

    def there(self, text):
        return turn(self.turned, text)

    def back(self, text):
        return turn({real: documented for documented, real in self.turned.items()}, text)

    # ---- what is taken for granted ----

    def install(self):
        self.environment["PATH"] = f"{self.folder / 'here' / 'build'}:{self.environment['PATH']}"

    def begin(self):
        """As docs/how-to/README.md says."""
        for block in blocks(BEGINNING):
            self.read(block)

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

    def own_shell(self):
        if self.shell is None:
            self.shell = Shell(self.folder, self.environment)
        return self.shell

    def type(self, block, text, answer=None):
        printed, failed = self.own_shell().run(self.there(text), answer)
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
            self.terminals[name].interrupt()
        before = self.variables.get(name, "")
        self.variables[name] = before + "".join(SET.findall(text))
        self.stays = self.terminals[name] = Terminal(self.folder, name, self.there(before), self.there(text), self.environment)
        self.opened.append(self.stays)
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
        for terminal in self.opened:
            terminal.end()
        if self.shell:
            self.shell.end()
