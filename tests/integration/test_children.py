# SPDX-License-Identifier: Apache-2.0
"""test_children.py - what has no tags, and so does not say whose it is: a child of a resource of ours is ours; under
a parent that the config only names, what differs from the config is left alone until it is adopted."""

import json

import pytest

TRUST = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ROLE = {"type": "aws:iam:role", "properties": {"role_name": "theirs", "assume_role_policy": TRUST}}


def allow(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def config_of(credentials, role_name, action, operation="ensure", **resources):
    policy = {"type": "aws:iam:role_policy", "operation": operation,
              "properties": {"role_name": role_name, "policy_name": "p", "policy_document": allow(action)}}
    return {"deployment_id": "children", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": ["eu-west-1"]}], "resources": {**resources, "it": policy}}


def run(server, kind, config):
    return server.post(f"/deploy/{kind}", {"config": config}, prefer="wait=60").json


def put(iam, action):
    iam.put_role_policy(RoleName="theirs", PolicyName="p", PolicyDocument=json.dumps(allow(action)))


def action_of(iam):
    document = iam.get_role_policy(RoleName="theirs", PolicyName="p")["PolicyDocument"]
    return document["Statement"][0]["Action"]


@pytest.fixture
def iam(cloud):
    """A role of another team's, with an inline policy that allows s3:Get*."""
    iam = cloud.client("iam")
    iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
    put(iam, "s3:Get*")
    return iam


def test_a_child_of_somebody_elses_is_neither_changed_nor_deleted_while_it_differs(server, iam, credentials):
    config = config_of(credentials, "theirs", "s3:Put*")
    for kind in ("apply", "destroy"):
        execution = run(server, kind, config)
        assert execution["status"] == "failed", execution
        assert "nothing says that it is of this deployment" in str(execution)
        assert action_of(iam) == "s3:Get*"


def test_a_child_that_is_what_the_config_says_is_taken_as_it_is(server, iam, credentials):
    config = config_of(credentials, "theirs", "s3:Get*")
    assert run(server, "apply", config)["summary"] == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 1}
    assert run(server, "destroy", config)["status"] == "completed"
    assert iam.list_role_policies(RoleName="theirs")["PolicyNames"] == []


def test_what_is_adopted_is_changed(server, iam, credentials):
    execution = run(server, "apply", config_of(credentials, "theirs", "s3:Put*", operation="adopt"))
    assert execution["status"] == "completed", execution
    assert action_of(iam) == "s3:Put*"


def test_a_child_of_ours_is_put_right(server, cloud, credentials):
    config = config_of(credentials, "@role.name", "s3:Put*", role=ROLE)
    assert run(server, "apply", config)["status"] == "completed"
    put(cloud.client("iam"), "s3:Get*")
    assert run(server, "apply", config)["summary"]["change"] == 1
    assert action_of(cloud.client("iam")) == "s3:Put*"
    assert run(server, "destroy", config)["status"] == "completed"
