# A role for each project: only the build may read the administrator's password.
locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
  ec2       = "arn:${local.partition}:ec2:${local.region}:${local.account}"

  secrets_read = {
    build = concat([var.database.admin.secret_arn], values(var.database.secret_arns))
    check = [var.database.secret_arns.owner]
    dump  = [var.database.secret_arns.owner]
  }
  objects_written = {
    build = ["${module.artifacts.arn}/lineage/*"]
    dump  = ["${var.dumps_bucket.arn}/dumps/*"]
  }
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "main" {
  for_each = local.projects

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.main[each.key].arn}:*"]
  }

  statement {
    sid       = "ReadSource"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${module.artifacts.arn}/${local.source}"]
  }

  statement {
    sid       = "ReadPasswords"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = local.secrets_read[each.key]
  }

  dynamic "statement" {
    for_each = each.key == "build" ? [1] : []

    content {
      sid       = "WritePasswordsOfRoles"
      actions   = ["secretsmanager:PutSecretValue"]
      resources = values(var.database.secret_arns)
    }
  }

  dynamic "statement" {
    for_each = each.key == "check" ? [1] : []

    content {
      sid       = "PostFindings"
      actions   = ["sns:Publish"]
      resources = [var.alert_topic_arn]
    }
  }

  dynamic "statement" {
    for_each = contains(keys(local.objects_written), each.key) ? [1] : []

    content {
      sid       = "WriteResults"
      actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
      resources = local.objects_written[each.key]
    }
  }

  statement {
    sid = "NetworkInterfaces"
    actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ]
    # EC2's descriptions know no resources, and CodeBuild tries the rest with all.
    resources = ["*"]
  }

  statement {
    sid       = "LendNetworkInterfaces"
    actions   = ["ec2:CreateNetworkInterfacePermission"]
    resources = ["${local.ec2}:network-interface/*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:AuthorizedService"
      values   = ["codebuild.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "ec2:Subnet"
      values   = [for id in var.subnet_ids : "${local.ec2}:subnet/${id}"]
    }
  }
}

resource "aws_iam_role" "main" {
  for_each = local.projects

  name               = "${var.name}-warehouse-${each.key}"
  description        = each.value.description
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "main" {
  for_each = local.projects

  name   = each.key
  role   = aws_iam_role.main[each.key].id
  policy = data.aws_iam_policy_document.main[each.key].json
}
