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
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "StartBuilds"
    actions   = ["codebuild:StartBuild"]
    resources = [for name in ["check", "dump"] : aws_codebuild_project.main[name].arn]
  }
}

resource "aws_iam_role" "schedule" {
  name               = "${var.name}-warehouse-schedule"
  description        = "Starts the checks and dumps of ${var.name}."
  assume_role_policy = data.aws_iam_policy_document.assume_schedule.json
}

resource "aws_iam_role_policy" "schedule" {
  name   = "schedule"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

resource "aws_scheduler_schedule" "main" {
  for_each = local.schedules

  name                         = "${var.name}-${each.key}"
  description                  = local.projects[each.key].description
  schedule_expression          = each.value
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_codebuild_project.main[each.key].arn
    role_arn = aws_iam_role.schedule.arn
  }
}
