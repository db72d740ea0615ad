# One page: is it up, is it fast, is it full, does it keep its promises.

locals {
  balancer_metric = ["LoadBalancer", local.balancer, "TargetGroup", local.target_group]

  fargate_widgets = [for widget in [
    { title = "Traffic: requests a minute", stat = "Sum", metrics = [concat(["AWS/ApplicationELB", "RequestCount"], local.balancer_metric)] },
    { title = "Errors: 5xx of tasks and balancer", stat = "Sum", metrics = [
      concat(["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"], local.balancer_metric),
      ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "LoadBalancer", local.balancer],
    ] },
    { title = "Latency: p99, seconds", stat = "p99", metrics = [concat(["AWS/ApplicationELB", "TargetResponseTime"], local.balancer_metric)] },
    { title = "Saturation: CPU and memory, percent", stat = "Average", metrics = [
      ["AWS/ECS", "CPUUtilization", "ClusterName", aws_ecs_cluster.this.name, "ServiceName", "api"],
      ["AWS/ECS", "MemoryUtilization", "ClusterName", aws_ecs_cluster.this.name, "ServiceName", "api"],
    ] },
    { title = "Tasks: running and ready", stat = "Minimum", metrics = [
      ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", aws_ecs_cluster.this.name, "ServiceName", "api"],
      concat(["AWS/ApplicationELB", "HealthyHostCount"], local.balancer_metric),
    ] },
    { title = "Requests per task and minute", stat = "Sum", metrics = [["AWS/ApplicationELB", "RequestCountPerTarget", "TargetGroup", local.target_group]] },
  ] : widget if local.is_fargate]

  shared_widgets = [
    { title = "Event-loop utilisation, p90", stat = "p90", metrics = [[local.metrics, "EventLoopUtilization"]] },
    { title = "Refused to keep the rest fast; without cache", stat = "Sum", metrics = [[local.metrics, "RequestsShed"], [local.metrics, "CacheBreakerOpened"]] },
    { title = "Tables: throttled", stat = "Sum", metrics = [for table in module.data.tables : ["AWS/DynamoDB", "ThrottledRequests", "TableName", table.name]] },
    { title = "Cache: processing units", stat = "Sum", metrics = [["AWS/ElastiCache", "ElastiCacheProcessingUnits", "clusterId", local.name]] },
    { title = "Sweeps finished", stat = "Sum", metrics = [[local.metrics, "SweepsFinished"]] },
  ]

  widgets = concat(local.fargate_widgets, local.shared_widgets)
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    widgets = [for index, widget in local.widgets : {
      type       = "metric"
      x          = index % 3 * 8
      y          = floor(index / 3) * 6
      width      = 8
      height     = 6
      properties = { title = widget.title, stat = widget.stat, metrics = widget.metrics, region = var.region, period = 60, view = "timeSeries" }
    }]
  })
}
