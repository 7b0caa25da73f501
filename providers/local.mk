# The drivers. libproviders.a holds all of them; AWS's wire formats are data, made from its service models.
noinst_LIBRARIES += libproviders.a
libproviders_a_SOURCES = \
	%D%/aws/aws.c \
	%D%/aws/aws.h \
	%D%/aws/call.c \
	%D%/aws/call.h \
	%D%/aws/call_keys.h \
	%D%/aws/cloudcontrol.h \
	%D%/aws/cloudcontrol_read.c \
	%D%/aws/cloudcontrol_type.c \
	%D%/aws/cloudcontrol_write.c \
	%D%/aws/copy.c \
	%D%/aws/copy.h \
	%D%/aws/credentials.c \
	%D%/aws/credentials.h \
	%D%/aws/errand.c \
	%D%/aws/errand.h \
	%D%/aws/fault.c \
	%D%/aws/fault.h \
	%D%/aws/hooks.c \
	%D%/aws/hooks.h \
	%D%/aws/model.c \
	%D%/aws/model.h \
	%D%/aws/params.c \
	%D%/aws/params.h \
	%D%/aws/place.c \
	%D%/aws/place.h \
	%D%/aws/session.c \
	%D%/aws/session.h \
	%D%/aws/sign.c \
	%D%/aws/sign.h \
	%D%/aws/sweep.c \
	%D%/aws/sweep.h \
	%D%/aws/value.c \
	%D%/aws/value.h \
	%D%/aws/whose.c \
	%D%/aws/whose.h \
	%D%/aws/wire.c \
	%D%/aws/wire.h \
	%D%/aws/wire_header.c \
	%D%/aws/wire_json.c \
	%D%/aws/wire_query.c \
	%D%/aws/wire_rest.c \
	%D%/aws/wire_rest.h \
	%D%/aws/wire_rest_in.c \
	%D%/aws/wire_rest_url.c \
	%D%/aws/wire_values.h \
	%D%/aws/wire_xml.c \
	%D%/aws/wire_xml.h \
	%D%/aws/xml.c \
	%D%/aws/xml.h \
	%D%/aws/zip.c \
	%D%/aws/zip.h \
	%D%/github/app.c \
	%D%/github/app.h \
	%D%/github/call.c \
	%D%/github/call.h \
	%D%/github/call_keys.h \
	%D%/github/credentials.c \
	%D%/github/credentials.h \
	%D%/github/fault.c \
	%D%/github/fault.h \
	%D%/github/github.c \
	%D%/github/github.h \
	%D%/github/hooks.c \
	%D%/github/hooks.h \
	%D%/github/mark.c \
	%D%/github/mark.h \
	%D%/github/secrets.c \
	%D%/github/secrets.h \
	%D%/local/local.c \
	%D%/local/local_allow.c \
	%D%/local/local_allow.h \
	%D%/local/local_claim.c \
	%D%/local/local_claim.h \
	%D%/local/local.h \
	%D%/local/local_command.c \
	%D%/local/local_directory.c \
	%D%/local/local_file.c \
	%D%/local/local_guard.c \
	%D%/local/local_guard.h \
	%D%/local/local_impl.h \
	%D%/local/local_index.c \
	%D%/local/local_index.h \
	%D%/local/local_null.c \
	%D%/local/local_output.c \
	%D%/local/local_output.h \
	%D%/local/local_place.c \
	%D%/local/local_place.h \
	%D%/local/local_port.c \
	%D%/local/local_process.c \
	%D%/local/local_process.h \
	%D%/local/local_request.c \
	%D%/local/local_root.c \
	%D%/local/local_root.h \
	%D%/local/local_spawn.c \
	%D%/local/local_spawn.h \
	%D%/local/local_sweep.c \
	%D%/local/local_sweep.h \
	%D%/local/local_variable.c \
	%D%/local/local_variable.h \
	%D%/sister/contact.c \
	%D%/sister/github_inside.h \
	%D%/sister/github_op.c \
	%D%/sister/github_service.c \
	%D%/sister/github_service.h \
	%D%/sister/inside.h \
	%D%/sister/peer.c \
	%D%/sister/peer.h \
	%D%/sister/question.c \
	%D%/sister/sister.c \
	%D%/sister/sister.h

EXTRA_DIST += %D%/aws/strip-models.py

# The data files lie below share/ in the build tree as they do when installed. Every service is there, so
# that a new resource type needs no new build.
awsdir = $(pkgdatadir)/aws
share/aws/stamp: $(srcdir)/%D%/aws/strip-models.py
	$(AM_V_GEN)$(MKDIR_P) share/aws && $(PYTHON) $(srcdir)/%D%/aws/strip-models.py \
		--models $(AWS_MODELS) --out share/aws \
		$$(cd $(AWS_MODELS) && ls -d */ | tr -d /) && touch $@
all-local: share/aws/stamp share/schemas $(PAGE_STAMP)

install-data-hook: share/aws/stamp
	$(MKDIR_P) '$(DESTDIR)$(awsdir)'
	$(INSTALL_DATA) share/aws/*.json '$(DESTDIR)$(awsdir)'
uninstall-hook:
	rm -rf '$(DESTDIR)$(awsdir)'
clean-local:
	rm -rf share docs/types
