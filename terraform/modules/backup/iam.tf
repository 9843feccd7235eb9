# What AWS Backup needs for RDS: the part of its managed policy that is about
# database instances, for this database and its snapshots only.
locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  regions   = distinct(compact([data.aws_region.current.region, var.copy_region]))
  keys      = [for region in local.regions : "arn:${local.partition}:kms:${region}:${local.account}:key/*"]
  snapshots = [for region in local.regions : "arn:${local.partition}:rds:${region}:${local.account}:snapshot:*"]
  vaults    = concat(aws_backup_vault.main[*].arn, aws_backup_vault.copy[*].arn)
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "main" {
  count = local.vault

  statement {
    sid = "SnapshotDatabase"
    actions = [
      "rds:AddTagsToResource",
      "rds:CreateDBSnapshot",
      "rds:DescribeDBInstances",
      "rds:DescribeDBSnapshots",
      "rds:ListTagsForResource",
    ]
    resources = concat([var.database.arn], local.snapshots)
  }

  statement {
    sid = "KeepSnapshots"
    actions = [
      "rds:CopyDBSnapshot",
      "rds:DeleteDBSnapshot",
      "rds:ModifyDBSnapshotAttribute",
    ]
    resources = local.snapshots
  }

  # Which key a snapshot is encrypted by; the keys' own policies decide on use.
  statement {
    sid       = "KnowKeys"
    actions   = ["kms:DescribeKey"]
    resources = local.keys
  }

  statement {
    sid       = "FillVaults"
    actions   = ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
    resources = local.vaults
  }
}

resource "aws_iam_role" "main" {
  count = local.vault

  name               = "${var.name}-backup"
  description        = "Backs up the database of ${var.name}."
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "main" {
  count = local.vault

  name   = "backup"
  role   = aws_iam_role.main[0].id
  policy = data.aws_iam_policy_document.main[0].json
}
