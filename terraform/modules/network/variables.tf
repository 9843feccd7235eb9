variable "api_to_internet" {
  description = "Whether the API goes out by NAT: to an issuer's keys, or to the loader's Lambda."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.api_to_internet || var.nat != "none"
    error_message = "api_to_internet needs a way out: set nat to single or per_zone."
  }
}

variable "cidr" {
  description = "Private address range of the network."
  type        = string
  default     = "10.20.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && try(tonumber(split("/", var.cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.cidr)[1]), 99) <= 22
    error_message = "cidr must be an IPv4 range between /16 and /22, as 10.20.0.0/16."
  }
}

variable "database_cidrs" {
  description = "Address ranges of a database outside of this network; the clients may reach them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.database_cidrs : can(cidrnetmask(cidr))])
    error_message = "database_cidrs must be IPv4 ranges, as 10.1.2.0/24."
  }
}

variable "database_port" {
  description = "Port of the database."
  type        = number
  default     = 5432
  nullable    = false

  validation {
    condition     = var.database_port >= 1 && var.database_port <= 65535
    error_message = "database_port must be between 1 and 65535."
  }
}

variable "flow_log_traffic" {
  description = "Which traffic the flow log tells of: REJECT is what was refused, ALL everything."
  type        = string
  default     = "REJECT"
  nullable    = false

  validation {
    condition     = contains(["ACCEPT", "ALL", "REJECT"], var.flow_log_traffic)
    error_message = "flow_log_traffic must be REJECT, ACCEPT or ALL."
  }
}

variable "interface_endpoints" {
  description = "AWS services that are reached by an endpoint of their own, as secretsmanager; each costs by the hour and zone."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which the flow log is kept."
  type        = number
  default     = 90
  nullable    = false
}

variable "name" {
  description = "Name that all parts begin with."
  type        = string
  nullable    = false
}

variable "nat" {
  description = "NAT gateways: none, single, or per_zone (one in each availability zone)."
  type        = string
  default     = "single"
  nullable    = false

  validation {
    condition     = contains(["none", "single", "per_zone"], var.nat)
    error_message = "nat must be none, single or per_zone."
  }
}

variable "zone_count" {
  description = "Number of availability zones."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.zone_count >= 2 && var.zone_count <= 6
    error_message = "zone_count must be between 2 and 6: a database needs two zones."
  }
}
