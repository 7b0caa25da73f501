/* SPDX-License-Identifier: Apache-2.0
 * aws_world_models.c - small service models, from a shorthand. */
#include "tests/unit/aws_world_models.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/check.h"
#include "util/json.h"

/* "Name" text, "Name:i" whole number, "Name:b" boolean, "Name{...}" structure, "Name[...]" list of
 * structures, "Name[]" list of texts, "Name<>" map of texts. */
static const struct {
	const char *service, *operation, *input;
} operations[] = {
	{ "iam", "GetRole", "RoleName" },
	{ "iam", "CreateRole",
	    "Path RoleName AssumeRolePolicyDocument Description MaxSessionDuration:i "
	    "PermissionsBoundary Tags[Key Value]" },
	{ "iam", "ListAttachedRolePolicies", "RoleName Marker" },
	{ "iam", "AttachRolePolicy", "RoleName PolicyArn" },
	{ "iam", "DetachRolePolicy", "RoleName PolicyArn" },
	{ "iam", "UpdateAssumeRolePolicy", "RoleName PolicyDocument" },
	{ "iam", "UpdateRole", "RoleName Description MaxSessionDuration:i" },
	{ "iam", "PutRolePermissionsBoundary", "RoleName PermissionsBoundary" },
	{ "iam", "DeleteRolePermissionsBoundary", "RoleName" },
	{ "iam", "DeleteRole", "RoleName" },
	{ "iam", "ListRolePolicies", "RoleName" },
	{ "iam", "DeleteRolePolicy", "RoleName PolicyName" },
	{ "iam", "ListInstanceProfilesForRole", "RoleName" },
	{ "iam", "RemoveRoleFromInstanceProfile", "RoleName InstanceProfileName" },
	{ "iam", "TagRole", "RoleName Tags[Key Value]" },
	{ "iam", "UntagRole", "RoleName TagKeys[]" },
	{ "iam", "GetPolicy", "PolicyArn" },
	{ "iam", "ListPolicyVersions", "PolicyArn Marker" },
	{ "iam", "CreatePolicyVersion", "PolicyArn PolicyDocument SetAsDefault:b" },
	{ "iam", "DeletePolicyVersion", "PolicyArn VersionId" },
	{ "iam", "GetGroup", "GroupName Marker" },
	{ "cloudformation", "DescribeType", "Type TypeName" },
	{ "cloudcontrol", "GetResource", "TypeName Identifier" },
	{ "cloudcontrol", "CreateResource", "TypeName ClientToken DesiredState" },
	{ "cloudcontrol", "UpdateResource", "TypeName Identifier PatchDocument" },
	{ "cloudcontrol", "DeleteResource", "TypeName Identifier" },
	{ "cloudcontrol", "GetResourceRequestStatus", "RequestToken" },
	{ "s3", "GetBucketLocation", "Bucket ExpectedBucketOwner" },
	{ "s3", "ListBuckets", "" },
	{ "s3", "HeadBucket", "Bucket" },
	{ "s3", "GetBucketTagging", "Bucket" },
	{ "s3", "GetBucketVersioning", "Bucket" },
	{ "s3", "GetBucketEncryption", "Bucket" },
	{ "s3", "GetPublicAccessBlock", "Bucket" },
	{ "s3", "CreateBucket", "Bucket CreateBucketConfiguration{LocationConstraint}" },
	{ "s3", "PutBucketTagging", "Bucket Tagging{TagSet[Key Value]}" },
	{ "s3", "PutBucketVersioning", "Bucket VersioningConfiguration{Status}" },
	{ "s3", "PutBucketEncryption",
	    "Bucket ServerSideEncryptionConfiguration{Rules[ApplyServerSideEncryptionByDefault{"
	    "SSEAlgorithm KMSMasterKeyID} BucketKeyEnabled:b]}" },
	{ "s3", "PutPublicAccessBlock",
	    "Bucket PublicAccessBlockConfiguration{BlockPublicAcls:b IgnorePublicAcls:b "
	    "BlockPublicPolicy:b RestrictPublicBuckets:b}" },
	{ "s3", "DeleteBucket", "Bucket" },
	{ "s3", "ListObjectsV2", "Bucket Prefix StartAfter MaxKeys:i" },
	{ "s3", "CopyObject", "Bucket Key CopySource" },
	{ "s3", "ListMultipartUploads", "Bucket MaxUploads:i" },
	{ "s3", "AbortMultipartUpload", "Bucket Key UploadId" },
	{ "s3", "ListObjectVersions", "Bucket Prefix KeyMarker VersionIdMarker MaxKeys:i" },
	{ "s3", "DeleteObjects", "Bucket Delete{Quiet:b Objects[Key VersionId]}" },
	{ "s3", "GetBucketNotificationConfiguration", "Bucket" },
	{ "lambda", "ListVersionsByFunction", "FunctionName Marker" },
	{ "lambda", "PublishVersion", "FunctionName CodeSha256 Description" },
	{ "lambda", "GetFunction", "FunctionName" },
	{ "lambda", "Invoke", "FunctionName InvocationType Qualifier Payload" },
	{ "lambda", "CreateFunction",
	    "FunctionName Runtime Role Handler Code{ZipFile S3Bucket S3Key} Description Timeout:i "
	    "MemorySize:i Environment{Variables<>} Layers[] Tags<> VpcConfig{SubnetIds[] "
	    "SecurityGroupIds[]}" },
	{ "lambda", "UpdateFunctionConfiguration",
	    "FunctionName Role Handler Description Timeout:i MemorySize:i Environment{Variables<>} "
	    "Runtime Layers[]" },
	{ "lambda", "UpdateFunctionCode", "FunctionName ZipFile S3Bucket S3Key Architectures[]" },
	{ "lambda", "DeleteFunction", "FunctionName" },
	{ "lambda", "TagResource", "Resource Tags<>" },
	{ "lambda", "UntagResource", "Resource TagKeys[]" },
	{ "kms", "DescribeKey", "KeyId" },
	{ "kms", "ListResourceTags", "KeyId" },
	{ "resourcegroupstaggingapi", "GetResources",
	    "ResourceTypeFilters[] TagFilters[Key Values[]]" },
	{ "sqs", "GetQueueAttributes", "QueueUrl AttributeNames[]" },
	{ "sns", "SetTopicAttributes", "TopicArn AttributeName AttributeValue" },
	{ "events", "PutTargets",
	    "Rule EventBusName Targets[Id Arn RoleArn Input InputPath InputTransformer "
	    "DeadLetterConfig RetryPolicy SqsParameters KinesisParameters HttpParameters "
	    "EcsParameters BatchParameters RunCommandParameters RedshiftDataParameters "
	    "SageMakerPipelineParameters]" },
	{ "events", "RemoveTargets", "Rule EventBusName Ids[]" },
	{ "dynamodb", "DescribeTable", "TableName" },
	{ "dynamodb", "ListTagsOfResource", "ResourceArn NextToken" },
	{ "dynamodb", "DescribeTimeToLive", "TableName" },
	{ "dynamodb", "CreateTable",
	    "TableName BillingMode AttributeDefinitions[AttributeName AttributeType] "
	    "KeySchema[AttributeName KeyType] Tags[Key Value]" },
	{ "dynamodb", "UpdateTimeToLive",
	    "TableName TimeToLiveSpecification{Enabled:b AttributeName}" },
	{ "dynamodb", "UpdateTable",
	    "TableName AttributeDefinitions[AttributeName AttributeType] "
	    "GlobalSecondaryIndexUpdates[Create{IndexName KeySchema[AttributeName KeyType] "
	    "Projection{ProjectionType}} Delete{IndexName}]" },
	{ "dynamodb", "DeleteTable", "TableName" },
	{ "dynamodb", "TagResource", "ResourceArn Tags[Key Value]" },
	{ "dynamodb", "UntagResource", "ResourceArn TagKeys[]" },
	{ "apigateway", "UpdateRestApi", "restApiId patchOperations[op path value]" },
	{ "apigateway", "UpdateMethod",
	    "restApiId resourceId httpMethod patchOperations[op path value]" },
	{ "apigateway", "PutMethodResponse",
	    "restApiId resourceId httpMethod statusCode responseModels<> responseParameters<>" },
	{ "apigateway", "DeleteMethodResponse", "restApiId resourceId httpMethod statusCode" },
	{ "apigateway", "CreateStage", "restApiId stageName deploymentId tags<>" },
	{ "apigateway", "UpdateStage", "restApiId stageName patchOperations[op path value]" },
	{ "apigateway", "TagResource", "resourceArn tags<>" },
	{ "apigatewayv2", "UpdateIntegration",
	    "ApiId IntegrationId RequestParameters<> TimeoutInMillis:i" },
	{ "acm", "DescribeCertificate", "CertificateArn" },
	{ "cloudfront", "GetDistribution", "Id" },
	{ "cloudfront", "GetDistributionConfig", "Id" },
	{ "cloudfront", "UpdateDistribution",
	    "Id IfMatch DistributionConfig{CallerReference Enabled:b Comment Aliases{Quantity:i "
	    "Items[]} OriginGroups{Quantity:i Items[Id FailoverCriteria{StatusCodes{Quantity:i "
	    "Items[]}} Members{Quantity:i Items[OriginId]}]} DefaultRootObject Origins[Id] "
	    "DefaultCacheBehavior CacheBehaviors{Quantity:i Items[]} "
	    "CustomErrorResponses{Quantity:i Items[]} Logging{Enabled:b IncludeCookies:b Bucket "
	    "Prefix} PriceClass ViewerCertificate{CloudFrontDefaultCertificate:b} WebACLId "
	    "HttpVersion IsIPV6Enabled:b Restrictions{GeoRestriction{RestrictionType Quantity:i "
	    "Items[]}} Staging:b}" },
	{ "cloudfront", "DeleteDistribution", "Id IfMatch" },
	{ "route53", "ListHostedZonesByName", "DNSName MaxItems" },
	{ "route53", "GetHostedZone", "Id" },
	{ "route53", "ListTagsForResource", "ResourceType ResourceId" },
	{ "route53", "CreateHostedZone",
	    "Name CallerReference DelegationSetId VPC{VPCRegion VPCId} HostedZoneConfig{Comment "
	    "PrivateZone:b}" },
	{ "route53", "AssociateVPCWithHostedZone", "HostedZoneId VPC{VPCRegion VPCId}" },
	{ "route53", "ChangeTagsForResource", "ResourceType ResourceId AddTags[Key Value]" },
	{ "route53", "ListResourceRecordSets",
	    "HostedZoneId StartRecordName StartRecordType StartRecordIdentifier" },
	{ "route53", "ChangeResourceRecordSets",
	    "HostedZoneId ChangeBatch{Changes[Action ResourceRecordSet{Name Type SetIdentifier "
	    "TTL:i ResourceRecords[Value] AliasTarget{DNSName} Weight:i Region "
	    "GeoLocation{CountryCode} Failover MultiValueAnswer:b CidrRoutingConfig{CollectionId} "
	    "HealthCheckId}]}" },
	{ "route53", "GetChange", "Id" },
	{ "ec2", "CreateNatGateway",
	    "SubnetId AllocationId TagSpecifications[ResourceType Tags[Key Value]]" },
	{ "ec2", "DescribeNatGateways", "Filter[Name Values[]] NatGatewayIds[] NextToken" },
	{ "ec2", "DeleteNatGateway", "NatGatewayId" },
	{ "ec2", "CreateTags", "Resources[] Tags[Key Value]" },
	{ "ec2", "DeleteTags", "Resources[] Tags[Key Value]" },
	{ "ec2", "DescribeRouteTables", "RouteTableIds[] Filters[Name Values[]]" },
	{ "ec2", "CreateRoute", "RouteTableId DestinationCidrBlock GatewayId" },
	{ "ec2", "AssociateRouteTable", "RouteTableId SubnetId" },
	{ "ec2", "CreateLaunchTemplateVersion",
	    "LaunchTemplateId VersionDescription LaunchTemplateData{ImageId UserData}" },
	{ "ec2", "ModifyLaunchTemplate", "LaunchTemplateId DefaultVersion" },
	{ "ec2", "ImportKeyPair",
	    "KeyName PublicKeyMaterial TagSpecifications[ResourceType Tags[Key Value]]" },
	{ "elbv2", "DescribeLoadBalancers", "Names[]" },
	{ "elbv2", "DescribeTags", "ResourceArns[]" },
	{ "elbv2", "DescribeLoadBalancerAttributes", "LoadBalancerArn" },
	{ "elbv2", "ModifyLoadBalancerAttributes", "LoadBalancerArn Attributes[Key Value]" },
	{ "rds", "DescribeDBInstances", "DBInstanceIdentifier" },
	{ "rds", "DeleteDBInstance",
	    "DBInstanceIdentifier SkipFinalSnapshot:b FinalDBSnapshotIdentifier "
	    "DeleteAutomatedBackups:b" },
	{ "autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroupNames[]" },
	{ "autoscaling", "CreateAutoScalingGroup",
	    "AutoScalingGroupName MinSize:i MaxSize:i VPCZoneIdentifier "
	    "Tags[ResourceId ResourceType Key Value PropagateAtLaunch:b]" },
	{ "autoscaling", "CreateOrUpdateTags",
	    "Tags[ResourceId ResourceType Key Value PropagateAtLaunch:b]" },
	{ "autoscaling", "DeleteTags",
	    "Tags[ResourceId ResourceType Key Value PropagateAtLaunch:b]" },
	{ "cloudformation", "DescribeStacks", "StackName" },
	{ "cloudformation", "DescribeStackEvents", "StackName NextToken" },
	{ "codepipeline", "ListTagsForResource", "resourceArn" },
	{ "codepipeline", "TagResource", "resourceArn tags[key value]" },
	{ "codepipeline", "UntagResource", "resourceArn tagKeys[]" },
	{ "codepipeline", "GetPipelineExecution", "pipelineName pipelineExecutionId" },
	{ "codepipeline", "StartPipelineExecution", "name clientRequestToken" },
};

