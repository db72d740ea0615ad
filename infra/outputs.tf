output "api_url" {
  description = "Base address of the API."
  value       = "https://${local.api_host}"
}

output "spa_url" {
  description = "Address of the SPA."
  value       = "https://${var.domain_name}"
}

output "spa" {
  description = "What the SPA must know: serve it as /config.json."
  value = {
    apiUrl                = "https://${local.api_host}"
    issuer                = local.issuer
    clientId              = aws_cognito_user_pool_client.spa.id
    authorizationEndpoint = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${var.region}.amazoncognito.com/oauth2/authorize"
    logoutEndpoint        = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${var.region}.amazoncognito.com/logout"
    scopes                = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
  }
}

output "spa_bucket" {
  description = "Bucket that the built SPA is copied to."
  value       = aws_s3_bucket.spa.bucket
}

output "distribution_id" {
  description = "CloudFront distribution to invalidate after a copy."
  value       = aws_cloudfront_distribution.app.id
}

output "environment" {
  description = "The service's environment, for a .env file: terraform output -json environment."
  value       = local.environment_variables
}

output "cluster" {
  description = "ECS cluster, for one-off tasks and rollbacks."
  value       = aws_ecs_cluster.this.name
}

output "user_pool_id" {
  description = "Cognito user pool."
  value       = aws_cognito_user_pool.this.id
}

output "task_definitions" {
  description = "ARNs of the API's and the sweeper's task definitions."
  value       = { api = aws_ecs_task_definition.api.arn, sweeper = aws_ecs_task_definition.sweeper.arn }
}
