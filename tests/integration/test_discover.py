# SPDX-License-Identifier: Apache-2.0
"""test_discover.py - what the tags of resources tell, once nothing is stored of them: the same config, the same graph, the
same deployments; and what nobody manages, as a config that takes it over."""

import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess

import configs
import processes
import pytest
import sigproxy

pytestmark = pytest.mark.sanitized

REGION = "eu-west-1"
MANAGED = "arn:aws:iam::123456789012:policy"
# What has no tags is called after what it hangs on.
CHILDREN_OF = {"way": "routes-0-0-0-0-0", "role-reads": "role-read", "role-policy": "role-app-read",
               "api-called": "api-news", "files-policy": "files-bucket_policy"}
SERVICE = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def of(kind, references=None, /, **properties):
    resource = {"type": f"aws:{kind}", "properties": properties}
    return resource | ({"references": references} if references else {})


def many():
    """One of each of these types, some of which are in no index of tags."""
    return {
        "net": of("ec2:vpc", cidr_block="10.0.0.0/16"),
        "sub": of("ec2:subnet", {"vpc_id": "net"}, cidr_block="10.0.1.0/24", availability_zone=f"{REGION}a"),
        "gate": of("ec2:internet_gateway", {"vpc_id": "net"}),
        "routes": of("ec2:route_table", {"vpc_id": "net"}),
        "way": of("ec2:route", {"route_table_id": "routes", "gateway_id": "gate"}, destination_cidr_block="0.0.0.0/0"),
        "wall": of("ec2:security_group", {"vpc_id": "net"}, group_name="wall", description="Lets the web in."),
        "web-in": of("ec2:security_group_ingress_rule", {"group_id": "wall"}, ip_protocol="tcp", from_port=443,
                     to_port=443, cidr_ipv4="0.0.0.0/0"),
        "disk": of("ec2:volume", availability_zone=f"{REGION}a", size=8),
        "role": of("iam:role", role_name="app", assume_role_policy=configs.TRUST, description="Runs the app."),
        "role-reads": of("iam:role_policy", {"role_name": "role.name"}, policy_name="read", policy_document=READ),
        "role-policy": of("iam:role_policy_attachment", {"role_name": "role.name"}, policy_arn=f"{MANAGED}/app-read"),
        "user": of("iam:user", user_name="app"),
        "api": of("lambda:function", {"role": "role"}, function_name="app", runtime="python3.12",
                  handler="index.handler", code={"inline": "def handler(event, context):\n    return 1\n"},
                  environment={"variables": {"QUEUE": "@jobs.url"}}),
        "api-called": of("lambda:permission", {"function_name": "api", "source_arn": "news"}, statement_id="news",
                         action="lambda:InvokeFunction", principal="sns.amazonaws.com"),
        "table": of("dynamodb:table", table_name="app", billing_mode="PAY_PER_REQUEST",
                    attribute_definitions=[{"attribute_name": "id", "attribute_type": "S"}],
                    key_schema=[{"attribute_name": "id", "key_type": "HASH"}]),
        "files": of("s3:bucket", bucket_name="app-files", versioning="Enabled"),
        "files-policy": of("s3:bucket_policy", {"bucket": "files"}, policy={"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::*/*"}]}),
        "jobs": of("sqs:queue", queue_name="jobs", visibility_timeout=77),
        "news": of("sns:topic", name="news", display_name="@ all"),
        "log": of("logs:group", log_group_name="/app/log", retention_in_days=7),
        "key": of("kms:key", description="of the app"),
        "secret": of("secretsmanager:secret", name="app/secret-of-it", description="s"),
        "limit": of("ssm:parameter", name="/app/limit", type="String", value="7"),
        "token": of("ssm:parameter", name="token", type="SecureString", value="hunter2-hunter2"),
        "alarm": of("cloudwatch:alarm", alarm_name="busy", comparison_operator="GreaterThanThreshold",
                    evaluation_periods=1, metric_name="Depth", namespace="App", period=60, statistic="Sum",
                    threshold=3),
        "cluster": of("ecs:cluster", cluster_name="app"),
        "store": of("efs:file_system", encrypted=True),
        "bus": of("events:bus", name="app-bus"),
        "balancer": of("elbv2:target_group", {"vpc_id": "net"}, name="app", protocol="HTTP", port=80),
    }


