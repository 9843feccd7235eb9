variable "alert_urls" {
  description = "HTTPS endpoints that take SNS messages, as PagerDuty's integration URLs; they are secrets."
  type        = list(string)
  default     = []
  nullable    = false
  sensitive   = true
}

variable "alerts" {
  description = "Who is told, and from when on: see modules/observability. A monthly_budget_dollars of 0 is none."
  type = object({
    connections            = optional(number)
    emails                 = optional(set(string))
    event_age_minutes      = optional(number)
    latency_milliseconds   = optional(number)
    monthly_budget_dollars = optional(number, 200)
    reject_percent         = optional(number)
    storage_free_gb        = optional(number)
  })
  default  = {}
  nullable = false
}

variable "api" {
  description = "The API: who may ask, how much, under which name; see modules/api. admin_uploads is whether it takes files and rows, of callers with the scope admin."
  type = object({
    access                  = optional(string, "open")
    admin_uploads           = optional(bool, true)
    cors_origins            = optional(list(string))
    domain                  = optional(object({ certificate_arn = string, name = string, zone_id = optional(string) }))
    lineage_url             = optional(string)
    memory_mb               = optional(number)
    provisioned_concurrency = optional(number)
    reserved_concurrency    = optional(number)
    snapstart               = optional(bool)
    throttling_burst        = optional(number)
    throttling_rate         = optional(number)
    tokens = optional(object({
      audience       = optional(list(string))
      cognito_domain = optional(string)
      issuer         = optional(string)
      jwks_url       = optional(string)
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.network.nat != "none" || var.api.tokens == null || var.api.access == "gateway"
    error_message = "api.tokens needs a way to the issuer's keys, which network.nat none has not: set nat to single, or api.access to gateway, where the gateway reads them."
  }
}

variable "architecture" {
  description = "Processor of functions and builds: arm64 or x86_64; `make package` must build for the same."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "backup" {
  description = "Backups: how long, and in which second region; see modules/backup."
  type = object({
    copy_region      = optional(string)
    object_lock_days = optional(number)
    retention_days   = optional(number)
    schedule         = optional(string)
  })
  default  = {}
  nullable = false
}

variable "database" {
  description = "The database: size, safety, what the API reads from; see modules/database."
  type = object({
    admin_user                  = optional(string)
    api_connection              = optional(string)
    backup_retention_days       = optional(number)
    final_snapshot              = optional(bool)
    instance_class              = optional(string)
    monitoring_interval_seconds = optional(number)
    multi_az                    = optional(bool)
    parameters                  = optional(map(string))
    performance_insights        = optional(bool)
    postgres_version            = optional(string)
    replica_instance_class      = optional(string)
    storage_gb                  = optional(number)
    storage_maximum_gb          = optional(number)
  })
  default  = {}
  nullable = false
}

variable "deletion_protection" {
  description = "Whether `destroy` refuses; turn it off by an apply of its own first."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_database" {
  description = <<-EOT
    A PostgreSQL with PostGIS in place of a new one, as modules/database describes
    it; `cidrs` are the address ranges that it is reached at. A way from this
    network to it (a peering) is not made here.
  EOT
  type = object({
    admin_secret_arn = string
    admin_user       = string
    authentication   = optional(string, "password")
    cidrs            = list(string)
    host             = string
    name             = optional(string, "catchment")
    port             = optional(number, 5432)
    reader_host      = optional(string)
    resource_id      = optional(string)
  })
  default = null

  validation {
    condition     = var.existing_database == null ? true : length(var.existing_database.cidrs) > 0
    error_message = "existing_database.cidrs must name the address ranges that the database is reached at."
  }
}

variable "ingest" {
  description = "Loading: what starts the loader, how many at a time, how long files stay; see modules/ingest. 0 days, or minutes, and an empty schedule are never."
  type = object({
    archives                = optional(list(string))
    batch_size              = optional(number)
    batching_window_seconds = optional(number)
    extract_schedule        = optional(string, "cron(0 4 * * ? *)")
    failed_expire_days      = optional(number, 90)
    freshness_minutes       = optional(number, 15)
    loader_memory_mb        = optional(number)
    loader_storage_mb       = optional(number)
    loader_timeout_seconds  = optional(number)
    maximum_concurrency     = optional(number)
    maximum_receives        = optional(number)
    pii_key_secret_arn      = optional(string)
    processed_archive_days  = optional(number, 30)
    processed_expire_days   = optional(number)
    streams = optional(map(object({
      arn                     = string
      batch_size              = optional(number)
      batching_window_seconds = optional(number)
      starting_position       = optional(string)
    })))
    trigger = optional(string)
  })
  default  = {}
  nullable = false
}

variable "log_retention_days" {
  description = "Days for which logs are kept; one of CloudWatch's numbers."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "name" {
  description = "Name of the stack; everything in AWS is called catchment-NAME…."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name))
    error_message = "name must have 2 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "network" {
  description = "The network: its addresses, zones and ways out; see modules/network."
  type = object({
    cidr                = optional(string)
    flow_log_traffic    = optional(string)
    interface_endpoints = optional(set(string), [])
    nat                 = optional(string, "single")
    zone_count          = optional(number)
  })
  default  = {}
  nullable = false
}

variable "package" {
  description = "Path of the functions' zip, as `make package` writes it."
  type        = string
  default     = "../dist/lambda.zip"
  nullable    = false
}

variable "region" {
  description = "AWS region of the stack."
  type        = string
  default     = "eu-central-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of a region, as eu-central-1."
  }
}

variable "runtime" {
  description = "Lambda's name of the Python version that the package is built for."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[1-9]$", var.runtime))
    error_message = "runtime must be Python 3.11 or later, as python3.13."
  }
}

variable "tags" {
  description = "Further tags of everything."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tracing" {
  description = "Whether X-Ray traces the functions."
  type        = bool
  default     = false
  nullable    = false
}

variable "warehouse" {
  description = "Builds, checks and dumps: when, and on which machine; see modules/warehouse. An empty schedule is never."
  type = object({
    build_timeout_minutes = optional(number)
    check_schedule        = optional(string, "cron(0 6 * * ? *)")
    compute_type          = optional(string)
    dump_schedule         = optional(string, "cron(0 3 * * ? *)")
  })
  default  = {}
  nullable = false
}

variable "warehouse_package" {
  description = "Path of the zip with migrations, models and wheels, as `make package` writes it."
  type        = string
  default     = "../dist/warehouse.zip"
  nullable    = false
}
