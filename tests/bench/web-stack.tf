# docs/examples/web-stack.json, as Terraform has it: the same 60 resources, for tests/bench/bench_terraform.py.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" { type = string }
variable "files" { type = string } # names of buckets are taken once in the whole world

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
  default_tags { tags = { team = "shop" } }
}

locals {
  zones = { a = 0, b = 1, c = 2 }
  trust = { for name in ["ecs-tasks", "lambda"] : name => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "${name}.amazonaws.com" }, Action = "sts:AssumeRole" }]
  }) }
}

resource "aws_vpc" "vpc" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "internet" { vpc_id = aws_vpc.vpc.id }

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.vpc.id
  cidr_block        = "10.20.${each.value}.0/24"
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_subnet" "private" {
  for_each          = local.zones
  vpc_id            = aws_vpc.vpc.id
  cidr_block        = "10.20.${each.value + 10}.0/24"
  availability_zone = "eu-west-1${each.key}"
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.internet]
}

resource "aws_nat_gateway" "nat" {
  subnet_id     = aws_subnet.public["a"].id
  allocation_id = aws_eip.nat.id
}

resource "aws_route_table" "public" { vpc_id = aws_vpc.vpc.id }
resource "aws_route_table" "private" { vpc_id = aws_vpc.vpc.id }

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.internet.id
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat.id
}

resource "aws_route_table_association" "public" {
  for_each       = local.zones
  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  for_each       = local.zones
  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.vpc.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.private.id]
}

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "The load balancer"
  vpc_id      = aws_vpc.vpc.id
}

resource "aws_security_group" "web" {
  name        = "${var.name}-web"
  description = "The web tasks"
  vpc_id      = aws_vpc.vpc.id
}

resource "aws_security_group" "database" {
  name        = "${var.name}-database"
  description = "The database"
  vpc_id      = aws_vpc.vpc.id
}

resource "aws_vpc_security_group_ingress_rule" "http_to_balancer" {
  security_group_id = aws_security_group.balancer.id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "balancer_to_web" {
  security_group_id            = aws_security_group.web.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
  referenced_security_group_id = aws_security_group.balancer.id
}

resource "aws_vpc_security_group_ingress_rule" "web_to_database" {
  security_group_id            = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.web.id
}

resource "aws_lb" "balancer" {
  name            = var.name
  subnets         = [for zone in keys(local.zones) : aws_subnet.public[zone].id]
  security_groups = [aws_security_group.balancer.id]
}

resource "aws_lb_target_group" "web" {
  name        = "${var.name}-web"
  target_type = "ip"
  protocol    = "HTTP"
  port        = 8080
  vpc_id      = aws_vpc.vpc.id
  health_check { path = "/health" }
}

resource "aws_lb_listener" "listener" {
  load_balancer_arn = aws_lb.balancer.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "fixed-response"
    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "There is nothing here."
    }
  }
}

resource "aws_lb_listener_rule" "shop" {
  listener_arn = aws_lb_listener.listener.arn
  priority     = 10
  condition {
    path_pattern { values = ["/shop/*"] }
  }
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_ecr_repository" "images" { name = "${var.name}/web" }

resource "aws_cloudwatch_log_group" "web" {
  name              = "/${var.name}/web"
  retention_in_days = 30
}

resource "aws_iam_role" "task_execution" {
  name               = "${var.name}-task-execution"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "task_execution" {
  role = aws_iam_role.task_execution.name
  name = "pull-and-log"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = "*"
      },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "*" },
    ]
  })
}

resource "aws_iam_role" "web" {
  name               = "${var.name}-web"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "web" {
  role = aws_iam_role.web.name
  name = "data"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" },
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem"], Resource = "*" },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "*" },
    ]
  })
}

resource "aws_ecs_cluster" "cluster" { name = var.name }

resource "aws_ecs_task_definition" "web" {
  family                   = "${var.name}-web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"
  execution_role_arn       = aws_iam_role.task_execution.arn
  task_role_arn            = aws_iam_role.web.arn
  container_definitions = jsonencode([{
    name         = "web"
    image        = "${aws_ecr_repository.images.repository_url}:v1"
    essential    = true
    portMappings = [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    environment = [
      { name = "ORDERS", value = aws_sqs_queue.orders.url },
      { name = "CARTS", value = aws_dynamodb_table.carts.name },
      { name = "FILES", value = aws_s3_bucket.files.bucket },
    ]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.web.name
        awslogs-region        = "eu-west-1"
        awslogs-stream-prefix = "web"
      }
    }
  }])
}

