# Passwords of roles that do not log in by IAM. Terraform makes the secrets and
# never sees what is in them: the first build writes a password into each.
locals {
  authentication = var.existing == null ? "iam" : var.existing.authentication
  secret_roles   = local.authentication == "iam" ? ["owner"] : ["owner", "loader", "api"]
}

resource "aws_secretsmanager_secret" "main" {
  for_each = toset(local.secret_roles)

  name        = "${var.name}/${each.key}"
  description = "Password of the database role catchment_${each.key}."
  # The next build writes another one: there is nothing to recover.
  recovery_window_in_days = 0
}
