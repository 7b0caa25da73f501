/* SPDX-License-Identifier: Apache-2.0
 * test_aws_model.c - stripped models as the build makes them: what is in them, and where services
 * answer. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "providers/aws/fault.h"
#include "providers/aws/model.h"
#include "providers/aws/place.h"
#include "interpreter/shape.h"
#include "tests/unit/aws_real.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/near.h"

static const struct {
	const char       *name;
	enum aws_protocol protocol;
	const char       *operation, *signing_name;
	bool              s3;
} services[] = {
	{ "iam", AWS_QUERY, "CreateRole", "iam", false },
	{ "sts", AWS_QUERY, "GetCallerIdentity", "sts", false },
	{ "ec2", AWS_EC2, "CreateVpc", "ec2", false },
	{ "dynamodb", AWS_JSON, "CreateTable", "dynamodb", false },
	{ "lambda", AWS_REST_JSON, "CreateFunction", "lambda", false },
	{ "s3", AWS_REST_XML, "CreateBucket", "s3", true },
};

START_TEST(a_service_is_loaded_once_with_what_its_protocol_needs)
{
	struct aws_models        *models = aws_models_create(aws_real_folder());
	struct err                err = { ERR_OK, "" };
	const struct aws_service *service = aws_models_service(models, services[_i].name, &err);

	ck_assert_msg(service != NULL, "%s", err.detail);
	ck_assert_str_eq(service->base.name, services[_i].name);
	ck_assert_int_eq(service->protocol, services[_i].protocol);
	ck_assert_str_eq(service->signing_name, services[_i].signing_name);
	ck_assert_int_eq(service->s3, services[_i].s3);
	ck_assert_ptr_nonnull(service->api_version);
	ck_assert_ptr_nonnull(service_operation(&service->base, services[_i].operation));
	ck_assert_ptr_null(service_operation(&service->base, "NoSuchOperation"));
	ck_assert_ptr_eq(aws_models_service(models, services[_i].name, &err), service);
	aws_models_destroy(models);
}
END_TEST

static const struct {
	const char          *region;
	enum region_standing standing;
	const char          *near;
} regions[] = {
	{ "us-east-1", REGION_KNOWN, NULL },
	{ "cn-north-1", REGION_KNOWN, NULL },
	{ "us-gov-west-1", REGION_KNOWN, NULL },
	{ "eu-west-9", REGION_UNHEARD_OF, "eu-west-1" },
	{ "ap-southwest-1", REGION_UNHEARD_OF, "ap-southeast-1" },
	{ "us-esat-1", REGION_NONE, "us-east-1" },
	{ "uss-east-1", REGION_NONE, "us-east-1" },
	{ "xx-east-1", REGION_NONE, NULL },
	{ "nowhere", REGION_NONE, NULL },
	{ "", REGION_NONE, NULL },
};

START_TEST(a_region_is_known_or_could_be_new_or_can_not_be)
{
	struct aws_models *models = aws_models_create(aws_real_folder());
	struct near        near;

	near_init(&near, regions[_i].region);
	ck_assert_int_eq(place_region(aws_models_endpoints(models), regions[_i].region, &near),
	    regions[_i].standing);
	if (regions[_i].near != NULL)
		ck_assert_str_eq(near.best, regions[_i].near);
	aws_models_destroy(models);
}
END_TEST

START_TEST(without_a_table_any_region_is_known)
{
	struct near near;

	near_init(&near, "us-esat-1");
	ck_assert_int_eq(place_region(NULL, "us-esat-1", &near), REGION_KNOWN);
}
END_TEST

static int others; /* that could have come in between */

static void
on_breath(struct breather *breather)
{
	(void)breather;
	others++;
}

