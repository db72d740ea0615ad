# ElastiCache Serverless for Valkey: an accelerator. Its loss costs speed, never an answer.

locals {
  cache_endpoint = one(aws_elasticache_serverless_cache.this.endpoint)
  cache_url      = "rediss://${local.cache_endpoint.address}:${local.cache_endpoint.port}"
}

resource "aws_elasticache_serverless_cache" "this" {
  name                 = local.name
  description          = "Cache and rate-limit counters of ${local.name}"
  engine               = "valkey"
  major_engine_version = "8"
  kms_key_id           = module.data.key_arn
  subnet_ids           = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids   = [aws_security_group.cache.id]
  user_group_id        = aws_elasticache_user_group.this.user_group_id
  # Everything in it can be loaded again.
  snapshot_retention_limit = 0

  cache_usage_limits {
    data_storage {
      maximum = var.cache_storage_gb
      unit    = "GB"
    }
    ecpu_per_second {
      maximum = var.cache_ecpu_per_second
    }
  }
}

# Lives until the first rotation, which follows at once: the password in the state opens nothing afterwards.
data "aws_secretsmanager_random_password" "first_cache_password" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_elasticache_user" "api" {
  user_id   = "${local.name}-api"
  user_name = "api"
  engine    = "valkey"
  # No administration, no listing of keys. INFO tells which server answers, TIME is the clock of the scripts; the last word counts.
  access_string = "on ~* -@all +@read +@write +@connection +@scripting +@transaction -@dangerous +info +time +cluster|slots +cluster|shards +cluster|nodes"

  authentication_mode {
    type      = "password"
    passwords = [data.aws_secretsmanager_random_password.first_cache_password.random_password]
  }

  lifecycle {
    ignore_changes = [authentication_mode]
  }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = local.name
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.api.user_id]
}
