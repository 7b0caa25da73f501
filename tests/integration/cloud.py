# SPDX-License-Identifier: Apache-2.0
"""cloud.py - what is really there, as boto3 sees it: an independent look at the emulator."""

import functools

import boto3

import sigproxy

KEY_ID, SECRET = next(iter(sigproxy.DEFAULT_SECRETS.items()))
NODE = "mgraph:node-id"


@functools.cache
def client_of(url, service, region):
    """It takes as long to make one as for some answers."""
    return boto3.client(service, region_name=region, endpoint_url=url, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET)


class Cloud:
    """Straight to the emulator: no fault of the proxy is in the way."""

    def __init__(self, url):
        self.url = url

    def client(self, service, region="us-east-1"):
        return client_of(self.url, service, region)

    def roles(self):
        iam = self.client("iam")
        return {role["RoleName"]: tags_of(iam.list_role_tags(RoleName=role["RoleName"])["Tags"])
                for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]}

    def functions(self, region):
        client = self.client("lambda", region)
        return {f["FunctionName"]: client.list_tags(Resource=f["FunctionArn"])["Tags"]
                for f in client.list_functions()["Functions"]}

    def tables(self, region):
        client, found = self.client("dynamodb", region), {}
        for name in client.list_tables()["TableNames"]:
            arn = client.describe_table(TableName=name)["Table"]["TableArn"]
            found[name] = tags_of(client.list_tags_of_resource(ResourceArn=arn)["Tags"])
        return found

    def buckets(self):
        """(name, region) -> tags"""
        client, found = self.client("s3"), {}
        for bucket in client.list_buckets()["Buckets"]:
            name = bucket["Name"]
            region = client.get_bucket_location(Bucket=name)["LocationConstraint"] or "us-east-1"
            try:
                tags = tags_of(client.get_bucket_tagging(Bucket=name)["TagSet"])
            except client.exceptions.ClientError:
                tags = {}
            found[name, region] = tags
        return found

    def everything(self, regions=("us-east-1", "eu-west-1")):
        """(kind, region, name) -> tags"""
        found = {("role", "", name): tags for name, tags in self.roles().items()}
        for region in regions:
            found |= {("function", region, name): tags for name, tags in self.functions(region).items()}
            found |= {("table", region, name): tags for name, tags in self.tables(region).items()}
        return found | {("bucket", region, name): tags for (name, region), tags in self.buckets().items()}


def tags_of(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


def counted(found):
    """(kind, region, node id) -> how often: each must be there once."""
    counts = {}
    for (kind, region, _), tags in found.items():
        key = (kind, region, tags.get(NODE))
        counts[key] = counts.get(key, 0) + 1
    return counts
