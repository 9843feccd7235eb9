resource "aws_cloudwatch_metric_alarm" "main" {
  for_each = local.alarms

  alarm_name         = "${var.name}-${trimprefix(each.key, "${var.name}-")}"
  alarm_description  = each.value.says
  namespace          = each.value.namespace
  metric_name        = each.value.metric
  dimensions         = each.value.dimensions
  statistic          = lookup(each.value, "statistic", null)
  extended_statistic = lookup(each.value, "percentile", null)

  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = can(each.value.above) ? each.value.above : each.value.below
  period              = lookup(each.value, "period", 300)
  evaluation_periods  = lookup(each.value, "periods", 1)
  treat_missing_data  = lookup(each.value, "missing", "notBreaching")

  alarm_actions = [aws_sns_topic.main.arn]
  ok_actions    = [aws_sns_topic.main.arn]
}

# A ratio of two metrics of the loader's own.
resource "aws_cloudwatch_metric_alarm" "rejects" {
  alarm_name          = "${var.name}-rejects"
  alarm_description   = "More than ${var.reject_percent} % of the rows were rejected: see `catchment loads` and ops.reject."
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.reject_percent
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "percent"
    label       = "Rejected rows, %"
    expression  = "IF(read > 0, 100 * rejected / read, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { read = "RowsRead", rejected = "RowsRejected" }

    content {
      id = metric_query.key

      metric {
        namespace   = var.metrics_namespace
        metric_name = metric_query.value
        dimensions  = { service = "loader" }
        period      = 3600
        stat        = "Sum"
      }
    }
  }

  alarm_actions = [aws_sns_topic.main.arn]
  ok_actions    = [aws_sns_topic.main.arn]
}
