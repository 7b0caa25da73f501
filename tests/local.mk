# The suites. Each program's summary line is shown beside the verdict of the harness (tests/run).
AM_TESTS_FD_REDIRECT = 9>&2
LOG_COMPILER = $(SHELL) $(srcdir)/%D%/run
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir; AWS_MODELS='$(AWS_MODELS)'; export AWS_MODELS; CC='$(CC)'; export CC; \
	CPPFLAGS='$(DEPS_CFLAGS) $(CHECK_CFLAGS)'; export CPPFLAGS; PYTHON='$(PYTHON)'; export PYTHON;

check_PROGRAMS += %D%/unit/unit
%C%_unit_unit_SOURCES = \
	%D%/unit/aws_real.c \
	%D%/unit/aws_real.h \
	%D%/unit/aws_world.c \
	%D%/unit/aws_world.h \
	%D%/unit/aws_world_models.c \
	%D%/unit/aws_world_models.h \
	%D%/unit/busy_lane.c \
	%D%/unit/busy_lane.h \
	%D%/unit/call_wire.c \
	%D%/unit/call_wire.h \
	%D%/unit/change_fixture.c \
	%D%/unit/change_fixture.h \
	%D%/unit/engine_index.c \
	%D%/unit/engine_index.h \
	%D%/unit/engine_seen.c \
	%D%/unit/engine_world.c \
	%D%/unit/engine_world.h \
	%D%/unit/fetch_world.c \
	%D%/unit/fetch_world.h \
	%D%/unit/http_world.c \
	%D%/unit/http_world.h \
	%D%/unit/json_of.c \
	%D%/unit/json_of.h \
	%D%/unit/local_world.c \
	%D%/unit/local_world.h \
	%D%/unit/main.c \
	%D%/unit/plan_fixture.c \
	%D%/unit/plan_fixture.h \
	%D%/unit/redis_fleet.c \
	%D%/unit/redis_fleet.h \
	%D%/unit/sister_world.c \
	%D%/unit/sister_world.h \
	%D%/unit/store_ask.c \
	%D%/unit/store_ask.h \
	%D%/unit/store_world.c \
	%D%/unit/store_world.h \
	%D%/unit/suites.h \
	%D%/unit/test_archive.c \
	%D%/unit/test_archive_call.c \
	%D%/unit/test_aws_again.c \
	%D%/unit/test_aws_call.c \
	%D%/unit/test_aws_check.c \
	%D%/unit/test_aws_children.c \
	%D%/unit/test_aws_cloudcontrol.c \
	%D%/unit/test_aws_copy.c \
	%D%/unit/test_aws_emptying.c \
	%D%/unit/test_aws_files.c \
	%D%/unit/test_aws_model.c \
	%D%/unit/test_aws_patch.c \
	%D%/unit/test_aws_pieces.c \
	%D%/unit/test_aws_provider.c \
	%D%/unit/test_aws_sealed.c \
	%D%/unit/test_aws_session.c \
	%D%/unit/test_aws_sign.c \
	%D%/unit/test_aws_stack.c \
	%D%/unit/test_aws_stamp.c \
	%D%/unit/test_aws_pick.c \
	%D%/unit/test_aws_steps.c \
	%D%/unit/test_aws_sweep.c \
	%D%/unit/test_aws_type.c \
	%D%/unit/test_aws_wire.c \
	%D%/unit/test_aws_wire_in.c \
	%D%/unit/test_aws_words.c \
	%D%/unit/test_aws_xml.c \
	%D%/unit/test_aws_zones.c \
	%D%/unit/test_base64.c \
	%D%/unit/test_clash.c \
	%D%/unit/test_cli_config.c \
	%D%/unit/test_cli_render.c \
	%D%/unit/test_cli_sse.c \
	%D%/unit/test_cli_tree.c \
	%D%/unit/test_cli_view.c \
	%D%/unit/test_change.c \
	%D%/unit/test_change_any.c \
	%D%/unit/test_change_same.c \
	%D%/unit/test_checks.c \
	%D%/unit/test_compare.c \
	%D%/unit/test_composite.c \
	%D%/unit/test_config.c \
	%D%/unit/test_diff.c \
	%D%/unit/test_digest.c \
	%D%/unit/test_draw.c \
	%D%/unit/test_durations.c \
	%D%/unit/test_engine.c \
	%D%/unit/test_engine_answers.c \
	%D%/unit/test_engine_steer.c \
	%D%/unit/test_engine_behind.c \
	%D%/unit/test_engine_held.c \
	%D%/unit/test_engine_pace.c \
	%D%/unit/test_engine_planned.c \
	%D%/unit/test_engine_proof.c \
	%D%/unit/test_engine_recover.c \
	%D%/unit/test_engine_sweeps.c \
	%D%/unit/test_engine_tags.c \
	%D%/unit/test_engine_undo.c \
	%D%/unit/test_engine_change.c \
	%D%/unit/test_engine_checks.c \
	%D%/unit/test_engine_cleanup.c \
	%D%/unit/test_engine_verify.c \
	%D%/unit/test_err.c \
	%D%/unit/test_feed.c \
	%D%/unit/test_fields.c \
	%D%/unit/test_fetch.c \
	%D%/unit/test_fetch_life.c \
	%D%/unit/test_fetch_stream.c \
	%D%/unit/test_gate.c \
	%D%/unit/test_github.c \
	%D%/unit/test_github_app.c \
	%D%/unit/test_github_types.c \
	%D%/unit/test_graph.c \
	%D%/unit/test_hangs.c \
	%D%/unit/test_heap.c \
	%D%/unit/test_hooks.c \
	%D%/unit/test_http.c \
	%D%/unit/test_http_life.c \
	%D%/unit/test_http_port.c \
	%D%/unit/test_http_stream.c \
	%D%/unit/test_json.c \
	%D%/unit/test_json_schema.c \
	%D%/unit/test_json_value.c \
	%D%/unit/test_keys.c \
	%D%/unit/test_local.c \
	%D%/unit/test_local_allow.c \
	%D%/unit/test_local_claim.c \
	%D%/unit/test_local_command.c \
	%D%/unit/test_local_wall.c \
	%D%/unit/test_locate.c \
	%D%/unit/test_loop.c \
	%D%/unit/test_mask.c \
	%D%/unit/test_metrics.c \
	%D%/unit/test_move.c \
	%D%/unit/test_plan.c \
	%D%/unit/test_protocol.c \
	%D%/unit/test_rebuild.c \
	%D%/unit/test_redis_child.c \
	%D%/unit/test_redis_slots.c \
	%D%/unit/test_redis_url.c \
	%D%/unit/test_reference.c \
	%D%/unit/test_resource_type.c \
	%D%/unit/test_routes.c \
	%D%/unit/test_saved.c \
	%D%/unit/test_sealed.c \
	%D%/unit/test_secret.c \
	%D%/unit/test_sister.c \
	%D%/unit/test_sister_faults.c \
	%D%/unit/test_spec.c \
	%D%/unit/test_sse.c \
	%D%/unit/test_store.c \
	%D%/unit/test_store_access.c \
	%D%/unit/test_store_archive.c \
	%D%/unit/test_store_cluster.c \
	%D%/unit/test_store_format.c \
	%D%/unit/test_store_history.c \
	%D%/unit/test_store_lease.c \
	%D%/unit/test_store_once.c \
	%D%/unit/test_store_planned.c \
	%D%/unit/test_store_plans.c \
	%D%/unit/test_store_redis.c \
	%D%/unit/test_store_told.c \
	%D%/unit/test_store_verified.c \
	%D%/unit/test_str.c \
	%D%/unit/test_tenant.c \
	%D%/unit/test_unseal.c \
	%D%/unit/test_utf8.c \
	%D%/unit/test_websocket.c \
	%D%/unit/test_window.c \
	%D%/unit/test_window_limit.c
