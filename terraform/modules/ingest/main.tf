data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # Folders of the bucket, as catchment/settings.py and loader/extract/store.py
  # have them.
  incoming  = "incoming/"
  processed = "processed/"
  failed    = "failed/"
  extracts  = "extracts/"

  by_queue = var.trigger == "queue"
  archives = [for name in var.archives : "arn:${data.aws_partition.current.partition}:s3:::${name}"]
}

module "bucket" {
  source = "../bucket"

  name                = "${var.name}-files-${data.aws_caller_identity.current.account_id}"
  deletion_protection = var.deletion_protection

  lifetimes = {
    (local.processed) = {
      archive_days = var.processed_archive_days
      expire_days  = var.processed_expire_days
    }
    (local.failed) = { expire_days = var.failed_expire_days }
  }
}

module "loader" {
  source = "../function"

  name        = "${var.name}-loader"
  description = "Loads the files that fall into ${module.bucket.name}/${local.incoming}."
  handler     = "loader.handler.handler"

  architecture         = var.architecture
  database             = var.database
  ephemeral_storage_mb = var.loader_storage_mb
  log_retention_days   = var.log_retention_days
  memory_mb            = var.loader_memory_mb
  package              = var.package
  runtime              = var.runtime
  security_group_id    = var.security_group_ids.loader
  subnet_ids           = var.subnet_ids
  timeout_seconds      = var.loader_timeout_seconds
  tracing              = var.tracing
  # A queue limits by its mapping, which takes nothing out of the account's limit.
  reserved_concurrency = local.by_queue ? -1 : var.maximum_concurrency

  environment = merge(
    {
      POWERTOOLS_METRICS_NAMESPACE = var.metrics_namespace
      POWERTOOLS_SERVICE_NAME      = "loader"
    },
    var.pii_key_secret_arn == null ? {} : { PII_KEY_FROM = var.pii_key_secret_arn },
  )
}

data "aws_iam_policy_document" "loader" {
  statement {
    sid       = "FindFiles"
    actions   = ["s3:ListBucket"] # else an absent key is 403 and tried again for ever
    resources = concat([module.bucket.arn], local.archives)
  }

  statement {
    sid     = "ReadFiles"
    actions = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = concat(
      [for folder in [local.incoming, local.processed, local.failed] : "${module.bucket.arn}/${folder}*"],
      [for archive in local.archives : "${archive}/*"], # `catchment backfill`
    )
  }

  statement {
    sid     = "PutFilesAway"
    actions = ["s3:PutObject"]
    resources = [
      "${module.bucket.arn}/${local.processed}*",
      "${module.bucket.arn}/${local.failed}*",
    ]
  }

  statement {
    sid     = "TakeFilesAway"
    actions = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = [
      "${module.bucket.arn}/${local.incoming}*",
      "${module.bucket.arn}/${local.failed}*", # `catchment replay`
    ]
  }

  dynamic "statement" {
    for_each = var.pii_key_secret_arn[*]

    content {
      sid       = "ReadKeyOfPersonalData"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = length(var.streams) == 0 ? [] : [1]

    content {
      sid = "TakeRecords"
      actions = [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ]
      resources = values(var.streams)[*].arn
    }
  }

  dynamic "statement" {
    for_each = local.by_queue ? [1] : []

    content {
      sid       = "TakeMessages"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [aws_sqs_queue.main[0].arn]
    }
  }

  dynamic "statement" {
    for_each = local.by_queue ? [] : [1]

    content {
      sid       = "KeepDeadEvents"
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.dead.arn]
    }
  }
}

resource "aws_iam_role_policy" "loader" {
  name   = "loader"
  role   = module.loader.role_name
  policy = data.aws_iam_policy_document.loader.json
}
