mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  database = {
    authentication = "iam"
    password_from  = "iam"
    url            = "postgresql://catchment_loader@db.example.com:5432/catchment"
    user_arn       = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-ABC/catchment_loader"
  }
  name               = "catchment-test"
  package            = "main.tf"
  security_group_ids = { extract = "sg-0123456789abcdef1", loader = "sg-0123456789abcdef0" }
  subnet_ids         = ["subnet-a", "subnet-b"]
}

run "tells_the_queue_of_new_files" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.main.queue[0].filter_prefix == "incoming/" && aws_s3_bucket_notification.main.queue[0].events == toset(["s3:ObjectCreated:*"])
    error_message = "The queue is told of other files, or not of all."
  }

  assert {
    condition     = aws_s3_bucket_notification.main.queue[0].queue_arn == aws_sqs_queue.main[0].arn
    error_message = "Another queue is told."
  }

  assert {
    condition     = length(aws_s3_bucket_notification.main.lambda_function) == 0
    error_message = "The loader is told twice."
  }
}

run "tells_the_queue_of_loaded_files_that_are_deleted" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.main.queue[1].filter_prefix == "processed/" && aws_s3_bucket_notification.main.queue[1].events == toset(["s3:ObjectRemoved:*"])
    error_message = "The queue is not told of deletions, or of the loader's own."
  }
}

run "hashes_personal_data_with_no_key_by_default" {
  command = plan

  assert {
    condition     = !contains(flatten([for s in data.aws_iam_policy_document.loader.statement : tolist(s.actions)]), "secretsmanager:GetSecretValue")
    error_message = "The loader reads a secret."
  }
}

run "lets_the_loader_read_the_key_of_personal_data" {
  command = plan

  variables {
    pii_key_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pii-AbCdEf"
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "secretsmanager:GetSecretValue")]) == toset([var.pii_key_secret_arn])
    error_message = "It cannot read the key, or more than that."
  }
}

run "takes_records_of_kinesis" {
  command = plan

  variables {
    streams = { sensors = { arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/observations" } }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.stream["sensors"].function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.stream["sensors"].starting_position == "TRIM_HORIZON"
    error_message = "Records are lost where the loader fails, or those of before."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "kinesis:GetRecords")]) == toset(["arn:aws:kinesis:eu-central-1:123456789012:stream/observations"])
    error_message = "It takes from other streams."
  }
}

run "lets_only_its_bucket_fill_the_queue" {
  command = plan

  assert {
    condition     = one([for c in data.aws_iam_policy_document.queue[0].statement[0].condition : tolist(c.values)[0] if c.variable == "aws:SourceArn"]) == "arn:aws:s3:::mocked"
    error_message = "aws:SourceArn is not the bucket."
  }

  assert {
    condition     = one([for c in data.aws_iam_policy_document.queue[0].statement[0].condition : tolist(c.values)[0] if c.variable == "aws:SourceAccount"]) == "123456789012"
    error_message = "aws:SourceAccount is not this account."
  }
}

run "gives_a_message_time_and_an_end" {
  command = plan

  assert {
    condition     = aws_sqs_queue.main[0].visibility_timeout_seconds >= 6 * module.loader.timeout_seconds
    error_message = "A message is delivered again while it is worked on."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.main[0].redrive_policy).deadLetterTargetArn == aws_sqs_queue.dead.arn && jsondecode(aws_sqs_queue.main[0].redrive_policy).maxReceiveCount == 5
    error_message = "The dead letters get nothing."
  }

  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds > aws_sqs_queue.main[0].message_retention_seconds
    error_message = "Dead letters go before they are seen."
  }

  assert {
    condition     = aws_sqs_queue.main[0].sqs_managed_sse_enabled && aws_sqs_queue.dead.sqs_managed_sse_enabled
    error_message = "A queue is not encrypted."
  }
}

run "answers_for_each_message" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.main[0].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One bad file brings its whole batch back."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.main[0].scaling_config[0].maximum_concurrency == 5
    error_message = "Loaders are not limited."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.main[0].event_source_arn == aws_sqs_queue.main[0].arn
    error_message = "The loader takes from elsewhere."
  }
}

run "gives_the_loader_what_it_needs_and_no_more" {
  command = plan

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "s3:ListBucket")]) == toset(["arn:aws:s3:::mocked"])
    error_message = "It cannot list the bucket: an absent key is 403."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "s3:GetObjectVersion")]) == toset(["arn:aws:s3:::mocked/incoming/*", "arn:aws:s3:::mocked/processed/*", "arn:aws:s3:::mocked/failed/*"])
    error_message = "It reads elsewhere."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "s3:PutObject")]) == toset(["arn:aws:s3:::mocked/processed/*", "arn:aws:s3:::mocked/failed/*"])
    error_message = "It writes elsewhere."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "s3:DeleteObjectVersion")]) == toset(["arn:aws:s3:::mocked/incoming/*", "arn:aws:s3:::mocked/failed/*"])
    error_message = "It deletes elsewhere."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "sqs:ReceiveMessage")]) == toset([aws_sqs_queue.main[0].arn])
    error_message = "It takes from another queue."
  }

  assert {
    condition     = alltrue(flatten([for s in data.aws_iam_policy_document.loader.statement : [for a in s.actions : !strcontains(a, "*")]])) && !contains(flatten([for s in data.aws_iam_policy_document.loader.statement : tolist(s.resources)]), "*")
    error_message = "A right is too wide."
  }
}

