variable "name" {
  description = "Prefix of every name, such as stateless-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name must be 3 to 31 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "spa_origins" {
  description = "Origins from which browsers may talk to the documents bucket through presigned URLs."
  type        = set(string)

  validation {
    condition     = length(var.spa_origins) > 0 && alltrue([for origin in var.spa_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "spa_origins must be origins such as https://app.example.com, without path and without wildcard."
  }
}

variable "deletion_protection" {
  description = "Whether tables and the bucket refuse to be deleted."
  type        = bool
  default     = true
}

variable "max_read_units" {
  description = "Highest on-demand read throughput per table and index, in request units per second: the bill's ceiling."
  type        = number
  default     = 40000

  validation {
    condition     = var.max_read_units >= 100
    error_message = "max_read_units must be at least 100."
  }
}

variable "max_write_units" {
  description = "Highest on-demand write throughput per table and index, in request units per second: the bill's ceiling."
  type        = number
  default     = 10000

  validation {
    condition     = var.max_write_units >= 100
    error_message = "max_write_units must be at least 100."
  }
}

variable "recovery_days" {
  description = "Days that point-in-time recovery of the tables reaches back."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35
    error_message = "recovery_days must be 1 to 35."
  }
}

variable "noncurrent_days" {
  description = "Days that deleted objects can still be brought back; erased users' bytes are gone after them."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 365
    error_message = "noncurrent_days must be 1 to 365."
  }
}
