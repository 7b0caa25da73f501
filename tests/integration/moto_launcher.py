# SPDX-License-Identifier: Apache-2.0
"""moto_launcher.py - starts moto_server, the AWS emulator, whenever it is asked to. What takes seconds to load is loaded once,
before the first: each is a fork of that.

    moto_launcher.py DESCRIPTOR

is given a socket that listens. Who connects sends a line of JSON with `port`, `log` (a file) and `environment`, and has its
emulator for as long as it keeps the connection. The launcher itself ends with its standard input."""

import json
import os
import select
import signal
import socket
import sys
import threading

HEAVY = ("resourcegroupstaggingapi", "apigateway")  # what they stand on is nearly all


def load():
    import moto.backends
    import moto.server  # noqa: F401

    for name in HEAVY:
        moto.backends.get_backend(name)


def end_with(connection):
    connection.recv(1)
    os._exit(0)


def emulate(connection, asked):
    import moto.server

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(asked["environment"])
    threading.Thread(target=end_with, args=[connection], daemon=True).start()
    moto.server.main(["-H", "127.0.0.1", "-p", str(asked["port"])])


def main(descriptor):
    listener = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    is_loaded = False
    while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
        connection = listener.accept()[0]
        asked = json.loads(connection.makefile().readline())
        if not is_loaded:
            load()
            is_loaded = True
        if os.fork() == 0:
            listener.close()
            emulate(connection, asked)
        connection.close()


main(int(sys.argv[1]))
