# What must never change about permissions, data and the network. Offline: the provider is mocked.
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

run "task_roles" {
  command = apply

  assert {
    condition = alltrue(flatten([for policy in aws_iam_role_policy.task : [
      for statement in jsondecode(policy.policy).Statement : [for action in flatten([statement.Action]) : !strcontains(action, "*")]
    ]]))
    error_message = "A task role must name its actions one by one."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_iam_role_policy.task : [
      for statement in jsondecode(policy.policy).Statement : [for resource in flatten([statement.Resource]) : resource != "*"]
    ]]))
    error_message = "A task role must name its resources."
  }
  assert {
    condition = alltrue([for program, actions in local.task_actions : toset(flatten(values(actions))) == toset([
      for action in flatten([for statement in jsondecode(aws_iam_role_policy.task[program].policy).Statement : statement.Action]) : action if !startswith(action, "kms:")
    ])])
    error_message = "The task roles must hold exactly the actions of task-actions.json."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_iam_role_policy.task : [
      for statement in jsondecode(policy.policy).Statement : can(statement.Condition.StringEquals["kms:ViaService"]) if statement.Sid == "Key"
    ]]))
    error_message = "The key must be usable through its services only."
  }
  assert {
    condition     = alltrue([for role in aws_iam_role.task : jsondecode(role.assume_role_policy).Statement[0].Principal.Service == "ecs-tasks.amazonaws.com"])
    error_message = "Only ECS tasks may take the task roles."
  }
  assert {
    condition     = aws_iam_role.execution.name != aws_iam_role.task["api"].name
    error_message = "The execution role must be another one than the task role."
  }
}

run "tables" {
  command = apply
  module {
    source = "./data"
  }
  variables {
    name        = "stateless-prod"
    spa_origins = ["https://app.example.com"]
  }

  assert {
    condition     = length(aws_dynamodb_table.this) == 4 && alltrue([for table in aws_dynamodb_table.this : table.deletion_protection_enabled])
    error_message = "All four tables must be protected from deletion."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.point_in_time_recovery[0].enabled])
    error_message = "Every table must be recoverable to any point in time."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.server_side_encryption[0].kms_key_arn == aws_kms_key.data.arn])
    error_message = "Every table must be encrypted with our key."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.this : table.billing_mode == "PAY_PER_REQUEST" && table.on_demand_throughput[0].max_write_request_units > 0])
    error_message = "Every table must be on demand, with a ceiling."
  }
  assert {
    condition     = alltrue([for role in ["sessions", "idempotency"] : aws_dynamodb_table.this[role].ttl[0].attribute_name == "ttl"])
    error_message = "Sessions and idempotency records must expire."
  }
  assert {
    condition     = length(aws_dynamodb_table.this["documents"].ttl) == 0 && length(aws_dynamodb_table.this["profiles"].ttl) == 0
    error_message = "Documents and profiles must never expire by themselves."
  }
  assert {
    condition     = aws_kms_key.data.enable_key_rotation
    error_message = "The key must rotate."
  }
}

run "documents_bucket" {
  command = plan
  module {
    source = "./data"
  }
  variables {
    name        = "stateless-prod"
    spa_origins = ["https://app.example.com"]
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.documents.block_public_acls, aws_s3_bucket_public_access_block.documents.block_public_policy,
      aws_s3_bucket_public_access_block.documents.ignore_public_acls, aws_s3_bucket_public_access_block.documents.restrict_public_buckets,
    ])
    error_message = "Public access must be blocked in all four ways."
  }
  assert {
    condition     = aws_s3_bucket_versioning.documents.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket must keep versions."
  }
  assert {
    condition     = length([for s in jsondecode(aws_s3_bucket_policy.documents.policy).Statement : s if s.Sid == "OnlyTls" && s.Effect == "Deny" && try(s.Condition.Bool["aws:SecureTransport"], "") == "false"]) == 1
    error_message = "The bucket must refuse requests without TLS."
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_s3_bucket_policy.documents.policy).Statement : s.Effect == "Deny"])
    error_message = "The bucket's policy must only deny: permissions belong to the task roles."
  }
  assert {
    condition     = contains(one(aws_s3_bucket_cors_configuration.documents.cors_rule).expose_headers, "ETag")
    error_message = "Browsers must see ETag, or multipart uploads cannot be completed."
  }
  assert {
    condition     = !contains(one(aws_s3_bucket_cors_configuration.documents.cors_rule).allowed_origins, "*")
    error_message = "Only the SPA's origins may use the bucket from a browser."
  }
  assert {
    condition     = length([for rule in aws_s3_bucket_lifecycle_configuration.documents.rule : rule if length(rule.abort_incomplete_multipart_upload) == 1 && rule.status == "Enabled"]) == 1
    error_message = "Abandoned multipart uploads must end."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.documents.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "The bucket must encrypt with KMS."
  }
}

run "identity" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool_client.spa.generate_secret == false && aws_cognito_user_pool_client.spa.allowed_oauth_flows == toset(["code"])
    error_message = "A SPA keeps no secret and uses the code flow with PKCE."
  }
  assert {
    condition     = aws_cognito_user_pool_client.spa.prevent_user_existence_errors == "ENABLED"
    error_message = "Nobody may learn who has an account."
  }
  assert {
    condition     = aws_cognito_user_pool_client.spa.enable_token_revocation && aws_cognito_user_pool_client.spa.refresh_token_rotation[0].feature == "ENABLED"
    error_message = "Refresh tokens must rotate and be revocable."
  }
  assert {
    condition     = !contains(aws_cognito_user_pool_client.spa.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH")
    error_message = "Passwords must not travel to the API of the pool in the clear."
  }
  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The pool must be protected."
  }
  assert {
    condition     = alltrue([for url in aws_cognito_user_pool_client.spa.callback_urls : startswith(url, "https://")])
    error_message = "Codes must come back over TLS."
  }
}

run "network" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && contains(keys(aws_vpc_endpoint.interface), "cognito-idp")
    error_message = "Without NAT the pool's keys must come through an endpoint."
  }
  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.dynamodb.vpc_endpoint_type == "Gateway"
    error_message = "S3 and DynamoDB must be reached through gateways."
  }
  assert {
    condition     = length(aws_vpc_security_group_egress_rule.tasks_to_internet) == 0
    error_message = "Without NAT tasks must have no rule to the internet."
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.balancer_from_internet) == 0
    error_message = "Behind CloudFront the internet must not reach the balancer."
  }
  assert {
    condition     = aws_flow_log.vpc.traffic_type == "ALL"
    error_message = "The VPC must keep a flow log."
  }
  assert {
    condition     = startswith(local.cache_url, "rediss://")
    error_message = "The cache must be spoken to over TLS."
  }
  assert {
    condition     = strcontains(aws_elasticache_user.api.access_string, "-@dangerous") && !strcontains(aws_elasticache_user.api.access_string, "+@all")
    error_message = "The API's cache user must not administer the cache."
  }
}

run "operations" {
  command = plan

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days > 0 && group.kms_key_id != null])
    error_message = "Logs must end and be encrypted."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : length(alarm.alarm_actions) > 0])
    error_message = "Every alarm must reach somebody."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) >= 15 && length(aws_cloudwatch_metric_alarm.api) == 2
    error_message = "Golden signals and promises must have alarms."
  }
  assert {
    condition     = aws_secretsmanager_secret_rotation.app.rotation_rules[0].automatically_after_days <= 365
    error_message = "The secret must rotate."
  }
  assert {
    condition     = length(aws_budgets_budget.monthly.notification) == 2
    error_message = "The budget must warn."
  }
}
