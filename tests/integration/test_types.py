# SPDX-License-Identifier: Apache-2.0
"""test_types.py - the life of every AWS type on the emulator (cycles.py), looked at by boto3: service, operation (as a
method), params, and region if it is another. A cycle with `managed_policies` needs AWS's own."""

import botocore.exceptions
import pytest

import cycles

pytestmark = pytest.mark.sanitized


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


def test_every_type_has_a_cycle_or_a_reason():
    cycles.check_all_are_there("aws")


@pytest.mark.parametrize("cycle", list(cycles.cycles("aws")))
def test_a_type_is_made_read_back_changed_and_gone(server, cloud, credentials, cycle):
    def seen(look):
        client = cloud.client(look["service"], look.get("region", "eu-west-1"))
        try:
            return getattr(client, look["operation"])(**look["params"])
        except botocore.exceptions.ClientError as error:
            raise Refused(error.response["Error"]["Code"]) from error

    base = {"credentials": credentials, "targets": [{"provider": "aws", "regions": ["eu-west-1"]}]}
    cycles.live(server, cycle, base, seen, Refused)
