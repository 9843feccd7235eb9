# trigger = "queue": S3 tells the queue, and Lambda takes from it in batches.
resource "aws_sqs_queue" "main" {
  count = local.by_queue ? 1 : 0

  name                    = "${var.name}-loads"
  sqs_managed_sse_enabled = true
  # AWS's advice: six times as long as an invocation may take.
  visibility_timeout_seconds = 6 * var.loader_timeout_seconds
  message_retention_seconds  = 4 * 24 * 3600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.maximum_receives
  })
}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-loads-dead"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  count = local.by_queue ? 1 : 0

  queue_url = aws_sqs_queue.dead.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.main[0].arn]
  })
}

data "aws_iam_policy_document" "queue" {
  count = local.by_queue ? 1 : 0

  statement {
    sid       = "TakeEventsOfTheBucket"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.main[0].arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [module.bucket.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "main" {
  count = local.by_queue ? 1 : 0

  queue_url = aws_sqs_queue.main[0].id
  policy    = data.aws_iam_policy_document.queue[0].json
}

resource "aws_lambda_event_source_mapping" "main" {
  count = local.by_queue ? 1 : 0

  event_source_arn                   = aws_sqs_queue.main[0].arn
  function_name                      = module.loader.arn
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batching_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }

  # Lambda tries the role's rights while the mapping is made.
  depends_on = [aws_iam_role_policy.loader]
}

# trigger = "direct": S3 calls the function by itself. Lambda tries an event
# twice again, and then it goes to the dead letters.
resource "aws_lambda_permission" "bucket" {
  count = local.by_queue ? 0 : 1

  statement_id   = "bucket"
  action         = "lambda:InvokeFunction"
  function_name  = module.loader.name
  principal      = "s3.amazonaws.com"
  source_arn     = module.bucket.arn
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_lambda_function_event_invoke_config" "loader" {
  count = local.by_queue ? 0 : 1

  function_name                = module.loader.name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 6 * 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead.arn
    }
  }

  depends_on = [aws_iam_role_policy.loader]
}

resource "aws_s3_bucket_notification" "main" {
  bucket = module.bucket.name

  dynamic "queue" {
    for_each = aws_sqs_queue.main[*].arn

    content {
      id            = "${var.name}-incoming"
      queue_arn     = queue.value
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = local.incoming
    }
  }

  # Of loaded files that people delete; what the rules of the bucket delete is told as
  # s3:LifecycleExpiration, to nobody.
  dynamic "queue" {
    for_each = aws_sqs_queue.main[*].arn

    content {
      id            = "${var.name}-deleted"
      queue_arn     = queue.value
      events        = ["s3:ObjectRemoved:*"]
      filter_prefix = local.processed
    }
  }

  dynamic "lambda_function" {
    for_each = local.by_queue ? [] : [module.loader.arn]

    content {
      id                  = "${var.name}-incoming"
      lambda_function_arn = lambda_function.value
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = local.incoming
    }
  }

  dynamic "lambda_function" {
    for_each = local.by_queue ? [] : [module.loader.arn]

    content {
      id                  = "${var.name}-deleted"
      lambda_function_arn = lambda_function.value
      events              = ["s3:ObjectRemoved:*"]
      filter_prefix       = local.processed
    }
  }

  # S3 sends a test event while the notification is made.
  depends_on = [aws_lambda_permission.bucket, aws_sqs_queue_policy.main]
}
