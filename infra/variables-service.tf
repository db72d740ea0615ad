# What runs, how much of it, and the order of its timeouts.

variable "compute" {
  description = "fargate: tasks behind the load balancer. lambda: the same application behind API Gateway."
  type        = string
  default     = "fargate"

  validation {
    condition     = contains(["fargate", "lambda"], var.compute)
    error_message = "compute must be fargate or lambda."
  }

  validation {
    condition     = var.compute != "lambda" || var.edge == "cloudfront"
    error_message = "compute = lambda needs edge = cloudfront: the web ACL sits there."
  }

  validation {
    condition     = var.compute != "lambda" || var.lambda_package != null
    error_message = "compute = lambda needs lambda_package."
  }
}

variable "image" {
  description = "Container image by digest: a tag can move under a running service."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9./_-]+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must name a digest: repository@sha256:…"
  }
}

variable "lambda_package" {
  description = "Bucket and key of the zip of bundle/ for compute = lambda."
  type        = object({ bucket = string, key = string })
  default     = null
}

variable "lambda_runtime" {
  description = "Runtime of the Lambda functions. Providers before 6 do not know nodejs24.x yet."
  type        = string
  default     = "nodejs22.x"

  validation {
    condition     = can(regex("^nodejs(22|24)\\.x$", var.lambda_runtime))
    error_message = "lambda_runtime must be nodejs22.x or nodejs24.x."
  }
}

variable "lambda_concurrency" {
  description = "Most Lambda environments at once: the bill's ceiling."
  type        = number
  default     = 100

  validation {
    condition     = var.lambda_concurrency >= 1
    error_message = "lambda_concurrency must be at least 1."
  }
}

variable "task_cpu" {
  description = "CPU units per task. One Node process uses one core: 1024 and a little."
  type        = number
  default     = 1024

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.task_cpu)
    error_message = "task_cpu must be 256, 512, 1024, 2048 or 4096."
  }
}

variable "task_memory" {
  description = "MiB per task; the heap takes three quarters of it."
  type        = number
  default     = 2048

  validation {
    condition     = var.task_memory >= 2 * var.task_cpu && var.task_memory <= 8 * var.task_cpu
    error_message = "task_memory must be two to eight times task_cpu: Fargate takes no other combination."
  }
}

variable "min_tasks" {
  description = "Fewest tasks: one for each zone at least."
  type        = number
  default     = 3

  validation {
    condition     = var.min_tasks >= length(var.zones)
    error_message = "min_tasks must be at least the number of zones."
  }
}

variable "max_tasks" {
  description = "Most tasks: the bill's ceiling."
  type        = number
  default     = 60

  validation {
    condition     = var.max_tasks >= var.min_tasks
    error_message = "max_tasks must not be below min_tasks."
  }
}

variable "on_demand_tasks" {
  description = "Tasks that never run on Spot; beyond them Spot takes its share."
  type        = number
  default     = 3

  validation {
    condition     = var.on_demand_tasks >= 3
    error_message = "on_demand_tasks must be at least 3: losing all Spot capacity must leave a task in each zone."
  }
}

variable "spot_share" {
  description = "Weight of Fargate Spot against one of Fargate, beyond on_demand_tasks; 0 is no Spot."
  type        = number
  default     = 1

  validation {
    condition     = var.spot_share >= 0 && var.spot_share <= 10
    error_message = "spot_share must be 0 to 10."
  }
}

variable "requests_per_target" {
  description = "Requests per task and minute that the scaler aims at. The arithmetic: docs/adr/0011-scaling.md."
  type        = number
  default     = 40000

  validation {
    condition     = var.requests_per_target >= 100
    error_message = "requests_per_target must be at least 100."
  }
}

variable "cpu_target" {
  description = "Average CPU, in percent, that the scaler aims at."
  type        = number
  default     = 50

  validation {
    condition     = var.cpu_target >= 20 && var.cpu_target <= 66
    error_message = "cpu_target must be 20 to 66: above two thirds the loss of one zone in three overloads the rest."
  }
}

variable "event_loop_limit" {
  description = "Event-loop utilisation (0 to 1) above which tasks are added at once."
  type        = number
  default     = 0.75

  validation {
    condition     = var.event_loop_limit > 0.3 && var.event_loop_limit < 1
    error_message = "event_loop_limit must be above 0.3 and below 1."
  }
}

