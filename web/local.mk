# The page and the API's documentation: bundled from here where node and the packages of package-lock.json are there
# (contrib/install-deps --build), as a release has them built already, or left out.
page_sources = \
	%D%/build.mjs \
	%D%/package-lock.json \
	%D%/package.json \
	%D%/src/api.ts \
	%D%/src/box.ts \
	%D%/src/clock.ts \
	%D%/src/commands.ts \
	%D%/src/docs.html \
	%D%/src/docs.js \
	%D%/src/drawing.ts \
	%D%/src/graph.ts \
	%D%/src/health.ts \
	%D%/src/hooks.ts \
	%D%/src/icon.svg \
	%D%/src/layout-ask.ts \
	%D%/src/layout-worker.ts \
	%D%/src/layout.ts \
	%D%/src/log.ts \
	%D%/src/main.tsx \
	%D%/src/page.css \
	%D%/src/page.html \
	%D%/src/run.ts \
	%D%/src/seal.ts \
	%D%/src/stream.ts \
	%D%/src/types.ts \
	%D%/src/view/app.tsx \
	%D%/src/view/changes.tsx \
	%D%/src/view/controls.tsx \
	%D%/src/view/credentials.tsx \
	%D%/src/view/deployments.tsx \
	%D%/src/view/details.tsx \
	%D%/src/view/execution.tsx \
	%D%/src/view/graph-view.tsx \
	%D%/src/view/history.tsx \
	%D%/src/view/operations.tsx \
	%D%/src/view/parts.tsx \
	%D%/src/view/plan.tsx \
	%D%/src/view/planned.tsx \
	%D%/src/view/sign-in.tsx \
	%D%/src/view/stale.tsx \
	%D%/src/view/standing.tsx \
	%D%/src/view/sure.tsx \
	%D%/src/view/timeline.tsx \
	%D%/src/watching.ts \
	%D%/src/words.ts \
	%D%/tsconfig.json
EXTRA_DIST += $(page_sources)

if PAGE_FROM_SOURCES
share/page.stamp: $(page_sources) $(srcdir)/web/node_modules/.package-lock.json
	$(AM_V_GEN)$(MKDIR_P) share && $(NODE) $(srcdir)/%D%/build.mjs share/page && touch $@
endif
if PAGE_FROM_RELEASE
share/page.stamp:
	$(AM_V_GEN)$(MKDIR_P) share && rm -rf share/page && $(LN_S) "$$(cd $(srcdir)/%D%/built && pwd)" share/page && touch $@
endif
if PAGE
PAGE_STAMP = share/page.stamp
install-page: share/page.stamp
	$(MKDIR_P) '$(DESTDIR)$(pkgdatadir)/page'
	$(INSTALL_DATA) share/page/* '$(DESTDIR)$(pkgdatadir)/page'
dist-hook: share/page.stamp
	$(MKDIR_P) '$(distdir)/%D%/built'
	cp share/page/* '$(distdir)/%D%/built'
else
install-page:
dist-hook:
	@echo 'A release has the page in it: run contrib/install-deps --build and configure first' >&2; exit 1
endif
uninstall-page:
	rm -rf '$(DESTDIR)$(pkgdatadir)/page'
.PHONY: install-page uninstall-page
