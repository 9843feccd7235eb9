mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "catchment-test-files-123456789012"
}

run "is_private" {
  command = plan

  assert {
    condition     = alltrue([aws_s3_bucket_public_access_block.main.block_public_acls, aws_s3_bucket_public_access_block.main.block_public_policy, aws_s3_bucket_public_access_block.main.ignore_public_acls, aws_s3_bucket_public_access_block.main.restrict_public_buckets])
    error_message = "Some public access is not blocked."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.main.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "Access lists are not off."
  }
}

run "is_versioned_and_encrypted" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.main.versioning_configuration[0].status == "Enabled"
    error_message = "Versions are off."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.main.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Encryption is off."
  }
}

run "takes_tls_only" {
  command = plan

  assert {
    condition     = data.aws_iam_policy_document.tls_only.statement[0].effect == "Deny"
    error_message = "The statement is no denial."
  }

  assert {
    condition     = data.aws_iam_policy_document.tls_only.statement[0].resources == toset([aws_s3_bucket.main.arn, "${aws_s3_bucket.main.arn}/*"])
    error_message = "The denial leaves objects or the bucket out."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.tls_only.statement[0].condition).variable == "aws:SecureTransport" && tolist(one(data.aws_iam_policy_document.tls_only.statement[0].condition).values) == tolist(["false"])
    error_message = "The denial is not about TLS."
  }
}

run "can_stand_in_another_region" {
  command = plan

  variables {
    object_lock_days = 7
    region           = "eu-west-1"
  }

  assert {
    condition = toset([
      aws_s3_bucket.main.region,
      aws_s3_bucket_lifecycle_configuration.main.region,
      aws_s3_bucket_object_lock_configuration.main[0].region,
      aws_s3_bucket_ownership_controls.main.region,
      aws_s3_bucket_policy.main.region,
      aws_s3_bucket_public_access_block.main.region,
      aws_s3_bucket_server_side_encryption_configuration.main.region,
      aws_s3_bucket_versioning.main.region,
    ]) == toset(["eu-west-1"])
    error_message = "A setting of the bucket would be looked for in the provider's region."
  }
}

run "is_deleted_only_without_protection" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_s3_bucket.main.force_destroy
    error_message = "The bucket would stop destroy."
  }
}

run "keeps_objects_as_long_as_it_is_told" {
  command = plan

  variables {
    lifetimes = { "processed/" = { archive_days = 30 }, "failed/" = { expire_days = 90 } }
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.main.rule) == 3
    error_message = "A rule is missing."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.main.rule : one(rule.transition).days if rule.id == "processed"]) == 30
    error_message = "Loaded files do not move after 30 days."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.main.rule : one(rule.expiration).days if rule.id == "failed"]) == 90
    error_message = "Failed files are not deleted after 90 days."
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.main.rule : one(rule.filter).prefix if rule.id == "failed"]) == "failed/"
    error_message = "The rule is not about failed/."
  }
}

run "locks_objects_on_demand" {
  command = plan

  variables {
    object_lock_days = 7
  }

  assert {
    condition     = aws_s3_bucket.main.object_lock_enabled
    error_message = "The bucket has no lock."
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.main[0].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.main[0].rule[0].default_retention[0].days == 7
    error_message = "The lock is not 7 days of compliance."
  }
}

run "has_no_lock_by_default" {
  command = plan

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.main) == 0 && !aws_s3_bucket.main.object_lock_enabled && !aws_s3_bucket.main.force_destroy
    error_message = "There is a lock, or no protection."
  }
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # A name that S3 does not take.
    name = "Catchment_Files"
    # A lock of no days.
    object_lock_days = 0
    # Versions that go at once.
    noncurrent_days = 0
    # An archive before its time.
    lifetimes = { "processed/" = { archive_days = 7 } }
  }

  expect_failures = [
    var.name,
    var.object_lock_days,
    var.noncurrent_days,
    var.lifetimes,
  ]
}

run "refuses_objects_that_go_at_once" {
  command = plan

  variables {
    lifetimes = { "failed/" = { expire_days = 0 } }
  }

  expect_failures = [var.lifetimes]
}

run "refuses_other_wrong_values" {
  command = plan

  variables {
    # Deletion before the archive.
    lifetimes = { "processed/" = { archive_days = 60, expire_days = 30 } }
  }

  expect_failures = [
    var.lifetimes,
  ]
}
