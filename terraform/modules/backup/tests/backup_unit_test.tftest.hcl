mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  database = { arn = "arn:aws:rds:eu-central-1:123456789012:db:catchment-test" }
  name     = "catchment-test"
}

run "backs_up_every_day" {
  command = plan

  assert {
    condition     = one(aws_backup_plan.main[0].rule).schedule == "cron(0 2 * * ? *)" && one(one(aws_backup_plan.main[0].rule).lifecycle).delete_after == 35
    error_message = "There is no daily backup of 35 days."
  }

  assert {
    condition     = aws_backup_selection.main[0].resources == toset([var.database.arn])
    error_message = "Something else is backed up."
  }

  assert {
    condition     = length(one(aws_backup_plan.main[0].rule).copy_action) == 0 && length(aws_backup_vault.copy) == 0 && length(aws_s3_bucket_replication_configuration.dumps) == 0 && output.dumps_copy_bucket == null
    error_message = "There is a copy that nobody asked for."
  }
}

run "copies_to_a_second_region" {
  command = plan

  variables {
    copy_region = "eu-west-1"
  }

  assert {
    condition     = aws_backup_vault.copy[0].region == "eu-west-1" && length(one(aws_backup_plan.main[0].rule).copy_action) == 1
    error_message = "There is no copy."
  }
}

run "copies_dumps_to_a_second_region_too" {
  command = plan

  variables {
    copy_region = "eu-west-1"
    database    = null
  }

  assert {
    condition     = one(aws_s3_bucket_replication_configuration.dumps[0].rule).status == "Enabled" && one(one(aws_s3_bucket_replication_configuration.dumps[0].rule).destination).bucket == module.dumps_copy[0].arn
    error_message = "Dumps are not copied."
  }

  assert {
    condition     = one(one(aws_s3_bucket_replication_configuration.dumps[0].rule).delete_marker_replication).status == "Disabled"
    error_message = "Who deletes a dump deletes its copy."
  }

  assert {
    condition     = toset(flatten([for s in data.aws_iam_policy_document.copy[0].statement : tolist(s.actions)])) == toset(["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging", "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ReplicateObject", "s3:ReplicateTags"])
    error_message = "The role may do more or less than copy."
  }
}

run "copies_locks_with_the_dumps" {
  command = plan

  variables {
    copy_region      = "eu-west-1"
    object_lock_days = 7
  }

  assert {
    condition     = contains(flatten([for s in data.aws_iam_policy_document.copy[0].statement : tolist(s.actions)]), "s3:GetObjectRetention")
    error_message = "S3 copies nothing from a bucket whose locks it may not read."
  }
}

run "has_a_role_of_few_rights" {
  command = plan

  assert {
    condition     = alltrue(flatten([for s in data.aws_iam_policy_document.main[0].statement : [for a in s.actions : !strcontains(a, "*")]]))
    error_message = "An action has a star."
  }

  assert {
    condition     = !contains(flatten([for s in data.aws_iam_policy_document.main[0].statement : tolist(s.resources)]), "*")
    error_message = "A right is about all resources."
  }
}

run "leaves_a_database_of_others_alone" {
  command = plan

  variables {
    database = null
  }

  assert {
    condition     = length(aws_backup_plan.main) == 0 && length(aws_backup_vault.main) == 0 && output.vault == null
    error_message = "It is backed up."
  }

  assert {
    condition     = output.dumps_bucket.name == "mocked"
    error_message = "There is no place for dumps."
  }
}

run "refuses_a_copy_into_its_own_region" {
  command = plan

  variables {
    copy_region = "eu-central-1"
  }

  expect_failures = [aws_s3_bucket_replication_configuration.dumps]
}

run "refuses_a_lock_that_outlasts_the_dump" {
  command = plan

  variables {
    object_lock_days = 90
  }

  expect_failures = [var.object_lock_days]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # A region that is none.
    copy_region = "Ireland"
    # Backups that go at once.
    retention_days = 0
    # Another schedule.
    schedule = "daily"
  }

  expect_failures = [
    var.copy_region,
    var.retention_days,
    var.schedule,
  ]
}
