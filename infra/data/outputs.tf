output "tables" {
  description = "Table names and ARNs by role: profiles, documents, sessions, idempotency."
  value       = { for role, table in aws_dynamodb_table.this : role => { name = table.name, arn = table.arn } }
}

output "documents_bucket" {
  description = "Name, ARN and regional host of the documents bucket."
  value = {
    name = aws_s3_bucket.documents.bucket
    arn  = aws_s3_bucket.documents.arn
    host = aws_s3_bucket.documents.bucket_regional_domain_name
  }
}

output "secret_arn" {
  description = "ARN of the application's secret."
  value       = aws_secretsmanager_secret.app.arn
}

output "key_arn" {
  description = "ARN of the key that encrypts all of it."
  value       = aws_kms_key.data.arn
}

output "account_id" {
  description = "The account that all of it lives in."
  value       = local.account_id
}

output "environment" {
  description = "The part of the service's environment that names data."
  value = {
    PROFILES_TABLE    = aws_dynamodb_table.this["profiles"].name
    DOCUMENTS_TABLE   = aws_dynamodb_table.this["documents"].name
    SESSIONS_TABLE    = aws_dynamodb_table.this["sessions"].name
    IDEMPOTENCY_TABLE = aws_dynamodb_table.this["idempotency"].name
    DOCUMENTS_BUCKET  = aws_s3_bucket.documents.bucket
    APP_SECRET_ID     = aws_secretsmanager_secret.app.arn
  }
}
