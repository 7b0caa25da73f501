# SPDX-License-Identifier: Apache-2.0
"""test_sister.py - drivers in another process (`mgraph-deploy provider`) than the one that orchestrates."""

import pytest

import configs
import test_deploy
import test_stack
import test_types

# One of each way in which types are found, read and changed.
SOME = ["dynamodb_table", "ec2_vpc", "iam_policy", "iam_role", "lambda_function", "logs_group", "s3_bucket",
        "secretsmanager_secret", "sns_subscription", "sqs_queue"]


@pytest.fixture
def provider(make_provider, proxy):
    """A process with AWS's driver, whose AWS is the emulator behind the proxy."""
    return make_provider("--aws-endpoint", proxy.url)


@pytest.fixture
def server(make_server, provider):
    """A server that has no AWS but the one over there."""
    server = make_server("--provider", f"aws={provider.url}", "--aws-endpoint", "http://127.0.0.1:1")
    server.until_ready()
    return server


@pytest.mark.parametrize("cycle", [c for c in test_types.cycles() if c.id in SOME])
def test_a_type_has_its_whole_life(server, cloud, credentials, cycle):
    test_types.test_a_type_is_made_read_back_changed_and_gone(server, cloud, credentials, cycle)


def test_the_main_job(server, cloud, credentials):
    test_deploy.test_an_apply_creates_each_resource_once_in_each_region_with_the_standard_tags(
        server, cloud, credentials)
    assert server.post("/deploy/destroy", {"config": configs.hello(credentials)}, prefer="wait=60").status == 200
    assert cloud.everything() == {}


def test_a_stack_of_sixty(server, cloud, credentials):
    test_stack.test_a_stack_is_made_in_sync_not_made_twice_and_taken_down(server, cloud, credentials)
