# The schemas: of the API, and one file per resource type.
schemas_apidir = $(pkgdatadir)/schemas/api
dist_schemas_api_DATA = \
	%D%/api/apply-request.json \
	%D%/api/cancel-request.json \
	%D%/api/config.json \
	%D%/api/continue-request.json \
	%D%/api/deployments.json \
	%D%/api/destroy-request.json \
	%D%/api/diff.json \
	%D%/api/discover-request.json \
	%D%/api/discover.json \
	%D%/api/event.json \
	%D%/api/execution.json \
	%D%/api/health.json \
	%D%/api/history.json \
	%D%/api/import-request.json \
	%D%/api/import.json \
	%D%/api/info.json \
	%D%/api/key-request.json \
	%D%/api/key.json \
	%D%/api/keys.json \
	%D%/api/mgraph.json \
	%D%/api/move-request.json \
	%D%/api/openapi.json \
	%D%/api/pause-request.json \
	%D%/api/plan-request.json \
	%D%/api/plan.json \
	%D%/api/problem-type.json \
	%D%/api/problem-types.json \
	%D%/api/problem.json \
	%D%/api/public-key.json \
	%D%/api/public-keys.json \
	%D%/api/resource-type.json \
	%D%/api/schedule-request.json \
	%D%/api/schedule.json \
	%D%/api/schedules.json \
	%D%/api/secrets-create-request.json \
	%D%/api/secrets-list-request.json \
	%D%/api/secrets-name-request.json \
	%D%/api/secrets.json \
	%D%/api/tenant-request.json \
	%D%/api/tenant.json \
	%D%/api/tenants.json \
	%D%/api/terraform-plan.json \
	%D%/api/type.json \
	%D%/api/types.json \
	%D%/api/verify-request.json \
	%D%/api/verify.json \
	%D%/api/webhook.json
schemas_openapidir = $(pkgdatadir)/schemas
dist_schemas_openapi_DATA = %D%/openapi.json
# Of the OpenAPI document; tests/integration/test_openapi_examples.py writes them.
schemas_examplesdir = $(pkgdatadir)/schemas/api/examples
dist_schemas_examples_DATA = \
	%D%/api/examples/delete_admin_keys_key_id.json \
	%D%/api/examples/delete_admin_tenants_tenant.json \
	%D%/api/examples/delete_deploy_schedules_deployment_id.json \
	%D%/api/examples/get_admin_keys.json \
	%D%/api/examples/get_admin_tenants.json \
	%D%/api/examples/get_deploy_deployments.json \
	%D%/api/examples/get_deploy_diff.json \
	%D%/api/examples/get_deploy_graph_graph_id.json \
	%D%/api/examples/get_deploy_history_deployment_id.json \
	%D%/api/examples/get_deploy_schedules.json \
	%D%/api/examples/get_deploy_schedules_deployment_id.json \
	%D%/api/examples/get_deploy_status_graph_id.json \
	%D%/api/examples/get_deploy_types.json \
	%D%/api/examples/get_deploy_types_type.json \
	%D%/api/examples/get_healthz.json \
	%D%/api/examples/get_info_health.json \
	%D%/api/examples/get_info_status.json \
	%D%/api/examples/get_problems_code.json \
	%D%/api/examples/get_public_keys_provider.json \
	%D%/api/examples/get_readyz.json \
	%D%/api/examples/post_admin_keys.json \
	%D%/api/examples/post_admin_tenants.json \
	%D%/api/examples/post_deploy_apply.json \
	%D%/api/examples/post_deploy_cancel.json \
	%D%/api/examples/post_deploy_continue.json \
	%D%/api/examples/post_deploy_destroy.json \
	%D%/api/examples/post_deploy_discover.json \
	%D%/api/examples/post_deploy_import.json \
	%D%/api/examples/post_deploy_move.json \
	%D%/api/examples/post_deploy_pause.json \
	%D%/api/examples/post_deploy_plan.json \
	%D%/api/examples/post_deploy_schedules.json \
	%D%/api/examples/post_deploy_verify.json \
	%D%/api/examples/post_operations_github_secrets_create.json \
	%D%/api/examples/post_operations_github_secrets_delete.json \
	%D%/api/examples/post_operations_github_secrets_exists.json \
	%D%/api/examples/post_operations_github_secrets_get.json \
	%D%/api/examples/post_operations_github_secrets_list.json