def many_regions():
    return {"role": of("iam:role", role_name="app", assume_role_policy=SERVICE), "dead": of("sqs:queue", queue_name="dead"),
            "jobs": of("sqs:queue", queue_name="jobs", redrive_policy={"deadLetterTargetArn": "@dead.arn",
                                                                       "maxReceiveCount": 3}),
            "files": of("s3:bucket", bucket_name="app-files")}


def config_of(credentials, resources, deployment_id="found", **more):
    return {"deployment_id": deployment_id, "credentials": credentials,
            "targets": [{"provider": "aws", "regions": [REGION]}], "tags": {"team": "web"}, "resources": resources} | more


class FewRegions(sigproxy.SigProxy):
    """The emulator takes its time for each region that it has not seen: here an account has two."""

    class handler(sigproxy.Handler):
        def forward(self, request, entry):
            reply, body = super().forward(request, entry)
            if request.operation == "DescribeRegions":
                body = re.sub(rb"<item>.*?</item>", lambda item: item[0] if re.search(
                    rb">(us-east-1|eu-west-1)<", item[0]) else b"", body, flags=re.S)
            return reply, body


@pytest.fixture
def proxy(moto):
    proxy = FewRegions(moto.url).start()
    yield proxy
    proxy.stop()
    assert not proxy.refused, f"badly signed: {proxy.refused[:3]}"


@pytest.fixture(autouse=True)
def managed_policy(cloud):
    """What nobody has tagged and roles of ours may have."""
    cloud.client("iam").create_policy(PolicyName="app-read", PolicyDocument=json.dumps(READ))


def apply(server, config):
    reply = server.post("/deploy/apply", {"config": config}, prefer="wait=120")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    return reply.json


def forget(server):
    """Redis as it is when somebody has wiped it."""
    subprocess.run(["redis-cli", "-s", str(server.data / "redis" / "redis.sock"), "flushall"], check=True,
                   stdout=subprocess.DEVNULL)


def discover(server, credentials, deployment_id="found", **more):
    body = {"deployment_id": deployment_id, "credentials": credentials, "regions": [REGION]} | more
    reply = server.post("/deploy/discover", body)
    assert reply.status == 200, reply
    return reply.json


def only_looked_at(found):
    return {name for name, resource in found["config"]["resources"].items() if resource.get("operation") == "verify"}


def is_a_look(entry):
    return entry["method"] in ("GET", "HEAD") or entry["operation"].startswith(("Get", "List", "Describe"))


def left(cloud):
    """All that still has the tags, but for what is shown for a while after its end: keys, and clusters."""
    return [m["ResourceARN"] for region in configs.REGIONS
            for m in cloud.client("resourcegroupstaggingapi", region).get_resources(
                TagFilters=[{"Key": "mgraph:deploy-id"}])["ResourceTagMappingList"]
            if ":key/" not in m["ResourceARN"] and ":cluster/" not in m["ResourceARN"]]


def done(execution):
    return {(o["resource_id"], o["region"]): o["operation"] for o in execution["operations"]}


def changes(execution):
    return {key: operation for key, operation in done(execution).items() if operation != "no_op"}


