# compute = "lambda": the same application, the same state, the same actions; only the process model differs.

resource "aws_lambda_function" "api" {
  count = local.is_fargate ? 0 : 1

  function_name                  = "${local.name}-api"
  description                    = "API of ${local.name}"
  role                           = aws_iam_role.lambda[0].arn
  runtime                        = var.lambda_runtime
  architectures                  = ["arm64"]
  handler                        = "dist/lambda.handler"
  s3_bucket                      = var.lambda_package.bucket
  s3_key                         = var.lambda_package.key
  memory_size                    = 1769
  timeout                        = 29
  reserved_concurrent_executions = var.lambda_concurrency
  kms_key_arn                    = module.data.key_arn

  environment {
    # Lambda sets the region itself and refuses ours.
    variables = { for name, value in local.environment_variables : name => value if name != "AWS_REGION" }
  }

  vpc_config {
    subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
    security_group_ids = [aws_security_group.tasks.id]
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this["api"].name
  }
}

resource "aws_iam_role" "lambda" {
  count = local.is_fargate ? 0 : 1

  name               = "${local.name}-lambda"
  assume_role_policy = local.assumed_by["lambda.amazonaws.com"]
}

resource "aws_iam_role_policy" "lambda_data" {
  count = local.is_fargate ? 0 : 1

  name   = "data"
  role   = aws_iam_role.lambda[0].id
  policy = local.task_policies["api"]
}

resource "aws_iam_role_policy" "lambda_platform" {
  count = local.is_fargate ? 0 : 1

  name = "platform"
  role = aws_iam_role.lambda[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this["api"].arn}:*"]
      },
      {
        # Network interfaces of a function in a VPC; EC2 knows no narrower resource for describing and creating them.
        Effect = "Allow"
        Action = [
          "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
          "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "aws_apigatewayv2_api" "api" {
  count = local.is_fargate ? 0 : 1

  name          = "${local.name}-api"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "api" {
  count = local.is_fargate ? 0 : 1

  api_id                 = aws_apigatewayv2_api.api[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.api[0].invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 29000
}

resource "aws_apigatewayv2_route" "api" {
  count = local.is_fargate ? 0 : 1

  api_id    = aws_apigatewayv2_api.api[0].id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.api[0].id}"
}

resource "aws_apigatewayv2_stage" "api" {
  count = local.is_fargate ? 0 : 1

  api_id      = aws_apigatewayv2_api.api[0].id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_burst_limit = var.lambda_concurrency * 2
    throttling_rate_limit  = var.lambda_concurrency * 20
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.this["gateway"].arn
    format = jsonencode({
      requestId = "$context.requestId", status = "$context.status", latency = "$context.responseLatency", route = "$context.routeKey"
    })
  }
}

resource "aws_lambda_permission" "gateway" {
  count = local.is_fargate ? 0 : 1

  statement_id  = "api-gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api[0].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api[0].execution_arn}/*"
}