%C%_unit_unit_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/%D%/unit \
	-DTEST_SRCDIR='"$(abs_top_srcdir)"' -DTEST_AWS_MODELS='"$(abs_top_builddir)/share/aws"'
%C%_unit_unit_LDADD = libworld.a libproviders.a libdeploy.a libworld.a libdeploy.a $(DEPS_LIBS) \
	$(EVHTP_LIBS) -lhttp_parser -lwslay $(CHECK_LIBS) -lm
check_DATA = share/aws/stamp

# The simulator (docs/internals/simulation.md), and its own tests.
check_PROGRAMS += %D%/sim/exhaust %D%/sim/sim
%C%_sim_exhaust_SOURCES = %D%/sim/exhaust.c
%C%_sim_exhaust_LDADD = libdeploy.a $(DEPS_LIBS) -lm
sim_common = \
	%D%/sim/chance.c \
	%D%/sim/chance.h \
	%D%/sim/client.c \
	%D%/sim/client.h \
	%D%/sim/client_inside.h \
	%D%/sim/cloud.c \
	%D%/sim/cloud.h \
	%D%/sim/deployment.c \
	%D%/sim/deployment.h \
	%D%/sim/depot.c \
	%D%/sim/depot.h \
	%D%/sim/finish.c \
	%D%/sim/history.c \
	%D%/sim/history.h \
	%D%/sim/index.c \
	%D%/sim/index.h \
	%D%/sim/judge.h \
	%D%/sim/judge_call.c \
	%D%/sim/judge_cloud.c \
	%D%/sim/judge_effect.c \
	%D%/sim/judge_event.c \
	%D%/sim/judge_plan.c \
	%D%/sim/judge_version.c \
	%D%/sim/judging.h \
	%D%/sim/landing.c \
	%D%/sim/landing.h \
	%D%/sim/op_copy.c \
	%D%/sim/op_copy.h \
	%D%/sim/ledger.h \
	%D%/sim/process.c \
	%D%/sim/process.h \
	%D%/sim/request.c \
	%D%/sim/request.h \
	%D%/sim/said.c \
	%D%/sim/said.h \
	%D%/sim/seed.c \
	%D%/sim/seed.h \
	%D%/sim/trace.c \
	%D%/sim/trace.h \
	%D%/sim/version.c \
	%D%/sim/version.h \
	%D%/sim/world.c \
	%D%/sim/world.h
