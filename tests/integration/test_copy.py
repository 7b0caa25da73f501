# SPDX-License-Identifier: Apache-2.0
"""test_copy.py - what is in one resource is copied into another, in another region: all of it, once, and again where it
has changed."""

import json
import time

import pytest
import sigproxy

pytestmark = pytest.mark.sanitized

SOURCE, REGION = "us-east-1", "eu-west-1"


def config_of(credentials, **resources):
    return {"deployment_id": "copies", "version": "v1", "credentials": credentials,
            "targets": [{"provider": "aws", "regions": [REGION]}], "resources": resources}


def run(server, what, config, wait=90):
    reply = server.post(f"/deploy/{what}", {"config": config}, prefer=f"wait={wait}")
    assert reply.status == 200, reply
    return reply.json


def apply(server, config):
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", str(execution.get("failed_operation"))
    return execution["summary"]


# ---- objects ----


@pytest.fixture
def objects(credentials, cloud):
    """A config, and both buckets as boto3 sees them."""
    source = cloud.client("s3", SOURCE)
    source.create_bucket(Bucket="copies-from")
    config = config_of(
        credentials,
        to={"type": "aws:s3:bucket", "properties": {"bucket_name": "copies-to", "name_suffix": False}},
        copy={"type": "aws:s3:copy", "references": {"bucket": "to.name"},
              "properties": {"source_bucket": "copies-from", "source_region": SOURCE}})
    return config, source, cloud.client("s3", REGION)


def listed(s3, bucket):
    return {item["Key"]: item["ETag"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for item in page.get("Contents", ())}


def copies(proxy):
    return [entry["operation"] for entry in proxy.log
            if entry["operation"].startswith("PUT /copies-to/") and entry["status"] == 200]


def test_objects_are_copied_and_then_again_only_what_has_changed(server, proxy, objects):
    config, source, target = objects
    names = ["plain", "a folder/ü + ?&=%", "z" * 200, "empty"]
    for name in names:
        source.put_object(Bucket="copies-from", Key=name, Body=b"" if name == "empty" else name.encode(),
                          ContentType="text/x-test", Metadata={"who": "test"})
    assert apply(server, config)["add"] == 2
    assert listed(target, "copies-to") == listed(source, "copies-from")
    head = target.head_object(Bucket="copies-to", Key=names[1])
    assert head["ContentType"] == "text/x-test" and head["Metadata"] == {"who": "test"}
    assert apply(server, config) == {"add": 0, "change": 0, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 2}

    target.put_object(Bucket="copies-to", Key="own", Body=b"stays")
    time.sleep(1.1)  # times of objects are in seconds
    source.put_object(Bucket="copies-from", Key="plain", Body=b"other")
    source.put_object(Bucket="copies-from", Key="new", Body=b"new")
    proxy.clear_log()
    assert apply(server, config)["add"] == 1
    assert sorted(copies(proxy)) == ["PUT /copies-to/new", "PUT /copies-to/plain"]
    assert listed(target, "copies-to") == listed(source, "copies-from") | {"own": listed(target, "copies-to")["own"]}


def test_pages_of_objects_are_copied_also_by_who_takes_over(make_server, proxy, objects):
    config, source, target = objects
    server = make_server("--aws-endpoint", proxy.url)
    n = 2 * sigproxy.PAGE
    for i in range(n):
        source.put_object(Bucket="copies-from", Key=f"{i:05}", Body=b"%d" % i)
    proxy.set_faults([{"kind": "delay", "seconds": 0.05, "operation": "PUT /copies-to/.*"}])
    server.post("/deploy/apply", {"config": config}, prefer="respond-async")
    until = time.monotonic() + 60
    while len(copies(proxy)) < n // 2 and time.monotonic() < until:
        time.sleep(0.01)
    server.kill9()
    done = len(copies(proxy))
    proxy.set_faults([])
    server.start()
    apply(server, config)
    assert listed(target, "copies-to") == listed(source, "copies-from")
    assert n // 2 <= done < n and len(copies(proxy)) <= n + 1
    proxy.clear_log()
    assert apply(server, config)["no_op"] == 2
    assert copies(proxy) == [] and len([e for e in proxy.log if "list-type=2" in e["target"]]) <= 8


def test_a_destroy_leaves_the_copies_where_they_are(server, cloud, objects):
    config, source, target = objects
    source.put_object(Bucket="copies-from", Key="k", Body=b"v")
    apply(server, config)
    execution = run(server, "destroy", config)  # the bucket has objects
    assert {op["resource_id"]: op["status"] for op in execution["operations"]} == {"copy": "completed", "to": "failed"}
    assert list(listed(target, "copies-to")) == ["k"]
    config["resources"]["to"]["properties"]["force_destroy"] = True
    assert run(server, "destroy", config)["success"]
    assert [name for name, _ in cloud.buckets()] == ["copies-from"]


def test_an_object_that_is_too_large_is_told(server, proxy, objects):
    config, source, _ = objects
    source.put_object(Bucket="copies-from", Key="k", Body=b"v")
    proxy.set_faults([{"kind": "refuse", "code": "InvalidRequest", "operation": "PUT /copies-to/k"}])
    execution = run(server, "apply", config)
    error = execution["failed_operation"]["error"]
    assert error["type"] == "invalid" and "more than 5 GB is not copied" in error["message"], execution


@pytest.mark.long
def test_a_source_that_is_not_there_is_an_error(server, credentials, objects):
    config, source, _ = objects
    source.delete_bucket(Bucket="copies-from")
    execution = run(server, "apply", config)
    assert execution["status"] == "failed" and execution["failed_operation"]["resource_id"] == "copy", execution
    assert execution["failed_operation"]["error"]["type"] == "not_found"


# ---- items ----


def table_properties(name):
    return {"table_name": name, "billing_mode": "PAY_PER_REQUEST",
            "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"},
                                      {"attribute_name": "at", "attribute_type": "N"}],
            "key_schema": [{"attribute_name": "id", "key_type": "HASH"}, {"attribute_name": "at", "key_type": "RANGE"}]}