def test_a_deployment_is_rebuilt_from_its_tags_alone(server, cloud, credentials):
    config = config_of(credentials, many())
    applied = apply(server, config)
    forget(server)
    assert server.get("/deploy/deployments").json["deployments"] == []
    found = discover(server, credentials)
    assert found["success"] and found["recorded"] and "known_graph_id" not in found, found
    tagged = {o["resource_id"]: o["node_id"] for o in applied["operations"] if o["resource_id"] not in CHILDREN_OF}
    assert {r["resource_id"]: r["node_id"] for r in found["resources"] if "node_id" in r} == tagged
    assert {r["resource_id"] for r in found["resources"] if "node_id" not in r} == set(CHILDREN_OF.values())
    outputs = {r["resource_id"]: r["outputs"] for r in found["resources"]}
    assert {name: outputs[name] for name in tagged} == {name: applied["outputs"][name] for name in tagged}
    assert only_looked_at(found) == {"api", "token"}, found["warnings"]
    # What the one has from the other is said so, also within documents, and in a function's variables.
    resources = found["config"]["resources"]
    assert resources["api"]["properties"]["role"] == "@role.arn"
    assert resources["api"]["properties"]["environment"]["variables"] == {"QUEUE": "@jobs.url"}
    assert resources["web-in"]["properties"]["group_id"] == "@wall.group_id"
    assert resources["api-news"]["properties"]["source_arn"] == "@news.arn"
    assert resources["news"]["properties"]["display_name"] == "@@ all"
    assert all(r["tags"] == {"team": "web"} for name, r in resources.items() if name in tagged)
    assert "hunter2" not in json.dumps(found)
    unseen = next(w for w in found["warnings"] if w.startswith("not looked for"))
    assert "aws:lambda:layer_version" in unseen and "aws:s3:object" in unseen and "aws:sqs" not in unseen.replace(
        "aws:sqs:queue_policy", ""), unseen
    # It is what the service knows of it from now on.
    status = server.get(f"/deploy/status/{found['graph_id']}").json
    assert status["kind"] == "discover" and status["status"] == "completed" and changes(status) == {}, status
    assert server.get("/deploy/history/found").json["graphs"][0]["graph_id"] == found["graph_id"]
    verified = server.post("/deploy/verify", {"deployment_id": "found", "credentials": credentials}).json
    assert verified["success"], [r for r in verified["resources"] if r["verdict"] != "in_sync"]


def test_after_a_wipe_neither_the_config_nor_what_was_found_changes_anything(server, proxy, credentials):
    config = config_of(credentials, many())
    apply(server, config)
    forget(server)
    found = discover(server, credentials)
    proxy.clear_log()
    again = apply(server, found["config"] | {"credentials": credentials})
    assert changes(again) == {}, changes(again)
    again = apply(server, config)
    assert changes(again) == {}, changes(again)
    assert not [e["operation"] for e in proxy.log if not is_a_look(e)]


def test_after_a_wipe_what_a_config_no_longer_names_is_pruned_and_nothing_else(server, cloud, credentials):
    resources = many()
    apply(server, config_of(credentials, resources))
    for knows in (False, True):  # by the tags, then by what was recorded of them
        forget(server)
        if knows:
            assert discover(server, credentials)["recorded"]
        same = server.post("/deploy/plan", {"config": config_of(credentials, resources), "prune": True}).json
        assert same["summary"]["no_op"] == len(resources) == sum(same["summary"].values()), same["summary"]
        for name in ("role-reads", "user") if knows else ("limit",):
            del resources[name]
        reply = server.post("/deploy/apply", {"config": config_of(credentials, resources), "prune": True},
                            prefer="wait=50")
        assert reply.json["status"] == "completed", reply
        gone = {o["resource_id"] for o in reply.json["operations"] if o["operation"] == "delete"}
        assert gone == ({"role-read", "user"} if knows else {"limit"}), changes(reply.json)
    iam = cloud.client("iam")
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == [] and iam.list_users()["Users"] == []
    assert len(iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]) == 1


