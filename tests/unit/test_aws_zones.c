/* SPDX-License-Identifier: Apache-2.0
 * test_aws_zones.c - what the types of distributions, zones and their records need: counted lists, the answer before,
 * names of domains, what is done when a delete has settled. */
#include <check.h>
#include <stdio.h>

#include "tests/unit/aws_world.h"
#include "util/domain.h"
#include "util/json.h"

#define DIST     "aws:cloudfront:distribution"
#define ZONE     "aws:route53:zone"
#define RECORD   "aws:route53:record"
#define OUR_TAGS "'tags':{" AWS_WORLD_TAG_MEMBERS "}"

/* ---- lists that count their items, and the answer before ---- */

#define DEFAULTS                                                                                \
	"'CallerReference':'ref','Enabled':true,'Staging':false,'Comment':'','CacheBehaviors':" \
	"{'Quantity':0},'CustomErrorResponses':{'Quantity':0},'DefaultRootObject':'',"          \
	"'HttpVersion':'http2','Logging':{'Bucket':'','Enabled':false,'IncludeCookies':false,"  \
	"'Prefix':''},'PriceClass':'PriceClass_All','WebACLId':'','ViewerCertificate':"         \
	"{'CloudFrontDefaultCertificate':true},'Restrictions':{'GeoRestriction':"               \
	"{'RestrictionType':'none','Quantity':0}}"
#define KNOWN "{'id':'d','outputs':{'distribution_id':'d'}," OUR_TAGS "}"

static const struct {
	const char *desired, *members;
} counts[] = {
	{ "{'enabled':true}", "'Aliases':{'Quantity':0},'OriginGroups':{'Quantity':0}" },
	{ "{'enabled':true,'aliases':['x','y']}",
	    "'Aliases':{'Quantity':2,'Items':['x','y']},'OriginGroups':{'Quantity':0}" },
	{ "{'enabled':true,'origin_groups':[{'id':'g','members':['a','b']}]}",
	    "'Aliases':{'Quantity':0},'OriginGroups':{'Quantity':1,'Items':[{'Id':'g','Members':"
	    "{'Quantity':2,'Items':[{'OriginId':'a'},{'OriginId':'b'}]}}]}" },
};

