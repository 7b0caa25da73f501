# SPDX-License-Identifier: Apache-2.0
"""stack.py - the 60 resources of docs/examples/web-stack.json, and what boto3 finds of them in an account: each by what
people call it, with no id, ARN or account in it, so that two accounts can be compared."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "eu-west-1"
CIDR = "10.20.0.0/16"


def config(credentials, **changes):
    config = json.loads((ROOT / "docs" / "examples" / "web-stack.json").read_text())
    return config | {"credentials": credentials} | changes


def of(items, *names, **renamed):
    """Of each, these members."""
    return [{name: item.get(name) for name in names} | {name: item.get(member) for name, member in renamed.items()}
            for item in items]


class Network:
    """The VPC and all in it; ids become names on the way out."""

    def __init__(self, ec2):
        self.ec2, self.names = ec2, {}
        self.vpcs = ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": [CIDR]}])["Vpcs"]
        self.names |= {vpc["VpcId"]: "vpc" for vpc in self.vpcs}
        self.subnets = self._of_vpc("describe_subnets", "Subnets")
        self.names |= {subnet["SubnetId"]: subnet["CidrBlock"] for subnet in self.subnets}
        self.groups = [group for group in self._of_vpc("describe_security_groups", "SecurityGroups")
                       if group["GroupName"] != "default"]
        self.names |= {group["GroupId"]: group["GroupName"] for group in self.groups}
        self.addresses = ec2.describe_addresses()["Addresses"]
        self.names |= {address["AllocationId"]: "address" for address in self.addresses}

    def _of_vpc(self, operation, member, key="vpc-id"):
        if not self.vpcs:
            return []
        ids = [vpc["VpcId"] for vpc in self.vpcs]
        return getattr(self.ec2, operation)(Filters=[{"Name": key, "Values": ids}])[member]

    def name(self, id):
        return self.names.get(id, id)

    def names_of(self, ids):
        return sorted(self.name(id) for id in ids)

    def _routes(self):
        tables = [table for table in self._of_vpc("describe_route_tables", "RouteTables")
                  if not any(a.get("Main") for a in table["Associations"])]
        for table in tables:
            to = next((route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"), {})
            self.names[table["RouteTableId"]] = "routes by nat" if "NatGatewayId" in to else "routes by gateway"
            yield {"by": self.names[table["RouteTableId"]] if to else None,
                   "subnets": self.names_of(a["SubnetId"] for a in table["Associations"])}

    def _rules(self):
        groups = [group["GroupId"] for group in self.groups]
        if not groups:
            return
        rules = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])
        for rule in rules["SecurityGroupRules"]:
            if not rule["IsEgress"]:
                yield {"group": self.name(rule["GroupId"]), "from": rule["FromPort"], "to": rule["ToPort"],
                       "cidr": rule.get("CidrIpv4"), "protocol": rule["IpProtocol"],
                       "source": self.name(rule.get("ReferencedGroupInfo", {}).get("GroupId"))}

    def found(self):
        ec2 = self.ec2
        found = {"vpc": [{"dns": ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute="enableDnsHostnames")
                          ["EnableDnsHostnames"]["Value"]} for vpc in self.vpcs],
                 "subnet": of(self.subnets, "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch"),
                 "internet gateway": of(self._of_vpc("describe_internet_gateways", "InternetGateways",
                                                     "attachment.vpc-id")),
                 "address": of(self.addresses, "Domain"),
                 "routes": list(self._routes()), "rule": list(self._rules()),
                 "group": of(self.groups, "GroupName", "Description")}
        found["nat gateway"] = [
            {"subnet": self.name(nat["SubnetId"]), "address": self.name(nat["NatGatewayAddresses"][0]["AllocationId"])}
            for nat in ec2.describe_nat_gateways()["NatGateways"] if nat["State"] != "deleted"]
        found["endpoint"] = [
            {"service": end["ServiceName"], "kind": end["VpcEndpointType"], "routes": self.names_of(end["RouteTableIds"])}
            for end in self._of_vpc("describe_vpc_endpoints", "VpcEndpoints") if end["State"] != "deleted"]
        return found


def balancers(elb, network):
    found = {"balancer": [], "listener": [], "listener rule": []}
    groups = elb.describe_target_groups()["TargetGroups"]
    found["target group"] = of(groups, "TargetGroupName", "Protocol", "Port", "TargetType", "HealthCheckPath")
    names = {group["TargetGroupArn"]: group["TargetGroupName"] for group in groups}
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        found["balancer"].append({
            "name": balancer["LoadBalancerName"], "scheme": balancer.get("Scheme", "internet-facing"),
            "subnets": network.names_of(zone["SubnetId"] for zone in balancer["AvailabilityZones"]),
            "groups": network.names_of(balancer["SecurityGroups"])})
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            found["listener"].append({
                "port": listener["Port"], "protocol": listener["Protocol"],
                "answers": listener["DefaultActions"][0]["FixedResponseConfig"]["StatusCode"]})
            rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            found["listener rule"] += [
                {"priority": rule["Priority"], "paths": rule["Conditions"][0]["PathPatternConfig"]["Values"],
                 "to": names[rule["Actions"][0]["TargetGroupArn"]]} for rule in rules if not rule["IsDefault"]]
    return found


def containers(ecs, ecr, network):
    found = {"cluster": [], "service": [], "task definition": []}
    found["repository"] = of(ecr.describe_repositories()["repositories"], "repositoryName")
    for each in ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]:
        if each["status"] != "ACTIVE":
            continue
        cluster = each["clusterArn"]
        found["cluster"].append({"name": each["clusterName"]})
        arns = ecs.list_services(cluster=cluster)["serviceArns"]
        services = ecs.describe_services(cluster=cluster, services=arns)["services"] if arns else []
        found["service"] += [
            {"name": service["serviceName"], "wanted": service["desiredCount"], "kind": service["launchType"],
             "port": service["loadBalancers"][0]["containerPort"],
             "subnets": network.names_of(service["networkConfiguration"]["awsvpcConfiguration"]["subnets"])}
            for service in services if service["status"] == "ACTIVE"]
    for arn in ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]:
        task = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        container = task["containerDefinitions"][0]
        found["task definition"].append({
            "family": task["family"], "cpu": task["cpu"], "memory": task["memory"],
            "mode": task["networkMode"], "container": container["name"],
            "ports": of(container["portMappings"], "containerPort", "protocol"),
            "environment": sorted(pair["name"] for pair in container["environment"])})
    return found


def databases(rds, dynamodb, network):
    found = {"database": of(rds.describe_db_instances()["DBInstances"], "DBInstanceIdentifier", "Engine",
                            "DBInstanceClass", "AllocatedStorage", "DBName", "MasterUsername")}
    found["subnet group"] = [
        {"name": group["DBSubnetGroupName"], "subnets": network.names_of(s["SubnetIdentifier"] for s in group["Subnets"])}
        for group in rds.describe_db_subnet_groups()["DBSubnetGroups"]]
    found["table"] = []
    for name in dynamodb.list_tables()["TableNames"]:
        table = dynamodb.describe_table(TableName=name)["Table"]
        ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        found["table"].append({"name": name, "keys": of(table["KeySchema"], "AttributeName", "KeyType"),
                               "billing": table["BillingModeSummary"]["BillingMode"], "ttl": ttl.get("AttributeName")})
    return found


def functions(client, events):
    found = {"function": [], "permission": [], "target": []}
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        found["function"].append({"name": name, "runtime": function["Runtime"], "handler": function["Handler"],
                                  "timeout": function["Timeout"], "role": function["Role"].rpartition("/")[2],
                                  "environment": function["Environment"]["Variables"]})
        try:
            policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
        except client.exceptions.ResourceNotFoundException:
            continue
        found["permission"] += [{"function": name, "id": statement["Sid"], "to": statement["Action"]}
                                for statement in policy["Statement"]]
    found["event source"] = [
        {"from": source["EventSourceArn"].rpartition(":")[2], "to": source["FunctionArn"].rpartition(":")[2],
         "batch": source["BatchSize"]} for source in client.list_event_source_mappings()["EventSourceMappings"]]
    rules = events.list_rules()["Rules"]
    found["event rule"] = of(rules, "Name", "ScheduleExpression", "State")
    for rule in rules:
        found["target"] += [{"rule": rule["Name"], "id": target["Id"], "to": target["Arn"].rpartition(":")[2]}
                            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]]
    return found


def roles(iam):
    found = {"role": [], "role policy": []}
    for role in iam.list_roles()["Roles"]:
        if role["Path"].startswith("/aws-service-role/"):
            continue
        name = role["RoleName"]
        found["role"].append({"name": name, "trusts": role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]})
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            found["role policy"].append({"role": name, "name": policy,
                                         "allows": [statement["Action"] for statement in document["Statement"]]})
    return found


def messages(sqs, sns, logs, cloudwatch, s3):
    found = {"queue": [], "topic": [{"name": topic["TopicArn"].rpartition(":")[2]}
                                    for topic in sns.list_topics()["Topics"]]}
    for url in sqs.list_queues().get("QueueUrls", []):
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        found["queue"].append({"name": url.rpartition("/")[2], "hidden for": attributes["VisibilityTimeout"],
                               "tries": str(redrive.get("maxReceiveCount")),
                               "dead go to": redrive.get("deadLetterTargetArn", "").rpartition(":")[2]})
    found["log group"] = of(logs.describe_log_groups()["logGroups"], "logGroupName", "retentionInDays")
    found["alarm"] = [
        {"name": alarm["AlarmName"], "metric": alarm["MetricName"], "of": alarm["Dimensions"], "over": alarm["Threshold"],
         "tells": [arn.rpartition(":")[2] for arn in alarm["AlarmActions"]]}
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]
    found["bucket"] = [{"versioning": s3.get_bucket_versioning(Bucket=bucket["Name"]).get("Status")}
                       for bucket in s3.list_buckets()["Buckets"]]
    return found


def found(client):
    """client("iam") is a boto3 client. Kind -> what there is of it, in order. A resource that is a member of another, or
    says how two hang together, is seen in those."""
    network = Network(client("ec2"))
    everything = network.found()
    everything |= balancers(client("elbv2"), network)
    everything |= containers(client("ecs"), client("ecr"), network)
    everything |= databases(client("rds"), client("dynamodb"), network)
    everything |= functions(client("lambda"), client("events"))
    everything |= roles(client("iam"))
    everything |= messages(client("sqs"), client("sns"), client("logs"), client("cloudwatch"), client("s3"))
    return {kind: sorted(items, key=json.dumps) for kind, items in everything.items() if items}


# How many there are of each: a route and an association are seen in their table, the versioning in its bucket.
COUNTS = {
    "vpc": 1, "subnet": 6, "internet gateway": 1, "address": 1, "nat gateway": 1, "routes": 2, "endpoint": 1, "group": 3,
    "rule": 3, "balancer": 1, "target group": 1, "listener": 1, "listener rule": 1, "repository": 1, "cluster": 1,
    "service": 1, "task definition": 1, "database": 1, "subnet group": 1, "table": 1, "function": 2, "permission": 1,
    "event source": 1, "event rule": 1, "target": 1, "role": 3, "role policy": 3, "queue": 2, "topic": 1, "log group": 3,
    "alarm": 3, "bucket": 1}
