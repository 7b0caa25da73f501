# SPDX-License-Identifier: Apache-2.0
"""test_move_copies.py - what a move takes along of what resources hold: all of it, to its place, and back out of there
when the move is undone."""

import time

import pytest
import sigproxy
from test_lifecycle import acts, apply, config, queue

pytestmark = pytest.mark.sanitized

HERE, THERE = "us-east-1", "eu-west-1"
BUCKET = {"type": "aws:s3:bucket", "properties": {"bucket_name": "moving-files"}}


def settled(server, execution):
    """As it is when it goes on no more by itself."""
    until = time.monotonic() + 180
    while execution.get("status") == "running":
        assert time.monotonic() < until, execution
        time.sleep(0.2)
        execution = server.get(f"/deploy/status/{execution['graph_id']}").json
    return execution


def move(server, credentials, expect=200, **request):
    reply = server.post("/deploy/move", {"deployment_id": "copies", "credentials": credentials, "from_region": HERE,
                                         "to_region": THERE, **request}, prefer="wait=60")
    assert reply.status == expect or reply.status == 202, reply
    return settled(server, reply.json)


def cancel(server, graph_id, **request):
    reply = server.post("/deploy/cancel", {"graph_id": graph_id, "rollback": True, **request}, prefer="wait=60")
    assert reply.status in (200, 202), reply
    return settled(server, reply.json)


def go_on(server, graph_id, **request):
    reply = server.post("/deploy/continue", {"graph_id": graph_id, "until": "end", **request}, prefer="wait=60")
    assert reply.status in (200, 202), reply
    return settled(server, reply.json)


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


# ---- objects ----

def test_objects_are_there_after_the_move_and_gone_with_the_old_bucket(server, cloud, credentials):
    objects = {f"{i:04}": b"%d" % i for i in range(3)} | {"a folder/ü + ?&=%": b"x", "empty": b""}
    old = bucket_with(server, cloud, credentials, objects)
    there = listed(cloud, old, HERE)
    planned = move(server, credentials, mode="DRY_RUN")
    assert acts(planned) == {"files@eu-west-1": "move", "files--copy@eu-west-1": "create",
                             "files--rest@eu-west-1": "create", "files--old@us-east-1": "delete"}
    copy = next(o for o in planned["operations"] if o["resource_id"] == "files--copy")
    assert (copy["from"], copy["to"]) == ({"resource_id": "files--old", "region": HERE, "account": ""},
                                          {"resource_id": "files", "region": THERE, "account": ""})
    assert copy["reason"] == (
        "it copies the current versions of its objects from files--old@us-east-1 to files@eu-west-1")
    assert not any("files" in w and "called" not in w and "told to continue" not in w for w in planned["warnings"]), planned
    paused = move(server, credentials)
    (new,) = buckets(cloud)[THERE]
    assert listed(cloud, new, THERE) == there == listed(cloud, old, HERE)
    head = cloud.client("s3", THERE).head_object(Bucket=new, Key="a folder/ü + ?&=%")
    assert head["ContentType"] == "text/x-test" and head["Metadata"] == {"who": "test"}
    # What comes until the old one goes is taken along; what is newer in the new one stays.
    time.sleep(1.1)  # times of objects are in seconds
    cloud.client("s3", HERE).put_object(Bucket=old, Key="late", Body=b"late")
    cloud.client("s3", THERE).put_object(Bucket=new, Key="0000", Body=b"newer, and longer")
    assert go_on(server, paused["graph_id"])["status"] == "completed"
    assert buckets(cloud) == {THERE: [new]}
    assert listed(cloud, new, THERE).keys() == there.keys() | {"late"}
    assert cloud.client("s3", THERE).get_object(Bucket=new, Key="0000")["Body"].read() == b"newer, and longer"
    # From then on nothing of the copies is missed.
    again = apply(server, {**planned["config"], "credentials": credentials})
    assert acts(again) == {"files@eu-west-1": "no_op"}
    verified = server.post("/deploy/verify", {"deployment_id": "copies", "credentials": credentials}).json
    assert verified["summary"]["in_sync"] == 1 and verified["success"], verified


