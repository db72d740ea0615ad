# The committed environments must plan: terraform test -test-directory=tests/environments -var-file=env/prod.tfvars

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "aws" {
  alias           = "global"
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  domain_name    = "app.example.com"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  image          = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/stateless@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  alarm_email    = "team@example.com"
}

run "plan" {
  command = plan

  assert {
    condition     = var.min_tasks >= 3 && length(aws_subnet.private) == 3
    error_message = "Every environment spreads over three zones."
  }
  assert {
    condition     = aws_lb_target_group.api[0].stickiness[0].enabled == false
    error_message = "No environment binds clients to tasks."
  }
  assert {
    condition     = var.environment != "prod" || var.protected
    error_message = "prod must be protected."
  }
}