static const struct {
	const char *service, *name, *waiter;
} waiters[] = {
	{ "iam", "RoleExists",
	    "{'delay':1,'operation':'GetRole','maxAttempts':20,'acceptors':[{'state':'success',"
	    "'matcher':'status','expected':200},{'state':'retry','matcher':'error',"
	    "'expected':'NoSuchEntity'}]}" },
	{ "lambda", "FunctionActiveV2",
	    "{'delay':1,'operation':'GetFunction','acceptors':[{'state':'success','matcher':'path',"
	    "'argument':'Configuration.State','expected':'Active'},{'state':'failure',"
	    "'matcher':'path','argument':'Configuration.State','expected':'Failed'},"
	    "{'state':'retry','matcher':'path','argument':'Configuration.State',"
	    "'expected':'Pending'}]}" },
	{ "cloudcontrol", "ResourceRequestSuccess",
	    "{'delay':5,'operation':'GetResourceRequestStatus','acceptors':["
	    "{'state':'success','matcher':'path','argument':'ProgressEvent.OperationStatus',"
	    "'expected':'SUCCESS'},"
	    "{'state':'failure','matcher':'path','argument':'ProgressEvent.OperationStatus',"
	    "'expected':'FAILED'},"
	    "{'state':'failure','matcher':'path','argument':'ProgressEvent.OperationStatus',"
	    "'expected':'CANCEL_COMPLETE'}]}" },
	{ "ec2", "NatGatewayDeleted",
	    "{'delay':15,'operation':'DescribeNatGateways','acceptors':[{'state':'success',"
	    "'matcher':'pathAll','argument':'NatGateways[].State','expected':'deleted'}]}" },
	{ "cloudfront", "DistributionDeployed",
	    "{'delay':60,'operation':'GetDistribution','acceptors':[{'expected':'Deployed',"
	    "'matcher':'path','state':'success','argument':'Distribution.Status'}]}" },
	{ "route53", "ResourceRecordSetsChanged",
	    "{'delay':30,'operation':'GetChange','acceptors':[{'matcher':'path',"
	    "'expected':'INSYNC','argument':'ChangeInfo.Status','state':'success'}]}" },
	{ "rds", "DBInstanceAvailable",
	    "{'delay':30,'operation':'DescribeDBInstances','acceptors':[{'expected':'available',"
	    "'matcher':'pathAll','state':'success','argument':"
	    "'DBInstances[].DBInstanceStatus'}]}" },
	{ "dynamodb", "TableExists",
	    "{'delay':20,'operation':'DescribeTable','acceptors':[{'expected':'ACTIVE',"
	    "'matcher':'path','state':'success','argument':'Table.TableStatus'}]}" },
};

