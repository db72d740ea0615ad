# What every deployment must say, and the shape of its edge. The service's own knobs: variables-service.tf.

variable "name" {
  description = "Short name of the system: prefix of every resource."
  type        = string
  default     = "stateless"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name))
    error_message = "name must be 3 to 20 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "environment" {
  description = "Which of the system's environments this is, such as dev or prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "environment must be 2 to 10 lower-case letters and digits."
  }
}

variable "protected" {
  description = "Whether tables, bucket, pool and load balancer refuse to be deleted. Turn it off, apply, then destroy."
  type        = bool
  default     = true

  validation {
    condition     = var.protected || var.environment != "prod" || var.allow_unprotected_prod
    error_message = "prod must be protected, unless allow_unprotected_prod says that its data may go."
  }
}

variable "allow_unprotected_prod" {
  description = "Second key for taking the protection off prod: for teardown only."
  type        = bool
  default     = false
}

variable "region" {
  description = "AWS region of everything but CloudFront's certificate and web ACL."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as eu-central-1."
  }
}

variable "zones" {
  description = "Letters of the three availability zones to use."
  type        = list(string)
  default     = ["a", "b", "c"]

  validation {
    condition     = length(distinct(var.zones)) == 3 && alltrue([for zone in var.zones : can(regex("^[a-z]$", zone))])
    error_message = "zones must be three different letters: the loss of one zone must leave two."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC; a /16 leaves every subnet a /20."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 5))
    error_message = "vpc_cidr must be a CIDR block large enough for six subnets."
  }
}

variable "nat" {
  description = "Way to the internet for tasks: none (endpoints only), single (one gateway) or zonal (one per zone)."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "single", "zonal"], var.nat)
    error_message = "nat must be none, single or zonal."
  }
}

variable "interface_endpoints" {
  description = "AWS services reached inside the VPC. Without NAT all of the default are needed; with it the set may be empty."
  type        = set(string)
  default     = ["cognito-idp", "ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager"]

  validation {
    condition = var.nat != "none" || length(setsubtract(
      ["cognito-idp", "ecr.api", "ecr.dkr", "logs", "secretsmanager"], var.interface_endpoints
    )) == 0
    error_message = "Without NAT a task needs cognito-idp (keys of the pool, sign-out), ecr.api, ecr.dkr, logs and secretsmanager."
  }
}

variable "domain_name" {
  description = "Host name of the application, such as app.example.com: the SPA and, behind CloudFront, the API under /v1."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name must be a host name, such as app.example.com."
  }
}

variable "hosted_zone_id" {
  description = "Route 53 zone that holds domain_name: certificates are validated and names created in it."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "hosted_zone_id must be a Route 53 zone id, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "edge" {
  description = "cloudfront: internal load balancer behind a CloudFront VPC origin, one host for SPA and API. public: load balancer on the internet at api.<domain_name>."
  type        = string
  default     = "cloudfront"

  validation {
    condition     = contains(["cloudfront", "public"], var.edge)
    error_message = "edge must be cloudfront or public."
  }
}

variable "requests_per_address" {
  description = "Requests of one client address in five minutes before WAF blocks it; far above the service's own limits."
  type        = number
  default     = 10000

  validation {
    condition     = var.requests_per_address >= 100 && var.requests_per_address <= 2000000000
    error_message = "requests_per_address must be 100 to 2,000,000,000."
  }
}

variable "extra_spa_origins" {
  description = "Further origins of SPAs that may call the API and sign in, such as http://localhost:5173 for development."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.extra_spa_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "extra_spa_origins must be origins, without path and without wildcard."
  }

  validation {
    condition     = var.environment != "prod" || alltrue([for origin in var.extra_spa_origins : startswith(origin, "https://")])
    error_message = "prod takes https origins only."
  }
}

variable "alarm_email" {
  description = "Where alarms and the budget write to."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email must be an e-mail address."
  }
}

variable "monthly_budget" {
  description = "US dollars a month; an e-mail goes out when the forecast passes it."
  type        = number

  validation {
    condition     = var.monthly_budget >= 1
    error_message = "monthly_budget must be at least 1."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365, 400], var.log_retention_days)
    error_message = "log_retention_days must be 7, 14, 30, 60, 90, 180, 365 or 400."
  }
}

variable "cache_storage_gb" {
  description = "Most data that the cache may hold, in GB."
  type        = number
  default     = 5

  validation {
    condition     = var.cache_storage_gb >= 1 && var.cache_storage_gb <= 5000
    error_message = "cache_storage_gb must be 1 to 5000."
  }
}

variable "cache_ecpu_per_second" {
  description = "Most ElastiCache processing units a second: the bill's ceiling. Beyond it the cache throttles and tables answer."
  type        = number
  default     = 50000

  validation {
    condition     = var.cache_ecpu_per_second >= 1000 && var.cache_ecpu_per_second <= 15000000
    error_message = "cache_ecpu_per_second must be 1,000 to 15,000,000."
  }
}

variable "rotation_days" {
  description = "Days between two rotations of signing keys and the cache password."
  type        = number
  default     = 30

  validation {
    condition     = var.rotation_days >= 8 && var.rotation_days <= 365
    error_message = "rotation_days must be 8 to 365: what a key signed may be in use for a week."
  }
}

variable "rotation_package" {
  description = "Zip of infra/rotation (see docs/deploy.md)."
  type        = string
  default     = ".build/rotation.zip"
}
