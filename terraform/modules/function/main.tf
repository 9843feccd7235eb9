data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  function_arn = join(":", [
    "arn", data.aws_partition.current.partition, "lambda", data.aws_region.current.region,
    data.aws_caller_identity.current.account_id, "function", var.name,
  ])
  # No password among them: docs of the words are in terraform/README.md.
  database_environment = {
    DATABASE_URL           = var.database.url
    DATABASE_PASSWORD_FROM = var.database.password_from
    PGSSLMODE              = "verify-full"
    PGSSLROOTCERT          = "/var/task/rds-ca.pem"
  }
}

resource "aws_cloudwatch_log_group" "main" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "main" {
  function_name    = var.name
  description      = var.description
  role             = aws_iam_role.main.arn
  handler          = var.handler
  runtime          = var.runtime
  architectures    = [var.architecture]
  filename         = var.package
  source_code_hash = try(filebase64sha256(var.package), null)
  memory_size      = var.memory_mb
  timeout          = var.timeout_seconds
  # A version for each change: an alias can go back to the one before.
  publish                        = true
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge(local.database_environment, var.environment)
  }

  ephemeral_storage {
    size = var.ephemeral_storage_mb
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.main.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [var.security_group_id]
  }

  dynamic "snap_start" {
    for_each = var.snapstart ? ["PublishedVersions"] : []

    content {
      apply_on = snap_start.value
    }
  }

  # Lambda makes its network interfaces with the role's rights while the
  # function is created, and removes them after it is gone.
  depends_on = [aws_iam_role_policy.main]

  lifecycle {
    precondition {
      condition     = fileexists(var.package)
      error_message = "There is no package ${var.package}: run `make package` first."
    }
  }
}
