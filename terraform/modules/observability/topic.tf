# One topic for all alerts: alarms, the budget and what the checks find.
data "aws_caller_identity" "current" {}

resource "aws_sns_topic" "main" {
  name         = "${var.name}-alerts"
  display_name = "Catchment ${var.name}"
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "TakeAlerts"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.main.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "main" {
  arn    = aws_sns_topic.main.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alert_emails

  topic_arn = aws_sns_topic.main.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_sns_topic_subscription" "https" {
  count = length(var.alert_urls)

  topic_arn              = aws_sns_topic.main.arn
  protocol               = "https"
  endpoint               = var.alert_urls[count.index]
  endpoint_auto_confirms = true
}

resource "aws_budgets_budget" "main" {
  count = var.monthly_budget_dollars == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_dollars)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "ACTUAL"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.main.arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "FORECASTED"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.main.arn]
  }

  depends_on = [aws_sns_topic_policy.main]
}
