variable "alert_emails" {
  description = "E-mail addresses that alerts go to; each has to confirm once."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))])
    error_message = "alert_emails must be e-mail addresses."
  }
}

variable "alert_urls" {
  description = "HTTPS endpoints that take SNS messages, as PagerDuty's integration URLs; they are secrets."
  type        = list(string)
  default     = []
  nullable    = false
  sensitive   = true

  validation {
    condition     = alltrue([for url in var.alert_urls : startswith(url, "https://")])
    error_message = "alert_urls must begin with https://."
  }
}

variable "backup_vault" {
  description = "Name of the vault with backups; null where there is none."
  type        = string
  default     = null
}

variable "build_projects" {
  description = "Names of the CodeBuild projects, by part."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "connections" {
  description = "Open connections above which an alarm is raised."
  type        = number
  default     = 150
  nullable    = false

  validation {
    condition     = var.connections >= 1
    error_message = "connections must be 1 or more."
  }
}

variable "database_identifiers" {
  description = "RDS's names of the database and its replica; empty where they are not ours."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "dead_letter_queue_name" {
  description = "Name of the queue of events that could not be dealt with."
  type        = string
  nullable    = false
}

variable "event_age_minutes" {
  description = "Minutes that a file may wait for the loader."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.event_age_minutes >= 1
    error_message = "event_age_minutes must be 1 or more."
  }
}

variable "freshness_minutes" {
  description = "Minutes between two looks at how old each feed is; 0 where nobody looks."
  type        = number
  default     = 15
  nullable    = false
}

variable "functions" {
  description = "The functions by their part: name, timeout in seconds, log group."
  type = map(object({
    log_group       = string
    name            = string
    timeout_seconds = number
  }))
  nullable = false
}

variable "gateway_id" {
  description = "The API's gateway."
  type        = string
  nullable    = false
}

variable "latency_milliseconds" {
  description = "Milliseconds that 95 of 100 answers must stay below."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.latency_milliseconds >= 1
    error_message = "latency_milliseconds must be 1 or more."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace of the functions' own metrics."
  type        = string
  default     = "Catchment"
  nullable    = false
}

variable "monthly_budget_dollars" {
  description = "Cost of the whole account in a month, above which an alert is posted; null is none."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_dollars == null ? true : var.monthly_budget_dollars > 0
    error_message = "monthly_budget_dollars must be above 0, or null for no budget."
  }
}

variable "name" {
  description = "Name that all parts begin with."
  type        = string
  nullable    = false
}

variable "queue_name" {
  description = "Name of the queue that S3 tells of new files; null where there is none."
  type        = string
  default     = null
}

variable "reject_percent" {
  description = "Share of rejected rows in an hour, in percent, above which an alarm is raised."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.reject_percent >= 0 && var.reject_percent < 100
    error_message = "reject_percent must be between 0 and 99."
  }
}

variable "storage_free_gb" {
  description = "GB of free storage below which an alarm is raised."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.storage_free_gb >= 1
    error_message = "storage_free_gb must be 1 or more."
  }
}