def test_what_was_renamed_and_what_is_there_twice_is_found_as_that(server, cloud, credentials):
    apply(server, config_of(credentials, {"jobs": of("sqs:queue", queue_name="jobs"),
                                          "news": of("sns:topic", name="news")}))
    renamed = {"work": of("sqs:queue", queue_name="jobs") | {"formerly": "jobs"}, "news": of("sns:topic", name="news"),
               "heard": of("sns:subscription", {"topic_arn": "news", "endpoint": "work.arn"}, protocol="sqs"),
               "busy": of("cloudwatch:alarm", alarm_name="busy", alarm_actions=["@news.arn"],
                          comparison_operator="GreaterThanThreshold", evaluation_periods=1, metric_name="Depth",
                          namespace="App", period=60, statistic="Sum", threshold=3)}
    applied = apply(server, config_of(credentials, renamed))
    tags = cloud.client("sns", REGION).list_tags_for_resource(
        ResourceArn=applied["outputs"]["news"]["arn"])["Tags"]
    cloud.client("sns", REGION).create_topic(Name="old-news", Tags=tags)  # as a replacement leaves it that was cut short
    forget(server)
    found = discover(server, credentials)
    resources = found["config"]["resources"]
    assert set(resources) == {"work", "news", "news--old", "busy", "news-jobs"}, found
    assert any("news is there twice: old-news is taken for the one that is to go" in w for w in found["warnings"])
    node_ids = {o["resource_id"]: o["node_id"] for o in applied["operations"]}
    assert resources["work"]["formerly"] == "#" + node_ids["work"]
    assert resources["news"]["properties"]["name"] == "news" and "operation" not in resources["news"]
    assert resources["news--old"]["properties"]["name"] == "old-news"
    assert resources["news--old"]["operation"] == "delete"
    assert resources["news--old"]["formerly"] == "#" + node_ids["news"]
    assert changes(found["execution"]) == {}
    other_way = dict(reversed(resources.items()))  # in whatever order
    planned = server.post("/deploy/plan", {"config": found["config"] | {"credentials": credentials,
                                                                        "resources": other_way}}).json
    assert changes(planned) == {("news--old", REGION): "delete"}
    again = apply(server, found["config"] | {"credentials": credentials})
    assert changes(again) == {("news--old", REGION): "delete"}
    topics = [t["TopicArn"] for t in cloud.client("sns", REGION).list_topics()["Topics"]]
    assert topics == [applied["outputs"]["news"]["arn"]]


def test_of_two_that_nobody_can_tell_apart_none_is_to_go(server, cloud, credentials):
    outputs = apply(server, config_of(credentials, {"news": of("sns:topic", name="news")}))["outputs"]
    sns = cloud.client("sns", REGION)
    sns.create_topic(Name="more-news", Tags=sns.list_tags_for_resource(ResourceArn=outputs["news"]["arn"])["Tags"])
    forget(server)
    found = discover(server, credentials)
    assert set(found["config"]["resources"]) == {"news"} and len(found["resources"]) == 2
    assert any("nobody can tell" in warning for warning in found["warnings"])
    apply(server, found["config"] | {"credentials": credentials})
    assert len(sns.list_topics()["Topics"]) == 2


def test_what_is_protected_still_is_after_a_wipe(server, credentials):
    apply(server, config_of(credentials, {"jobs": of("sqs:queue", queue_name="jobs") | {"protect": True}}))
    forget(server)
    found = discover(server, credentials)
    assert found["config"]["resources"]["jobs"]["protect"] is True
    reply = server.post("/deploy/destroy", {"deployment_id": "found", "credentials": credentials})
    assert reply.json["status"] == "failed" and "protected" in reply.json["failed_operation"]["error"]["message"], reply


def test_what_nobody_knows_any_more_is_destroyed_by_its_id(server, cloud, credentials):
    resources = many()
    del resources["secret"]  # the emulator shows one for as long as it can be restored
    apply(server, config_of(credentials, resources))
    forget(server)
    reply = server.post("/deploy/destroy", {"deployment_id": "found", "credentials": credentials}, prefer="wait=50")
    assert reply.status == 200 and reply.json["status"] == "completed", reply
    assert left(cloud) == []
    assert cloud.client("iam").list_roles()["Roles"] == []
    forget(server)
    reply = server.post("/deploy/destroy", {"deployment_id": "found", "credentials": credentials})
    assert reply.status == 404, reply


def test_what_nobody_knows_any_more_is_verified_by_its_id(server, cloud, credentials):
    apply(server, config_of(credentials, {"jobs": of("sqs:queue", queue_name="jobs"),
                                          "news": of("sns:topic", name="news")}))
    forget(server)
    body = {"deployment_id": "found", "credentials": credentials}
    answer = server.post("/deploy/verify", body).json
    assert answer["success"] and {r["resource_id"] for r in answer["resources"]} == {"jobs", "news"}, answer
    assert server.post("/deploy/verify", {"deployment_id": "found"}).status == 404  # nothing to ask with
    assert server.post("/deploy/verify", body | {"deployment_id": "other"}).status == 404
    assert server.get("/deploy/deployments").json["deployments"] == []  # a look is nothing to remember


