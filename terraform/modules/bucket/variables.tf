variable "deletion_protection" {
  description = "Whether `destroy` leaves a bucket that holds objects alone."
  type        = bool
  default     = true
  nullable    = false
}

variable "lifetimes" {
  description = <<-EOT
    How long objects stay, by prefix: after `archive_days` they move to infrequent
    access, after `expire_days` they are deleted. Null means never.
  EOT
  type = map(object({
    archive_days = optional(number)
    expire_days  = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for days in values(var.lifetimes) :
      days.archive_days == null ? true : days.archive_days >= 30
    ])
    error_message = "archive_days must be 30 or more: S3 moves nothing to infrequent access before."
  }

  validation {
    condition = alltrue([
      for days in values(var.lifetimes) :
      days.expire_days == null ? true : days.expire_days >= 1
    ])
    error_message = "expire_days must be 1 or more, or null for never."
  }

  validation {
    condition = alltrue([
      for days in values(var.lifetimes) :
      days.archive_days == null || days.expire_days == null ? true : days.expire_days > days.archive_days
    ])
    error_message = "expire_days must be greater than archive_days: leave archive_days away to delete only."
  }
}

variable "name" {
  description = "Name of the bucket, unique among all of S3."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The bucket's name must have 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "noncurrent_days" {
  description = "Days after which a version that was replaced or deleted is gone for good."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "noncurrent_days must be 1 or more."
  }
}

variable "object_lock_days" {
  description = "Days for which nobody, not even the account's root user, can delete an object; null is no lock."
  type        = number
  default     = null

  validation {
    condition     = var.object_lock_days == null ? true : var.object_lock_days >= 1
    error_message = "object_lock_days must be 1 or more, or null for no lock."
  }
}

variable "region" {
  description = "Region of the bucket; null is the provider's."
  type        = string
  default     = null
}
