# CloudFront: the SPA from a private bucket and, on the same host, the API from inside the VPC.

locals {
  api_paths = ["/v1/*", "/openapi.json", "/docs", "/docs/*", "/health/*"]
  # Ids of AWS-managed policies, the same in every account.
  caching_optimized        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled         = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  forward_all              = "216adef6-5c7f-47e4-b989-5492eafa07d3"
  forward_all_but_the_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

  connect_sources = [
    "'self'",
    "https://${local.api_host}",
    "https://${module.data.documents_bucket.host}",
    "https://cognito-idp.${var.region}.amazonaws.com",
    "https://${aws_cognito_user_pool_domain.this.domain}.auth.${var.region}.amazoncognito.com",
  ]
}

resource "aws_s3_bucket" "spa" {
  bucket        = "${local.name}-spa-${local.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "spa" {
  bucket                  = aws_s3_bucket.spa.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "spa" {
  bucket = aws_s3_bucket.spa.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "spa" {
  bucket = aws_s3_bucket.spa.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyThisDistribution"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.spa.arn}/*"
        Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.app.arn } }
      },
      {
        Sid       = "OnlyTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.spa.arn, "${aws_s3_bucket.spa.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudfront_origin_access_control" "spa" {
  name                              = "${local.name}-spa"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_vpc_origin" "api" {
  count = local.is_fargate && local.one_host ? 1 : 0

  vpc_origin_endpoint_config {
    name                   = "${local.name}-api"
    arn                    = aws_lb.api[0].arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  depends_on = [aws_internet_gateway.this]
}

# Paths of the SPA's router have no file: they get index.html. An error page would do it for the API's 404s too.
resource "aws_cloudfront_function" "spa_paths" {
  name    = "${local.name}-spa-paths"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/spa-paths.js")
}

resource "aws_cloudfront_response_headers_policy" "spa" {
  name = "${local.name}-spa"

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = true
    }
    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = true
    }
    content_security_policy {
      override = true
      content_security_policy = join("; ", [
        "default-src 'self'",
        "connect-src ${join(" ", local.connect_sources)}",
        "img-src 'self' data: blob: https://${module.data.documents_bucket.host}",
        "style-src 'self' 'unsafe-inline'",
        # The client hashes files in a worker of its own.
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ])
    }
  }
}

resource "aws_cloudfront_distribution" "app" {
  comment             = local.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  aliases             = [var.domain_name]
  default_root_object = "index.html"
  price_class         = "PriceClass_100"
  web_acl_id          = module.cdn_waf.arn

  origin {
    origin_id                = "spa"
    domain_name              = aws_s3_bucket.spa.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.spa.id
  }

  dynamic "origin" {
    for_each = local.is_fargate && local.one_host ? [aws_lb.api[0]] : []
    content {
      origin_id   = "api"
      domain_name = origin.value.dns_name

      vpc_origin_config {
        vpc_origin_id            = aws_cloudfront_vpc_origin.api[0].id
        origin_read_timeout      = 30
        origin_keepalive_timeout = 55
      }
    }
  }

  dynamic "origin" {
    for_each = local.is_fargate ? [] : [aws_apigatewayv2_api.api[0]]
    content {
      origin_id   = "api"
      domain_name = trimprefix(origin.value.api_endpoint, "https://")

      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "spa"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.spa.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.spa_paths.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.one_host ? local.api_paths : []
    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = "api"
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      compress                 = true
      cache_policy_id          = local.caching_disabled
      origin_request_policy_id = local.is_fargate ? local.forward_all : local.forward_all_but_the_host
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.global.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

module "cdn_waf" {
  source    = "./waf"
  providers = { aws = aws.global }

  name                 = "${local.name}-cdn"
  scope                = "CLOUDFRONT"
  requests_per_address = var.requests_per_address
}
