# The smallest set-up that is still the real thing. alarm_email, domain_name, hosted_zone_id and image come from the
# command line or from TF_VAR_…: they differ for everybody.
environment         = "dev"
region              = "eu-central-1"
protected           = false
nat                 = "single"
interface_endpoints = []
extra_spa_origins   = ["http://localhost:5173"]
monthly_budget      = 250
task_cpu            = 256
task_memory         = 512
min_tasks           = 3
max_tasks           = 6
on_demand_tasks     = 3
requests_per_target = 7500
log_retention_days  = 14
log_level           = "debug"

cache_storage_gb      = 1
cache_ecpu_per_second = 5000
