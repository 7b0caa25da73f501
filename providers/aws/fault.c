/* SPDX-License-Identifier: Apache-2.0
 * fault.c - the table of AWS error codes. */
#include "providers/aws/fault.h"

#include <fnmatch.h>
#include <string.h>

#include "util/check.h"
#include "util/str.h"

/* The first row that matches counts, so what is special stands before what is general. */
static const struct code_row {
	const char    *pattern; /* as for a shell */
	enum op_result result;
} code_rows[] = {
	/* too fast */
	{ "*Throttl*", OP_THROTTLED }, /* Throttling, ThrottlingException, RequestThrottled, ... */
	{ "*RequestLimitExceeded*", OP_THROTTLED },
	{ "TooManyRequests*", OP_THROTTLED },
	{ "*TooManyRequestsFault", OP_THROTTLED },
	{ "ProvisionedThroughputExceeded*", OP_THROTTLED },
	{ "BandwidthLimitExceeded", OP_THROTTLED },
	{ "TransactionInProgressException", OP_THROTTLED },
	{ "PriorRequestNotComplete", OP_THROTTLED },
	{ "SlowDown", OP_THROTTLED },

	/* the credentials */
	{ "ExpiredToken*", OP_EXPIRED },
	{ "TokenRefreshRequired", OP_EXPIRED },
	{ "InvalidToken*", OP_EXPIRED },
	{ "InvalidClientTokenId", OP_EXPIRED },
	{ "UnrecognizedClient*", OP_EXPIRED },
	{ "SignatureDoesNotMatch", OP_EXPIRED },
	{ "InvalidSignature*", OP_EXPIRED },
	{ "MissingAuthenticationToken*", OP_EXPIRED },
	{ "InvalidAccessKeyId", OP_EXPIRED },
	{ "InvalidSecurity", OP_EXPIRED },
	{ "NotSignedUp", OP_DENIED },
	{ "RequestExpired", OP_EXPIRED },
	{ "RequestTimeTooSkewed", OP_EXPIRED },
	{ "AuthFailure", OP_EXPIRED },
	{ "Unauthorized", OP_EXPIRED }, /* what a bare 401 is called */
	{ "AccessDenied*", OP_DENIED },
	{ "AllAccessDisabled", OP_DENIED },
	{ "AccountProblem", OP_DENIED },
	{ "Forbidden*", OP_DENIED },
	{ "*NotAuthorized*", OP_DENIED },
	{ "*Unauthorized*", OP_DENIED },
	{ "AuthorizationError*", OP_DENIED },
	{ "OptInRequired", OP_DENIED },
	{ "KMSAccessDenied*", OP_DENIED },

	/* the same again, a little later */
	{ "ConcurrentModification*", OP_TRANSIENT },
	{ "OperationAborted*", OP_TRANSIENT }, /* S3, Logs: another operation on it is under way */
	{ "TemporaryRedirect", OP_TRANSIENT },
	{ "ResourceNotReady*", OP_TRANSIENT },
	{ "EntityTemporarilyUnmodifiable*", OP_TRANSIENT },

	/* nobody knows: unless it is a read, look before a retry */
	{ "InternalFailure*", OP_UNKNOWN },
	{ "InternalError*", OP_UNKNOWN },
	{ "InternalServ*", OP_UNKNOWN }, /* InternalServerError, InternalServiceException, ... */
	{ "ServerInternal*", OP_UNKNOWN },
	{ "ServiceUnavailable*", OP_UNKNOWN },
	{ "ServiceException", OP_UNKNOWN },
	{ "ServiceFailure*", OP_UNKNOWN },
	{ "RequestTimeout*", OP_UNKNOWN },
	{ "Unavailable", OP_UNKNOWN },

	/* an account's limits */
	{ "*QuotaExceeded*", OP_QUOTA },
	{ "*LimitExceeded*", OP_QUOTA }, /* LimitExceededException; EC2: VpcLimitExceeded, ... */
	{ "*LimitReached*", OP_QUOTA },
	{ "TooMany*", OP_QUOTA }, /* TooManyBuckets, TooManyHostedZones, ... */
	{ "Max*Exceeded*", OP_QUOTA },
	{ "CodeStorageExceeded*", OP_QUOTA },
	{ "Insufficient*Capacity", OP_QUOTA },
	{ "*OverLimit*", OP_QUOTA },

	/* there is no such thing */
	{ "NoSuch*", OP_NOT_FOUND },
	{ "*NotFound*", OP_NOT_FOUND }, /* InvalidVpcID.NotFound, ResourceNotFoundException, ... */
	{ "*NonExistent*", OP_NOT_FOUND },
	{ "*DoesNotExist*", OP_NOT_FOUND },
	{ "404", OP_NOT_FOUND },

	/* there is one already, or something in the way */
	{ "*AlreadyExist*", OP_CONFLICT },
	{ "*AlreadyOwned*", OP_CONFLICT },
	{ "*AlreadyInUse*", OP_CONFLICT },
	{ "*.Duplicate", OP_CONFLICT }, /* EC2: InvalidGroup.Duplicate */
	{ "Duplicate*", OP_CONFLICT },
	{ "QueueNameExists", OP_CONFLICT },
	{ "ResourceExists*", OP_CONFLICT },
	{ "ResourceInUse*", OP_CONFLICT }, /* DynamoDB: the table is there */
	{ "*Conflict*", OP_CONFLICT },
	{ "Idempoten*Mismatch*", OP_CONFLICT }, /* our token, with other parameters: look again */
	{ "DependencyViolation", OP_CONFLICT },
	{ "*InUse", OP_CONFLICT }, /* EC2: InvalidGroup.InUse, VolumeInUse; FileSystemInUse */
	{ "*InUseException", OP_CONFLICT },
	{ "*InUseFault", OP_CONFLICT },
	{ "*NotEmpty*", OP_CONFLICT }, /* BucketNotEmpty, RepositoryNotEmptyException, ... */
	{ "HasDependents*", OP_CONFLICT },
	{ "CannotDelete*", OP_CONFLICT },
	{ "ClusterContains*", OP_CONFLICT },
	{ "InvalidDBSubnetGroupState*", OP_CONFLICT }, /* instances are in it */
	{ "ScalingActivityInProgress*", OP_CONFLICT },

	/* these properties can't be */
	{ "*Validation*", OP_INVALID },
	{ "Invalid*", OP_INVALID },
	{ "*.Malformed", OP_INVALID },
	{ "Malformed*", OP_INVALID },
	{ "Missing*", OP_INVALID },
	{ "UnknownParameter", OP_INVALID },
	{ "Serialization*", OP_INVALID },
	{ "BadRequest*", OP_INVALID },
	{ "IllegalLocationConstraint*", OP_INVALID },
	{ "EntityTooLarge", OP_INVALID },
	{ "UnsupportedParameter*", OP_INVALID },
};

