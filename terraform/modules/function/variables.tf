variable "architecture" {
  description = "Processor of the function: arm64 or x86_64; the package must be built for it."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "database" {
  description = <<-EOT
    How the function logs in to the database: `url` without a password,
    `password_from` (`iam` or a secret's ARN), and what its role needs for it:
    `user_arn` for `rds-db:connect`, or `secret_arn`.
  EOT
  type = object({
    authentication = string
    password_from  = string
    secret_arn     = optional(string)
    url            = string
    user_arn       = optional(string)
  })
  nullable = false

  validation {
    condition     = contains(["iam", "password"], var.database.authentication)
    error_message = "database.authentication must be iam or password."
  }
}

variable "description" {
  description = "What the function does, in a sentence."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Further environment variables; no secrets."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "ephemeral_storage_mb" {
  description = "Size of the function's /tmp in MB."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.ephemeral_storage_mb >= 512 && var.ephemeral_storage_mb <= 10240
    error_message = "ephemeral_storage_mb must be between 512 and 10240."
  }
}

variable "handler" {
  description = "Python path of the handler, as loader.handler.handler."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which the function's log is kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "memory_mb" {
  description = "Memory in MB; 1769 is one whole processor."
  type        = number
  default     = 1769
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be between 128 and 10240."
  }
}

variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "The function's name must have 64 characters at most."
  }
}

variable "package" {
  description = "Path of the zip with the code, as `make package` writes it."
  type        = string
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Concurrent invocations at most, taken out of the account's limit; -1 sets none aside."
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1
    error_message = "reserved_concurrency must be 1 or more, or -1 for no limit of its own."
  }
}

variable "runtime" {
  description = "Lambda's name of the Python version."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "security_group_id" {
  description = "Security group of the function."
  type        = string
  nullable    = false
}

variable "snapstart" {
  description = "Whether published versions start from a snapshot."
  type        = bool
  default     = false
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets that the function runs in."
  type        = list(string)
  nullable    = false
}

variable "timeout_seconds" {
  description = "Seconds after which an invocation is ended."
  type        = number
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be between 1 and 900."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces invocations."
  type        = bool
  default     = false
  nullable    = false
}
