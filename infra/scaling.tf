# Tasks follow the load: requests per task first, CPU beside it, and a leap when the event loop fills up.
# Why these numbers: docs/adr/0011-scaling.md.

resource "aws_appautoscaling_target" "api" {
  count = local.is_fargate ? 1 : 0

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.api[0].name}"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}

resource "aws_appautoscaling_policy" "requests" {
  count = local.is_fargate ? 1 : 0

  name               = "${local.name}-requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.api[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.api[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.requests_per_target
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.api[0].arn_suffix}/${aws_lb_target_group.api[0].arn_suffix}"
    }
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  count = local.is_fargate ? 1 : 0

  name               = "${local.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.api[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.api[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = var.cpu_target
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "event_loop" {
  count = local.is_fargate ? 1 : 0

  name               = "${local.name}-event-loop"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.api[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.api[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.api[0].resource_id

  step_scaling_policy_configuration {
    adjustment_type          = "PercentChangeInCapacity"
    metric_aggregation_type  = "Maximum"
    min_adjustment_magnitude = 3
    cooldown                 = 60

    # Bounds are distances from event_loop_limit.
    step_adjustment {
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = 0.15
      scaling_adjustment          = 50
    }
    step_adjustment {
      metric_interval_lower_bound = 0.15
      scaling_adjustment          = 100
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "event_loop" {
  count = local.is_fargate ? 1 : 0

  alarm_name          = "${local.name}-event-loop"
  alarm_description   = "Event loops are filling up: tasks are being added."
  namespace           = local.metrics
  metric_name         = "EventLoopUtilization"
  extended_statistic  = "p90"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.event_loop_limit
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.event_loop[0].arn]
}

resource "aws_appautoscaling_scheduled_action" "peak" {
  for_each = local.is_fargate ? var.schedules : {}

  name               = "${local.name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.api[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.api[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.api[0].resource_id
  schedule           = "cron(${each.value.cron})"
  timezone           = "UTC"

  scalable_target_action {
    min_capacity = each.value.min_tasks
    max_capacity = var.max_tasks
  }
}