sim_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/%D%/sim
sim_ldflags = $(AM_LDFLAGS) -Wl,--wrap=log_line
%C%_sim_sim_SOURCES = $(sim_common) %D%/sim/sim.c
%C%_sim_sim_CPPFLAGS = $(sim_cppflags)
%C%_sim_sim_LDFLAGS = $(sim_ldflags)
%C%_sim_sim_LDADD = libdeploy.a $(DEPS_LIBS) -lm
%C%_sim_planted_SOURCES = $(sim_common) %D%/sim/planted.c
%C%_sim_planted_CPPFLAGS = $(sim_cppflags)
%C%_sim_planted_LDADD = libdeploy.a $(DEPS_LIBS) -lm
%C%_sim_planted_LDFLAGS = $(sim_ldflags) \
	-Wl,--wrap=node_is_durable \
	-Wl,--wrap=execution_await_durable \
	-Wl,--wrap=lease_is_ours \
	-Wl,--wrap=execution_may_call \
	-Wl,--wrap=leave_calling \
	-Wl,--wrap=tags_restore \
	-Wl,--wrap=node_doubt \
	-Wl,--wrap=resolve_begin \
	-Wl,--wrap=enter_backoff \
	-Wl,--wrap=journal_node \
	-Wl,--wrap=journal_execution \
	-Wl,--wrap=execution_restore \
	-Wl,--wrap=rollback_is_needed \
	-Wl,--wrap=rollback_begin \
	-Wl,--wrap=admission_of \
	-Wl,--wrap=admission_init \
	-Wl,--wrap=execution_admits \
	-Wl,--wrap=slot_want \
	-Wl,--wrap=slot_drop \
	-Wl,--wrap=execution_credentials \
	-Wl,--wrap=held_refuses_found \
	-Wl,--wrap=held_refuses_act \
	-Wl,--wrap=diff_is_empty \
	-Wl,--wrap=record_node \
	-Wl,--wrap=execution_durable \
	-Wl,--wrap=lease_begin \
	-Wl,--wrap=decide_by_tags \
	-Wl,--wrap=sweeps_are_answered \
	-Wl,--wrap=sweeps_are_all_answered \
	-Wl,--wrap=keyring_account \
	-Wl,--wrap=decide_settling \
	-Wl,--wrap=decide_act \
	-Wl,--wrap=decide_unseen \
	-Wl,--wrap=cleanup_defer \
	-Wl,--wrap=config_read_edges \
	-Wl,--wrap=selection_apply \
	-Wl,--wrap=engine_start \
	-Wl,--wrap=change_names \
	-Wl,--wrap=change_config

