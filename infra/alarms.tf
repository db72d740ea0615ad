# One alarm for each thing that somebody must get up for: the golden signals, then each promise of the design.

locals {
  # Null where there is no balancer, and then used by nothing.
  balancer            = one(aws_lb.api[*].arn_suffix)
  target_group        = one(aws_lb_target_group.api[*].arn_suffix)
  balancer_dimensions = { LoadBalancer = local.balancer, TargetGroup = local.target_group }
  service_dimensions  = { ClusterName = aws_ecs_cluster.this.name, ServiceName = "api" }

  # The two that take a deployment back stand by themselves: the service refers to them.
  api_alarms = { for name, alarm in {
    errors  = { metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", percentile = null, threshold = 25, about = "more than 25 answers 5xx in a minute" }
    latency = { metric = "TargetResponseTime", statistic = null, percentile = "p99", threshold = 1, about = "one answer in a hundred takes over a second" }
  } : name => alarm if local.is_fargate }

  fargate_alarms = { for name, alarm in {
    tasks   = { namespace = "ECS/ContainerInsights", metric = "RunningTaskCount", dimensions = local.service_dimensions, statistic = "Minimum", below = var.min_tasks, missing = "breaching", about = "fewer tasks run than there are zones to lose" }
    healthy = { namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.balancer_dimensions, statistic = "Minimum", below = 2, missing = "breaching", about = "fewer than two tasks are ready" }
    refused = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = { LoadBalancer = local.balancer }, statistic = "Sum", above = 10, missing = "notBreaching", about = "the balancer found no task to answer" }
    cpu     = { namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.service_dimensions, statistic = "Average", above = 85, missing = "notBreaching", about = "the scaler does not keep up" }
    memory  = { namespace = "AWS/ECS", metric = "MemoryUtilization", dimensions = local.service_dimensions, statistic = "Maximum", above = 90, missing = "notBreaching", about = "a task remembers too much for a stateless one" }
  } : name => alarm if local.is_fargate }

  lambda_alarms = { for name, alarm in {
    failed    = { namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = "${local.name}-api" }, statistic = "Sum", above = 10, missing = "notBreaching", about = "invocations fail" }
    throttled = { namespace = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = "${local.name}-api" }, statistic = "Sum", above = 0, missing = "notBreaching", about = "lambda_concurrency is used up" }
  } : name => alarm if !local.is_fargate }

  table_alarms = merge([for role, table in module.data.tables : {
    "${role}-throttled" = { namespace = "AWS/DynamoDB", metric = "ThrottledRequests", dimensions = { TableName = table.name }, statistic = "Sum", above = 10, missing = "notBreaching", about = "the table is at its maximum throughput" }
    "${role}-failed"    = { namespace = "AWS/DynamoDB", metric = "SystemErrors", dimensions = { TableName = table.name }, statistic = "Sum", above = 5, missing = "notBreaching", about = "DynamoDB fails" }
  }]...)

  promise_alarms = {
    cache-throttled = { namespace = "AWS/ElastiCache", metric = "ThrottledCmds", dimensions = { clusterId = local.name }, statistic = "Sum", above = 0, missing = "notBreaching", about = "the cache is at its limit: answers stay right and get slower" }
    cache-lost      = { namespace = local.metrics, metric = "CacheBreakerOpened", dimensions = {}, statistic = "Sum", above = 0, missing = "notBreaching", about = "tasks do without the cache" }
    shedding        = { namespace = local.metrics, metric = "RequestsShed", dimensions = {}, statistic = "Sum", above = 100, missing = "notBreaching", about = "requests are refused to keep the others fast" }
    secret          = { namespace = local.metrics, metric = "SecretNotRead", dimensions = {}, statistic = "Sum", above = 0, missing = "notBreaching", about = "tasks cannot refresh the secret and use the last one" }
    rotation        = { namespace = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = aws_lambda_function.rotation.function_name }, statistic = "Sum", above = 0, missing = "notBreaching", about = "the secret was not rotated" }
    sweeper         = { namespace = "AWS/Scheduler", metric = "TargetErrorCount", dimensions = { ScheduleGroup = "default" }, statistic = "Sum", above = 0, missing = "notBreaching", about = "the sweeper was not started" }
  }

  alarms = merge(local.fargate_alarms, local.lambda_alarms, local.table_alarms, local.promise_alarms)
}

resource "aws_cloudwatch_metric_alarm" "api" {
  for_each = local.api_alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "API: ${each.value.about}."
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  dimensions          = local.balancer_dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.key}: ${each.value.about}."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(each.value.below, each.value.above)
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Erasure within its time depends on it: silence for six runs is an alarm.
resource "aws_cloudwatch_metric_alarm" "sweeper_silent" {
  alarm_name          = "${local.name}-sweeper-silent"
  alarm_description   = "The sweeper has not finished for six runs."
  namespace           = local.metrics
  metric_name         = "SweepsFinished"
  statistic           = "Sum"
  period              = var.sweep_every_minutes * 60
  evaluation_periods  = 6
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = module.data.key_arn
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_budgets_budget" "monthly" {
  name         = local.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:system$${var.name}"]
  }

  dynamic "notification" {
    for_each = { FORECASTED = 100, ACTUAL = 80 }
    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = [var.alarm_email]
    }
  }
}
