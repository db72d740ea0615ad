# Roles of the workload. The actions come from task-actions.json; test/infra/recorded-calls.spec.ts holds them against every call that
# the code makes, and the API suites run under them.

locals {
  assumed_by = { for service in [
    "ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "vpc-flow-logs.amazonaws.com",
    ] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = "sts:AssumeRole"
        # Only for work of this account: no other customer's service may borrow the role.
        Condition = service == "lambda.amazonaws.com" ? {} : { StringEquals = { "aws:SourceAccount" = local.account_id } }
      }]
  }) }

  task_actions = jsondecode(file("${path.module}/task-actions.json"))
  task_resources = merge(
    # A query may address an index; every other action names the table.
    { for role, table in module.data.tables : role => [table.arn, "${table.arn}/index/*"] },
    {
      bucket  = [module.data.documents_bucket.arn]
      objects = ["${module.data.documents_bucket.arn}/documents/*"]
      secret  = [module.data.secret_arn]
    },
  )

  use_the_key = {
    Sid      = "Key"
    Effect   = "Allow"
    Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource = [module.data.key_arn]
    Condition = { StringEquals = { "kms:ViaService" = [
      for service in ["dynamodb", "s3", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"
    ] } }
  }

  task_policies = { for program, actions in local.task_actions : program => jsonencode({
    Version = "2012-10-17"
    Statement = concat([for resource in sort(keys(actions)) : {
      Sid      = title(resource)
      Effect   = "Allow"
      Action   = actions[resource]
      Resource = local.task_resources[resource]
    }], [local.use_the_key])
  }) }
}

# api: the service. sweeper: the scheduled task.
resource "aws_iam_role" "task" {
  for_each = local.task_actions

  name               = "${local.name}-${each.key}"
  assume_role_policy = local.assumed_by["ecs-tasks.amazonaws.com"]
}

resource "aws_iam_role_policy" "task" {
  for_each = local.task_actions

  name   = "data"
  role   = aws_iam_role.task[each.key].id
  policy = local.task_policies[each.key]
}

# What the platform does before the process runs: pull the image, open the log stream.
resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = local.assumed_by["ecs-tasks.amazonaws.com"]
}

resource "aws_iam_role_policy" "execution" {
  name = "start"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # The one action of ECR that knows no resource.
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [for program in ["api", "sweeper", "collector"] : "${aws_cloudwatch_log_group.this[program].arn}:*"]
      },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = ["arn:aws:ecr:${var.region}:${local.account_id}:repository/${var.name}*"]
      },
    ]
  })
}