START_TEST(nobody_comes_in_between_while_a_model_is_loaded)
{
	struct breather           breather = { on_breath };
	struct aws_models        *models = aws_models_create(aws_real_folder());
	const struct aws_service *service;
	struct aws_place          place;

	others = 0;
	breathe_by(&breather);
	service = aws_models_service(models, "ec2", NULL);
	ck_assert(aws_models_place(models, service, "eu-west-1", &place));
	ck_assert_int_eq(others, 0);
	breathe();
	breathe_by(NULL);
	ck_assert_int_eq(others, 1); /* who else asks is let in again */
	aws_models_destroy(models);
}
END_TEST

/* A model is only good if each reference in it leads somewhere. */
START_TEST(every_reference_of_a_service_has_its_shape)
{
	struct aws_models        *models = aws_models_create(aws_real_folder());
	const struct aws_service *service = aws_models_service(models, services[_i].name, NULL);
	size_t                    members = 0;

	ck_assert_ptr_nonnull(service);
	json_object_object_foreach (service->base.shapes, name, def) {
		struct json_object      *list = json_get_object(def, "members");
		static const char *const parts[] = { "member", "key", "value" };
		struct shape             part;

		ck_assert_str_ne(name, "");
		for (size_t i = 0; i < array_len(parts); i++) {
			if (json_has(def, parts[i]))
				ck_assert(shape_of(&service->base, json_get(def, parts[i]), &part));
		}
		if (list == NULL)
			continue;
		json_object_object_foreach (list, member, ref) {
			ck_assert_msg(shape_of(&service->base, ref, &part), "%s.%s", name, member);
			members++;
		}
	}
	ck_assert_uint_gt(members, 10);
	aws_models_destroy(models);
}
END_TEST

START_TEST(a_reference_goes_before_its_shape)
{
	struct aws_models        *models = aws_models_create(aws_real_folder());
	const struct aws_service *s3 = aws_models_service(models, "s3", NULL);
	struct shape              input, member, item;

	ck_assert(shape_input(&s3->base, service_operation(&s3->base, "PutBucketTagging"), &input));
	ck_assert_int_eq(input.type, SHAPE_STRUCTURE);
	ck_assert_str_eq(shape_trait(&input, "payload"), "Tagging");
	ck_assert(shape_member(&input, "Bucket", &member));
	ck_assert_str_eq(shape_location(&member), "uri");
	ck_assert(shape_member(&input, "Tagging", &member));
	ck_assert_ptr_null(shape_location(&member));
	ck_assert(shape_member(&member, "TagSet", &item));
	ck_assert_int_eq(item.type, SHAPE_LIST);
	ck_assert(shape_part(&item, "member", &member));
	ck_assert_str_eq(shape_name(&member, "otherwise"), "Tag");
	ck_assert(!shape_member(&input, "NoSuchMember", &member));
	ck_assert(
	    !shape_output(&s3->base, service_operation(&s3->base, "PutBucketTagging"), &member));
	aws_models_destroy(models);
}
END_TEST

START_TEST(waiters_are_kept_with_expected_values_that_say_no)
{
	struct aws_models        *models = aws_models_create(aws_real_folder());
	const struct aws_service *service = aws_models_service(models, "dynamodb", NULL);
	struct json_object       *waiter = service_waiter(&service->base, "TableExists");

	ck_assert_str_eq(json_get_str(waiter, "operation"), "DescribeTable");
	ck_assert_str_eq(
	    json_object_get_string(json_path(waiter, "acceptors.0.expected")), "ACTIVE");
	ck_assert_ptr_null(service_waiter(&service->base, "NoSuchWaiter"));
	ck_assert_ptr_nonnull(json_get(service->base.paginators, "ListTables"));
	aws_models_destroy(models);
}
END_TEST

static const char *const bad_names[] = { "", "no-such-service", "../iam", "iam/../iam", "IAM",
	"iam.json" };

START_TEST(a_service_that_is_not_there_is_an_error)
{
	struct aws_models *models = aws_models_create(aws_real_folder());
	struct err         err = { ERR_OK, "" };

	ck_assert_ptr_null(aws_models_service(models, bad_names[_i], &err));
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	aws_models_destroy(models);
}
END_TEST

