# What helps to build, try, test and understand it.
EXTRA_DIST += \
	%D%/container/Containerfile \
	%D%/count-tests \
	%D%/install-deps \
	%D%/monitor.py \
	%D%/npm/package.json \
	%D%/npm/package-lock.json \
	%D%/quickstart \
	%D%/requirements-sisters.txt \
	%D%/screenshots \
	%D%/requirements.txt \
	%D%/test \
	docs/README.md \
	docs/api.md \
	docs/comparison.md \
	docs/concepts.md \
	docs/examples/function-to-github.json \
	docs/examples/hello-aws.json \
	docs/examples/web-stack.json \
	docs/examples/hello-local.json \
	docs/examples/lambda-service.json \
	docs/examples/terraform.json \
	docs/examples/test-suite.json \
	docs/getting-started.md \
	docs/how-to/README.md \
	docs/how-to/deploy.md \
	docs/how-to/destroy.md \
	docs/how-to/discover.md \
	docs/how-to/graphs.md \
	docs/how-to/history.md \
	docs/how-to/move.md \
	docs/how-to/openapi.md \
	docs/how-to/plan.md \
	docs/how-to/primitives.md \
	docs/how-to/providers.md \
	docs/how-to/regions.md \
	docs/how-to/resume.md \
	docs/how-to/step.md \
	docs/how-to/storage.md \
	docs/how-to/tenants.md \
	docs/how-to/tests.md \
	docs/how-to/update.md \
	docs/how-to/verify.md \
	docs/how-to/watch.md \
	docs/internals/architecture.md \
	docs/internals/archive.md \
	docs/internals/discovery.md \
	docs/internals/engine.md \
	docs/internals/fuzzing.md \
	docs/internals/provider-protocol.md \
	docs/internals/resource-types.md \
	docs/internals/store.md \
	docs/internals/turns.md \
	docs/images/page-changes.png \
	docs/images/page-graph.png \
	docs/images/page-large.png \
	docs/images/page-timeline-dark.png \
	docs/operations.md \
	docs/page.md \
	docs/problems.md \
	docs/security.md

# A page for each service, with its resource types. They are made where they are installed; `make type-pages` makes them here.
TYPE_PAGES = $(PYTHON) $(srcdir)/docs/type-pages.py $(srcdir)/schemas $(srcdir)/tests/data/cycles
EXTRA_DIST += docs/type-pages.py
type-pages:
	$(TYPE_PAGES) docs/types

# A manual page for each command, where help2man is there.
MAN_PAGES = $(SHELL) $(srcdir)/%D%/man-pages '$(abs_builddir)/mgraph-deploy' '$(PACKAGE_VERSION)'
bashcompletiondir = $(datarootdir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/bash-completion/mgraph-deploy
EXTRA_DIST += %D%/grafana/mgraph-deploy.json %D%/man-pages %D%/systemd/mgraph-deploy.service \
	%D%/systemd/mgraph-deploy@.service \
	debian/changelog debian/control debian/copyright debian/mgraph-deploy.dirs debian/mgraph-deploy.install debian/rules debian/source/format
install-data-local: install-page
	$(TYPE_PAGES) '$(DESTDIR)$(docdir)/types'
	if command -v help2man >/dev/null; then $(MAN_PAGES) '$(DESTDIR)$(mandir)/man1'; fi
uninstall-local: uninstall-page
	rm -rf '$(DESTDIR)$(docdir)/types'
	rm -f '$(DESTDIR)$(mandir)'/man1/mgraph-deploy.1 '$(DESTDIR)$(mandir)'/man1/mgraph-deploy-*.1
.PHONY: type-pages