EXTRA_PROGRAMS += published
published_SOURCES = \
	%D%/published/compare.c \
	%D%/published/compare.h \
	%D%/published/protocols.c \
	%D%/published/published.c \
	%D%/published/published.h \
	%D%/published/signing.c
published_CPPFLAGS = $(AM_CPPFLAGS)
published_LDADD = libproviders.a libdeploy.a $(DEPS_LIBS) -lm

EXTRA_PROGRAMS += bench_graph bench_makespan bench_paused bench_store redis_writes
bench_graph_SOURCES = \
	%D%/bench/bench_graph.c \
	%D%/bench/instant.c \
	%D%/bench/instant.h \
	%D%/bench/shapes.c \
	%D%/bench/shapes.h
bench_graph_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%/bench -DTEST_SRCDIR='"$(abs_top_srcdir)"'
bench_graph_LDADD = libworld.a libdeploy.a $(DEPS_LIBS) -lm
bench_makespan_SOURCES = %D%/bench/bench_makespan.c
bench_makespan_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_SRCDIR='"$(abs_top_srcdir)"'
bench_makespan_LDADD = libdeploy.a $(DEPS_LIBS) -lm
bench_paused_SOURCES = \
	%D%/bench/bench_paused.c \
	%D%/bench/instant.c \
	%D%/bench/instant.h \
	%D%/bench/private_store.c \
	%D%/bench/private_store.h
bench_paused_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%/bench -DTEST_SRCDIR='"$(abs_top_srcdir)"'
bench_paused_LDADD = libworld.a libdeploy.a $(DEPS_LIBS) -lm
bench_store_SOURCES = \
	%D%/bench/bench_store.c \
	%D%/bench/private_store.c \
	%D%/bench/private_store.h
bench_store_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%/bench
bench_store_LDADD = libworld.a libdeploy.a $(DEPS_LIBS) -lm
redis_writes_SOURCES = %D%/bench/redis_writes.c
redis_writes_LDADD = $(DEPS_LIBS)

# What it can do, beside its limits: see the heads of the programs in tests/bench.
bench: all bench_graph bench_makespan bench_paused bench_store redis_writes
	./bench_makespan
	./bench_graph
	./bench_paused
	./bench_store
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench --writer ./redis_writes
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench_plan
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench_verify
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench_watch
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench_neighbours
	MGRAPH_DEPLOY=./mgraph-deploy $(PYTHON) $(srcdir)/%D%/bench/bench_terraform
.PHONY: bench

lints = \
	%D%/lint/banned.py \
	%D%/lint/contract.py \
	%D%/lint/format.sh \
	%D%/lint/functions.py \
	%D%/lint/guarantees.py \
	%D%/lint/headers.sh \
	%D%/lint/layers.py \
	%D%/lint/links.py \
	%D%/lint/listed.py \
	%D%/lint/protocol.py \
	%D%/lint/routes.py \
	%D%/lint/schemas.py \
	%D%/lint/told.py \
	%D%/lint/types.sh
