variable "copy_region" {
  description = "Region that every snapshot and dump is copied to; null is no copy."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.copy_region))
    error_message = "copy_region must be the name of a region, as eu-west-1."
  }
}

variable "database" {
  description = "The database that AWS Backup takes snapshots of, as {arn = …}; null where it is not ours."
  type        = object({ arn = string })
  default     = null
}

variable "deletion_protection" {
  description = "Whether `destroy` leaves vaults and buckets alone that hold something."
  type        = bool
  default     = true
  nullable    = false
}

variable "name" {
  description = "Name that all parts begin with."
  type        = string
  nullable    = false
}

variable "object_lock_days" {
  description = "Days for which nobody can delete a dump, not even the account's root user; null is no lock."
  type        = number
  default     = null

  validation {
    condition     = var.object_lock_days == null ? true : var.object_lock_days <= var.retention_days
    error_message = "object_lock_days must not be above retention_days."
  }
}

variable "retention_days" {
  description = "Days for which backups and dumps are kept."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.retention_days >= 1
    error_message = "retention_days must be 1 or more."
  }
}

variable "schedule" {
  description = "When AWS Backup begins, as cron(0 2 * * ? *) (UTC)."
  type        = string
  default     = "cron(0 2 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^cron\\(.+\\)$", var.schedule))
    error_message = "schedule must be cron(…), as cron(0 2 * * ? *)."
  }
}
