# What must never change about tasks, balancer and scaling. Offline: the provider is mocked.
# The first run of each root applies, so that the later ones know every value.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/mocks"
}

variables {
  environment    = "prod"
  region         = "eu-central-1"
  domain_name    = "app.example.com"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  image          = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/stateless@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  alarm_email    = "team@example.com"
  monthly_budget = 100
}

run "balancer" {
  command = apply

  assert {
    condition     = aws_lb_target_group.api[0].stickiness[0].enabled == false
    error_message = "Stickiness must stay off: any task answers any request."
  }
  assert {
    condition     = startswith(aws_lb_listener.https[0].ssl_policy, "ELBSecurityPolicy-TLS13-")
    error_message = "The listener must speak TLS 1.3."
  }
  assert {
    condition     = aws_lb_listener.http[0].default_action[0].type == "redirect"
    error_message = "Plain HTTP must only be redirected."
  }
  assert {
    condition     = aws_lb_listener.http[0].default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "Plain HTTP must be redirected to HTTPS."
  }
  assert {
    condition     = aws_lb.api[0].drop_invalid_header_fields
    error_message = "The balancer must drop invalid headers."
  }
  assert {
    condition     = aws_lb.api[0].desync_mitigation_mode == "strictest"
    error_message = "The balancer must refuse ambiguous requests."
  }
  assert {
    condition     = aws_lb.api[0].enable_deletion_protection
    error_message = "The balancer must be protected."
  }
  assert {
    condition     = aws_lb.api[0].internal
    error_message = "Behind CloudFront the balancer must be internal."
  }
  assert {
    condition     = aws_lb.api[0].idle_timeout < 65
    error_message = "The balancer must close idle connections before the tasks do, at 65 s."
  }
  assert {
    condition     = aws_lb_target_group.api[0].health_check[0].path == "/health/ready"
    error_message = "The balancer must ask for readiness."
  }
  assert {
    condition     = aws_lb_target_group.api[0].slow_start >= 30 && aws_lb_target_group.api[0].load_balancing_algorithm_type == "round_robin"
    error_message = "A new task must be loaded slowly, which only round robin does."
  }
}

run "timeouts_in_order" {
  command = plan

  assert {
    condition     = tonumber(aws_lb_target_group.api[0].deregistration_delay) < jsondecode(aws_ecs_task_definition.api.container_definitions)[0].stopTimeout
    error_message = "A task must outlive its deregistration."
  }
  assert {
    condition     = var.drain_seconds <= tonumber(aws_lb_target_group.api[0].deregistration_delay)
    error_message = "The drain must fit into the deregistration."
  }
  assert {
    condition     = aws_lb_target_group.api[0].health_check[0].interval * aws_lb_target_group.api[0].health_check[0].unhealthy_threshold < var.drain_seconds
    error_message = "The balancer must notice before the listener closes."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.api.container_definitions)[0].stopTimeout <= 120
    error_message = "Fargate kills after 120 s."
  }
  assert {
    condition     = local.environment_variables.SHUTDOWN_DRAIN_SECONDS == tostring(var.drain_seconds)
    error_message = "The process must be told the same drain."
  }
}

run "tasks" {
  command = plan

  assert {
    condition     = alltrue([for definition in [aws_ecs_task_definition.api, aws_ecs_task_definition.sweeper] : jsondecode(definition.container_definitions)[0].readonlyRootFilesystem])
    error_message = "The root filesystem must be read-only."
  }
  assert {
    condition     = alltrue([for definition in [aws_ecs_task_definition.api, aws_ecs_task_definition.sweeper] : jsondecode(definition.container_definitions)[0].user == "1000:1000"])
    error_message = "No container may run as root."
  }
  assert {
    condition     = alltrue([for definition in [aws_ecs_task_definition.api, aws_ecs_task_definition.sweeper] : jsondecode(definition.container_definitions)[0].linuxParameters.capabilities.drop == ["ALL"]])
    error_message = "All capabilities must be dropped."
  }
  assert {
    condition     = can(regex("@sha256:", jsondecode(aws_ecs_task_definition.api.container_definitions)[0].image))
    error_message = "The image must be named by digest."
  }
  assert {
    condition     = aws_ecs_task_definition.api.runtime_platform[0].cpu_architecture == "ARM64"
    error_message = "Tasks run on ARM64."
  }
  assert {
    condition     = !can(jsondecode(aws_ecs_task_definition.api.container_definitions)[0].healthCheck)
    error_message = "The target group checks health; a second opinion inside the container kills healthy tasks."
  }
  assert {
    condition     = length([for v in jsondecode(aws_ecs_task_definition.api.container_definitions)[0].environment : v if v.name == "APP_SECRET_ID" && startswith(v.value, "arn:aws:secretsmanager:")]) == 1
    error_message = "The secret must be named by ARN."
  }
  assert {
    condition     = alltrue([for name in keys(local.environment_variables) : !can(regex("(?i)password|private", name))])
    error_message = "No secret may be an environment variable."
  }
  assert {
    condition     = aws_ecs_task_definition.api.task_role_arn != null && length(aws_iam_role.task) == 2
    error_message = "API and sweeper must have a role each."
  }
}

