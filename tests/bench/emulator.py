# SPDX-License-Identifier: Apache-2.0
"""emulator.py - for benches that stand on the AWS emulator: the Python that has it, and the modules of the integration tests."""

import importlib.util
import os
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PYTHON = TOP / ".venv" / "bin" / "python"


def enter():
    """Before anything else is imported: begins the bench anew where the emulator is, or ends it where there is none."""
    if importlib.util.find_spec("moto") is None:
        name = pathlib.Path(sys.argv[0]).name
        if not PYTHON.exists() or sys.prefix == str(PYTHON.parents[1]):
            print(f"{name}: not measured: there is no emulator; contrib/install-deps --emulator gets one")
            sys.exit(0)
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    sys.path.insert(0, str(TOP / "tests" / "integration"))
