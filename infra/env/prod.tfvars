# 1,000 requests/s with room for a zone's loss. The cost of it by line item: docs/deploy.md.
environment        = "prod"
region             = "eu-central-1"
nat                = "none"
monthly_budget     = 9000
task_cpu           = 1024
task_memory        = 2048
min_tasks          = 3
max_tasks          = 60
on_demand_tasks    = 3
spot_share         = 1
log_retention_days = 90
