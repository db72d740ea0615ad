variable "name" {
  description = "Short name of the system: the same as in infra/."
  type        = string
  default     = "stateless"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name))
    error_message = "name must be 3 to 20 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "region" {
  description = "AWS region of state, images and packages."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as eu-central-1."
  }
}

variable "repository" {
  description = "GitHub repository whose workflows may deploy: owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.repository))
    error_message = "repository must be owner/name, without wildcard."
  }
}

variable "environments" {
  description = "GitHub environments, each with a deploying role of its own."
  type        = list(string)
  default     = ["dev", "prod"]

  validation {
    condition     = alltrue([for environment in var.environments : can(regex("^[a-z][a-z0-9]{1,9}$", environment)) && environment != "plan"])
    error_message = "environments must be short lower-case names; plan is taken."
  }
}
