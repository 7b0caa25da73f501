# What helps to build, try, test and understand it.
EXTRA_DIST += \
	%D%/count-tests \
	%D%/install-deps \
	%D%/quickstart \
	%D%/requirements.txt \
	%D%/test \
	docs/api.md \
	docs/concepts.md \
	docs/examples/hello-aws.json \
	docs/examples/web-stack.json \
	docs/examples/hello-local.json \
	docs/examples/lambda-service.json \
	docs/getting-started.md \
	docs/internals/engine.md \
	docs/internals/resource-types.md \
	docs/internals/store.md \
	docs/operations.md