variable "schedules" {
  description = "Known peaks: cron expressions (UTC) with the fewest tasks from then on."
  type        = map(object({ cron = string, min_tasks = number }))
  default     = {}

  validation {
    condition     = alltrue([for peak in var.schedules : peak.min_tasks >= length(var.zones) && peak.min_tasks <= var.max_tasks])
    error_message = "schedules must stay between the number of zones and max_tasks."
  }
}

variable "drain_seconds" {
  description = "SHUTDOWN_DRAIN_SECONDS: from SIGTERM until the listener closes."
  type        = number
  default     = 20

  validation {
    condition     = var.drain_seconds > var.health_check.interval * var.health_check.unhealthy_threshold
    error_message = "drain_seconds must outlast the health check: the balancer must know before the listener closes."
  }
}

variable "deregistration_delay" {
  description = "Seconds that the balancer lets requests in flight finish on a leaving task."
  type        = number
  default     = 30

  validation {
    condition     = var.deregistration_delay >= var.drain_seconds
    error_message = "deregistration_delay must be at least drain_seconds: requests of the drain are still in flight."
  }
}

variable "stop_timeout" {
  description = "Seconds from SIGTERM to SIGKILL; 120 is Fargate's most."
  type        = number
  default     = 90

  validation {
    condition     = var.stop_timeout <= 120
    error_message = "stop_timeout must not exceed 120 seconds."
  }

  validation {
    condition     = var.stop_timeout > var.deregistration_delay
    error_message = "stop_timeout must exceed deregistration_delay: else tasks are killed with requests in flight."
  }

  validation {
    # 15 s for the slowest body, 15 s to answer and to flush.
    condition     = var.stop_timeout >= var.drain_seconds + 30
    error_message = "stop_timeout must leave 30 s after drain_seconds for the last request and the last log line."
  }
}

variable "health_check" {
  description = "How the balancer asks /health/ready: seconds between two questions, and failures until a task is out."
  type        = object({ interval = number, unhealthy_threshold = number })
  default     = { interval = 5, unhealthy_threshold = 2 }

  validation {
    condition     = var.health_check.interval >= 5 && var.health_check.unhealthy_threshold >= 2
    error_message = "health_check must ask every 5 s at most, and twice at least."
  }
}

variable "rate_limit" {
  description = "RATE_LIMIT: one user's requests per window."
  type        = string
  default     = "600/60s"

  validation {
    condition     = can(regex("^[1-9][0-9]*/[1-9][0-9]*s$", var.rate_limit))
    error_message = "rate_limit must be requests per window, such as 600/60s."
  }
}

variable "rate_limit_anonymous" {
  description = "RATE_LIMIT_ANONYMOUS: one client address's requests per window."
  type        = string
  default     = "120/60s"

  validation {
    condition     = can(regex("^[1-9][0-9]*/[1-9][0-9]*s$", var.rate_limit_anonymous))
    error_message = "rate_limit_anonymous must be requests per window, such as 120/60s."
  }
}

variable "rate_limit_guesses" {
  description = "RATE_LIMIT_GUESSES: wrong share passwords and unknown share links of one client address per window."
  type        = string
  default     = "30/60s"

  validation {
    condition     = can(regex("^[1-9][0-9]*/[1-9][0-9]*s$", var.rate_limit_guesses))
    error_message = "rate_limit_guesses must be requests per window, such as 30/60s."
  }
}

variable "log_level" {
  description = "LOG_LEVEL of the service."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["trace", "debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level must be trace, debug, info, warn or error."
  }
}

variable "jwks_uri" {
  description = "COGNITO_JWKS_URI: another address of the pool's keys; unset, the pool's own."
  type        = string
  default     = null

  validation {
    condition     = var.jwks_uri == null || can(regex("^https://", var.jwks_uri))
    error_message = "jwks_uri must be https."
  }
}

variable "collector_image" {
  description = "Image by digest of an OpenTelemetry collector that runs beside the service; unset, none."
  type        = string
  default     = null

  validation {
    condition     = var.collector_image == null || can(regex("@sha256:[0-9a-f]{64}$", var.collector_image))
    error_message = "collector_image must name a digest."
  }
}

variable "sweep_every_minutes" {
  description = "Minutes between two runs of the sweeper."
  type        = number
  default     = 15

  validation {
    condition     = var.sweep_every_minutes >= 5 && var.sweep_every_minutes <= 1440
    error_message = "sweep_every_minutes must be 5 to 1440."
  }
}