resource "aws_ecs_service" "web" {
  depends_on = [
    aws_lb_listener_rule.shop, aws_route.private, aws_iam_role_policy.task_execution, aws_iam_role_policy.web,
  ]
  name            = "web"
  cluster         = aws_ecs_cluster.cluster.arn
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = [for zone in keys(local.zones) : aws_subnet.private[zone].id]
    security_groups = [aws_security_group.web.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = 8080
  }
}

resource "aws_db_subnet_group" "database" {
  name        = var.name
  description = "The private subnets"
  subnet_ids  = [for zone in keys(local.zones) : aws_subnet.private[zone].id]
}

resource "aws_db_instance" "database" {
  identifier             = var.name
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  allocated_storage      = 20
  db_name                = "shop"
  username               = "shop"
  password               = "change-me-please"
  db_subnet_group_name   = aws_db_subnet_group.database.name
  vpc_security_group_ids = [aws_security_group.database.id]
  skip_final_snapshot    = true
}

resource "aws_s3_bucket" "files" { bucket = var.files }

resource "aws_s3_bucket_versioning" "files" {
  bucket = aws_s3_bucket.files.bucket
  versioning_configuration { status = "Enabled" }
}

resource "aws_dynamodb_table" "carts" {
  name         = "${var.name}-carts"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer"
  attribute {
    name = "customer"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_sqs_queue" "dead_orders" { name = "${var.name}-dead-orders" }

resource "aws_sqs_queue" "orders" {
  name                       = "${var.name}-orders"
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_orders.arn
    maxReceiveCount     = 5
  })
}

resource "aws_iam_role" "lambda" {
  name               = "${var.name}-lambda"
  assume_role_policy = local.trust["lambda"]
}

resource "aws_iam_role_policy" "lambda" {
  role = aws_iam_role.lambda.name
  name = "work"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = aws_sqs_queue.orders.arn
      },
      { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:Scan"], Resource = aws_dynamodb_table.carts.arn },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "*" },
    ]
  })
}

resource "aws_cloudwatch_log_group" "worker" {
  name              = "/aws/lambda/${var.name}-worker"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_group" "cleaner" {
  name              = "/aws/lambda/${var.name}-cleaner"
  retention_in_days = 30
}

resource "aws_lambda_function" "worker" {
  depends_on       = [aws_iam_role_policy.lambda, aws_cloudwatch_log_group.worker]
  function_name    = "${var.name}-worker"
  role             = aws_iam_role.lambda.arn
  runtime          = "python3.12"
  handler          = "app.run"
  timeout          = 30
  filename         = "worker.zip"
  source_code_hash = filebase64sha256("worker.zip")
  environment { variables = { CARTS = aws_dynamodb_table.carts.name } }
}

resource "aws_lambda_event_source_mapping" "worker" {
  function_name    = aws_lambda_function.worker.function_name
  event_source_arn = aws_sqs_queue.orders.arn
  batch_size       = 5
}

resource "aws_lambda_function" "cleaner" {
  depends_on       = [aws_iam_role_policy.lambda, aws_cloudwatch_log_group.cleaner]
  function_name    = "${var.name}-cleaner"
  role             = aws_iam_role.lambda.arn
  runtime          = "python3.12"
  handler          = "app.run"
  filename         = "cleaner.zip"
  source_code_hash = filebase64sha256("cleaner.zip")
  environment { variables = { CARTS = aws_dynamodb_table.carts.name } }
}

resource "aws_cloudwatch_event_rule" "night" {
  name                = "${var.name}-every-night"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "night" {
  rule      = aws_cloudwatch_event_rule.night.name
  target_id = "cleaner"
  arn       = aws_lambda_function.cleaner.arn
}

resource "aws_lambda_permission" "night" {
  function_name = aws_lambda_function.cleaner.function_name
  statement_id  = "every-night"
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.night.arn
}

resource "aws_sns_topic" "alarms" { name = "${var.name}-alarms" }

resource "aws_cloudwatch_metric_alarm" "balancer_fails" {
  alarm_name          = "${var.name}-balancer-fails"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = aws_lb.balancer.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_busy" {
  alarm_name          = "${var.name}-database-busy"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.database.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "orders_die" {
  alarm_name          = "${var.name}-orders-die"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_orders.name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