def test_in_several_regions_it_is_one_resource(server, credentials):
    config = config_of(credentials, many_regions(), targets=[{"provider": "aws", "regions": configs.REGIONS}])
    apply(server, config)
    forget(server)
    found = discover(server, credentials, regions=configs.REGIONS)
    resources = found["config"]["resources"]
    assert {name: set(r.get("regions", [])) for name, r in resources.items()} == {
        "role": set(), "jobs": set(configs.REGIONS), "dead": set(configs.REGIONS), "files": set(configs.REGIONS)}
    assert resources["jobs"]["properties"]["redrive_policy"]["deadLetterTargetArn"] == "@dead.arn"
    assert resources["files"]["regions"] == configs.REGIONS  # the first is the one whose name has no region in it
    again = apply(server, found["config"] | {"credentials": credentials})
    assert changes(again) == {}, changes(again)
    assert changes(apply(server, config)) == {}


class Stale(sigproxy.SigProxy):
    """An index of tags that has stopped."""

    class handler(sigproxy.Handler):
        def forward(self, request, entry):
            reply, body = super().forward(request, entry)
            if request.operation == "GetResources":
                body = self.server.proxy.bodies.setdefault(request.region, body)
            return reply, body

    bodies = {}


def test_what_the_index_still_has_and_is_gone_is_not_found(make_server, moto, cloud, credentials):
    proxy = Stale(moto.url).start()
    server = make_server("--aws-endpoint", proxy.url)
    outputs = apply(server, config_of(credentials, {
        "gone": of("sqs:queue", queue_name="gone"), "jobs": of("sqs:queue", queue_name="jobs"),
        "sold": of("sqs:queue", queue_name="sold")}))["outputs"]
    forget(server)
    proxy.bodies.clear()
    assert {r["resource_id"] for r in discover(server, credentials)["resources"]} == {"gone", "jobs", "sold"}
    forget(server)
    sqs = cloud.client("sqs", REGION)
    sqs.delete_queue(QueueUrl=outputs["gone"]["url"])
    sqs.untag_queue(QueueUrl=outputs["sold"]["url"], TagKeys=["mgraph:node-id"])
    assert {r["resource_id"] for r in discover(server, credentials)["resources"]} == {"jobs"}
    proxy.stop()


def test_what_is_known_is_not_replaced_unless_asked_for(server, credentials):
    graph_id = apply(server, config_of(credentials, {"jobs": of("sqs:queue", queue_name="jobs")}))["graph_id"]
    found = discover(server, credentials)
    assert not found["recorded"] and found["known_graph_id"] == graph_id != found["graph_id"]
    assert server.get("/deploy/history/found").json["graphs"][0]["graph_id"] == graph_id
    found = discover(server, credentials, replace=True)
    assert found["recorded"] and found["execution"]["kind"] == "discover"
    assert server.get("/deploy/history/found").json["graphs"][0]["graph_id"] == found["graph_id"]


def test_of_many_at_once_the_first_is_recorded(make_server):
    """Else who may only look could push out of the history what has begun meanwhile."""
    server = make_server()
    apply(server, {"deployment_id": "here", "resources": {"a": {"type": "local:directory", "properties": {"path": "a"}}}})
    forget(server)
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda _: server.post("/deploy/discover", {"deployment_id": "here"}), range(64)))
    assert [reply.status for reply in found] == [200] * 64, found
    assert [reply.json["recorded"] for reply in found].count(True) == 1
    assert len(server.get("/deploy/history/here").json["executions"]) == 1


def test_of_something_that_was_never_there_nothing_is_found(server, credentials):
    reply = server.post("/deploy/discover", {"deployment_id": "nothing", "credentials": credentials,
                                             "regions": [REGION]})
    assert reply.status == 404 and "nothing" in reply.json["detail"], reply