run "can_do_without_a_queue" {
  command = plan

  variables {
    trigger = "direct"
  }

  assert {
    condition     = length(aws_sqs_queue.main) == 0 && length(aws_lambda_event_source_mapping.main) == 0 && output.queue == null
    error_message = "There is a queue."
  }

  assert {
    condition     = aws_s3_bucket_notification.main.lambda_function[0].filter_prefix == "incoming/"
    error_message = "The loader is not told of new files."
  }

  assert {
    condition     = aws_lambda_permission.bucket[0].source_account == "123456789012" && aws_lambda_permission.bucket[0].source_arn == "arn:aws:s3:::mocked"
    error_message = "Others may call the loader."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.loader[0].destination_config[0].on_failure[0].destination == aws_sqs_queue.dead.arn
    error_message = "What fails is lost."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.loader.statement : s.resources if contains(s.actions, "sqs:SendMessage")]) == toset([aws_sqs_queue.dead.arn])
    error_message = "The loader may not write dead letters."
  }
}

run "asks_the_loader_how_old_feeds_are" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.freshness[0].schedule_expression == "rate(15 minutes)" && aws_scheduler_schedule.freshness[0].target[0].arn == module.loader.arn
    error_message = "Nobody asks."
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.freshness[0].target[0].input) == { source = "catchment.freshness" }
    error_message = "The loader does not know the question."
  }

  assert {
    condition     = data.aws_iam_policy_document.freshness[0].statement[0].actions == toset(["lambda:InvokeFunction"]) && data.aws_iam_policy_document.freshness[0].statement[0].resources == toset([module.loader.arn])
    error_message = "The schedule may do more."
  }
}

run "can_leave_freshness_away" {
  command = plan

  variables {
    freshness_minutes = 0
  }

  assert {
    condition     = length(aws_scheduler_schedule.freshness) == 0 && length(aws_iam_role.freshness) == 0
    error_message = "Somebody asks."
  }
}

run "has_no_extract_function_by_default" {
  command = plan

  assert {
    condition     = output.extract_function == null && length(aws_scheduler_schedule.extract) == 0 && toset(keys(output.functions)) == toset(["loader"])
    error_message = "There is one."
  }
}

run "extracts_on_schedule" {
  command = plan

  variables {
    extract = { schedule = "rate(1 day)" }
  }

  assert {
    condition     = aws_scheduler_schedule.extract[0].schedule_expression == "rate(1 day)" && output.extract_function == "catchment-test-extract"
    error_message = "It is not scheduled."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.extract.statement : s.resources if contains(s.actions, "s3:PutObject")]) == toset(["arn:aws:s3:::mocked/incoming/*", "arn:aws:s3:::mocked/extracts/*"])
    error_message = "It writes elsewhere."
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.extract.statement : s.resources if contains(s.actions, "s3:GetObject")]) == toset(["arn:aws:s3:::mocked/extracts/*"])
    error_message = "It reads elsewhere."
  }

  assert {
    condition     = data.aws_iam_policy_document.schedule[0].statement[0].actions == toset(["lambda:InvokeFunction"])
    error_message = "The schedule may do more."
  }

  assert {
    condition     = toset(keys(output.functions)) == toset(["extract", "loader"])
    error_message = "It is not watched."
  }
}

run "reads_archives_and_writes_nothing_there" {
  command = plan

  variables {
    archives = ["an-archive"]
  }

  assert {
    condition = [for s in data.aws_iam_policy_document.loader.statement : s.actions if length([for r in s.resources : r if strcontains(r, "an-archive")]) > 0] == [
      toset(["s3:ListBucket"]), toset(["s3:GetObject", "s3:GetObjectVersion"])
    ]
    error_message = "An archive is for reading only."
  }
}

run "refuses_a_batch_of_none" {
  command = plan

  variables {
    batch_size = 0
  }

  expect_failures = [var.batch_size]
}

run "refuses_a_large_batch_without_a_window" {
  command = plan

  variables {
    batch_size = 100
  }

  expect_failures = [var.batch_size]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # Too long a window.
    batching_window_seconds = 301
    # The ARN of a bucket, not its name.
    archives = ["arn:aws:s3:::an-archive"]
    # A schedule that is none.
    extract = { schedule = "daily" }
    # A look at every minute.
    freshness_minutes = 1
    # Too short a timeout.
    loader_timeout_seconds = 60
    # A concurrency that Lambda does not take.
    maximum_concurrency = 1
    # A single delivery.
    maximum_receives = 1
    # A name with capitals.
    name = "Catchment"
    # A key that is no secret.
    pii_key_secret_arn = "0123456789abcdef"
    # A stream of DynamoDB.
    streams = { changes = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/a/stream/1" } }
    # Another trigger.
    trigger = "email"
  }

  expect_failures = [
    var.archives,
    var.batching_window_seconds,
    var.extract,
    var.freshness_minutes,
    var.loader_timeout_seconds,
    var.maximum_concurrency,
    var.maximum_receives,
    var.name,
    var.pii_key_secret_arn,
    var.streams,
    var.trigger,
  ]
}

run "refuses_a_stream_from_somewhere_else" {
  command = plan

  variables {
    streams = {
      changes = {
        arn               = "arn:aws:kinesis:eu-central-1:123456789012:stream/readings"
        starting_position = "AT_TIMESTAMP"
      }
    }
  }

  expect_failures = [var.streams]
}
