data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # A database that was there already is backed up by whoever runs it.
  vault  = var.database == null ? 0 : 1
  copied = local.vault == 1 && var.copy_region != null ? 1 : 0
}

resource "aws_backup_vault" "main" {
  count = local.vault

  name          = var.name
  force_destroy = !var.deletion_protection
}

resource "aws_backup_vault" "copy" {
  count = local.copied

  region        = var.copy_region
  name          = "${var.name}-copy"
  force_destroy = !var.deletion_protection
}

resource "aws_backup_plan" "main" {
  count = local.vault

  name = var.name

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main[0].name
    schedule          = var.schedule
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after                              = var.retention_days
      opt_in_to_archive_for_supported_resources = false
    }

    dynamic "copy_action" {
      for_each = aws_backup_vault.copy[*].arn

      content {
        destination_vault_arn = copy_action.value

        lifecycle {
          delete_after                              = var.retention_days
          opt_in_to_archive_for_supported_resources = false
        }
      }
    }
  }
}

resource "aws_backup_selection" "main" {
  count = local.vault

  name         = "database"
  plan_id      = aws_backup_plan.main[0].id
  iam_role_arn = aws_iam_role.main[0].arn
  resources    = [var.database.arn]

  depends_on = [aws_iam_role_policy.main]
}

# Dumps of the database as a file, that any PostgreSQL can read.
module "dumps" {
  source = "../bucket"

  name                = "${var.name}-dumps-${local.account}"
  deletion_protection = var.deletion_protection
  noncurrent_days     = var.retention_days
  object_lock_days    = var.object_lock_days

  lifetimes = { "dumps/" = { expire_days = var.retention_days } }
}
