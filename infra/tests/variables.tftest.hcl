# Values that must be refused, each by the variable that it is given to.

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
  environment    = "prod"
  region         = "eu-central-1"
  domain_name    = "app.example.com"
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  image          = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/stateless@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  alarm_email    = "team@example.com"
  monthly_budget = 100
}

run "killed_before_the_balancer_let_go" {
  command = plan
  variables {
    stop_timeout         = 60
    deregistration_delay = 60
  }
  expect_failures = [var.stop_timeout]
}

run "no_room_after_the_drain" {
  command = plan
  variables {
    stop_timeout = 45
    zones        = ["a", "b"]
  }
  expect_failures = [var.stop_timeout, var.zones]
}

run "longer_than_fargate_waits" {
  command = plan
  variables {
    stop_timeout    = 121
    min_tasks       = 2
    on_demand_tasks = 0
    cpu_target      = 80
    task_memory     = 1024
  }
  expect_failures = [var.stop_timeout, var.min_tasks, var.on_demand_tasks, var.cpu_target, var.task_memory]
}

run "drain_shorter_than_the_health_check" {
  command = plan
  variables {
    drain_seconds = 10
    max_tasks     = 2
  }
  expect_failures = [var.drain_seconds, var.max_tasks]
}

run "drain_beyond_the_deregistration" {
  command = plan
  variables {
    drain_seconds = 31
    schedules     = { morning = { cron = "0 7 * * ? *", min_tasks = 100 } }
    compute       = "lambda"
  }
  expect_failures = [var.deregistration_delay, var.schedules, var.compute]
}

run "unsafe" {
  command = plan
  variables {
    image               = "repository:latest"
    protected           = false
    extra_spa_origins   = ["http://localhost:5173"]
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }
  expect_failures = [var.image, var.protected, var.extra_spa_origins, var.interface_endpoints]
}
