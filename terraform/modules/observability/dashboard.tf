data "aws_region" "current" {}

locals {
  # A widget for each title: its metrics in CloudWatch's own form.
  widgets = {
    "Rows of files" = {
      statistic = "Sum"
      metrics = [
        for metric in ["RowsLoaded", "RowsRejected"] : [var.metrics_namespace, metric, "service", "loader"]
      ]
    }
    "Files that wait, and that failed" = {
      statistic = "Maximum"
      metrics = [
        for queue in compact([var.queue_name, var.dead_letter_queue_name]) :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]
      ]
    }
    "Seconds by step of a load" = {
      statistic = "Average"
      metrics = [
        for metric in ["LoadSeconds", "RefreshSeconds"] : [var.metrics_namespace, metric, "service", "loader"]
      ]
    }
    # The values of `feed` and `route` are the contracts' and models' own: a search
    # finds them.
    "Age of the newest load of each feed, s" = {
      statistic = "Maximum"
      metrics = var.freshness_minutes == 0 ? [] : [[{
        expression = "SEARCH('{\"${var.metrics_namespace}\",service,feed} MetricName=\"AgeSeconds\"', 'Maximum', ${60 * var.freshness_minutes})"
        label      = "$${PROP('Dim.feed')}"
      }]]
    }
    "Latency of the API by route, p95, ms" = {
      statistic = "p95"
      metrics = [[{
        expression = "SEARCH('{\"${var.metrics_namespace}\",service,route} MetricName=\"Milliseconds\"', 'p95', 300)"
        label      = "$${PROP('Dim.route')}"
      }]]
    }
    "Errors of functions" = {
      statistic = "Sum"
      metrics   = [for function in values(var.functions) : ["AWS/Lambda", "Errors", "FunctionName", function.name]]
    }
    "Requests, and errors among them" = {
      statistic = "Sum"
      metrics   = [for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", var.gateway_id]]
    }
    "Latency of the API, p95, ms" = {
      statistic = "p95"
      metrics   = [["AWS/ApiGateway", "Latency", "ApiId", var.gateway_id]]
    }
    "Processors of the database, %" = {
      statistic = "Average"
      metrics   = [for identifier in var.database_identifiers : ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", identifier]]
    }
    "Connections to the database" = {
      statistic = "Maximum"
      metrics   = [for identifier in var.database_identifiers : ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", identifier]]
    }
  }
  shown = { for title, widget in local.widgets : title => widget if length(widget.metrics) > 0 }
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for title, widget in local.shown : {
        type   = "metric"
        width  = 12
        height = 6
        properties = {
          title   = title
          region  = data.aws_region.current.region
          view    = "timeSeries"
          stat    = widget.statistic
          period  = 300
          metrics = widget.metrics
        }
      }
    ]
  })
}
