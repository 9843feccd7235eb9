variable "architecture" {
  description = "Processor of the function: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "authentication" {
  description = "Who may ask: everybody (none), bearers of a token of Cognito's (cognito), or of an issuer of one's own (jwt)."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["cognito", "jwt", "none"], var.authentication)
    error_message = "authentication must be none, cognito or jwt."
  }

  validation {
    condition     = var.authentication != "jwt" || var.jwt != null
    error_message = "authentication jwt needs jwt = {issuer = …, audience = […]}."
  }

  validation {
    condition     = var.authentication != "cognito" || var.token_domain != null
    error_message = "authentication cognito needs token_domain, the first part of the token endpoint's host."
  }
}

variable "cors_origins" {
  description = "Origins whose pages may ask from a browser, as https://example.com; [\"*\"] is any."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : origin == "*" || can(regex("^https?://[^/]+$", origin))])
    error_message = "cors_origins must be origins without a path, as https://example.com, or *."
  }
}

variable "database" {
  description = "How the API logs in, as the database module gives it out."
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
  description = "Whether the user pool refuses to be deleted."
  type        = bool
  default     = true
  nullable    = false
}

variable "domain" {
  description = "A name of one's own: the name, its certificate in ACM, and its zone in Route 53 where the record is made here."
  type = object({
    certificate_arn = string
    name            = string
    zone_id         = optional(string)
  })
  default = null

  validation {
    condition     = var.domain == null ? true : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain.name))
    error_message = "domain.name must be a host name, as data.example.com."
  }

  validation {
    condition     = var.domain == null ? true : can(regex("^arn:[^:]+:acm:", var.domain.certificate_arn))
    error_message = "domain.certificate_arn must be the ARN of a certificate in ACM."
  }
}

variable "jwt" {
  description = "Issuer and audience of the tokens, with authentication jwt."
  type        = object({ audience = list(string), issuer = string })
  default     = null

  validation {
    condition     = var.jwt == null ? true : startswith(var.jwt.issuer, "https://") && length(var.jwt.audience) > 0
    error_message = "jwt.issuer must be a URL with https, and jwt.audience must not be empty."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function in MB; 1769 is one whole processor."
  type        = number
  default     = 1024
  nullable    = false
}

variable "metrics_namespace" {
  description = "CloudWatch namespace of the API's own metrics."
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

variable "provisioned_concurrency" {
  description = "Functions that are kept warm, which costs by the hour; 0 is none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.provisioned_concurrency >= 0
    error_message = "provisioned_concurrency must be 0 or more."
  }

  validation {
    condition     = var.provisioned_concurrency == 0 || !var.snapstart
    error_message = "provisioned_concurrency and snapstart exclude each other: set one of them."
  }

  validation {
    condition     = var.reserved_concurrency == -1 || var.provisioned_concurrency <= var.reserved_concurrency
    error_message = "provisioned_concurrency must not be above reserved_concurrency."
  }
}

variable "reserved_concurrency" {
  description = "Requests at one time at most, each with a connection to the database; -1 sets none aside."
  type        = number
  default     = -1
  nullable    = false
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
  description = "Whether the function starts from a snapshot."
  type        = bool
  default     = false
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets that the function runs in."
  type        = list(string)
  nullable    = false
}

variable "throttling_burst" {
  description = "Requests at one moment, above which the gateway answers 429."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.throttling_burst >= 1
    error_message = "throttling_burst must be 1 or more."
  }
}

variable "throttling_rate" {
  description = "Requests a second, above which the gateway answers 429."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.throttling_rate >= 1
    error_message = "throttling_rate must be 1 or more."
  }
}

variable "token_domain" {
  description = "First part of the host of Cognito's token endpoint, unique in the region."
  type        = string
  default     = null

  validation {
    condition     = var.token_domain == null ? true : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.token_domain)) && !can(regex("aws|amazon|cognito", var.token_domain))
    error_message = "token_domain must be lower-case letters, digits and hyphens, and may not contain aws, amazon or cognito."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the function."
  type        = bool
  default     = false
  nullable    = false
}