@pytest.mark.parametrize("n", [0, 1, 130])
def test_items_are_copied_once(server, proxy, cloud, credentials, n):
    source, target = cloud.client("dynamodb", SOURCE), cloud.client("dynamodb", REGION)
    source.create_table(
        TableName="items-from", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"},
                              {"AttributeName": "at", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}])
    items = [{"id": {"S": f"i{i}"}, "at": {"N": str(i)}, "raw": {"B": b"\x00\xff%d" % i}, "set": {"SS": ["a", "b"]},
              "deep": {"M": {"list": {"L": [{"BOOL": True}, {"NULL": True}, {"N": "1.5"}]}}}} for i in range(n)]
    for item in items:
        source.put_item(TableName="items-from", Item=item)
    config = config_of(
        credentials,
        to={"type": "aws:dynamodb:table", "properties": table_properties("items-to"), "tags": {"team": "web"}},
        copy={"type": "aws:dynamodb:copy", "references": {"table": "to.name"},
              "properties": {"source_table": "items-from", "source_region": SOURCE}})
    assert apply(server, config)["add"] == 2
    found = [item for page in target.get_paginator("scan").paginate(TableName="items-to") for item in page["Items"]]
    assert sorted(found, key=str) == sorted(items, key=str)
    config["resources"]["to"]["tags"]["team"] = "app"  # the mark is among its tags, and stays
    proxy.clear_log()
    assert apply(server, config) == {"add": 0, "change": 1, "replace": 0, "destroy": 0, "adopt": 0, "move": 0, "no_op": 1}
    assert not proxy.calls("Scan")
    assert run(server, "destroy", config)["success"]
    assert source.scan(TableName="items-from")["Count"] == n


# ---- parameters ----


@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_a_value_is_copied_and_told_nowhere(server, cloud, credentials, kind):
    source, target = cloud.client("ssm", SOURCE), cloud.client("ssm", REGION)
    source.put_parameter(Name="/from", Value="hush-4711", Type=kind)
    config = config_of(credentials, copy={"type": "aws:ssm:copy", "properties": {
        "name": "/to", "source_name": "/from", "source_region": SOURCE}})
    execution = run(server, "apply", config)
    assert execution["status"] == "completed", str(execution.get("failed_operation"))
    parameter = target.get_parameter(Name="/to", WithDecryption=True)["Parameter"]
    assert parameter["Value"] == "hush-4711" and parameter["Type"] == kind
    assert apply(server, config)["no_op"] == 1
    source.put_parameter(Name="/from", Value="hush-4712", Type=kind, Overwrite=True)
    assert run(server, "verify", config)["summary"]["in_sync"] == 0
    assert apply(server, config)["add"] == 1
    assert target.get_parameter(Name="/to", WithDecryption=True)["Parameter"]["Value"] == "hush-4712"
    told = (json.dumps(execution) + server.everything_stored()).encode() + server.everything_written()
    assert b"hush-471" not in told
    assert run(server, "destroy", config)["success"]
    assert target.get_parameter(Name="/to")["Parameter"]["Name"] == "/to"
