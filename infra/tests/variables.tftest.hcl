# Values that must be refused, each by its own variable.

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

run "stop_timeout_below_deregistration" {
  command = plan
  variables {
    stop_timeout = 25
  }
  expect_failures = [var.stop_timeout]
}

run "stop_timeout_without_room" {
  command = plan
  variables {
    stop_timeout  = 45
    drain_seconds = 20
  }
  expect_failures = [var.stop_timeout]
}

run "stop_timeout_beyond_fargate" {
  command = plan
  variables {
    stop_timeout = 121
  }
  expect_failures = [var.stop_timeout]
}

run "drain_beyond_deregistration" {
  command = plan
  variables {
    drain_seconds = 31
  }
  expect_failures = [var.deregistration_delay]
}

run "drain_shorter_than_health_check" {
  command = plan
  variables {
    drain_seconds = 10
  }
  expect_failures = [var.drain_seconds]
}

run "fewer_tasks_than_zones" {
  command = plan
  variables {
    min_tasks = 2
  }
  expect_failures = [var.min_tasks]
}

run "most_below_fewest" {
  command = plan
  variables {
    min_tasks = 5
    max_tasks = 4
  }
  expect_failures = [var.max_tasks]
}

run "all_on_spot" {
  command = plan
  variables {
    on_demand_tasks = 0
  }
  expect_failures = [var.on_demand_tasks]
}

run "cpu_target_that_survives_no_zone_loss" {
  command = plan
  variables {
    cpu_target = 80
  }
  expect_failures = [var.cpu_target]
}

run "two_zones" {
  command = plan
  variables {
    zones = ["a", "b"]
  }
  expect_failures = [var.zones]
}

run "image_by_tag" {
  command = plan
  variables {
    image = "repository:latest"
  }
  expect_failures = [var.image]
}

run "no_way_to_the_keys" {
  command = plan
  variables {
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }
  expect_failures = [var.interface_endpoints]
}

run "unprotected_prod" {
  command = plan
  variables {
    protected = false
  }
  expect_failures = [var.protected]
}

run "plain_http_origin_in_prod" {
  command = plan
  variables {
    extra_spa_origins = ["http://localhost:5173"]
  }
  expect_failures = [var.extra_spa_origins]
}

run "lambda_without_package" {
  command = plan
  variables {
    compute = "lambda"
  }
  expect_failures = [var.compute]
}

run "memory_that_fargate_refuses" {
  command = plan
  variables {
    task_memory = 1024
  }
  expect_failures = [var.task_memory]
}

run "peak_beyond_the_most" {
  command = plan
  variables {
    schedules = { morning = { cron = "0 7 * * ? *", min_tasks = 100 } }
  }
  expect_failures = [var.schedules]
}
