# SPDX-License-Identifier: Apache-2.0
"""github - a stand-in for GitHub's REST API that keeps what it is told, for tests.

A World (world.py) is all of GitHub that one test sees. Its routes are told in tables by the modules that ROUTED
names; double.py puts a world on the network, behind GitHub's own description of its API (contract.py)."""
