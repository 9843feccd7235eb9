output "admin" {
  description = "How a build logs in as administrator: user and secret with the JSON key password."
  value = {
    # RDS's list of one: joined, so that no index hides that it came empty.
    secret_arn = local.own == 1 ? join("", aws_db_instance.main[0].master_user_secret[*].secret_arn) : var.existing.admin_secret_arn
    user       = local.own == 1 ? var.admin_user : var.existing.admin_user
  }
}

output "arn" {
  description = "ARN of the database, for backups; null where it existed already."
  value       = one(aws_db_instance.main[*].arn)
}

output "connections" {
  description = "How the loader and the API log in: url, password_from, and what their role needs for it."
  value       = local.connections
}

output "host" {
  description = "Host of the database that is written to."
  value       = local.host
}

output "identifiers" {
  description = "RDS's names of the database and its replica, for alarms; empty where it existed already."
  value       = local.identifiers
}

output "name" {
  description = "Name of the database."
  value       = local.used_name
}

output "port" {
  description = "Port of the database."
  value       = local.used_port
}

output "secret_arns" {
  description = "Secrets with the passwords of roles that do not log in by IAM; owner is always among them."
  value       = { for role, secret in aws_secretsmanager_secret.main : role => secret.arn }
}
