# The role by which RDS writes the system's figures (enhanced monitoring).
locals {
  monitored     = local.own == 1 && var.monitoring_interval_seconds > 0 ? 1 : 0
  os_metrics    = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:RDSOSMetrics"
  metrics_parts = [local.os_metrics, "${local.os_metrics}:log-stream:*"]
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_iam_policy_document" "assume_monitoring" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["monitoring.rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "monitoring" {
  statement {
    sid = "WriteSystemFigures"
    actions = [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogStreams",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
      "logs:PutRetentionPolicy",
    ]
    resources = local.metrics_parts
  }
}

resource "aws_iam_role" "monitoring" {
  count = local.monitored

  name               = "${var.name}-monitoring"
  description        = "Writes the system's figures of the database ${var.name}."
  assume_role_policy = data.aws_iam_policy_document.assume_monitoring.json
}

resource "aws_iam_role_policy" "monitoring" {
  count = local.monitored

  name   = "monitoring"
  role   = aws_iam_role.monitoring[0].id
  policy = data.aws_iam_policy_document.monitoring.json
}