schemas_awsdir = $(pkgdatadir)/schemas/aws
dist_schemas_aws_DATA = \
	%D%/aws/acm_certificate.json \
	%D%/aws/apigateway_deployment.json \
	%D%/aws/apigateway_integration.json \
	%D%/aws/apigateway_method.json \
	%D%/aws/apigateway_resource.json \
	%D%/aws/apigateway_rest_api.json \
	%D%/aws/apigateway_stage.json \
	%D%/aws/apigatewayv2_api.json \
	%D%/aws/apigatewayv2_integration.json \
	%D%/aws/apigatewayv2_route.json \
	%D%/aws/apigatewayv2_stage.json \
	%D%/aws/appautoscaling_policy.json \
	%D%/aws/appautoscaling_target.json \
	%D%/aws/autoscaling_group.json \
	%D%/aws/cloudcontrol.json \
	%D%/aws/cloudformation_stack.json \
	%D%/aws/cloudfront_distribution.json \
	%D%/aws/cloudwatch_alarm.json \
	%D%/aws/cloudwatch_dashboard.json \
	%D%/aws/codebuild_project.json \
	%D%/aws/codepipeline_execution.json \
	%D%/aws/codepipeline_pipeline.json \
	%D%/aws/cognito_user_pool.json \
	%D%/aws/cognito_user_pool_client.json \
	%D%/aws/cognito_user_pool_domain.json \
	%D%/aws/dynamodb_copy.json \
	%D%/aws/dynamodb_table.json \
	%D%/aws/ec2_egress_only_internet_gateway.json \
	%D%/aws/ec2_eip.json \
	%D%/aws/ec2_instance.json \
	%D%/aws/ec2_internet_gateway.json \
	%D%/aws/ec2_key_pair.json \
	%D%/aws/ec2_launch_template.json \
	%D%/aws/ec2_nat_gateway.json \
	%D%/aws/ec2_route.json \
	%D%/aws/ec2_route_table.json \
	%D%/aws/ec2_route_table_association.json \
	%D%/aws/ec2_security_group.json \
	%D%/aws/ec2_security_group_egress_rule.json \
	%D%/aws/ec2_security_group_ingress_rule.json \
	%D%/aws/ec2_subnet.json \
	%D%/aws/ec2_volume.json \
	%D%/aws/ec2_vpc.json \
	%D%/aws/ec2_vpc_endpoint.json \
	%D%/aws/ecr_repository.json \
	%D%/aws/ecs_cluster.json \
	%D%/aws/ecs_service.json \
	%D%/aws/ecs_task_definition.json \
	%D%/aws/efs_file_system.json \
	%D%/aws/efs_mount_target.json \
	%D%/aws/elbv2_listener.json \
	%D%/aws/elbv2_listener_certificate.json \
	%D%/aws/elbv2_listener_rule.json \
	%D%/aws/elbv2_load_balancer.json \
	%D%/aws/elbv2_target.json \
	%D%/aws/elbv2_target_group.json \
	%D%/aws/events_api_destination.json \
	%D%/aws/events_bus.json \
	%D%/aws/events_connection.json \
	%D%/aws/events_rule.json \
	%D%/aws/events_target.json \
	%D%/aws/firehose_delivery_stream.json \
	%D%/aws/iam_group.json \
	%D%/aws/iam_instance_profile.json \
	%D%/aws/iam_oidc_provider.json \
	%D%/aws/iam_policy.json \
	%D%/aws/iam_role.json \
	%D%/aws/iam_role_policy.json \
	%D%/aws/iam_role_policy_attachment.json \
	%D%/aws/iam_user.json \
	%D%/aws/kinesis_stream.json \
	%D%/aws/kms_alias.json \
	%D%/aws/kms_key.json \
	%D%/aws/lambda_alias.json \
	%D%/aws/lambda_event_source_mapping.json \
	%D%/aws/lambda_function.json \
	%D%/aws/lambda_function_url.json \
	%D%/aws/lambda_invocation.json \
	%D%/aws/lambda_layer_version.json \
	%D%/aws/lambda_permission.json \
	%D%/aws/lambda_service.json \
	%D%/aws/lambda_version.json \
	%D%/aws/logs_group.json \
	%D%/aws/pipes_pipe.json \
	%D%/aws/rds_instance.json \
	%D%/aws/rds_subnet_group.json \
	%D%/aws/route53_record.json \
	%D%/aws/route53_zone.json \
	%D%/aws/s3_bucket.json \
	%D%/aws/s3_bucket_cors.json \
	%D%/aws/s3_bucket_lifecycle.json \
	%D%/aws/s3_bucket_notification.json \
	%D%/aws/s3_bucket_policy.json \
	%D%/aws/s3_bucket_website.json \
	%D%/aws/s3_copy.json \
	%D%/aws/s3_object.json \
	%D%/aws/scheduler_schedule.json \
	%D%/aws/secretsmanager_secret.json \
	%D%/aws/sfn_state_machine.json \
	%D%/aws/sns_subscription.json \
	%D%/aws/sns_topic.json \
	%D%/aws/sns_topic_policy.json \
	%D%/aws/sqs_queue.json \
	%D%/aws/sqs_queue_policy.json \
	%D%/aws/ssm_copy.json \
	%D%/aws/ssm_parameter.json