START_TEST(an_update_lays_its_own_over_what_is_there_and_counts_lists)
{
	char             params[2048];
	const struct op *op;

	snprintf(params, sizeof(params),
	    "{'Id':'d','IfMatch':'e1','DistributionConfig':{" DEFAULTS ",%s}}", counts[_i].members);
	op = aws_world_update(aws, DIST, counts[_i].desired, "['aliases']", KNOWN,
	    (const struct aws_line[]){
		{ "GetDistributionConfig", "{'Id':'d'}", OP_OK,
		    "{'ETag':'e1','DistributionConfig':{'CallerReference':'ref','Enabled':false,"
		    "'Comment':'c','Staging':false,'Aliases':{'Quantity':1,'Items':['z']}}}",
		    0 },
		{ "UpdateDistribution", params, OP_OK, "{}", 0 }, { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

static const struct {
	const char *enabled;
	bool        updates;
} rests[] = { { "true", true }, { "false", false } };

START_TEST(a_delete_goes_by_what_the_answer_before_says)
{
	char                  config[256];
	const struct aws_line update = { "UpdateDistribution",
		"{'Id':'d','IfMatch':'e1','DistributionConfig':{'CallerReference':'ref',"
		"'Enabled':false}}",
		OP_OK, "{}", 0 };
	const struct op      *op;

	snprintf(config, sizeof(config),
	    "{'ETag':'e1','DistributionConfig':{'CallerReference':'ref','Enabled':%s}}",
	    rests[_i].enabled);
	op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = DIST, .kind = OP_DELETE, .region = "", .known = KNOWN },
	    (const struct aws_line[]){ { "GetDistributionConfig", "{'Id':'d'}", OP_OK, config, 0 },
		rests[_i].updates ? update : (struct aws_line){ 0 }, { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- settling ---- */

static const struct op *
settle(const char *type, enum op_kind after, const char *known, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = type,
		.kind = OP_SETTLE,
		.after = after,
		.region = "",
		.desired = "{'zone_id':'Z','name':'n','type':'A','domain_name':'n'}",
		.known = known },
	    script);
}

START_TEST(what_has_come_to_rest_is_removed)
{
	static const struct aws_line look = { "GetDistribution", "{'Id':'d'}", OP_OK,
		"{'Distribution':{'Status':'Deployed'}}", 0 };
	static const struct aws_line read = { "GetDistributionConfig", "{'Id':'d'}", OP_OK,
		"{'ETag':'e2'}", 0 };
	static const struct {
		enum op_result given;
		const char    *answer;
		enum op_result result;
	} rows[] = {
		{ OP_OK, "{}", OP_OK },
		{ OP_FAILED, "DistributionNotDisabled: wait", OP_NOT_YET },
		{ OP_NOT_FOUND, "NoSuchDistribution: gone", OP_OK },
		{ OP_FAILED, "PreconditionFailed: another", OP_TRANSIENT },
	};

	for (size_t i = 0; i < array_len(rows); i++)
		aws_expect_result(settle(DIST, OP_DELETE, KNOWN,
				      (const struct aws_line[]){ look, read,
					  { "DeleteDistribution", "{'Id':'d','IfMatch':'e2'}",
					      rows[i].given, rows[i].answer, 0 },
					  { 0 } }),
		    rows[i].result);
}
END_TEST

START_TEST(nothing_is_removed_before_it_has_come_to_rest_or_when_it_is_gone)
{
	aws_expect_result(
	    settle(DIST, OP_DELETE, KNOWN,
		(const struct aws_line[]){ { "GetDistribution", "{'Id':'d'}", OP_OK,
					       "{'Distribution':{'Status':'InProgress'}}", 0 },
		    { 0 } }),
	    OP_NOT_YET);
	aws_expect_result(
	    settle(DIST, OP_DELETE, KNOWN,
		(const struct aws_line[]){ { "GetDistribution", "{'Id':'d'}", OP_NOT_FOUND,
					       "NoSuchDistribution: gone", 0 },
		    { 0 } }),
	    OP_OK);
}
END_TEST

START_TEST(where_there_is_nothing_to_wait_for_it_is_settled)
{
	const struct op *op;

	op = settle(RECORD, OP_CREATE, "{'id':'r'}", (const struct aws_line[]){ { 0 } });
	aws_expect_result(op, OP_OK);
	op = settle(RECORD, OP_CREATE, "{'id':'r','outputs':{'change_id':'C1'}}",
	    (const struct aws_line[]){
		{ "GetChange", "{'Id':'C1'}", OP_OK, "{'ChangeInfo':{'Status':'PENDING'}}", 0 },
		{ 0 } });
	aws_expect_result(op, OP_NOT_YET);
}
END_TEST

START_TEST(outputs_that_come_later_are_taken_when_it_has_settled)
{
	const struct op *op = settle("aws:acm:certificate", OP_CREATE,
	    "{'id':'arn:c','properties':{'domain_name':'n'},'outputs':{'arn':'arn:c'}}",
	    (const struct aws_line[]){
		{ "DescribeCertificate", "{'CertificateArn':'arn:c'}", OP_OK,
		    "{'Certificate':{'CertificateArn':'arn:c','DomainName':'n',"
		    "'DomainValidationOptions':[{'ResourceRecord':{'Type':'CNAME'}}]}}",
		    0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"),
	    "{'arn':'arn:c','domain_name':'n','domain_validation_options':"
	    "[{'ResourceRecord':{'Type':'CNAME'}}]}");
	aws_expect_json(json_get(op->found, "properties"), "{'domain_name':'n'}");
}
END_TEST

/* ---- zones and their records ---- */

START_TEST(a_zone_is_known_by_how_its_reference_begins)
{
	const struct op *op = aws_world_do(aws, ZONE, OP_READ, "{'name':'example.com'}",
	    (const struct aws_line[]){
		{ "ListHostedZonesByName", "{'DNSName':'example.com','MaxItems':'100'}", OP_OK,
		    "{'HostedZones':[{'Id':'/hostedzone/Z1','CallerReference':'theirs'},"
		    "{'Id':'/hostedzone/Z2','CallerReference':'mgraph-deploy.bbbbbbbb.tok'}]}",
		    0 },
		{ "GetHostedZone", "{'Id':'Z2'}", OP_OK,
		    "{'HostedZone':{'Id':'/hostedzone/Z2','Config':{'PrivateZone':false}},"
		    "'DelegationSet':{'NameServers':['ns']}}",
		    0 },
		{ "ListTagsForResource", "{'ResourceType':'hostedzone','ResourceId':'Z2'}", OP_OK,
		    "{'ResourceTagSet':{'Tags':[]}}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"),
	    "{'zone_id':'Z2','name':'example.com','name_servers':['ns'],"
	    "'arn':'arn:aws:route53:::hostedzone/Z2'}");
	ck_assert(json_has(op->found, "incomplete"));
}
END_TEST

START_TEST(items_that_an_earlier_step_has_found_are_not_added_again)
{
	const struct op *op = aws_world_do(aws, ZONE, OP_CREATE,
	    "{'name':'n','private_zone':true,'vpcs':[{'vpc_id':'v1','vpc_region':'r'},"
	    "{'vpc_id':'v2','vpc_region':'r'}]}",
	    (const struct aws_line[]){
		{ "CreateHostedZone",
		    "{'Name':'n','CallerReference':'mgraph-deploy.bbbbbbbb.token','VPC':{'VPCId':"
		    "'v1',"
		    "'VPCRegion':'r'},'HostedZoneConfig':{'PrivateZone':true}}",
		    OP_OK,
		    "{'HostedZone':{'Id':'/hostedzone/Z3'},'ChangeInfo':{'Id':'/change/C3'}}", 0 },
		{ "GetHostedZone", "{'Id':'Z3'}", OP_OK,
		    "{'VPCs':[{'VPCRegion':'r','VPCId':'v1'}]}", 0 },
		{ "AssociateVPCWithHostedZone",
		    "{'HostedZoneId':'Z3','VPC':{'VPCId':'v2','VPCRegion':'r'}}", OP_OK, "{}", 0 },
		{ "ChangeTagsForResource",
		    "{'ResourceType':'hostedzone','ResourceId':'Z3','AddTags':" AWS_WORLD_TAG_LIST
		    "}",
		    OP_OK, "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "change_id"), "C3");
}
END_TEST

START_TEST(a_record_is_found_however_its_name_is_written_and_deleted_as_it_was)
{
	const struct op *op = aws_world_do(aws, RECORD, OP_READ,
	    "{'zone_id':'Z','name':'*.Example.com','type':'A'}",
	    (const struct aws_line[]){
		{ "ListResourceRecordSets",
		    "{'HostedZoneId':'Z','StartRecordName':'*.Example.com','StartRecordType':'A'}",
		    OP_OK,
		    "{'ResourceRecordSets':[{'Name':'other.example.com.','Type':'A'},"
		    "{'Name':'\\\\052.example.com.','Type':'AAAA'},{'Name':'\\\\052.example.com.',"
		    "'Type':'A','TTL':60,'ResourceRecords':[{'Value':'1.2.3.4'}]}]}",
		    0 },
		{ 0 } });
	char             known[512];

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(json_get(op->found, "properties"), "records"), "['1.2.3.4']");
	snprintf(known, sizeof(known), "{'id':'r','properties':%s}",
	    "{'zone_id':'Z','name':'x.','type':'A','ttl':60,'records':['1.2.3.4']}");
	op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = RECORD,
		.kind = OP_DELETE,
		.region = "",
		.desired = "{'zone_id':'Z','name':'x','type':'A','ttl':90,'records':['5.6.7.8']}",
		.known = known },
	    (const struct aws_line[]){
		{ "ChangeResourceRecordSets",
		    "{'HostedZoneId':'Z','ChangeBatch':{'Changes':[{'Action':'DELETE',"
		    "'ResourceRecordSet':{'Name':'x.','Type':'A','TTL':60,'ResourceRecords':"
		    "[{'Value':'1.2.3.4'}]}}]}}",
		    OP_OK, "{}", 0 },
		{ 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

static const struct {
	const char *a, *b;
	bool        same;
} domains[] = {
	{ "a.b", "a.b", true },
	{ "a.b", "A.b.", true },
	{ "*.b", "\\052.B.", true },
	{ "a\\.b", "a\\.b", true },
	{ "a.b", "a.bc", false },
	{ "a.b..", "a.b", false },
	{ "\\05", "*", false },
	{ "", ".", true },
	{ "", "a", false },
};

START_TEST(a_domain_name_can_be_written_in_many_ways)
{
	ck_assert_int_eq(domain_same(domains[_i].a, domains[_i].b), domains[_i].same);
	ck_assert_int_eq(domain_same(domains[_i].b, domains[_i].a), domains[_i].same);
}
END_TEST

Suite *suite_aws_zones(void);

Suite *
suite_aws_zones(void)
{
	Suite *suite = suite_create("aws_zones");
	TCase *tcase = aws_world_case("aws_zones");

	tcase_add_loop_test(tcase, an_update_lays_its_own_over_what_is_there_and_counts_lists, 0,
	    array_len(counts));
	tcase_add_loop_test(
	    tcase, a_delete_goes_by_what_the_answer_before_says, 0, array_len(rests));
	tcase_add_test(tcase, what_has_come_to_rest_is_removed);
	tcase_add_test(tcase, nothing_is_removed_before_it_has_come_to_rest_or_when_it_is_gone);
	tcase_add_test(tcase, where_there_is_nothing_to_wait_for_it_is_settled);
	tcase_add_test(tcase, outputs_that_come_later_are_taken_when_it_has_settled);
	tcase_add_test(tcase, a_zone_is_known_by_how_its_reference_begins);
	tcase_add_test(tcase, items_that_an_earlier_step_has_found_are_not_added_again);
	tcase_add_test(tcase, a_record_is_found_however_its_name_is_written_and_deleted_as_it_was);
	tcase_add_loop_test(
	    tcase, a_domain_name_can_be_written_in_many_ways, 0, array_len(domains));
	suite_add_tcase(suite, tcase);
	return suite;
}
