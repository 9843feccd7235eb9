variable "architecture" {
  description = "Processor of the functions: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "archives" {
  description = "Names of other buckets, of this region, whose objects may be backfilled; those of another account have to let the loader in."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.archives : can(regex("^[a-z0-9][a-z0-9.-]+[a-z0-9]$", name))])
    error_message = "archives must be names of buckets."
  }
}

variable "batch_size" {
  description = "Files that one invocation takes at most."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000
    error_message = "batch_size must be between 1 and 10000."
  }

  validation {
    condition     = var.batch_size <= 10 || var.batching_window_seconds >= 1
    error_message = "batch_size above 10 needs batching_window_seconds of 1 or more."
  }
}

variable "batching_window_seconds" {
  description = "Seconds that Lambda waits for a batch to fill; 0 does not wait."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.batching_window_seconds >= 0 && var.batching_window_seconds <= 300
    error_message = "batching_window_seconds must be between 0 and 300."
  }
}

variable "database" {
  description = "How the loader logs in, as the database module gives it out."
  type = object({
    authentication = string
    password_from  = string
    secret_arn     = optional(string)
    url            = string
    user_arn       = optional(string)
  })
  nullable = false
}

variable "deletion_protection" {
  description = "Whether `destroy` leaves the bucket alone while it holds files."
  type        = bool
  default     = true
  nullable    = false
}

variable "extract" {
  description = "When services are asked for what they published, as {schedule = \"cron(0 4 * * ? *)\"} (UTC); null makes no extract function."
  type        = object({ schedule = string })
  default     = null

  validation {
    condition     = var.extract == null ? true : can(regex("^(cron|rate)\\(.+\\)$", var.extract.schedule))
    error_message = "extract.schedule must be cron(…) or rate(…), as cron(0 4 * * ? *)."
  }
}

variable "failed_expire_days" {
  description = "Days after which a file that could not be loaded is deleted; null is never."
  type        = number
  default     = 90
}

variable "freshness_minutes" {
  description = "Minutes between two looks at how old each feed is; 0 is none."
  type        = number
  default     = 15
  nullable    = false

  validation {
    # Above 720 the alarm would look back for more than CloudWatch's day.
    condition     = var.freshness_minutes == 0 || var.freshness_minutes >= 5 && var.freshness_minutes <= 720
    error_message = "freshness_minutes must be between 5 and 720, or 0 for none."
  }
}

variable "loader_memory_mb" {
  description = "Memory of the loader in MB; 1769 is one whole processor."
  type        = number
  default     = 1769
  nullable    = false
}

variable "loader_storage_mb" {
  description = "Size of the loader's /tmp in MB, where rejects of a large file wait for the commit."
  type        = number
  default     = 2048
  nullable    = false
}

variable "loader_timeout_seconds" {
  description = "Seconds that an invocation of the loader may take."
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.loader_timeout_seconds >= 120 && var.loader_timeout_seconds <= 900
    error_message = "loader_timeout_seconds must be between 120 and 900: the loader keeps the last minute free for refreshing."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "maximum_concurrency" {
  description = "Loaders at one time; each holds a connection to the database."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_concurrency >= 2 && var.maximum_concurrency <= 1000
    error_message = "maximum_concurrency must be between 2 and 1000."
  }
}

variable "maximum_receives" {
  description = "Deliveries after which a message goes to the dead letters."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_receives >= 2 && var.maximum_receives <= 1000
    error_message = "maximum_receives must be between 2 and 1000."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace of the loader's own metrics."
  type        = string
  default     = "Catchment"
  nullable    = false
}

variable "name" {
  description = "Name that all parts begin with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,40}$", var.name))
    error_message = "name must have 2 to 41 lower-case letters, digits and hyphens, and begin with a letter."
  }
}

variable "package" {
  description = "Path of the zip with the code, as `make package` writes it."
  type        = string
  nullable    = false
}

variable "pii_key_secret_arn" {
  description = "ARN of a secret that holds the key by which personal data are hashed, as text; null where no feed has `pii: hash`."
  type        = string
  default     = null

  validation {
    condition     = var.pii_key_secret_arn == null ? true : can(regex("^arn:[a-z-]+:secretsmanager:", var.pii_key_secret_arn))
    error_message = "pii_key_secret_arn must be the ARN of a secret."
  }
}

variable "processed_archive_days" {
  description = "Days after which a loaded file moves to infrequent access; null is never."
  type        = number
  default     = 30
}

variable "processed_expire_days" {
  description = "Days after which a loaded file is deleted; null is never."
  type        = number
  default     = null
}

variable "runtime" {
  description = "Lambda's name of the Python version."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "security_group_ids" {
  description = "Security groups of the loader and of the extract function."
  type        = object({ extract = string, loader = string })
  nullable    = false
}

variable "streams" {
  description = "Kinesis streams whose records the loader takes, by any name; starting_position is TRIM_HORIZON (all that is kept) or LATEST."
  type = map(object({
    arn                     = string
    batch_size              = optional(number, 1000)
    batching_window_seconds = optional(number, 5)
    starting_position       = optional(string, "TRIM_HORIZON")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for stream in var.streams : can(regex("^arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]+:stream/", stream.arn))])
    error_message = "The arn of each of the streams must be that of a Kinesis stream."
  }

  validation {
    condition     = alltrue([for stream in var.streams : contains(["LATEST", "TRIM_HORIZON"], stream.starting_position)])
    error_message = "starting_position must be TRIM_HORIZON or LATEST."
  }
}

variable "subnet_ids" {
  description = "Private subnets that the functions run in."
  type        = list(string)
  nullable    = false
}

variable "tracing" {
  description = "Whether X-Ray traces the functions."
  type        = bool
  default     = false
  nullable    = false
}

variable "trigger" {
  description = "What starts the loader: S3 by a queue (queue), or S3 itself (direct)."
  type        = string
  default     = "queue"
  nullable    = false

  validation {
    condition     = contains(["direct", "queue"], var.trigger)
    error_message = "trigger must be queue or direct."
  }
}