schemas_githubdir = $(pkgdatadir)/schemas/github
dist_schemas_github_DATA = \
	%D%/github/action_trigger.json \
	%D%/github/repo.json \
	%D%/github/repo_actions_permissions.json \
	%D%/github/repo_branch_protection.json \
	%D%/github/repo_collaborator.json \
	%D%/github/repo_deploy_key.json \
	%D%/github/repo_environment.json \
	%D%/github/repo_environment_policy.json \
	%D%/github/repo_file.json \
	%D%/github/repo_label.json \
	%D%/github/repo_ruleset.json \
	%D%/github/repo_webhook.json \
	%D%/github/secret_environment.json \
	%D%/github/secret_org.json \
	%D%/github/secret_repo.json \
	%D%/github/team_repository.json \
	%D%/github/team_team.json \
	%D%/github/variable_environment.json \
	%D%/github/variable_org.json \
	%D%/github/variable_repo.json
schemas_execdir = $(pkgdatadir)/schemas/exec
dist_schemas_exec_DATA = %D%/exec/command.json
schemas_httpdir = $(pkgdatadir)/schemas/http
dist_schemas_http_DATA = %D%/http/request.json
schemas_netdir = $(pkgdatadir)/schemas/net
dist_schemas_net_DATA = %D%/net/port.json
schemas_localdir = $(pkgdatadir)/schemas/local
dist_schemas_local_DATA = \
	%D%/local/directory.json \
	%D%/local/file.json \
	%D%/local/null.json

# For editors: what a config is, with the properties of every type.
nodist_pkgdata_DATA = share/config.json
share/config.json: $(srcdir)/%D%/config-schema.py $(dist_schemas_api_DATA) $(dist_schemas_aws_DATA) $(dist_schemas_github_DATA) $(dist_schemas_exec_DATA) $(dist_schemas_http_DATA) $(dist_schemas_local_DATA) $(dist_schemas_net_DATA)
	$(AM_V_GEN)$(MKDIR_P) share && $(PYTHON) $(srcdir)/%D%/config-schema.py $(srcdir)/%D% >$@.new && mv $@.new $@
EXTRA_DIST += %D%/config-schema.py

share/schemas:
	$(AM_V_GEN)$(MKDIR_P) share && $(LN_S) -f "$$(cd $(srcdir)/%D% && pwd)" $@
