data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "main" {
  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.main.arn}:*"]
  }

  statement {
    sid     = "NetworkInterfaces"
    actions = local.network_interface_actions
    # Lambda refuses a role whose rights to network interfaces are limited.
    resources = ["*"]
  }

  statement {
    sid     = "NetworkInterfacesNotByTheCode"
    effect  = "Deny"
    actions = local.network_interface_actions
    # A denial: it takes from the code what the service needs.
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = [local.function_arn]
    }
  }

  dynamic "statement" {
    for_each = var.database.authentication == "iam" ? [1] : []

    content {
      sid       = "LogInToDatabase"
      actions   = ["rds-db:connect"]
      resources = [var.database.user_arn]
    }
  }

  dynamic "statement" {
    for_each = var.database.authentication == "password" ? [1] : []

    content {
      sid       = "ReadOwnPassword"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.database.secret_arn]
    }
  }

  dynamic "statement" {
    for_each = var.tracing ? [1] : []

    content {
      sid     = "WriteTraces"
      actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      # X-Ray knows no resources for these.
      resources = ["*"]
    }
  }
}

locals {
  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
}

resource "aws_iam_role" "main" {
  name               = var.name
  description        = "What the function ${var.name} may do."
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "main" {
  name   = "function"
  role   = aws_iam_role.main.id
  policy = data.aws_iam_policy_document.main.json
}