/* Where the code says nothing. */
static const struct status_row {
	int            status;
	enum op_result result;
} status_rows[] = {
	{ 400, OP_INVALID },
	{ 401, OP_EXPIRED },
	{ 403, OP_DENIED },
	{ 404, OP_NOT_FOUND },
	{ 408, OP_UNKNOWN },
	{ 409, OP_CONFLICT },
	{ 429, OP_THROTTLED },
	{ 500, OP_UNKNOWN },
	{ 502, OP_UNKNOWN },
	{ 503, OP_UNKNOWN },
	{ 504, OP_UNKNOWN },
};

bool
fault_is_read(const char *operation)
{
	static const char *const prefixes[] = { "Get", "List", "Describe", "Head" };

	for (size_t i = 0; i < array_len(prefixes); i++) {
		if (str_starts(operation, prefixes[i]))
			return true;
	}
	return false;
}

enum op_result
fault_unanswered(const char *operation)
{
	return fault_is_read(operation) ? OP_TRANSIENT : OP_UNKNOWN;
}

static enum op_result
by_status(int status)
{
	for (size_t i = 0; i < array_len(status_rows); i++) {
		if (status_rows[i].status == status)
			return status_rows[i].result;
	}
	return OP_FAILED;
}

static enum op_result
by_code(const char *code, enum op_result otherwise)
{
	for (size_t i = 0; i < array_len(code_rows); i++) {
		if (fnmatch(code_rows[i].pattern, code, 0) == 0)
			return code_rows[i].result;
	}
	return otherwise;
}

/* A web page is not from the service: 5xx may be a gateway that lost it, anything else is a wrong
 * address. A code nobody has heard of, with 400, is a refusal but not one of the properties. */
enum op_result
fault_class(const char *operation, int status, const char *code, bool html)
{
	enum op_result result = by_status(status);

	if (html)
		result = result == OP_UNKNOWN || result == OP_THROTTLED ? result : OP_FAILED;
	else if (*code != '\0')
		result = by_code(code, status == 400 ? OP_FAILED : result);
	return result == OP_UNKNOWN ? fault_unanswered(operation) : result;
}