run "service" {
  command = plan

  assert {
    condition     = length(aws_ecs_service.api[0].network_configuration[0].subnets) == 3 && length(distinct([for subnet in aws_subnet.private : subnet.availability_zone])) == 3
    error_message = "Tasks must spread over three zones."
  }
  assert {
    condition     = aws_ecs_service.api[0].network_configuration[0].assign_public_ip == false
    error_message = "Tasks must have no public address."
  }
  assert {
    condition     = aws_ecs_service.api[0].availability_zone_rebalancing == "ENABLED"
    error_message = "Zones must be rebalanced."
  }
  assert {
    condition     = aws_ecs_service.api[0].deployment_circuit_breaker[0].enable && aws_ecs_service.api[0].deployment_circuit_breaker[0].rollback
    error_message = "A deployment that does not start must be taken back."
  }
  assert {
    condition     = aws_ecs_service.api[0].alarms[0].enable && aws_ecs_service.api[0].alarms[0].rollback && length(aws_ecs_service.api[0].alarms[0].alarm_names) == 2
    error_message = "A deployment that raises an alarm must be taken back."
  }
  assert {
    condition     = aws_ecs_service.api[0].deployment_minimum_healthy_percent == 100
    error_message = "A deployment must not take capacity away."
  }
  assert {
    condition     = one([for s in aws_ecs_service.api[0].capacity_provider_strategy : s.base if s.capacity_provider == "FARGATE"]) >= 3
    error_message = "A task for each zone must not be on Spot."
  }
  assert {
    condition     = aws_ecs_service.api[0].enable_execute_command == false
    error_message = "Nobody may open a shell in a task."
  }
}

run "scaling" {
  command = plan

  assert {
    condition     = aws_appautoscaling_target.api[0].min_capacity >= 3
    error_message = "At least a task for each zone."
  }
  assert {
    condition     = aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ALBRequestCountPerTarget"
    error_message = "The scaler must count requests per target."
  }
  assert {
    condition     = aws_appautoscaling_policy.cpu[0].target_tracking_scaling_policy_configuration[0].target_value <= 66
    error_message = "Two zones must be able to carry the load of three."
  }
  assert {
    condition = alltrue([for policy in [aws_appautoscaling_policy.requests[0], aws_appautoscaling_policy.cpu[0]] :
      policy.target_tracking_scaling_policy_configuration[0].scale_in_cooldown > policy.target_tracking_scaling_policy_configuration[0].scale_out_cooldown
    ])
    error_message = "Out fast, in slowly."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.event_loop[0].alarm_actions == toset([aws_appautoscaling_policy.event_loop[0].arn])
    error_message = "The event-loop alarm must add tasks."
  }
}

run "public_edge" {
  command = apply
  variables {
    edge = "public"
  }

  assert {
    condition     = aws_lb.api[0].internal == false && length(aws_wafv2_web_acl_association.balancer) == 1
    error_message = "A public balancer must have a web ACL."
  }
  assert {
    condition     = local.environment_variables.TRUST_PROXY == "1"
    error_message = "A public balancer is one hop."
  }
}

run "lambda" {
  command = apply
  variables {
    compute        = "lambda"
    lambda_package = { bucket = "artifacts", key = "lambda.zip" }
  }

  assert {
    condition     = length(aws_ecs_service.api) == 0 && length(aws_lb.api) == 0 && length(aws_lambda_function.api) == 1
    error_message = "compute = lambda must replace service and balancer."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.lambda_data[0].policy) == jsondecode(aws_iam_role_policy.task["api"].policy)
    error_message = "The function must be allowed exactly what a task is."
  }
  assert {
    condition     = !contains(keys(aws_lambda_function.api[0].environment[0].variables), "AWS_REGION")
    error_message = "Lambda refuses functions that set AWS_REGION."
  }
}
