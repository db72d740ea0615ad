# The load balancer: TLS 1.3, no stickiness. Any task answers any request, so nothing may bind a client to one.

resource "aws_lb" "api" {
  count = local.is_fargate ? 1 : 0

  name               = "${local.name}-api"
  load_balancer_type = "application"
  internal           = local.one_host
  subnets            = [for subnet in(local.one_host ? aws_subnet.private : aws_subnet.public) : subnet.id]
  security_groups    = [aws_security_group.balancer.id]

  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
  preserve_host_header       = true
  xff_header_processing_mode = "append"
  enable_deletion_protection = var.protected
  enable_zonal_shift         = true
  # Tasks keep idle connections for longer than this: the balancer closes first, and no request meets a closed socket.
  idle_timeout = 60

  access_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "balancer"
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_target_group" "api" {
  count = local.is_fargate ? 1 : 0

  name                 = "${local.name}-api"
  vpc_id               = aws_vpc.this.id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  deregistration_delay = var.deregistration_delay
  # A new task compiles its hot code first; slow start needs round robin.
  slow_start                    = 30
  load_balancing_algorithm_type = "round_robin"

  stickiness {
    type    = "lb_cookie"
    enabled = false
  }

  health_check {
    path                = "/health/ready"
    matcher             = "200"
    interval            = var.health_check.interval
    timeout             = var.health_check.interval - 1
    healthy_threshold   = 2
    unhealthy_threshold = var.health_check.unhealthy_threshold
  }

  # Fewer than this many healthy: send to all of them rather than bury the last one.
  target_group_health {
    unhealthy_state_routing {
      minimum_healthy_targets_count = 1
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  count = local.is_fargate ? 1 : 0

  load_balancer_arn = aws_lb.api[0].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  certificate_arn   = aws_acm_certificate_validation.regional.certificate_arn

  # The balancer's own name and version are nobody's business.
  routing_http_response_server_enabled = false

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api[0].arn
  }
}

resource "aws_lb_listener" "http" {
  count = local.is_fargate ? 1 : 0

  load_balancer_arn = aws_lb.api[0].arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

module "balancer_waf" {
  source = "./waf"
  count  = local.is_fargate && !local.one_host ? 1 : 0

  name                 = "${local.name}-api"
  scope                = "REGIONAL"
  requests_per_address = var.requests_per_address
}

resource "aws_wafv2_web_acl_association" "balancer" {
  count = local.is_fargate && !local.one_host ? 1 : 0

  resource_arn = aws_lb.api[0].arn
  web_acl_arn  = module.balancer_waf[0].arn
}
