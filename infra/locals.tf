locals {
  name  = "${var.name}-${var.environment}"
  tags  = { system = var.name, environment = var.environment, managed-by = "terraform" }
  zones = { for index, letter in var.zones : "${var.region}${letter}" => index }

  is_fargate = var.compute == "fargate"
  # One host for SPA and API: CloudFront forwards /v1 to the internal load balancer, or to API Gateway.
  one_host = var.edge == "cloudfront"
  api_host = local.one_host ? var.domain_name : "api.${var.domain_name}"

  spa_origins = setunion(["https://${var.domain_name}"], var.extra_spa_origins)
  account_id  = module.data.account_id
  port        = 3000
  issuer      = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.this.id}"

  # What the API, the sweeper and Lambda read: src/config/config.ts.
  environment_variables = merge(module.data.environment, {
    NODE_ENV               = "production"
    AWS_REGION             = var.region
    PORT                   = tostring(local.port)
    LOG_LEVEL              = var.log_level
    COGNITO_USER_POOL_ID   = aws_cognito_user_pool.this.id
    COGNITO_CLIENT_ID      = aws_cognito_user_pool_client.spa.id
    CACHE_URL              = local.cache_url
    CORS_ORIGINS           = join(",", local.spa_origins)
    RATE_LIMIT             = var.rate_limit
    RATE_LIMIT_ANONYMOUS   = var.rate_limit_anonymous
    RATE_LIMIT_GUESSES     = var.rate_limit_guesses
    SHUTDOWN_DRAIN_SECONDS = tostring(var.drain_seconds)
    # CloudFront and the balancer each add a hop to X-Forwarded-For; API Gateway counts as the balancer.
    TRUST_PROXY = local.one_host ? "2" : "1"
    },
    var.jwks_uri == null ? {} : { COGNITO_JWKS_URI = var.jwks_uri },
    var.collector_image == null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318" },
  )
}

module "data" {
  source = "./data"

  name                = local.name
  spa_origins         = local.spa_origins
  deletion_protection = var.protected
}
