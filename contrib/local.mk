# What helps to build, test and run it.
EXTRA_DIST += \
	%D%/count-tests \
	%D%/install-deps \
	%D%/requirements.txt \
	%D%/test
