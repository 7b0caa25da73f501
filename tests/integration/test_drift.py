# SPDX-License-Identifier: Apache-2.0
"""test_drift.py - what somebody does by hand to a resource of each of these types is reported as exactly that: another value,
a tag that is gone, a resource that is gone, and one that somebody has made in its place. docs/internals/resource-types.md has
the table that this holds the product to."""

import json

import configs
import pytest

pytestmark = pytest.mark.long
REGION = "eu-west-1"
NODE, RESOURCE, HASH = "mgraph:node-id", "mgraph:resource-id", "mgraph:spec-hash"
STANDARD = {"mgraph:graph-id", NODE, "mgraph:edge-id", "mgraph:deploy-id", RESOURCE, HASH}
MACHINE = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})


class Kind:
    """A type, and what boto3 does to one: `outputs` are what the server says of it."""
    service = None
    properties = {}
    path, before, after = None, None, None  # what `change` makes of a property
    without_node_tag = "not_ours"           # it has a name that anybody may have given
    look_alike = "not_ours"

    def __init__(self, client):
        self.client = client

    def forget(self, outputs):
        """The emulator gives what was deleted by hand its tags back when something of its name is made: AWS does not."""
        for key in STANDARD:
            self.untag(outputs, key)


class Role(Kind):
    type, service = "aws:iam:role", "iam"
    properties = {"role_name": "drift", "assume_role_policy": configs.TRUST, "max_session_duration": 3600}
    path, before, after = "/max_session_duration", 7200, 3600

    def change(self, outputs):
        self.client.update_role(RoleName="drift", MaxSessionDuration=7200)

    def untag(self, outputs, key):
        self.client.untag_role(RoleName="drift", TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_role(RoleName="drift")

    def imitate(self, outputs):
        self.client.create_role(RoleName="drift", AssumeRolePolicyDocument=json.dumps(configs.TRUST))


class Function(Kind):
    type, service = "aws:lambda:function", "lambda"
    properties = {"function_name": "drift", "runtime": "python3.12", "handler": "index.handler", "memory_size": 128,
                  "role": "arn:aws:iam::123456789012:role/any", "code": {"inline": "def handler(e, c):\n    return 1\n"}}
    path, before, after = "/memory_size", 512, 128

    def change(self, outputs):
        self.client.update_function_configuration(FunctionName="drift", MemorySize=512)

    def untag(self, outputs, key):
        self.client.untag_resource(Resource=outputs["arn"], TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_function(FunctionName="drift")

    def imitate(self, outputs):
        self.client.create_function(FunctionName="drift", Runtime="python3.12", Handler="index.handler", MemorySize=128,
                                    Role="arn:aws:iam::123456789012:role/any", Code={"ZipFile": configs.zipped()})


class Table(Kind):
    type, service = "aws:dynamodb:table", "dynamodb"
    properties = {"table_name": "drift", "billing_mode": "PROVISIONED",
                  "provisioned_throughput": {"read_capacity_units": 1, "write_capacity_units": 1},
                  "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
                  "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}
    path, before, after = "/provisioned_throughput/read_capacity_units", 2, 1

    def change(self, outputs):
        self.client.update_table(TableName="drift",
                                 ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 1})

    def untag(self, outputs, key):
        self.client.untag_resource(ResourceArn=outputs["arn"], TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_table(TableName="drift")

    def imitate(self, outputs):
        self.client.create_table(TableName="drift", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                                 AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                                 KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])


class Bucket(Kind):
    """Its name carries its node id: nobody else would give it one like that."""
    type, service = "aws:s3:bucket", "s3"
    properties = {"bucket_name": "drift", "versioning": "Enabled"}
    path, before, after = "/versioning", "Suspended", "Enabled"
    without_node_tag = "drifted"
    look_alike = "drifted"

    def change(self, outputs):
        self.client.put_bucket_versioning(Bucket=outputs["name"], VersioningConfiguration={"Status": "Suspended"})

    def untag(self, outputs, key):
        tags = [tag for tag in self.client.get_bucket_tagging(Bucket=outputs["name"])["TagSet"] if tag["Key"] != key]
        self.client.put_bucket_tagging(Bucket=outputs["name"], Tagging={"TagSet": tags})

    def delete(self, outputs):
        self.client.delete_bucket(Bucket=outputs["name"])

    def imitate(self, outputs):
        self.client.create_bucket(Bucket=outputs["name"], CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client.delete_bucket_tagging(Bucket=outputs["name"])


class Queue(Kind):
    type, service = "aws:sqs:queue", "sqs"
    properties = {"queue_name": "drift", "visibility_timeout": 30}
    path, before, after = "/visibility_timeout", 60, 30

    def change(self, outputs):
        self.client.set_queue_attributes(QueueUrl=outputs["url"], Attributes={"VisibilityTimeout": "60"})

    def untag(self, outputs, key):
        self.client.untag_queue(QueueUrl=outputs["url"], TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_queue(QueueUrl=outputs["url"])

    def imitate(self, outputs):
        self.client.create_queue(QueueName="drift")


class Topic(Kind):
    type, service = "aws:sns:topic", "sns"
    properties = {"name": "drift", "display_name": "ours"}
    path, before, after = "/display_name", "theirs", "ours"

    def change(self, outputs):
        self.client.set_topic_attributes(TopicArn=outputs["arn"], AttributeName="DisplayName", AttributeValue="theirs")

    def untag(self, outputs, key):
        self.client.untag_resource(ResourceArn=outputs["arn"], TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_topic(TopicArn=outputs["arn"])

    def imitate(self, outputs):
        self.client.create_topic(Name="drift")


class Network(Kind):
    """AWS names it: without the tags that it is found by there is none."""
    type, service = "aws:ec2:vpc", "ec2"
    properties = {"cidr_block": "10.7.0.0/16", "enable_dns_hostnames": True}
    path, before, after = "/enable_dns_hostnames", False, True
    without_node_tag = "missing"
    look_alike = "missing"

    def change(self, outputs):
        self.client.modify_vpc_attribute(VpcId=outputs["vpc_id"], EnableDnsHostnames={"Value": False})

    def untag(self, outputs, key):
        self.client.delete_tags(Resources=[outputs["vpc_id"]], Tags=[{"Key": key}])

    def delete(self, outputs):
        self.client.delete_vpc(VpcId=outputs["vpc_id"])

    def imitate(self, outputs):
        self.client.create_vpc(CidrBlock="10.7.0.0/16")


class LogGroup(Kind):
    type, service = "aws:logs:group", "logs"
    properties = {"log_group_name": "/drift", "retention_in_days": 7}
    path, before, after = "/retention_in_days", 30, 7

    def change(self, outputs):
        self.client.put_retention_policy(logGroupName="/drift", retentionInDays=30)

    def untag(self, outputs, key):
        self.client.untag_log_group(logGroupName="/drift", tags=[key])

    def delete(self, outputs):
        self.client.delete_log_group(logGroupName="/drift")

    def imitate(self, outputs):
        self.client.create_log_group(logGroupName="/drift")
        self.forget(outputs)


class Parameter(Kind):
    type, service = "aws:ssm:parameter", "ssm"
    properties = {"name": "/drift", "type": "String", "value": "ours"}
    path, before, after = "/value", "theirs", "ours"

    def change(self, outputs):
        self.client.put_parameter(Name="/drift", Value="theirs", Overwrite=True)

    def untag(self, outputs, key):
        self.client.remove_tags_from_resource(ResourceType="Parameter", ResourceId="/drift", TagKeys=[key])

    def delete(self, outputs):
        self.client.delete_parameter(Name="/drift")

    def imitate(self, outputs):
        self.client.put_parameter(Name="/drift", Value="ours", Type="String")
        self.forget(outputs)


class Machine(Kind):
    type, service = "aws:sfn:state_machine", "stepfunctions"
    properties = {"name": "drift", "role_arn": "arn:aws:iam::123456789012:role/any",
                  "definition": json.loads(MACHINE)}
    path, before, after = "/role_arn", "arn:aws:iam::123456789012:role/other", "arn:aws:iam::123456789012:role/any"

    def change(self, outputs):
        self.client.update_state_machine(stateMachineArn=outputs["arn"], roleArn="arn:aws:iam::123456789012:role/other")

    def untag(self, outputs, key):
        self.client.untag_resource(resourceArn=outputs["arn"], tagKeys=[key])

    def delete(self, outputs):
        self.client.delete_state_machine(stateMachineArn=outputs["arn"])

    def imitate(self, outputs):
        self.client.create_state_machine(name="drift", definition=MACHINE, roleArn="arn:aws:iam::123456789012:role/any")
        self.forget(outputs)


class Repository(Kind):
    type, service = "aws:ecr:repository", "ecr"
    properties = {"repository_name": "drift", "image_tag_mutability": "IMMUTABLE"}
    path, before, after = "/image_tag_mutability", "MUTABLE", "IMMUTABLE"

    def change(self, outputs):
        self.client.put_image_tag_mutability(repositoryName="drift", imageTagMutability="MUTABLE")

    def untag(self, outputs, key):
        self.client.untag_resource(resourceArn=outputs["arn"], tagKeys=[key])

    def delete(self, outputs):
        self.client.delete_repository(repositoryName="drift")

    def imitate(self, outputs):
        self.client.create_repository(repositoryName="drift")


class Key(Kind):
    type, service = "aws:kms:key", "kms"
    properties = {"description": "ours"}
    path, before, after = "/description", "theirs", "ours"
    without_node_tag = "missing"
    look_alike = "missing"

    def change(self, outputs):
        self.client.update_key_description(KeyId=outputs["key_id"], Description="theirs")

    def untag(self, outputs, key):
        self.client.untag_resource(KeyId=outputs["key_id"], TagKeys=[key])

    def delete(self, outputs):
        self.client.schedule_key_deletion(KeyId=outputs["key_id"], PendingWindowInDays=7)

    def imitate(self, outputs):
        self.client.create_key(Description="ours")


KINDS = [Role, Function, Table, Bucket, Queue, Topic, Network, LogGroup, Parameter, Machine, Repository, Key]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.type)
def drift(request, server, cloud, credentials):
    return Drift(request.param, server, cloud, credentials)


class Drift:
    """One resource, applied, and what is done to it."""

    def __init__(self, kind, server, cloud, credentials):
        self.kind = kind(cloud.client(kind.service, REGION))
        cloud.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(configs.TRUST))
        self.server = server
        self.config = {"deployment_id": "drift", "credentials": credentials,
                       "targets": [{"provider": "aws", "regions": [REGION]}],
                       "resources": {"it": {"type": kind.type, "properties": kind.properties}}}
        execution = server.post("/deploy/apply", {"config": self.config}, prefer="wait=60").json
        assert execution["status"] == "completed", json.dumps(execution.get("problems") or execution["operations"])
        self.outputs = execution["outputs"]["it"]
        self.verdict("in_sync", [])

    def verdict(self, verdict, diff=None, depth="full"):
        answer = self.server.post("/deploy/verify", {"config": self.config, "depth": depth}).json
        (resource,) = answer["resources"]
        assert resource["verdict"] == verdict, resource
        assert answer["summary"][verdict] == 1 and answer["success"] == (verdict == "in_sync")
        if diff is not None:
            assert resource["diff"] == diff
        return resource

    def repair(self):
        execution = self.server.post("/deploy/apply", {"config": self.config}, prefer="wait=60").json
        assert execution["status"] == "completed", json.dumps(execution.get("problems") or execution["operations"])
        self.verdict("in_sync", [])


def test_another_value_is_told_with_its_path_and_mended(drift):
    drift.kind.change(drift.outputs)
    kind = drift.kind
    drift.verdict("drifted", [{"path": kind.path, "before": kind.before, "after": kind.after}])
    drift.repair()


@pytest.mark.parametrize("key", sorted(STANDARD - {NODE, "mgraph:deploy-id"}))
def test_a_tag_that_does_not_say_whose_it_is_is_told_by_its_name_and_mended(drift, key):
    drift.kind.untag(drift.outputs, key)
    for depth in ("full", "tags"):
        (entry,) = drift.verdict("drifted", depth=depth)["diff"]
        assert entry["path"] == f"/tags/{key}" and "before" not in entry and entry["after"]
    drift.repair()


@pytest.mark.parametrize("key", [NODE, "mgraph:deploy-id"])
def test_without_a_tag_that_says_whose_it_is_it_is_nobodys(drift, key):
    drift.kind.untag(drift.outputs, key)
    for depth in ("full", "tags"):
        resource = drift.verdict(drift.kind.without_node_tag, depth=depth)
        if resource["verdict"] == "drifted":
            assert [entry["path"] for entry in resource["diff"]] == [f"/tags/{key}"]
            drift.repair()
            drift.kind.untag(drift.outputs, key)
        else:
            assert resource["diff"] == []


def test_what_is_gone_is_missing_and_made_again(drift):
    drift.kind.delete(drift.outputs)
    assert drift.verdict("missing")["diff"] == []
    drift.repair()


def test_what_somebody_made_in_its_place_is_not_taken_for_it(drift):
    drift.kind.delete(drift.outputs)
    drift.kind.imitate(drift.outputs)
    resource = drift.verdict(drift.kind.look_alike)
    if drift.kind.look_alike == "not_ours":
        assert resource["diff"] == [] and resource["reason"]
    elif drift.kind.look_alike == "drifted":  # by its name it is ours, and all our tags are to be put on it again
        assert {f"/tags/{key}" for key in STANDARD} <= {entry["path"] for entry in resource["diff"]}