START_TEST(a_file_that_is_no_model_is_an_error)
{
	char               folder[] = "/tmp/test_aws_model_XXXXXX", path[128];
	struct aws_models *models;
	struct err         err = { ERR_OK, "" };
	FILE              *file;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/iam.json", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("{\"metadata\":{\"protocol\":\"smoke-signals\"},\"operations\":{},\"shapes\":{}}",
	    file);
	fclose(file);
	models = aws_models_create(folder);
	ck_assert_ptr_null(aws_models_service(models, "iam", &err));
	ck_assert_int_eq(err.code, ERR_PROVIDER);
	aws_models_destroy(models);
	unlink(path);
	rmdir(folder);
}
END_TEST

static const struct {
	const char *service, *region, *host, *signing; /* host NULL: there is no such place */
} places[] = {
	{ "iam", "eu-west-1", "iam.amazonaws.com", "us-east-1" },
	{ "iam", "", "iam.amazonaws.com", "us-east-1" },
	{ "iam", NULL, "iam.amazonaws.com", "us-east-1" },
	{ "iam", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ "iam", "us-gov-west-1", "iam.us-gov.amazonaws.com", "us-gov-west-1" },
	{ "sts", "eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "lambda", "us-east-1", "lambda.us-east-1.amazonaws.com", "us-east-1" },
	{ "lambda", "eu-west-99", "lambda.eu-west-99.amazonaws.com", "eu-west-99" },
	{ "lambda", "cn-north-1", "lambda.cn-north-1.amazonaws.com.cn", "cn-north-1" },
	{ "s3", "eu-west-1", "s3.eu-west-1.amazonaws.com", "eu-west-1" },
	{ "dynamodb", "us-west-2", "dynamodb.us-west-2.amazonaws.com", "us-west-2" },
	{ "dynamodb", "local", NULL, NULL },
	{ "lambda", "", NULL, NULL },
	{ "lambda", "the-moon", NULL, NULL },
	{ "lambda", "us-east-1.evil.example.com/", NULL, NULL },
	{ "lambda", "us-east-1234567890123456789012345678901234567890", NULL, NULL },
};

START_TEST(a_service_in_a_region_has_its_host_and_signing_region)
{
	struct aws_models        *models = aws_models_create(aws_real_folder());
	const struct aws_service *service = aws_models_service(models, places[_i].service, NULL);
	struct aws_place          place;
	bool found = aws_models_place(models, service, places[_i].region, &place);

	ck_assert_int_eq(found, places[_i].host != NULL);
	if (found) {
		ck_assert_str_eq(place.host, places[_i].host);
		ck_assert_str_eq(place.region, places[_i].signing);
	}
	aws_models_destroy(models);
}
END_TEST

static const struct {
	const char    *operation;
	int            status;
	const char    *code;
	bool           html;
	enum op_result result;
} faults[] = {
	{ "CreateRole", 400, "Throttling", false, OP_THROTTLED },
	{ "CreateTable", 400, "ThrottlingException", false, OP_THROTTLED },
	{ "CreateVpc", 503, "RequestLimitExceeded", false, OP_THROTTLED },
	{ "PutItem", 400, "ProvisionedThroughputExceededException", false, OP_THROTTLED },
	{ "PutObject", 503, "SlowDown", false, OP_THROTTLED },
	{ "ChangeResourceRecordSets", 400, "PriorRequestNotComplete", false, OP_THROTTLED },
	{ "CreateFunction", 429, "TooManyRequestsException", false, OP_THROTTLED },
	{ "CreateFunction", 429, "NeverHeardOf", false, OP_THROTTLED },
	{ "CreateFunction", 429, "", true, OP_THROTTLED },
	{ "CreateRole", 500, "ServiceFailure", false, OP_UNKNOWN },
	{ "CreateRole", 500, "NeverHeardOf", false, OP_UNKNOWN },
	{ "GetRole", 500, "ServiceFailure", false, OP_TRANSIENT },
	{ "CreateRole", 503, "ServiceUnavailable", true, OP_UNKNOWN },
	{ "DescribeVpcs", 502, "BadGateway", true, OP_TRANSIENT },
	{ "CopyObject", 200, "InternalError", false, OP_UNKNOWN },
	{ "CreateRole", 403, "ExpiredToken", false, OP_EXPIRED },
	{ "CreateTable", 400, "UnrecognizedClientException", false, OP_EXPIRED },
	{ "CreateTable", 400, "InvalidSignatureException", false, OP_EXPIRED },
	{ "CreateVpc", 401, "AuthFailure", false, OP_EXPIRED },
	{ "HeadBucket", 401, "Unauthorized", false, OP_EXPIRED },
	{ "CreateRole", 403, "AccessDenied", false, OP_DENIED },
	{ "CreateTable", 400, "AccessDeniedException", false, OP_DENIED },
	{ "CreateVpc", 403, "UnauthorizedOperation", false, OP_DENIED },
	{ "HeadBucket", 403, "Forbidden", false, OP_DENIED },
	{ "CreateRole", 409, "LimitExceeded", false, OP_QUOTA },
	{ "CreateVpc", 400, "VpcLimitExceeded", false, OP_QUOTA },
	{ "CreateSecret", 400, "ServiceQuotaExceededException", false, OP_QUOTA },
	{ "CreateBucket", 400, "TooManyBuckets", false, OP_QUOTA },
	{ "GetRole", 404, "NoSuchEntity", false, OP_NOT_FOUND },
	{ "DescribeTable", 400, "ResourceNotFoundException", false, OP_NOT_FOUND },
	{ "DescribeVpcs", 400, "InvalidVpcID.NotFound", false, OP_NOT_FOUND },
	{ "GetQueueUrl", 400, "AWS.SimpleQueueService.NonExistentQueue", false, OP_NOT_FOUND },
	{ "HeadBucket", 404, "NotFound", false, OP_NOT_FOUND },
	{ "CreateRole", 409, "EntityAlreadyExists", false, OP_CONFLICT },
	{ "CreateBucket", 409, "BucketAlreadyExists", false, OP_CONFLICT },
	{ "CreateBucket", 409, "BucketAlreadyOwnedByYou", false, OP_CONFLICT },
	{ "CreateTable", 400, "ResourceInUseException", false, OP_CONFLICT },
	{ "CreateFunction", 409, "ResourceConflictException", false, OP_CONFLICT },
	{ "CreateSecurityGroup", 400, "InvalidGroup.Duplicate", false, OP_CONFLICT },
	{ "RunInstances", 400, "IdempotentParameterMismatch", false, OP_CONFLICT },
	{ "CreateResource", 400, "ClientTokenConflictException", false, OP_CONFLICT },
	{ "DeleteSecurityGroup", 400, "DependencyViolation", false, OP_CONFLICT },
	{ "DeleteRole", 409, "DeleteConflict", false, OP_CONFLICT },
	{ "DeleteBucket", 409, "BucketNotEmpty", false, OP_CONFLICT },
	{ "DeleteRepository", 400, "RepositoryNotEmptyException", false, OP_CONFLICT },
	{ "DeleteSecurityGroup", 400, "InvalidGroup.InUse", false, OP_CONFLICT },
	{ "DeleteVolume", 400, "VolumeInUse", false, OP_CONFLICT },
	{ "ReleaseAddress", 400, "InvalidIPAddress.InUse", false, OP_CONFLICT },
	{ "DeleteFileSystem", 409, "FileSystemInUse", false, OP_CONFLICT },
	{ "DeleteTargetGroup", 400, "ResourceInUse", false, OP_CONFLICT },
	{ "DeleteCertificate", 400, "ResourceInUseException", false, OP_CONFLICT },
	{ "DeleteCluster", 400, "ClusterContainsServicesException", false, OP_CONFLICT },
	{ "DeleteDBSubnetGroup", 400, "InvalidDBSubnetGroupStateFault", false, OP_CONFLICT },
	{ "DeleteAutoScalingGroup", 400, "ScalingActivityInProgress", false, OP_CONFLICT },
	{ "DeleteLogGroup", 400, "OperationAbortedException", false, OP_TRANSIENT },
	{ "GetCallerIdentity", 403, "RequestTimeTooSkewed", false, OP_EXPIRED },
	{ "CreateBucket", 409, "OperationAborted", false, OP_TRANSIENT },
	{ "CreateRole", 400, "ValidationError", false, OP_INVALID },
	{ "CreateTable", 400, "ValidationException", false, OP_INVALID },
	{ "CreateFunction", 400, "InvalidParameterValueException", false, OP_INVALID },
	{ "CreateRole", 400, "MalformedPolicyDocument", false, OP_INVALID },
	{ "CreateRole", 400, "", false, OP_INVALID },
	{ "CreateRole", 400, "NeverHeardOf", false, OP_FAILED },
	{ "GetBucketTagging", 301, "PermanentRedirect", false, OP_FAILED },
	{ "GetRole", 404, "NotFound", true, OP_FAILED },
	{ "CreateRole", 501, "NotImplemented", true, OP_FAILED },
};

START_TEST(an_error_has_its_class)
{
	ck_assert_int_eq(
	    fault_class(faults[_i].operation, faults[_i].status, faults[_i].code, faults[_i].html),
	    faults[_i].result);
}
END_TEST

START_TEST(without_an_answer_only_a_read_is_safe_to_repeat)
{
	ck_assert_int_eq(fault_unanswered("CreateRole"), OP_UNKNOWN);
	ck_assert_int_eq(fault_unanswered("DeleteRole"), OP_UNKNOWN);
	ck_assert_int_eq(fault_unanswered("GetRole"), OP_TRANSIENT);
	ck_assert_int_eq(fault_unanswered("ListRoles"), OP_TRANSIENT);
	ck_assert_int_eq(fault_unanswered("DescribeVpcs"), OP_TRANSIENT);
	ck_assert_int_eq(fault_unanswered("HeadBucket"), OP_TRANSIENT);
}
END_TEST

Suite *suite_aws_model(void);

Suite *
suite_aws_model(void)
{
	Suite *suite = suite_create("aws_model");
	TCase *tcase = tcase_create("aws_model");
	int    n = (int)array_len(services);

	tcase_add_loop_test(tcase, a_service_is_loaded_once_with_what_its_protocol_needs, 0, n);
	tcase_add_test(tcase, nobody_comes_in_between_while_a_model_is_loaded);
	tcase_add_loop_test(tcase, every_reference_of_a_service_has_its_shape, 0, n);
	tcase_add_test(tcase, a_reference_goes_before_its_shape);
	tcase_add_test(tcase, waiters_are_kept_with_expected_values_that_say_no);
	tcase_add_loop_test(
	    tcase, a_service_that_is_not_there_is_an_error, 0, (int)array_len(bad_names));
	tcase_add_test(tcase, a_file_that_is_no_model_is_an_error);
	tcase_add_loop_test(tcase, a_service_in_a_region_has_its_host_and_signing_region, 0,
	    (int)array_len(places));
	tcase_add_loop_test(
	    tcase, a_region_is_known_or_could_be_new_or_can_not_be, 0, (int)array_len(regions));
	tcase_add_test(tcase, without_a_table_any_region_is_known);
	tcase_add_loop_test(tcase, an_error_has_its_class, 0, (int)array_len(faults));
	tcase_add_test(tcase, without_an_answer_only_a_read_is_safe_to_repeat);
	suite_add_tcase(suite, tcase);
	return suite;
}