def test_another_tenants_deployment_of_that_name_is_his(make_server, proxy, tmp_path, credentials):
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [
        {"id": tenant, "tenant": tenant, "sha256": hashlib.sha256(tenant.encode()).hexdigest()}
        for tenant in ("acme", "globex")]}))
    server = make_server("--aws-endpoint", proxy.url, "--keys", str(file))
    reply = server.post("/deploy/apply", {"config": config_of(credentials, {"jobs": of("sqs:queue", queue_name="jobs")})},
                        x_api_key="acme")
    assert reply.json["status"] == "completed", reply
    body = {"credentials": credentials, "regions": [REGION]}
    reply = server.post("/deploy/discover", body | {"deployment_id": "found"}, x_api_key="globex")
    assert reply.status == 404 and "another tenant" in reply.json["detail"], reply
    listed = server.post("/deploy/discover", body, x_api_key="globex").json
    assert [(d["deployment_id"], d["own"]) for d in listed["deployments"]] == [("found", False)]


def test_the_deployments_of_an_account_are_counted_by_region(server, credentials):
    for name, regions in ("one", configs.REGIONS), ("two", [REGION]):
        apply(server, config_of(credentials, {
            "role": of("iam:role", role_name=name, assume_role_policy=SERVICE), "jobs": of("sqs:queue", queue_name=name),
            "news": of("sns:topic", name=name)}, deployment_id=name,
            targets=[{"provider": "aws", "regions": regions}]))
    forget(server)
    reply = server.post("/deploy/discover", {"credentials": credentials, "regions": configs.REGIONS})
    assert reply.status == 200, reply
    deployments = {d["deployment_id"]: d for d in reply.json["deployments"]}
    assert deployments["one"] == {"deployment_id": "one", "resources": 5, "own": True,
                                  "regions": {"": 1, "us-east-1": 2, "eu-west-1": 2}}
    assert deployments["two"]["regions"] == {"": 1, "eu-west-1": 2} and len(deployments) == 2
    everywhere = server.post("/deploy/discover", {"credentials": credentials}).json  # all that the account has
    assert {d["deployment_id"]: d for d in everywhere["deployments"]} == deployments


def test_where_something_can_not_be_asked_the_answer_says_so(server, proxy, credentials):
    apply(server, config_of(credentials, {
        "role": of("iam:role", role_name="r", assume_role_policy=SERVICE), "jobs": of("sqs:queue", queue_name="jobs"),
        "news": of("sns:topic", name="news")}))
    forget(server)
    proxy.set_faults([{"kind": "deny", "service": "iam"},
                      {"kind": "deny", "service": "sqs", "operation": "GetQueueAttributes"}])
    found = discover(server, credentials)
    resources = found["config"]["resources"]
    assert set(resources) == {"jobs", "news"} and resources["jobs"]["operation"] == "verify", found
    assert any("aws:iam:role" in w and "can't be listed" in w for w in found["warnings"]), found["warnings"]
    assert any("'jobs'" in w and "can't be read" in w for w in found["warnings"]), found["warnings"]
    assert found["execution"]["status"] == "failed"  # it was looked at once more, in vain


# ---- import ----

