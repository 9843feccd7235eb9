mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  backup_vault           = "catchment-test"
  build_projects         = { build = "catchment-test-build", check = "catchment-test-check" }
  database_identifiers   = ["catchment-test"]
  dead_letter_queue_name = "catchment-test-loads-dead"
  functions = {
    api    = { name = "catchment-test-api", timeout_seconds = 30, log_group = "/aws/lambda/catchment-test-api" }
    loader = { name = "catchment-test-loader", timeout_seconds = 900, log_group = "/aws/lambda/catchment-test-loader" }
  }
  gateway_id        = "a1b2c3"
  metrics_namespace = "Catchment/test"
  name              = "catchment-test"
  queue_name        = "catchment-test-loads"
}

run "watches_every_part" {
  command = plan

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.main)) == toset([
      "api-5xx",
      "api-duration",
      "api-errors",
      "api-latency",
      "api-throttles",
      "backup-failed",
      "build-failed",
      "catchment-test-connections",
      "catchment-test-cpu",
      "catchment-test-storage",
      "check-failed",
      "dead-letters",
      "event-age",
      "loader-duration",
      "loader-errors",
      "loader-throttles",
      "stale-data",
    ])
    error_message = "An alarm is missing, or new."
  }
}

run "tells_somebody_of_every_alarm" {
  command = plan

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.main), [aws_cloudwatch_metric_alarm.rejects]) : alarm.alarm_actions == toset([aws_sns_topic.main.arn]) && alarm.ok_actions == toset([aws_sns_topic.main.arn])])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.main), [aws_cloudwatch_metric_alarm.rejects]) : contains(["breaching", "notBreaching"], alarm.treat_missing_data)])
    error_message = "An alarm does not say what no data mean."
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.main), [aws_cloudwatch_metric_alarm.rejects]) : length(alarm.alarm_description) > 20])
    error_message = "An alarm does not say what it is about."
  }
}

run "measures_a_function_by_its_own_timeout" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["loader-duration"].threshold == 720000 && aws_cloudwatch_metric_alarm.main["api-duration"].threshold == 24000
    error_message = "The limit is not 80 % of the timeout."
  }
}

run "raises_alarms_at_what_it_is_told" {
  command = plan

  variables {
    event_age_minutes    = 10
    storage_free_gb      = 5
    latency_milliseconds = 500
    reject_percent       = 5
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["event-age"].threshold == 600 && aws_cloudwatch_metric_alarm.main["dead-letters"].threshold == 0
    error_message = "Files may wait longer."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["catchment-test-storage"].threshold == 5368709120 && aws_cloudwatch_metric_alarm.main["catchment-test-storage"].comparison_operator == "LessThanThreshold"
    error_message = "The storage may be fuller."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["api-latency"].extended_statistic == "p95" && aws_cloudwatch_metric_alarm.main["api-latency"].statistic == null && aws_cloudwatch_metric_alarm.main["api-latency"].threshold == 500
    error_message = "The API may be slower."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.rejects.threshold == 5
    error_message = "More rows may be rejected."
  }
}

run "is_alarmed_by_stale_feeds_and_by_silence" {
  command = plan

  variables {
    freshness_minutes = 60
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["stale-data"].metric_name == "StaleFeeds" && aws_cloudwatch_metric_alarm.main["stale-data"].threshold == 0 && aws_cloudwatch_metric_alarm.main["stale-data"].comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.main["stale-data"].namespace == "Catchment/test"
    error_message = "A stale feed raises no alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["stale-data"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.main["stale-data"].period * aws_cloudwatch_metric_alarm.main["stale-data"].evaluation_periods == 2 * 3600
    error_message = "Silence raises no alarm, or a late look does."
  }
}

run "leaves_out_what_is_not_there" {
  command = plan

  variables {
    backup_vault         = null
    queue_name           = null
    database_identifiers = []
    freshness_minutes    = 0
  }

  assert {
    condition     = alltrue([for name in ["backup-failed", "event-age", "stale-data"] : !contains(keys(aws_cloudwatch_metric_alarm.main), name)]) && length([for name in keys(aws_cloudwatch_metric_alarm.main) : name if startswith(name, "catchment-test-")]) == 0
    error_message = "An alarm is about nothing."
  }
}

run "reaches_people_and_services" {
  command = plan

  variables {
    alert_emails = ["ops@example.com"]
    alert_urls   = ["https://events.example.com/x"]
  }

  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["ops@example.com"]) && aws_sns_topic_subscription.https[0].endpoint_auto_confirms
    error_message = "Somebody is not told."
  }

  assert {
    condition     = data.aws_iam_policy_document.topic.statement[0].resources == toset([aws_sns_topic.main.arn])
    error_message = "The topic's policy is about another."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.topic.statement[0].condition).variable == "aws:SourceAccount"
    error_message = "Other accounts may post."
  }
}

run "keeps_a_budget_on_demand" {
  command = plan

  variables {
    monthly_budget_dollars = 200
  }

  assert {
    condition     = aws_budgets_budget.main[0].limit_amount == "200" && aws_budgets_budget.main[0].limit_unit == "USD" && length(aws_budgets_budget.main[0].notification) == 2
    error_message = "There is no budget."
  }
}

run "has_a_dashboard" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 10
    error_message = "A widget is missing."
  }

  assert {
    condition     = one([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : widget.properties.metrics[0][0].expression if startswith(widget.properties.title, "Latency of the API by route")]) == "SEARCH('{\"Catchment/test\",service,route} MetricName=\"Milliseconds\"', 'p95', 300)"
    error_message = "The latency of a route is not shown."
  }

  assert {
    condition     = one([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : widget.properties.metrics[0][0].expression if startswith(widget.properties.title, "Age")]) == "SEARCH('{\"Catchment/test\",service,feed} MetricName=\"AgeSeconds\"', 'Maximum', 900)"
    error_message = "The age of a feed is not shown."
  }
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # An address that is none.
    alert_emails = ["somebody"]
    # An endpoint without TLS.
    alert_urls = ["http://events.example.com"]
    # No connections.
    connections = 0
    # No waiting at all.
    event_age_minutes = 0
    # Answers in no time.
    latency_milliseconds = 0
    # A budget of nothing.
    monthly_budget_dollars = 0
    # More rejects than rows.
    reject_percent = 101
    # No storage to spare.
    storage_free_gb = 0
  }

  expect_failures = [
    var.alert_emails,
    var.alert_urls,
    var.connections,
    var.event_age_minutes,
    var.latency_milliseconds,
    var.monthly_budget_dollars,
    var.reject_percent,
    var.storage_free_gb,
  ]
}
