# SPDX-License-Identifier: Apache-2.0
"""test_sigproxy.py - the proxy that judges our signatures is judged itself, by boto3."""

import io
import json
import time
import urllib.error
import urllib.request
import zipfile

import botocore.exceptions
import pytest

pytestmark = pytest.mark.long

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]})
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
         "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("app.py", "def run(event, context): return 1")
    return file.getvalue()


def use_iam(aws):
    iam = aws("iam")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "a b", "Value": "ü+/="}])["Role"]["Arn"]
    policy = iam.create_policy(PolicyName="p", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    assert iam.list_role_tags(RoleName="r")["Tags"] == [{"Key": "a b", "Value": "ü+/="}]
    return arn


def use_s3(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-1")
    for key in ("plain", "a b/c+d", "ü/€", "q?x=1&y", "a//b", "~._-", "100%"):
        s3.put_object(Bucket="bucket-1", Key=key, Body=b"data")
        assert s3.get_object(Bucket="bucket-1", Key=key)["Body"].read() == b"data"
        assert s3.head_object(Bucket="bucket-1", Key=key)["ContentLength"] == 4
    s3.put_bucket_tagging(Bucket="bucket-1", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    assert s3.get_bucket_tagging(Bucket="bucket-1")["TagSet"] == [{"Key": "k", "Value": "v"}]
    assert len(s3.list_objects_v2(Bucket="bucket-1", Prefix="a")["Contents"]) == 2


def use_lambda(aws):
    arn = use_iam(aws)
    client = aws("lambda")
    made = client.create_function(FunctionName="f", Runtime="python3.12", Role=arn, Handler="app.run",
                                  Code={"ZipFile": archive()}, Tags={"k": "v"})
    client.tag_resource(Resource=made["FunctionArn"], Tags={"ü": "/"})
    assert client.list_tags(Resource=made["FunctionArn"])["Tags"] == {"k": "v", "ü": "/"}
    client.delete_function(FunctionName="f")


def use_dynamodb(aws):
    client = aws("dynamodb")
    client.create_table(**TABLE)
    client.put_item(TableName="things", Item={"id": {"S": "ü"}})
    assert client.scan(TableName="things")["Count"] == 1


USES = {"iam": use_iam, "s3": use_s3, "lambda": use_lambda, "dynamodb": use_dynamodb}
A_CALL = {"iam": "list_roles", "s3": "list_buckets", "lambda": "list_functions", "dynamodb": "list_tables",
          "ec2": "describe_vpcs", "route53": "list_hosted_zones"}
THROTTLES = {"iam": "Throttling", "s3": "SlowDown", "lambda": "TooManyRequestsException",
             "dynamodb": "ProvisionedThroughputExceededException", "ec2": "RequestLimitExceeded",
             "route53": "Throttling"}


@pytest.mark.managed_policies
def test_the_emulator_knows_managed_policies_where_asked(aws):
    iam = aws("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


def code_of(caught):
    return caught.value.response["Error"]["Code"]


@pytest.mark.parametrize("service", USES)
def test_requests_of_boto3_are_verified(service, aws, proxy):
    USES[service](aws)
    assert proxy.log
    assert all(entry["verified"] and entry["applied"] for entry in proxy.log)
    assert not any(entry["unimplemented"] for entry in proxy.log)


@pytest.mark.parametrize("service", A_CALL)
def test_a_wrong_secret_is_refused_and_nothing_reaches_the_emulator(service, aws, proxy):
    proxy.expect_refusals = True
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(aws(service, secret="wrong"), A_CALL[service])()
    assert code_of(caught) == "SignatureDoesNotMatch"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert [entry["applied"] for entry in proxy.log] == [False]


def signed_request(aws, proxy, change):
    """The status of a request that boto3 has signed and that was changed on its way."""
    iam, taken = aws("iam"), {}

    def take(request, **_):
        taken.update(url=request.url, body=request.body, headers=dict(request.headers.items()))
        raise ConnectionAbortedError

    iam.meta.events.register("before-send", take)
    with pytest.raises(ConnectionAbortedError):
        iam.get_role(RoleName="r")
    change(taken)
    if isinstance(taken["body"], str):
        taken["body"] = taken["body"].encode()
    text = {key: value.decode() if isinstance(value, bytes) else value for key, value in taken["headers"].items()}
    request = urllib.request.Request(taken["url"], data=taken["body"], headers=text, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


CHANGES = {
    "the body": lambda t: t.update(body=t["body"].replace("RoleName=r", "RoleName=s")),
    "the path": lambda t: t.update(url=t["url"] + "x"),
    "the query": lambda t: t.update(url=t["url"] + "?a=b"),
    "the date": lambda t: t["headers"].update({"X-Amz-Date": "20200101T000000Z"}),
    "an unsigned x-amz header": lambda t: t["headers"].update({"X-Amz-Extra": "1"}),
    "no signature": lambda t: t["headers"].pop("Authorization"),
}


def test_an_unchanged_copy_of_a_signed_request_passes(aws, proxy):
    assert signed_request(aws, proxy, lambda taken: None) == 404  # verified: the emulator has no such role


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_on_the_way_is_refused(what, aws, proxy):
    proxy.expect_refusals = True
    assert signed_request(aws, proxy, CHANGES[what]) == 403
    assert not any(entry["applied"] for entry in proxy.log)


@pytest.mark.parametrize("service", THROTTLES)
def test_throttling_is_told_in_each_protocol(service, aws, proxy):
    proxy.set_faults([{"kind": "throttle", "times": 1}])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(aws(service), A_CALL[service])()
    assert code_of(caught) == THROTTLES[service]
    getattr(aws(service), A_CALL[service])()
    assert [entry["applied"] for entry in proxy.log] == [False, True]


@pytest.mark.parametrize("service", A_CALL)
def test_server_errors_are_retried_by_boto3(service, aws, proxy):
    proxy.set_faults([{"kind": "error", "times": 1}])
    getattr(aws(service, retries=2), A_CALL[service])()
    assert [entry["status"] for entry in proxy.log] == [500, 200]


def test_a_lost_request_has_no_effect(aws, proxy):
    proxy.set_faults([{"kind": "lose_request", "operation": "CreateRole"}])
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    proxy.set_faults([])
    assert aws("iam").list_roles()["Roles"] == []


def test_a_lost_reply_has_its_effect(aws, proxy):
    proxy.set_faults([{"kind": "lose_reply", "operation": "CreateRole", "service": "iam"}])
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    proxy.set_faults([])
    assert [role["RoleName"] for role in aws("iam").list_roles()["Roles"]] == ["r"]


def test_a_delay_delays(aws, proxy):
    proxy.set_faults([{"kind": "delay", "seconds": 0.3}])
    started = time.monotonic()
    aws("iam").list_roles()
    assert time.monotonic() - started >= 0.3


def faults_of(aws, proxy, seed):
    proxy.clear_log()
    proxy.set_faults([{"kind": "throttle", "rate": 0.5}], seed)
    iam = aws("iam")
    for _ in range(24):
        try:
            iam.list_roles()
        except botocore.exceptions.ClientError:
            pass
    return [entry["fault"] for entry in proxy.log]


def test_the_same_seed_makes_the_same_faults(aws, proxy):
    first = faults_of(aws, proxy, 7)
    assert 0 < first.count("throttle") < len(first)
    assert faults_of(aws, proxy, 7) == first
    assert faults_of(aws, proxy, 8) != first


def test_rules_can_skip_and_match(aws, proxy):
    proxy.set_faults([{"kind": "throttle", "operation": "List.*", "skip": 1, "times": 1}])
    iam = aws("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.list_roles()
    with pytest.raises(botocore.exceptions.ClientError):
        iam.list_roles()
    iam.list_roles()
    with pytest.raises(ValueError):
        proxy.set_faults([{"kind": "nonsense"}])