TESTS += %D%/unit/unit %D%/sim/exhaust %D%/sim/sim
# These judge the code, not a build of it.
if !SANITIZED
check_PROGRAMS += %D%/sim/planted
TESTS += %D%/sim/planted $(lints)
endif
EXTRA_DIST += %D%/run $(lints) %D%/lint/composite.py %D%/lint/tree.py docs/guarantees.md docs/layers.txt %D%/data %D%/fuzz/corpus \
	%D%/bench/bench \
	%D%/bench/bench_neighbours \
	%D%/bench/bench_terraform \
	%D%/bench/bench_watch \
	%D%/bench/flood.py \
	%D%/bench/keyed.py \
	%D%/bench/soak \
	%D%/bench/web-stack.tf \
	%D%/bench/bench_plan \
	%D%/bench/bench_verify \
	%D%/bench/emulator.py \
	%D%/integration/browser.py \
	%D%/integration/client.py \
	%D%/integration/cloud.py \
	%D%/integration/cloudcontrol.py \
	%D%/integration/configs.py \
	%D%/integration/conftest.py \
	%D%/integration/cycles.py \
	%D%/integration/described.py \
	%D%/integration/documents.py \
	%D%/integration/drawings.py \
	%D%/integration/fuzz/hooks.py \
	%D%/integration/fuzz/schemathesis.toml \
	%D%/integration/github_launcher.py \
	%D%/integration/github_service.py \
	%D%/integration/github/__init__.py \
	%D%/integration/github/access.py \
	%D%/integration/github/accounts.py \
	%D%/integration/github/apps.py \
	%D%/integration/github/calls.py \
	%D%/integration/github/contents.py \
	%D%/integration/github/contract.py \
	%D%/integration/github/double.py \
	%D%/integration/github/environments.py \
	%D%/integration/github/gh.py \
	%D%/integration/github/people.py \
	%D%/integration/github/protection.py \
	%D%/integration/github/repositories.py \
	%D%/integration/github/rest.py \
	%D%/integration/github/runs.py \
	%D%/integration/github/settings.py \
	%D%/integration/github/shapes.py \
	%D%/integration/github/teams.py \
	%D%/integration/github/things.py \
	%D%/integration/github/values.py \
	%D%/integration/github/world.py \
	%D%/integration/graph_double.py \
	%D%/integration/keysfile.py \
	%D%/integration/malformed.py \
	%D%/integration/moto_launcher.py \
	%D%/integration/processes.py \
	%D%/integration/proxying.py \
	%D%/integration/pytest.ini \
	%D%/integration/reader.py \
	%D%/integration/redises.py \
	%D%/integration/sigproxy.py \
	%D%/integration/sisters.py \
	%D%/integration/sockets.py \
	%D%/integration/stack.py \
	%D%/integration/test_accounts.py \
	%D%/integration/test_adversity.py \
	%D%/integration/test_api.py \
	%D%/integration/test_apis_and_zones.py \
	%D%/integration/test_archive.py \
	%D%/integration/test_bodies.py \
	%D%/integration/test_chaos.py \
	%D%/integration/test_children.py \
	%D%/integration/test_cli.py \
	%D%/integration/test_cloudcontrol.py \
	%D%/integration/test_checks.py \
	%D%/integration/test_composites.py \
	%D%/integration/test_conventions.py \
	%D%/integration/test_copy.py \
	%D%/integration/test_config_schema.py \
	%D%/integration/test_deploy.py \
	%D%/integration/test_discover.py \
	%D%/integration/test_destroy.py \
	%D%/integration/test_docs.py \
	%D%/integration/test_drift.py \
	%D%/integration/test_faults.py \
	%D%/integration/test_feed.py \
	%D%/integration/test_fixtures.py \
	%D%/integration/test_github.py \
	%D%/integration/test_github_contract.py \
	%D%/integration/test_github_double.py \
	%D%/integration/test_github_routes.py \
	%D%/integration/test_github_service.py \
	%D%/integration/test_github_types.py \
	%D%/integration/test_graphs.py \
	%D%/integration/test_lifecycle.py \
	%D%/integration/test_malformed.py \
	%D%/integration/test_metrics.py \
	%D%/integration/test_monitor.py \
	%D%/integration/test_move.py \
	%D%/integration/test_move_copies.py \
	%D%/integration/test_history.py \
	%D%/integration/test_install_deps.py \
	%D%/integration/test_once.py \
	%D%/integration/test_openapi.py \
	%D%/integration/test_openapi_examples.py \
	%D%/integration/test_openapi_fuzz.py \
	%D%/integration/test_page.py \
	%D%/integration/test_page_files.py \
	%D%/integration/test_plans.py \
	%D%/integration/test_process.py \
	%D%/integration/test_redises.py \
	%D%/integration/test_registry.py \
	%D%/integration/test_sealed.py \
	%D%/integration/test_schedules.py \
	%D%/integration/test_secrets.py \
	%D%/integration/test_sigproxy.py \
	%D%/integration/test_sister.py \
	%D%/integration/test_shared_port.py \
	%D%/integration/test_stack.py \
	%D%/integration/test_steer.py \
	%D%/integration/test_steer_cli.py \
	%D%/integration/test_store.py \
	%D%/integration/test_tls.py \
	%D%/integration/test_type_pages.py \
	%D%/integration/test_tags.py \
	%D%/integration/test_tenants.py \
	%D%/integration/test_tenants_apart.py \
	%D%/integration/test_types.py \
	%D%/integration/test_verify.py \
	%D%/integration/test_versions.py \
	%D%/integration/test_whole_life.py \
	%D%/integration/test_webhooks.py \
	%D%/integration/test_websocket.py \
	%D%/integration/test_wrappers.py