def test_an_undone_move_takes_the_objects_away_again(server, cloud, credentials):
    old = bucket_with(server, cloud, credentials, {"a": b"1", "b/c ü+": b"2"})
    paused = move(server, credentials)
    (new,) = buckets(cloud)[THERE]
    assert listed(cloud, new, THERE).keys() == {"a", "b/c ü+"}
    undone = cancel(server, paused["graph_id"])
    assert (undone["status"], undone["reason"]) == ("cancelled", "rolled_back"), undone
    assert buckets(cloud) == {HERE: [old]} and listed(cloud, old, HERE).keys() == {"a", "b/c ü+"}
    head = cloud.client("s3", HERE).head_object(Bucket=old, Key="a")
    assert head["ContentType"] == "text/x-test" and head["Metadata"] == {"who": "test"}
    # ... and it can be begun anew.
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    assert buckets(cloud) == {THERE: [new]} and listed(cloud, new, THERE).keys() == {"a", "b/c ü+"}


def test_an_undo_takes_away_nothing_but_what_was_copied(server, cloud, credentials):
    old = bucket_with(server, cloud, credentials, {"same": b"same", "copied": b"1", "gone": b"2", "parts": b"x" * 1000})
    here, there = cloud.client("s3", HERE), cloud.client("s3", THERE)
    paused = move(server, credentials, pause_before=["copy", "delete"])
    (new,) = buckets(cloud)[THERE]
    there.put_object(Bucket=new, Key="own", Body=b"own")
    there.put_object(Bucket=new, Key="same", Body=b"same")
    time.sleep(1.1)
    paused = server.post("/deploy/continue", {"graph_id": paused["graph_id"]}, prefer="wait=60").json
    assert paused["status"] == "paused" and listed(cloud, new, THERE).keys() == {"own", "same", "copied", "gone", "parts"}
    time.sleep(1.1)
    here.delete_object(Bucket=old, Key="gone")
    there.put_object(Bucket=new, Key="parts", Body=b"y" * 1000)
    there.put_object(Bucket=new, Key="written since", Body=b"z")
    undone = cancel(server, paused["graph_id"])
    # The bucket can't be deleted: what is in it is nowhere else, or was there before.
    assert undone["status"] == "cancelled" and undone["failed_operation"]["resource_id"] == "files", undone
    assert listed(cloud, new, THERE).keys() == {"own", "same", "gone", "parts", "written since"}
    assert listed(cloud, old, HERE).keys() == {"same", "copied", "parts"}


def test_versions_of_copies_go_too_and_that_older_ones_stay_behind_is_told(server, cloud, credentials):
    old = bucket_with(server, cloud, credentials, {"a": b"1"}, versioning="Enabled")
    cloud.client("s3", HERE).put_object(Bucket=old, Key="a", Body=b"2")
    planned = move(server, credentials, mode="DRY_RUN")
    assert ("files--copy@eu-west-1: older versions of its objects are not copied: they go with the old one"
            in planned["warnings"]), planned["warnings"]
    paused = move(server, credentials)
    (new,) = buckets(cloud)[THERE]
    assert cloud.client("s3", THERE).get_object(Bucket=new, Key="a")["Body"].read() == b"2"
    cancel(server, paused["graph_id"])
    assert buckets(cloud) == {HERE: [old]}
    versions = cloud.client("s3", HERE).list_object_versions(Bucket=old)["Versions"]
    assert len(versions) == 2
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    assert buckets(cloud) == {THERE: [new]}


