variable "access" {
  description = "Who may ask, and who looks at what they show: open, key, jwt or key,jwt are looked at by the API; gateway is a token that the gateway looks at."
  type        = string
  default     = "open"
  nullable    = false

  validation {
    condition     = contains(["open", "key", "jwt", "key,jwt", "gateway"], var.access)
    error_message = "access must be open, key, jwt, key,jwt or gateway."
  }

  validation {
    condition     = var.tokens != null || !contains(["jwt", "key,jwt", "gateway"], var.access)
    error_message = "access jwt, key,jwt and gateway take tokens: say whose, by tokens = {cognito_domain = …} or {issuer = …, audience = […]}."
  }

  validation {
    condition     = var.access != "key" || var.tokens == null
    error_message = "access key takes no tokens: leave tokens away, or let access be key,jwt."
  }

  validation {
    condition     = var.access != "gateway" || try(var.tokens.jwks_url, null) == null
    error_message = "access gateway finds the keys by the issuer's own document: leave tokens.jwks_url away."
  }
}

variable "architecture" {
  description = "Processor of the function: arm64 or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false
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

variable "lineage_url" {
  description = "Where people read the lineage site, as https://example.com/lineage/; the pages of the API lead there. Null where it is read by links that end."
  type        = string
  default     = null

  validation {
    condition     = var.lineage_url == null || can(regex("^https?://", var.lineage_url))
    error_message = "lineage_url must be an address, as https://example.com/lineage/."
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

variable "queues" {
  description = "Queues whose messages the API counts, as the ingest module gives them out; null where it has no way to SQS."
  type = object({
    dead_letters = object({ arn = string, url = string })
    loads        = optional(object({ arn = string, url = string }))
  })
  default = null
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

variable "tokens" {
  description = <<-EOT
    Whose tokens are taken: of a user pool of Cognito's that is made here, by
    `cognito_domain`, the first part of its token endpoint's host, unique in the
    region; or of an issuer of one's own, by `issuer`, `audience`, and `jwks_url`
    where its own document does not say it. Null takes none.
  EOT
  type = object({
    audience       = optional(list(string), [])
    cognito_domain = optional(string)
    issuer         = optional(string)
    jwks_url       = optional(string)
  })
  default = null

  validation {
    condition     = var.tokens == null ? true : (var.tokens.cognito_domain == null) != (var.tokens.issuer == null)
    error_message = "tokens must name either cognito_domain or issuer."
  }

  validation {
    condition     = try(var.tokens.cognito_domain, null) == null ? true : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.tokens.cognito_domain)) && !can(regex("aws|amazon|cognito", var.tokens.cognito_domain))
    error_message = "tokens.cognito_domain must be lower-case letters, digits and hyphens, and may not contain aws, amazon or cognito."
  }

  validation {
    # Without one, a token that the issuer gave for any other service would do.
    condition     = try(var.tokens.issuer, null) == null ? true : startswith(var.tokens.issuer, "https://") && length(var.tokens.audience) > 0 && !strcontains(join("", var.tokens.audience), ",")
    error_message = "tokens.issuer must be a URL with https, and tokens.audience what stands in the tokens' aud, without commas."
  }

  validation {
    condition     = try(var.tokens.cognito_domain, null) == null ? true : length(var.tokens.audience) == 0 && var.tokens.jwks_url == null
    error_message = "tokens.audience and tokens.jwks_url are for an issuer of one's own: Cognito's are known, leave them away."
  }

  validation {
    condition     = try(var.tokens.jwks_url, null) == null ? true : startswith(var.tokens.jwks_url, "https://")
    error_message = "tokens.jwks_url must be a URL with https."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the function."
  type        = bool
  default     = false
  nullable    = false
}

variable "uploads" {
  description = "What the API needs to take files and rows, as the ingest module gives it out; null gives it no right to any of it."
  type = object({
    bucket     = string
    folder_arn = string
    loader     = string
    loader_arn = string
  })
  default = null
}