static const struct {
	const char *service, *operation, *paginator;
} paginators[] = {
	{ "iam", "ListAttachedRolePolicies",
	    "{'input_token':'Marker','output_token':'Marker','more_results':'IsTruncated'}" },
	{ "s3", "ListObjectsV2",
	    "{'input_token':'ContinuationToken','output_token':'NextContinuationToken',"
	    "'more_results':'IsTruncated'}" },
	{ "ec2", "DescribeNatGateways", "{'input_token':'NextToken','output_token':'NextToken'}" },
	{ "cloudformation", "DescribeStackEvents",
	    "{'input_token':'NextToken','output_token':'NextToken'}" },
	{ "lambda", "ListVersionsByFunction",
	    "{'input_token':'Marker','output_token':'NextMarker'}" },
	{ "dynamodb", "ListTagsOfResource",
	    "{'input_token':'NextToken','output_token':'NextToken'}" },
	{ "resourcegroupstaggingapi", "GetResources",
	    "{'input_token':'PaginationToken','output_token':'PaginationToken'}" },
};

static struct json_object *
part(struct json_object *parent, const char *key)
{
	struct json_object *child = json_get_object(parent, key);

	if (child == NULL)
		json_set(parent, key, child = json_object_new_object());
	return child;
}

static struct json_object *
ref_to(const char *shape)
{
	struct json_object *ref = json_object_new_object();

	json_set_str(ref, "shape", shape);
	return ref;
}

