output "backend" {
  description = "Values for terraform init -backend-config."
  value       = { bucket = aws_s3_bucket.state.bucket, region = var.region }
}

output "artifacts_bucket" {
  description = "Bucket for Lambda zips."
  value       = aws_s3_bucket.artifacts.bucket
}

output "repository_url" {
  description = "Where images are pushed."
  value       = aws_ecr_repository.app.repository_url
}

output "roles" {
  description = "Roles for the pipeline: plan, and one per environment."
  value       = { for name, role in aws_iam_role.github : name => role.arn }
}
