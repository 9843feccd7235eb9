# The copies of dumps in a second region. S3 copies what is written from now on, and
# no deletion: a copy goes by its own lifetime.
locals {
  dumps_copied = var.copy_region == null ? 0 : 1
  locked       = var.object_lock_days != null
}

module "dumps_copy" {
  source = "../bucket"
  count  = local.dumps_copied

  name                = "${var.name}-dumps-copy-${local.account}"
  region              = var.copy_region
  deletion_protection = var.deletion_protection
  noncurrent_days     = var.retention_days
  object_lock_days    = var.object_lock_days

  lifetimes = { "dumps/" = { expire_days = var.retention_days } }
}

# As S3's documentation has it, without a condition on the account: whether S3 tells
# it here is not said, and a copy that is refused is seen by nobody.
data "aws_iam_policy_document" "assume_copy" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "copy" {
  count = local.dumps_copied

  statement {
    sid       = "FindDumps"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [module.dumps.arn]
  }

  statement {
    sid = "ReadDumps"
    actions = concat(
      ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
      local.locked ? ["s3:GetObjectLegalHold", "s3:GetObjectRetention"] : [],
    )
    resources = ["${module.dumps.arn}/*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${module.dumps_copy[0].arn}/*"]
  }
}

resource "aws_iam_role" "copy" {
  count = local.dumps_copied

  name               = "${var.name}-dumps-copy"
  description        = "Copies dumps of ${var.name} to ${var.copy_region}."
  assume_role_policy = data.aws_iam_policy_document.assume_copy.json
}

resource "aws_iam_role_policy" "copy" {
  count = local.dumps_copied

  name   = "copy"
  role   = aws_iam_role.copy[0].id
  policy = data.aws_iam_policy_document.copy[0].json
}

resource "aws_s3_bucket_replication_configuration" "dumps" {
  count = local.dumps_copied

  bucket = module.dumps.name
  role   = aws_iam_role.copy[0].arn

  rule {
    id     = "dumps"
    status = "Enabled"
    filter {}

    delete_marker_replication {
      status = "Disabled"
    }

    destination {
      bucket = module.dumps_copy[0].arn
    }
  }

  lifecycle {
    precondition {
      condition     = var.copy_region != data.aws_region.current.region
      error_message = "copy_region is the stack's own region: name another one, or null for no copy."
    }
  }

  # S3 wants versions on both sides first.
  depends_on = [aws_iam_role_policy.copy, module.dumps, module.dumps_copy]
}
