output "arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.main.arn
}

output "log_group_name" {
  description = "Log group of the function."
  value       = aws_cloudwatch_log_group.main.name
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.main.function_name
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.main.arn
}

output "role_name" {
  description = "Name of the function's role, to attach policies to."
  value       = aws_iam_role.main.name
}

output "timeout_seconds" {
  description = "Seconds after which an invocation is ended."
  value       = aws_lambda_function.main.timeout
}

output "version" {
  description = "The version that was published last."
  value       = aws_lambda_function.main.version
}
