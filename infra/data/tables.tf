# The four tables. Keys and indexes are the same as in local/tables.ts: the policy suite compares them.

locals {
  tables = {
    profiles = {
      keys       = ["userId"]
      attributes = { userId = "S", emailKey = "S", listing = "S", createdKey = "S" }
      global_indexes = {
        byEmail    = ["emailKey", "userId"]
        byCreation = ["listing", "createdKey"]
      }
      local_indexes = {}
      expires       = false
    }
    documents = {
      keys           = ["pk", "sk"]
      attributes     = { pk = "S", sk = "S", liveId = "S", dueShard = "S", dueAt = "S" }
      global_indexes = { due = ["dueShard", "dueAt"] }
      local_indexes  = { live = "liveId" }
      expires        = false
    }
    sessions = {
      keys           = ["pk", "sk"]
      attributes     = { pk = "S", sk = "S", recentKey = "S", dueShard = "S", dueAt = "S" }
      global_indexes = { due = ["dueShard", "dueAt"] }
      local_indexes  = { recent = "recentKey" }
      expires        = true
    }
    idempotency = {
      keys           = ["pk", "sk"]
      attributes     = { pk = "S", sk = "S" }
      global_indexes = {}
      local_indexes  = {}
      expires        = true
    }
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name                        = "${var.name}-${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = each.value.keys[0]
  range_key                   = try(each.value.keys[1], null)

  dynamic "attribute" {
    for_each = each.value.attributes
    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.global_indexes
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value[0]
      range_key       = global_secondary_index.value[1]
      projection_type = "KEYS_ONLY"

      on_demand_throughput {
        max_read_request_units  = var.max_read_units
        max_write_request_units = var.max_write_units
      }
    }
  }

  dynamic "local_secondary_index" {
    for_each = each.value.local_indexes
    content {
      name            = local_secondary_index.key
      range_key       = local_secondary_index.value
      projection_type = "ALL"
    }
  }

  dynamic "ttl" {
    for_each = each.value.expires ? ["ttl"] : []
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  on_demand_throughput {
    max_read_request_units  = var.max_read_units
    max_write_request_units = var.max_write_units
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}
