variable "alert_topic_arn" {
  description = "The topic that checks are posted to."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "Processor of the builds: arm64 or x86_64; the package's wheels must be built for it."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "build_timeout_minutes" {
  description = "Minutes that migrations and models may take."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.build_timeout_minutes >= 5 && var.build_timeout_minutes <= 480
    error_message = "build_timeout_minutes must be between 5 and 480."
  }
}

variable "check_schedule" {
  description = "When the data are checked, as cron(0 6 * * ? *) (UTC); null is never."
  type        = string
  default     = "cron(0 6 * * ? *)"

  validation {
    condition     = var.check_schedule == null ? true : can(regex("^(cron|rate)\\(.+\\)$", var.check_schedule))
    error_message = "check_schedule must be cron(…) or rate(…), as cron(0 6 * * ? *)."
  }
}

variable "compute_type" {
  description = "CodeBuild's size of the machine."
  type        = string
  default     = "BUILD_GENERAL1_SMALL"
  nullable    = false

  validation {
    condition     = can(regex("^BUILD_GENERAL1_", var.compute_type))
    error_message = "compute_type must be one of CodeBuild, as BUILD_GENERAL1_SMALL."
  }
}

variable "database" {
  description = <<-EOT
    The database: its place; `admin`, the administrator and the secret with the
    JSON key password; `secret_arns`, the secrets of the roles, owner among them.
  EOT
  type = object({
    admin       = object({ secret_arn = string, user = string })
    host        = string
    name        = string
    port        = number
    secret_arns = map(string)
  })
  nullable = false

  validation {
    condition     = contains(keys(var.database.secret_arns), "owner")
    error_message = "database.secret_arns must have the secret of the role owner."
  }
}

variable "dump_schedule" {
  description = "When the database is dumped, as cron(0 3 * * ? *) (UTC); null is never."
  type        = string
  default     = "cron(0 3 * * ? *)"

  validation {
    condition     = var.dump_schedule == null ? true : can(regex("^(cron|rate)\\(.+\\)$", var.dump_schedule))
    error_message = "dump_schedule must be cron(…) or rate(…), as cron(0 3 * * ? *)."
  }
}

variable "dumps_bucket" {
  description = "The bucket that dumps go to."
  type        = object({ arn = string, name = string })
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which the builds' logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "name" {
  description = "Name that all parts begin with."
  type        = string
  nullable    = false
}

variable "package" {
  description = "Path of the zip with migrations, models and wheels, as `make package` writes it."
  type        = string
  nullable    = false
}

variable "postgres_version" {
  description = "Major version of pg_dump; not older than the server's."
  type        = string
  default     = "17"
  nullable    = false
}

variable "security_group_id" {
  description = "Security group of the builds."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets that builds run in."
  type        = list(string)
  nullable    = false
}

variable "vpc_id" {
  description = "The network that builds run in."
  type        = string
  nullable    = false
}
