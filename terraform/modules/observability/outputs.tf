output "dashboard" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.main.dashboard_name
}

output "topic_arn" {
  description = "The topic that alerts are posted to."
  value       = aws_sns_topic.main.arn
}