def test_a_copy_that_fails_half_way_leaves_all_where_it_was(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    old = bucket_with(server, cloud, credentials, {"a": b"1", "b": b"2", "huge": b"3", "z": b"4"})
    proxy.set_faults([{"kind": "refuse", "code": "InvalidRequest", "operation": f"PUT /{old}-{THERE}/huge"}])
    failed = move(server, credentials)
    assert (failed["status"], failed["reason"]) == ("failed", "rolled_back"), failed
    assert failed["failed_operation"]["resource_id"] == "files--copy", failed
    assert "more than 5 GB" in failed["failed_operation"]["error"]["message"]
    assert buckets(cloud) == {HERE: [old]} and listed(cloud, old, HERE).keys() == {"a", "b", "huge", "z"}


def copied(proxy, bucket):
    return [entry for entry in proxy.log if entry["operation"].startswith(f"PUT /{bucket}/") and entry["status"] == 200]


@pytest.mark.parametrize("n, after, undo", [
    pytest.param(40, 5, False, id="resumed"), pytest.param(40, 5, True, id="undone"),
    pytest.param(2 * sigproxy.PAGE, sigproxy.PAGE, False, id="resumed-pages")])
def test_killed_in_the_midst_of_a_copy_it_ends_in_one_place(make_server, proxy, cloud, credentials, n, after, undo):
    server = make_server("--aws-endpoint", proxy.url)
    old = bucket_with(server, cloud, credentials, {f"{i:05}": b"%d" % i for i in range(n)})
    there = listed(cloud, old, HERE)
    new = f"{old}-{THERE}"
    proxy.set_faults([{"kind": "delay", "seconds": 0.02, "operation": f"PUT /{new}/.*"}])
    proxy.clear_log()
    graph_id = server.post("/deploy/move", {
        "deployment_id": "copies", "credentials": credentials, "from_region": HERE, "to_region": THERE,
        "delete_after_verify": True}, prefer="respond-async").json["graph_id"]
    until = time.monotonic() + 180
    while len(copied(proxy, new)) < after:
        assert time.monotonic() < until, proxy.log[-3:]
        time.sleep(0.005)
    server.kill9()
    assert after <= len(copied(proxy, new)) < n
    proxy.set_faults([])
    server.start()
    server.until_ready()
    if undo:
        end = cancel(server, graph_id, credentials=credentials)
        assert (end["status"], end["reason"]) == ("cancelled", "rolled_back"), end
        assert buckets(cloud) == {HERE: [old]} and listed(cloud, old, HERE) == there
    else:
        end = go_on(server, graph_id, credentials=credentials)
        assert end["status"] == "completed", end
        assert buckets(cloud) == {THERE: [new]} and listed(cloud, new, THERE) == there
        assert len(copied(proxy, new)) <= n + 1  # only the rest


def test_killed_in_the_midst_of_the_undo_it_goes_on_with_that(make_server, proxy, cloud, credentials):
    server = make_server("--aws-endpoint", proxy.url)
    old = bucket_with(server, cloud, credentials, {f"{i:05}": b"%d" % i for i in range(20)})
    paused = move(server, credentials)
    proxy.clear_log()
    proxy.set_faults([{"kind": "delay", "seconds": 1.5, "operation": "POST /[^/]+/?"}])
    server.post("/deploy/cancel", {"graph_id": paused["graph_id"], "rollback": True}, prefer="respond-async")
    until = time.monotonic() + 30
    while not proxy.calls("POST /[^/]+/?"):
        assert time.monotonic() < until, [e["operation"] for e in proxy.log]
        time.sleep(0.01)
    server.kill9()
    proxy.set_faults([])
    server.start()
    server.until_ready()
    end = cancel(server, paused["graph_id"], credentials=credentials)
    assert (end["status"], end["reason"]) == ("cancelled", "rolled_back"), end
    assert buckets(cloud) == {HERE: [old]}


def test_each_region_that_stays_and_each_that_moves_has_its_own(server, cloud, credentials):
    other = "us-west-2"
    apply(server, config(credentials, {"files": BUCKET}, [other, HERE], "copies"))
    names = {region: name for region, (name,) in buckets(cloud).items()}
    for region, name in names.items():
        cloud.client("s3", region).put_object(Bucket=name, Key=region, Body=b"1")
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    now = {region: name for region, (name,) in buckets(cloud).items()}
    assert now.keys() == {other, THERE} and now[other] == names[other]
    assert listed(cloud, now[THERE], THERE).keys() == {HERE} and listed(cloud, now[other], other).keys() == {other}


def test_a_bucket_whose_name_the_config_insists_on_is_refused_at_once(server, cloud, credentials):
    old = bucket_with(server, cloud, credentials, {}, name_suffix=False)
    answer = move(server, credentials, expect=422)
    (problem,) = answer["problems"]
    assert (problem["pointer"], problem["code"]) == ("/resources/files/properties/name_suffix", "not_movable")
    assert "unique in the world" in problem["detail"]
    assert buckets(cloud) == {HERE: [old]}


# ---- items ----

TABLE = {"type": "aws:dynamodb:table", "properties": {
    "table_name": "copies-data", "billing_mode": "PAY_PER_REQUEST",
    "attribute_definitions": [{"attribute_name": "id", "attribute_type": "S"}],
    "key_schema": [{"attribute_name": "id", "key_type": "HASH"}]}}


def table_with(server, cloud, credentials, n):
    apply(server, config(credentials, {"data": TABLE}, [HERE], "copies"))
    dynamodb = cloud.client("dynamodb", HERE)
    for i in range(n):
        dynamodb.put_item(TableName="copies-data", Item={"id": {"S": f"i{i}"}, "raw": {"B": b"\x00\xff%d" % i}})


def items(cloud, region):
    """None: there is no such table."""
    client = cloud.client("dynamodb", region)
    if "copies-data" not in client.list_tables()["TableNames"]:
        return None
    pages = client.get_paginator("scan").paginate(TableName="copies-data")
    return {item["id"]["S"]: item["raw"]["B"] for page in pages for item in page["Items"]}


def test_items_are_copied_when_asked(server, cloud, credentials):
    table_with(server, cloud, credentials, 60)
    there = items(cloud, HERE)
    planned = move(server, credentials, copy=["data"], mode="DRY_RUN")
    assert acts(planned) == {"data@eu-west-1": "move", "data--copy@eu-west-1": "create", "data--old@us-east-1": "delete"}
    assert not any("items" in w or "rollback" in w for w in planned["warnings"]), planned["warnings"]
    paused = move(server, credentials, copy=True)
    assert items(cloud, THERE) == there == items(cloud, HERE)
    cancel(server, paused["graph_id"])
    assert items(cloud, THERE) is None and items(cloud, HERE) == there
    assert move(server, credentials, copy=["data"], delete_after_verify=True)["status"] == "completed"
    assert items(cloud, THERE) == there and items(cloud, HERE) is None


def test_items_are_not_copied_when_not_asked_and_that_is_told(server, cloud, credentials):
    table_with(server, cloud, credentials, 3)
    answer = move(server, credentials, expect=422)
    (problem,) = answer["problems"]
    assert (problem["pointer"], problem["code"]) == ("/resources/data", "loses_data")
    assert problem["detail"] == "its items stay behind, unless `copy` names it"
    planned = move(server, credentials, without_data=["data"], mode="DRY_RUN")
    assert acts(planned) == {"data@eu-west-1": "move", "data--old@us-east-1": "delete"}
    assert "data@eu-west-1: its items stay behind" in planned["warnings"]
    assert "data--old@us-east-1: it is deleted, and with it the items in it" in planned["warnings"]
    assert move(server, credentials, without_data=True, delete_after_verify=True)["status"] == "completed"
    assert items(cloud, THERE) == {} and items(cloud, HERE) is None


# ---- values ----

def parameter(**more):
    return {"type": "aws:ssm:parameter", "properties": {"name": "/copies", "type": "SecureString", "value": "first"}, **more}


def value(cloud, region):
    client = cloud.client("ssm", region)
    if not client.describe_parameters()["Parameters"]:
        return None
    return client.get_parameter(Name="/copies", WithDecryption=True)["Parameter"]["Value"]


def test_a_value_that_the_config_ignores_is_copied(server, cloud, credentials):
    apply(server, config(credentials, {"word": parameter(ignore=["/value"])}, [HERE], "copies"))
    cloud.client("ssm", HERE).put_parameter(Name="/copies", Value="hush-4711", Type="SecureString", Overwrite=True)
    planned = move(server, credentials, mode="DRY_RUN")
    assert acts(planned) == {"word@eu-west-1": "move", "word--copy@eu-west-1": "create", "word--old@us-east-1": "delete"}
    assert not any("stays behind" in w or "rollback" in w for w in planned["warnings"]), planned["warnings"]
    paused = move(server, credentials)
    assert value(cloud, THERE) == "hush-4711"
    cancel(server, paused["graph_id"])
    assert value(cloud, THERE) is None and value(cloud, HERE) == "hush-4711"
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    assert value(cloud, THERE) == "hush-4711" and value(cloud, HERE) is None
    assert b"hush-4711" not in server.everything_written() and "hush-4711" not in server.everything_stored()


def test_a_value_that_is_in_the_config_needs_no_copy(server, cloud, credentials):
    apply(server, config(credentials, {"word": parameter()}, [HERE], "copies"))
    assert set(acts(move(server, credentials, mode="DRY_RUN"))) == {"word@eu-west-1", "word--old@us-east-1"}
    assert move(server, credentials, delete_after_verify=True)["status"] == "completed"
    assert value(cloud, THERE) == "first" and value(cloud, HERE) is None


def test_whoever_asks_for_a_copy_that_there_is_not_is_told(server, credentials):
    apply(server, config(credentials, {"jobs": queue("copies-jobs"), "word": parameter()}, [HERE], "copies"))
    answer = move(server, credentials, expect=422, copy=["jobs", "word"], without_data=True)
    assert {(p["pointer"], p["code"]) for p in answer["problems"]} == {
        ("/resources/jobs", "not_copyable"), ("/resources/word", "not_copyable")}
