# What a task is: one container that can write nowhere and is nobody, with room to finish when it is told to stop.

locals {
  container = {
    image                  = var.image
    essential              = true
    user                   = "1000:1000"
    readonlyRootFilesystem = true
    stopTimeout            = var.stop_timeout
    linuxParameters        = { capabilities = { add = [], drop = ["ALL"] }, initProcessEnabled = false }
    ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    environment            = [for name in sort(keys(local.environment_variables)) : { name = name, value = local.environment_variables[name] }]
  }

  # Losing a log line is better than stopping a request for it.
  logging = { for program in ["api", "sweeper", "collector"] : program => {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.this[program].name
      awslogs-region        = var.region
      awslogs-stream-prefix = program
      mode                  = "non-blocking"
      max-buffer-size       = "8m"
    }
  } }

  api_container = merge(local.container, {
    name             = "api"
    portMappings     = [{ containerPort = local.port, protocol = "tcp" }]
    logConfiguration = local.logging["api"]
  })

  collector_container = {
    name                   = "collector"
    image                  = var.collector_image
    essential              = false
    readonlyRootFilesystem = true
    stopTimeout            = var.stop_timeout
    command                = ["--config=/etc/ecs/ecs-default-config.yaml"]
    linuxParameters        = { capabilities = { add = [], drop = ["ALL"] }, initProcessEnabled = false }
    logConfiguration       = local.logging["collector"]
  }

  sweeper_container = merge(local.container, {
    name             = "sweeper"
    command          = ["dist/sweep.js"]
    logConfiguration = local.logging["sweeper"]
    # It can be killed at any point; two minutes let it finish the item it is at.
    stopTimeout = 120
  })
}

resource "aws_ecs_cluster" "this" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "api" {
  family                   = "${local.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.task_cpu
  memory                   = var.task_memory
  task_role_arn            = aws_iam_role.task["api"].arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode(concat([local.api_container], var.collector_image == null ? [] : [local.collector_container]))
  # Older revisions stay: a rollback needs the one before.
  skip_destroy = true

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
}

resource "aws_ecs_task_definition" "sweeper" {
  family                   = "${local.name}-sweeper"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.task["sweeper"].arn
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([local.sweeper_container])
  skip_destroy             = true

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
}
