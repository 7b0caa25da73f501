# SPDX-License-Identifier: Apache-2.0
"""test_move_copies.py - what a move takes along of what resources hold: all of it, to its place, and back out of there
when the move is undone."""

import time

import pytest
from test_lifecycle import apply, config

HERE, THERE = "us-east-1", "eu-west-1"
BUCKET = {"type": "aws:s3:bucket", "properties": {"bucket_name": "moving-files"}}


def move(server, credentials, expect=200, **request):
    reply = server.post("/deploy/move", {"deployment_id": "copies", "credentials": credentials, "from_region": HERE,
                                         "to_region": THERE, **request}, prefer="wait=120")
    assert reply.status == expect, reply
    return reply.json


def cancel(server, graph_id, **request):
    reply = server.post("/deploy/cancel", {"graph_id": graph_id, "rollback": True, **request}, prefer="wait=120")
    assert reply.status == 200, reply
    return reply.json


def go_on(server, graph_id, **request):
    reply = server.post("/deploy/continue", {"graph_id": graph_id, "until": "end", **request}, prefer="wait=120")
    assert reply.status == 200, reply
    return reply.json


def buckets(cloud):
    """By region, the names."""
    found = {}
    for name, region in cloud.buckets():
        found.setdefault(region, []).append(name)
    return found


def listed(cloud, bucket, region):
    pages = cloud.client("s3", region).get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", ())}


def bucket_with(server, cloud, credentials, objects, **properties):
    """Deploys a bucket, and has boto3 fill it. Its name."""
    files = {**BUCKET, "properties": {**BUCKET["properties"], **properties}}
    apply(server, config(credentials, {"files": files}, [HERE], "copies"))
    (name,), = buckets(cloud).values()
    s3 = cloud.client("s3", HERE)
    for key, body in objects.items():
        s3.put_object(Bucket=name, Key=key, Body=body, ContentType="text/x-test", Metadata={"who": "test"})
    return name


def test_an_undone_move_takes_the_objects_away_again(server, cloud, credentials):
    old = bucket_with(server, cloud, credentials, {"a": b"1", "b/c ü+": b"2"})
    paused = move(server, credentials)
    assert paused["status"] == "paused", paused
    (new,) = buckets(cloud)[THERE]
    assert listed(cloud, new, THERE) == listed(cloud, old, HERE)
    head = cloud.client("s3", THERE).head_object(Bucket=new, Key="b/c ü+")
    assert head["ContentType"] == "text/x-test" and head["Metadata"] == {"who": "test"}
    undone = cancel(server, paused["graph_id"])
    assert (undone["status"], undone["reason"]) == ("cancelled", "rolled_back"), undone
    assert buckets(cloud) == {HERE: [old]} and set(listed(cloud, old, HERE)) == {"a", "b/c ü+"}