def by_hand(cloud):
    """What somebody has made without us."""
    sqs, sns, iam, s3 = (cloud.client(name, REGION) for name in ("sqs", "sns", "iam", "s3"))
    dead = sqs.create_queue(QueueName="by-hand-dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.create_queue(QueueName="by-hand", Attributes={"VisibilityTimeout": "99", "RedrivePolicy": json.dumps(
        {"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})}, tags={"owner": "ops"})
    topic = sns.create_topic(Name="by-hand", Attributes={"DisplayName": "News"})["TopicArn"]
    iam.create_role(RoleName="by-hand", AssumeRolePolicyDocument=json.dumps(SERVICE), Description="made by hand")
    s3.create_bucket(Bucket="by-hand-0badcafe", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="by-hand-0badcafe", VersioningConfiguration={"Status": "Enabled"})
    return dead_arn, topic


WISHES = {
    "jobs": {"type": "aws:sqs:queue", "properties": {"queue_name": "by-hand"}, "region": REGION},
    "runner": {"type": "aws:iam:role", "properties": {"role_name": "by-hand"}},
    "files": {"arn": "arn:aws:s3:::by-hand-0badcafe"},
}


def state_of(cloud):
    """All that matters of them but for their tags."""
    sqs, sns, iam, s3 = (cloud.client(name, REGION) for name in ("sqs", "sns", "iam", "s3"))
    url = sqs.get_queue_url(QueueName="by-hand")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    queue = {k: v for k, v in queue.items() if "Timestamp" not in k}
    topic = sns.get_topic_attributes(TopicArn=sns.list_topics()["Topics"][0]["TopicArn"])["Attributes"]
    role = iam.get_role(RoleName="by-hand")["Role"]
    return (queue, topic, {k: v for k, v in role.items() if k != "Tags"},
            s3.get_bucket_versioning(Bucket="by-hand-0badcafe")["Status"])


def test_what_nobody_manages_is_taken_over_as_it_is(server, proxy, cloud, credentials):
    dead_arn, topic = by_hand(cloud)
    before = state_of(cloud)
    wishes = WISHES | {"dead": {"arn": dead_arn}, "news": {"arn": topic}}
    body = {"credentials": credentials | {"aws": credentials["aws"] | {"region": REGION}},
            "deployment_id": "taken", "resources": wishes}
    reply = server.post("/deploy/import", body)
    assert reply.status == 200 and reply.json["success"] and reply.json["missing"] == {}, reply
    resources = reply.json["config"]["resources"]
    assert {r["operation"] for r in resources.values()} == {"adopt"} and set(resources) == set(wishes)
    jobs = resources["jobs"]["properties"]
    assert jobs["visibility_timeout"] == 99 and "message_retention_period" not in jobs  # that is the default
    assert jobs["redrive_policy"]["deadLetterTargetArn"] == "@dead.arn" and resources["jobs"]["tags"] == {"owner": "ops"}
    assert resources["files"]["properties"] == {"bucket_name": "by-hand-0badcafe", "name_suffix": False,
                                                "versioning": "Enabled"}
    assert left(cloud) == [] and state_of(cloud) == before  # it has only looked
    proxy.clear_log()
    config = reply.json["config"] | {"credentials": credentials}
    assert set(done(apply(server, config)).values()) == {"adopt"}
    writes = {entry["operation"] for entry in proxy.log if not is_a_look(entry)}
    assert writes == {"TagQueue", "TagResource", "TagRole", "PUT /by-hand-0badcafe"}, writes  # that is PutBucketTagging
    assert state_of(cloud) == before
    assert len(left(cloud)) >= 4
    assert changes(apply(server, config)) == {}
    tags = cloud.client("sqs", REGION).list_queue_tags(
        QueueUrl=cloud.client("sqs", REGION).get_queue_url(QueueName="by-hand")["QueueUrl"])["Tags"]
    assert tags["owner"] == "ops" and tags["mgraph:resource-id"] == "jobs" and tags["mgraph:deploy-id"] == "taken"


def test_what_can_not_be_imported_is_told_with_its_reason(server, credentials):
    reply = server.post("/deploy/import", {"credentials": credentials, "resources": {
        "absent": {"type": "aws:sqs:queue", "properties": {"queue_name": "absent"}, "region": REGION},
        "nameless": {"arn": f"arn:aws:ec2:{REGION}:123456789012:vpc/vpc-0a1b2c3d"},
        "unknown": {"arn": "arn:aws:nothing:::at/all"}, "odd": {"type": "aws:no:such"},
        "partly": {"type": "aws:iam:role", "properties": {}},
        "foreign": {"type": "aws:iam:role", "properties": {"role_name": "r"}, "account": "audit"}}})
    assert reply.status == 200 and not reply.json["success"] and reply.json["resources"] == [], reply
    missing = reply.json["missing"]
    assert missing["absent"] == "there is none" and "no name" in missing["nameless"]
    assert "type" in missing["unknown"] and "type" in missing["odd"] and "credentials" in missing["foreign"]
    assert "found by" in missing["partly"], missing


@pytest.mark.parametrize("path, body", [
    ("discover", {"regions": []}), ("discover", {"deployment_id": "/"}), ("discover", {"config": {}}),
    ("import", {}), ("import", {"resources": {"a": {}}}), ("import", {"resources": {"a": {"arn": "x", "type": "y"}}})])
def test_a_request_that_is_not_one_is_refused(server, path, body):
    assert server.post(f"/deploy/{path}", body).status == 422


def test_credentials_that_can_not_be_used_are_told_with_their_place(server, credentials):
    bad = {"aws": {"access_key_id": "AKIAIOSFODNN7EXAMPLE"}}
    reply = server.post("/deploy/discover", {"credentials": bad})
    assert reply.status == 422 and reply.json["code"] == "bad_credentials", reply
    assert reply.json["problems"][0]["pointer"].startswith("/credentials/aws"), reply


def test_a_driver_in_another_process_finds_the_same(make_server, make_provider, proxy, credentials):
    provider = make_provider("--aws-endpoint", proxy.url)
    server = make_server("--provider", f"aws={provider.url}")
    server.until_ready()
    resources = {"role": of("iam:role", role_name="app", assume_role_policy=SERVICE),
                 "jobs": of("sqs:queue", queue_name="jobs"), "files": of("s3:bucket", bucket_name="app-files")}
    config = config_of(credentials, resources)
    apply(server, config)
    forget(server)
    found = server.post("/deploy/discover", {"deployment_id": "found", "credentials": credentials}).json
    assert set(found["config"]["resources"]) == set(resources), found
    assert changes(apply(server, found["config"] | {"credentials": credentials})) == {}


# ---- this host ----

def test_what_is_on_this_host_is_found_by_its_records(make_server, tmp_path):
    root = tmp_path / "root"
    server = make_server("--local-root", str(root))
    config = {"deployment_id": "found", "resources": {
        "site": {"type": "local:directory", "properties": {"path": "site"}},
        "page": {"type": "local:file", "properties": {"path": "site/index.html", "content": "<p>@{not}</p>"},
                 "depends_on": ["site"]}}}
    config["resources"]["page"]["properties"]["content"] = "<p>@@{not}</p>"
    apply(server, config)
    forget(server)
    listed = server.post("/deploy/discover", {}).json
    assert listed["deployments"] == [{"deployment_id": "found", "resources": 2, "regions": {"": 2}, "own": True}]
    found = server.post("/deploy/discover", {"deployment_id": "found"}).json
    assert found["config"]["resources"]["page"]["properties"]["content"] == "<p>@@{not}</p>", found
    assert changes(apply(server, found["config"])) == {} and changes(apply(server, config)) == {}
    forget(server)
    verified = server.post("/deploy/verify", {"deployment_id": "found"})  # here nobody needs credentials
    assert verified.status == 200 and verified.json["success"], verified
    assert server.post("/deploy/verify", {"deployment_id": "other"}).status == 404
    (root / "site" / "index.html").unlink()
    found = server.post("/deploy/discover", {"deployment_id": "found"}).json
    assert {r["resource_id"] for r in found["resources"]} == {"site"}


# ---- the command line ----

def test_the_command_line_tells_what_was_found_and_prints_the_config(make_server, tmp_path):
    server = make_server("--local-root", str(tmp_path / "root"))
    cli = processes.Cli(server, tmp_path)
    config = cli.config({"page": {"type": "local:file", "properties": {"path": "page", "content": "one"}}})
    cli("apply", "-y", config)
    graph_id = cli.graph_id(config)
    deployment_id = json.loads(pathlib.Path(config).read_text())["deployment_id"]
    forget(server)
    assert cli("discover").split() == [deployment_id, "1", "global", "1"]
    said = cli("discover", deployment_id)
    assert said.startswith("page (local:file)") and "Found: 1. It is graph " in said, said
    assert "The deployment stays what was run last of it" in cli("discover", deployment_id)
    printed = json.loads(cli("discover", "--config", deployment_id))
    assert printed["resources"]["page"]["properties"] == {"path": "page", "content": "one"}
    assert json.loads(cli("discover", "--json", deployment_id))["known_graph_id"] != graph_id
    assert "Error: " in cli("discover", "nothing", status=1)
    wishes = tmp_path / "wishes.json"
    wishes.write_text(json.dumps({"resources": {"odd": {"type": "local:odd"}}}))
    assert "not found: odd: its type is not known here" in cli("import", str(wishes), status=1)
