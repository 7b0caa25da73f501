/* SPDX-License-Identifier: Apache-2.0
 * published.c - runs the published test cases of AWS against our signer and our protocols.
 *
 *     published FOLDER
 *
 * FOLDER is the tests/unit folder of botocore's source package: auth/aws4_testsuite has AWS's cases for
 * Signature Version 4, protocols/{input,output} has Smithy's cases for each protocol. They are fetched
 * when they are wanted (they are not ours to ship), so this is a program of its own, which fails when
 * they are not there. Cases that we mean not to pass are named below, with the reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "published.h"
#include "util/check.h"
#include "util/secret.h"

#define GZIP  "we compress no request: a service must take it plain"
#define EMPTY "as botocore does, an empty list sends no header"
#define DENSE "the models in this form don't say which maps have no nulls: they are kept"
#define NAMED "the case's model has lost the element's name on the way into this form"

#define STREAM "no operation that we call answers with an event stream"
#define NOBODY "without a body we name no type of it"
#define UNION  "an unknown member of a union is left out, as of any structure"

/* A named exception. The program fails when one of them passes, too: then it is none. */
static const struct exception {
	const char *suite, *id, *why;
} exceptions[] = {
	{ "query input", "SDKAppliedContentEncoding_awsQuery", GZIP },
	{ "query input", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery", GZIP },
	{ "ec2 input", "SDKAppliedContentEncoding_ec2Query", GZIP },
	{ "ec2 input", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query", GZIP },
	{ "json input", "SDKAppliedContentEncoding_awsJson1_1", GZIP },
	{ "json input", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1", GZIP },
	{ "json_1_0 input", "SDKAppliedContentEncoding_awsJson1_0", GZIP },
	{ "json_1_0 input", "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0", GZIP },
	{ "rest-json input", "SDKAppliedContentEncoding_restJson1", GZIP },
	{ "rest-json input", "SDKAppendedGzipAfterProvidedEncoding_restJson1", GZIP },
	{ "rest-xml input", "SDKAppliedContentEncoding_restXml", GZIP },
	{ "rest-xml input", "SDKAppendedGzipAfterProvidedEncoding_restXml", GZIP },
	{ "rest-json input", "RestJsonNullAndEmptyHeaders", EMPTY },
	{ "rest-xml input", "NullAndEmptyHeaders", EMPTY },
	{ "rest-json output", "RestJsonDeserializesDenseSetMapAndSkipsNull", DENSE },
	{ "rest-xml input", "BodyWithXmlName", NAMED },
	{ "rest-xml input", "RestXmlHttpPayloadWithUnion", NAMED },
	{ "rest-xml input", "HttpPayloadWithXmlName", NAMED },
	{ "rest-xml input", "HttpPayloadWithXmlNamespace", NAMED },
	{ "rest-xml input", "HttpPayloadWithXmlNamespaceAndPrefix", NAMED },
	{ "rest-xml input", "XmlAttributesOnPayload", NAMED },
	{ "rest-xml output", "BodyWithXmlName", NAMED },
	{ "json legacy/output", "6:0", STREAM },
	{ "rest-xml legacy/output", "14:0", STREAM },
	{ "rest-xml legacy/output", "14:1", STREAM },
	{ "rest-xml legacy/output", "14:2", STREAM },
	{ "rest-json legacy/input", "25:7", NOBODY },
	{ "rest-json legacy/output", "17:2", UNION },
	{ "rest-xml legacy/output", "16:2", UNION },
};

static struct count {
	size_t passed, failed, excepted;
} total, suite_count;

static const char *
exception_of(const char *suite, const char *id)
{
	for (size_t i = 0; i < array_len(exceptions); i++) {
		if (strcmp(exceptions[i].suite, suite) == 0 && strcmp(exceptions[i].id, id) == 0)
			return exceptions[i].why;
	}
	return NULL;
}

void
published_case(const char *suite, const char *id, const char *problem)
{
	const char *why = exception_of(suite, id);

	if (problem == NULL && why == NULL) {
		suite_count.passed++;
	} else if (problem != NULL && why != NULL) {
		suite_count.excepted++;
		printf("  exception %s: %s\n", id, why);
	} else {
		suite_count.failed++;
		printf("  FAILED %s: %s\n", id,
		    problem != NULL ? problem : "is an exception, but passes");
	}
}

void
published_suite_end(const char *suite)
{
	printf("%-36s %3zu passed, %zu failed, %zu named exceptions\n", suite, suite_count.passed,
	    suite_count.failed, suite_count.excepted);
	total.passed += suite_count.passed;
	total.failed += suite_count.failed;
	total.excepted += suite_count.excepted;
	suite_count = (struct count){ 0 };
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: published FOLDER (tests/unit of botocore's sources)\n");
		return EXIT_FAILURE;
	}
	if (!secret_setup())
		return EXIT_FAILURE;
	if (!published_signing(argv[1]) || !published_protocols(argv[1])) {
		fprintf(stderr, "published: the cases are not in %s\n", argv[1]);
		return EXIT_FAILURE;
	}
	printf("published cases: %zu passed, %zu failed, %zu named exceptions\n", total.passed,
	    total.failed, total.excepted);
	return total.failed == 0 && total.passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
