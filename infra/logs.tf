# Logs with an end, and the numbers that the service writes into them.

locals {
  metrics = "Stateless/${local.name}"

  # Metrics read off the API's JSON log lines: name → the field that carries the value.
  log_metrics = {
    EventLoopUtilization = { pattern = "{ $.eventLoopUtilization = * }", value = "$.eventLoopUtilization" }
    CacheBreakerOpened   = { pattern = "{ $.event = \"cache-breaker-opened\" }", value = "1" }
    RequestsShed         = { pattern = "{ $.event = \"request-shed\" }", value = "$.count" }
    SecretNotRead        = { pattern = "{ $.event = \"secret-not-read\" }", value = "1" }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["api", "sweeper", "collector", "flow", "gateway"])

  name              = "/${local.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.data.key_arn
}

resource "aws_cloudwatch_log_metric_filter" "api" {
  for_each = local.log_metrics

  name           = "${local.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.this["api"].name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = local.metrics
    name      = each.key
    value     = each.value.value
  }
}

resource "aws_cloudwatch_log_metric_filter" "sweeper_finished" {
  name           = "${local.name}-sweeper-finished"
  log_group_name = aws_cloudwatch_log_group.this["sweeper"].name
  pattern        = "{ $.event = \"sweep-finished\" }"

  metric_transformation {
    namespace = local.metrics
    name      = "SweepsFinished"
    value     = "1"
  }
}

# Access logs of the balancer. It can write to S3-managed encryption only.
resource "aws_s3_bucket" "logs" {
  bucket        = "${local.name}-logs-${local.account_id}"
  force_destroy = !var.protected
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "end"
    status = "Enabled"
    filter {}

    expiration {
      days = var.log_retention_days
    }
  }
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Balancer"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.logs.arn}/balancer/AWSLogs/${local.account_id}/*"
      },
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
