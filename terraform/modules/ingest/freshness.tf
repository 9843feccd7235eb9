# Asks the loader how old each feed is, which it tells CloudWatch: the limits stand
# in the contracts.
locals {
  freshness = var.freshness_minutes == 0 ? 0 : 1
}

data "aws_iam_policy_document" "freshness" {
  count = local.freshness

  statement {
    sid       = "AskLoader"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.loader.arn]
  }
}

resource "aws_iam_role" "freshness" {
  count = local.freshness

  name               = "${var.name}-freshness-schedule"
  description        = "Asks the loader of ${var.name} how old each feed is."
  assume_role_policy = data.aws_iam_policy_document.assume_schedule.json
}

resource "aws_iam_role_policy" "freshness" {
  count = local.freshness

  name   = "schedule"
  role   = aws_iam_role.freshness[0].id
  policy = data.aws_iam_policy_document.freshness[0].json
}

resource "aws_scheduler_schedule" "freshness" {
  count = local.freshness

  name                = "${var.name}-freshness"
  description         = "Asks how old each feed is."
  schedule_expression = "rate(${var.freshness_minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.loader.arn
    role_arn = aws_iam_role.freshness[0].arn
    input    = jsonencode({ source = "catchment.freshness" }) # loader/freshness.py
  }
}