# A fuzz target is a program of its own: with clang and --enable-fuzzing it is libFuzzer's, else it replays its
# corpus and mutates it a little, or as much as is asked for (replay.c). libFuzzer writes into the first folder it is
# given: fuzz_x NEW_FOLDER tests/fuzz/corpus/x
fuzz_targets = \
	%D%/fuzz/fuzz_aws_answer \
	%D%/fuzz/fuzz_aws_xml \
	%D%/fuzz/fuzz_change \
	%D%/fuzz/fuzz_config \
	%D%/fuzz/fuzz_gate \
	%D%/fuzz/fuzz_json \
	%D%/fuzz/fuzz_type_file \
	%D%/fuzz/fuzz_websocket
if FUZZING
noinst_PROGRAMS = $(fuzz_targets)
fuzz_main =
else
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
fuzz_main = %D%/fuzz/mutate.c %D%/fuzz/mutate.h %D%/fuzz/replay.c
endif
fuzz_cloud = %D%/fuzz/cloud.c %D%/fuzz/cloud.h %D%/fuzz/sample.c %D%/fuzz/sample.h
fuzz_types = %D%/fuzz/types.c %D%/fuzz/types.h
fuzz_cppflags = $(AM_CPPFLAGS) -DTEST_AWS_MODELS='"$(abs_top_builddir)/share/aws"'
fuzz_ldflags = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
fuzz_ldadd = libproviders.a libdeploy.a libworld.a libdeploy.a $(DEPS_LIBS) -lhttp_parser -lm
%C%_fuzz_fuzz_aws_answer_SOURCES = %D%/fuzz/fuzz_aws_answer.c $(fuzz_cloud) $(fuzz_main)
%C%_fuzz_fuzz_aws_answer_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_aws_answer_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_aws_answer_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_aws_xml_SOURCES = %D%/fuzz/fuzz_aws_xml.c $(fuzz_main)
%C%_fuzz_fuzz_aws_xml_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_aws_xml_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_aws_xml_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_change_SOURCES = %D%/fuzz/fuzz_change.c $(fuzz_types) $(fuzz_main)
%C%_fuzz_fuzz_change_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_change_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_change_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_config_SOURCES = %D%/fuzz/fuzz_config.c $(fuzz_types) $(fuzz_main)
%C%_fuzz_fuzz_config_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_config_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_config_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_gate_SOURCES = %D%/fuzz/fuzz_gate.c $(fuzz_main)
%C%_fuzz_fuzz_gate_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_gate_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_gate_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_json_SOURCES = %D%/fuzz/fuzz_json.c $(fuzz_main)
%C%_fuzz_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_json_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_type_file_SOURCES = %D%/fuzz/fuzz_type_file.c $(fuzz_cloud) $(fuzz_main)
%C%_fuzz_fuzz_type_file_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_type_file_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_type_file_LDADD = $(fuzz_ldadd)
%C%_fuzz_fuzz_websocket_SOURCES = %D%/fuzz/fuzz_websocket.c $(fuzz_main)
%C%_fuzz_fuzz_websocket_CPPFLAGS = $(fuzz_cppflags)
%C%_fuzz_fuzz_websocket_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_fuzz_websocket_LDADD = $(fuzz_ldadd) -lwslay
