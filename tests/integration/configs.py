# SPDX-License-Identifier: Apache-2.0
"""configs.py - configs that several tests use."""

import io
import zipfile

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
REGIONS = ["us-east-1", "eu-west-1"]


def hello(credentials=None, regions=REGIONS, deployment_id="hello", **function):
    """Role -> function -> table and bucket."""
    config = {
        "deployment_id": deployment_id, "version": "v1",
        "targets": [{"provider": "aws", "regions": regions}],
        "resources": {
            "execution-role": {"type": "aws:iam:role", "properties": {
                "role_name": f"{deployment_id}-role", "assume_role_policy": TRUST}},
            "api": {"type": "aws:lambda:function", "references": {"role": "execution-role"}, "properties": {
                "function_name": f"{deployment_id}-api", "runtime": "python3.12", "handler": "index.handler",
                "code": {"inline": "def handler(event, context):\n    return 'hello'\n"}, **function}},
            "data": {"type": "aws:dynamodb:table", "depends_on": ["api"], "properties": {
                "table_name": f"{deployment_id}-data", "billing_mode": "PAY_PER_REQUEST",
                "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
                "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}},
            "files": {"type": "aws:s3:bucket", "depends_on": ["api"],
                      "properties": {"bucket_name": f"{deployment_id}-files"}},
        }}
    if credentials is not None:
        config["credentials"] = credentials
    return config


def roles(n, credentials, deployment_id="roles"):
    """n roles that do not depend on each other."""
    return {"deployment_id": deployment_id, "credentials": credentials, "resources": {
        f"role-{i}": {"type": "aws:iam:role", "properties": {
            "role_name": f"{deployment_id}-{i}", "assume_role_policy": TRUST}} for i in range(n)}}


def nulls(n, delay_ms=0, chain=0, deployment_id="nulls"):
    """n resources that do nothing; in chains of a length, if it is given."""
    resources = {}
    for i in range(n):
        resource = {"type": "local:null", "properties": {"delay_ms": delay_ms}}
        if chain and i % chain:
            resource["depends_on"] = [f"n{i - 1}"]
        resources[f"n{i}"] = resource
    return {"deployment_id": deployment_id, "resources": resources}


def zipped(code="def handler(event, context):\n    return 1\n"):
    """An archive with a function's code, as boto3 takes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", code)
    return archive.getvalue()
