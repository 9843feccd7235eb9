variable "admin_user" {
  description = "Name of the database's administrator; RDS keeps the password in a secret."
  type        = string
  default     = "catchment_admin"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.admin_user)) && !contains(["catchment_owner", "catchment_loader", "catchment_api"], var.admin_user)
    error_message = "admin_user must be lower-case letters, digits and _, and none of the roles catchment_owner, catchment_loader, catchment_api."
  }
}

variable "api_connection" {
  description = "What the API reads from: primary, a read replica of its own (replica), or the primary through RDS Proxy (proxy)."
  type        = string
  default     = "primary"
  nullable    = false

  validation {
    condition     = contains(["primary", "proxy", "replica"], var.api_connection)
    error_message = "api_connection must be primary, replica or proxy; RDS Proxy cannot stand before a replica."
  }

  validation {
    condition     = var.existing == null || var.api_connection == "primary"
    error_message = "api_connection must be primary where the database exists already: give its reader's host as reader_host."
  }
}

variable "backup_retention_days" {
  description = "Days for which RDS keeps its own backups, back to any second."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be between 1 and 35: without backups there is no restore and no replica."
  }
}

variable "database_name" {
  description = "Name of the database."
  type        = string
  default     = "catchment"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_name))
    error_message = "database_name must be lower-case letters, digits and _."
  }
}

variable "deletion_protection" {
  description = "Whether the database refuses to be deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing" {
  description = <<-EOT
    A PostgreSQL with PostGIS that is there already; none is made then.
    `authentication`: iam (Aurora, RDS; then `resource_id`, as cluster-ABC… or
    db-ABC…) or password. `admin_secret_arn`: a secret with the JSON
    {"username": …, "password": …}. `reader_host`: what the API reads from.
  EOT
  type = object({
    admin_secret_arn = string
    admin_user       = string
    authentication   = optional(string, "password")
    host             = string
    name             = optional(string, "catchment")
    port             = optional(number, 5432)
    reader_host      = optional(string)
    resource_id      = optional(string)
  })
  default = null

  validation {
    condition     = var.existing == null ? true : contains(["iam", "password"], var.existing.authentication)
    error_message = "authentication of the existing database must be iam or password."
  }

  validation {
    condition     = var.existing == null ? true : var.existing.authentication == "password" || var.existing.resource_id != null
    error_message = "An existing database with authentication iam needs its resource_id, as cluster-ABC or db-ABC."
  }
}

variable "final_snapshot" {
  description = "Whether a last snapshot, NAME-final, stays when the database is deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "instance_class" {
  description = "Size of the database."
  type        = string
  default     = "db.t4g.medium"
  nullable    = false

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class must be one of RDS, as db.t4g.medium."
  }
}

variable "log_retention_days" {
  description = "Days for which the database's logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "monitoring_interval_seconds" {
  description = "Seconds between figures of the system below the database; 0 is none."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring_interval_seconds)
    error_message = "monitoring_interval_seconds must be 0, 1, 5, 10, 15, 30 or 60."
  }
}

variable "multi_az" {
  description = "Whether a second machine in another zone takes over when the first fails."
  type        = bool
  default     = false
  nullable    = false
}

variable "name" {
  description = "Name of the database's machine."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 50
    error_message = "The database's name must have 50 characters at most."
  }
}

variable "parameters" {
  description = "PostgreSQL parameters beside or in place of the ones here, in the units of RDS."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = lookup(var.parameters, "rds.force_ssl", "1") == "1"
    error_message = "rds.force_ssl must stay 1: the clients verify the server's certificate."
  }
}

variable "performance_insights" {
  description = "Whether RDS keeps which queries took how long, for seven days."
  type        = bool
  default     = true
  nullable    = false
}

variable "postgres_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = contains(["15", "16", "17"], var.postgres_version)
    error_message = "postgres_version must be 15, 16 or 17."
  }
}

variable "replica_instance_class" {
  description = "Size of the read replica; null is that of the database."
  type        = string
  default     = null
}

variable "security_group_id" {
  description = "Security group of the database and its proxy."
  type        = string
  nullable    = false
}

variable "storage_gb" {
  description = "Storage in GB."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.storage_gb >= 20
    error_message = "storage_gb must be 20 or more."
  }
}

variable "storage_maximum_gb" {
  description = "GB up to which the storage grows by itself."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.storage_maximum_gb > var.storage_gb
    error_message = "storage_maximum_gb must be greater than storage_gb."
  }
}

variable "subnet_ids" {
  description = "Private subnets of the database, in two zones at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must be two or more: RDS needs two zones."
  }
}
