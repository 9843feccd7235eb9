# Fetches what services publish, and lets it fall into the bucket. It needs a way
# to the internet, so it can be left away.
locals {
  extract = var.extract == null ? 0 : 1
}

module "extract" {
  source = "../function"
  count  = local.extract

  name        = "${var.name}-extract"
  description = "Fetches what services publish into ${module.bucket.name}/${local.incoming}."
  handler     = "loader.extract.handler.handler"

  architecture       = var.architecture
  database           = var.database
  log_retention_days = var.log_retention_days
  memory_mb          = 512
  package            = var.package
  runtime            = var.runtime
  security_group_id  = var.security_group_ids.extract
  subnet_ids         = var.subnet_ids
  timeout_seconds    = 900
  tracing            = var.tracing

  environment = {
    CATCHMENT_BUCKET             = module.bucket.name
    POWERTOOLS_METRICS_NAMESPACE = var.metrics_namespace
    POWERTOOLS_SERVICE_NAME      = "extract"
  }
}

data "aws_iam_policy_document" "extract" {
  statement {
    sid       = "FindNotes"
    actions   = ["s3:ListBucket"] # else an absent note is 403, not 404
    resources = [module.bucket.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.extracts}*"]
    }
  }

  statement {
    sid       = "ReadNotes"
    actions   = ["s3:GetObject"]
    resources = ["${module.bucket.arn}/${local.extracts}*"]
  }

  statement {
    sid     = "WritePagesAndNotes"
    actions = ["s3:PutObject"]
    resources = [
      "${module.bucket.arn}/${local.incoming}*",
      "${module.bucket.arn}/${local.extracts}*",
    ]
  }
}

resource "aws_iam_role_policy" "extract" {
  count = local.extract

  name   = "extract"
  role   = module.extract[0].role_name
  policy = data.aws_iam_policy_document.extract.json
}

# A year that failed is fetched at the next run; what is there is not asked for.
resource "aws_lambda_function_event_invoke_config" "extract" {
  count = local.extract

  function_name          = module.extract[0].name
  maximum_retry_attempts = 1
}

data "aws_iam_policy_document" "assume_schedule" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  count = local.extract

  statement {
    sid       = "StartExtract"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.extract[0].arn]
  }
}

resource "aws_iam_role" "schedule" {
  count = local.extract

  name               = "${var.name}-extract-schedule"
  description        = "Starts the extract Lambda of ${var.name}."
  assume_role_policy = data.aws_iam_policy_document.assume_schedule.json
}

resource "aws_iam_role_policy" "schedule" {
  count = local.extract

  name   = "schedule"
  role   = aws_iam_role.schedule[0].id
  policy = data.aws_iam_policy_document.schedule[0].json
}

resource "aws_scheduler_schedule" "extract" {
  count = local.extract

  name                         = "${var.name}-extract"
  description                  = "Fetches what services have published since."
  schedule_expression          = var.extract.schedule
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.extract[0].arn
    role_arn = aws_iam_role.schedule[0].arn
    input    = jsonencode({})
  }
}