static void
add_shape(struct json_object *shapes, const char *name, const char *type)
{
	json_set_str(part(shapes, name), "type", type);
}

/* The members up to a closing bracket, into the structure `shape`. Returns what follows. */
static const char *
add_members(struct json_object *shapes, const char *shape, const char *text)
{
	struct json_object *members = json_object_new_object();

	add_shape(shapes, shape, "structure");
	json_set(part(shapes, shape), "members", members);
	while (*text != '\0' && strchr("]}", *text) == NULL) {
		size_t len = strcspn(text, " :{[<]}");
		char   name[64], inner[256], item[300];
		char   kind = text[len];

		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		snprintf(inner, sizeof(inner), "%s.%s", shape, name);
		snprintf(item, sizeof(item), "%s.item", inner);
		text += len;
		json_set(members, name, ref_to(inner));
		if (kind == '{') {
			text = add_members(shapes, inner, text + 1) + 1;
		} else if (kind == '[') {
			add_shape(shapes, inner, "list");
			json_set(part(shapes, inner), "member", ref_to(item));
			if (text[1] == ']')
				add_shape(shapes, item, "string");
			text = text[1] == ']' ? text + 2 : add_members(shapes, item, text + 1) + 1;
		} else if (kind == '<') {
			add_shape(shapes, inner, "map");
			add_shape(shapes, item, "string");
			json_set(part(shapes, inner), "key", ref_to(item));
			json_set(part(shapes, inner), "value", ref_to(item));
			text += 2;
		} else if (kind == ':') {
			add_shape(shapes, inner, text[1] == 'i' ? "integer" : "boolean");
			text += 2;
		} else {
			add_shape(shapes, inner, "string");
		}
		text += *text == ' ';
	}
	return text;
}

struct json_object *
aws_world_models(void)
{
	struct json_object *models = json_object_new_object();

	for (size_t i = 0; i < array_len(operations); i++) {
		struct json_object *model = part(models, operations[i].service);
		char                name[128];

		snprintf(name, sizeof(name), "%sInput", operations[i].operation);
		json_set(part(part(model, "operations"), operations[i].operation), "input",
		    ref_to(name));
		(void)add_members(part(model, "shapes"), name, operations[i].input);
	}
	for (size_t i = 0; i < array_len(waiters); i++)
		json_set(part(part(models, waiters[i].service), "waiters"), waiters[i].name,
		    aws_json(waiters[i].waiter));
	for (size_t i = 0; i < array_len(paginators); i++)
		json_set(part(part(models, paginators[i].service), "paginators"),
		    paginators[i].operation, aws_json(paginators[i].paginator));
	return models;
}
