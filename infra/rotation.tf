# Signing keys and the cache password change without a restart and without a refused request: docs/adr/0013-rotation.md.

resource "aws_cloudwatch_log_group" "rotation" {
  name              = "/aws/lambda/${local.name}-rotation"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.data.key_arn
}

resource "aws_lambda_function" "rotation" {
  function_name    = "${local.name}-rotation"
  description      = "Rotates the secret of ${local.name}"
  role             = aws_iam_role.rotation.arn
  runtime          = var.lambda_runtime
  architectures    = ["arm64"]
  handler          = "index.handler"
  filename         = "${path.module}/${var.rotation_package}"
  source_code_hash = sha256(join("", [for name in ["index.mjs", "rotation.mjs"] : filesha256("${path.module}/rotation/${name}")]))
  memory_size      = 256
  # It waits until every task knows the new key before one signs with it.
  timeout = 300

  environment {
    variables = { CACHE_USER_ID = aws_elasticache_user.api.user_id }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.rotation.name
  }
}

resource "aws_lambda_permission" "rotation" {
  statement_id   = "secrets-manager"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotation.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = local.account_id
  source_arn     = module.data.secret_arn
}

resource "aws_secretsmanager_secret_rotation" "app" {
  secret_id           = module.data.secret_arn
  rotation_lambda_arn = aws_lambda_function.rotation.arn
  rotate_immediately  = true

  rotation_rules {
    automatically_after_days = var.rotation_days
  }

  depends_on = [aws_lambda_permission.rotation, aws_iam_role_policy.rotation]
}

resource "aws_iam_role" "rotation" {
  name               = "${local.name}-rotation"
  assume_role_policy = local.assumed_by["lambda.amazonaws.com"]
}

resource "aws_iam_role_policy" "rotation" {
  name = "rotate"
  role = aws_iam_role.rotation.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ]
        Resource = [module.data.secret_arn]
      },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [module.data.key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
      {
        Effect   = "Allow"
        Action   = ["elasticache:ModifyUser", "elasticache:DescribeUsers"]
        Resource = [aws_elasticache_user.api.arn]
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.rotation.arn}:*"]
      },
    ]
  })
}
