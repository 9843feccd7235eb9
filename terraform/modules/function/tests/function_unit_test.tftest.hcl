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
  description       = "Loads files."
  handler           = "loader.handler.handler"
  name              = "catchment-test-loader"
  package           = "main.tf"
  security_group_id = "sg-0123456789abcdef0"
  subnet_ids        = ["subnet-a", "subnet-b"]
  timeout_seconds   = 900
}

run "runs_in_private_subnets" {
  command = plan

  assert {
    condition     = aws_lambda_function.main.vpc_config[0].subnet_ids == toset(["subnet-a", "subnet-b"])
    error_message = "It is not in the subnets."
  }

  assert {
    condition     = aws_lambda_function.main.vpc_config[0].security_group_ids == toset(["sg-0123456789abcdef0"])
    error_message = "It is not in its security group."
  }

  assert {
    condition     = aws_lambda_function.main.runtime == "python3.13" && tolist(aws_lambda_function.main.architectures) == tolist(["arm64"])
    error_message = "It is not Python 3.13 on arm64."
  }

  assert {
    condition     = aws_lambda_function.main.source_code_hash == filebase64sha256("main.tf")
    error_message = "A new package would not be deployed."
  }
}

run "has_no_password_in_its_environment" {
  command = plan

  variables {
    environment = { CATCHMENT_BUCKET = "files" }
  }

  assert {
    condition     = aws_lambda_function.main.environment[0].variables == tomap({ DATABASE_URL = var.database.url, DATABASE_PASSWORD_FROM = "iam", PGSSLMODE = "verify-full", PGSSLROOTCERT = "/var/task/rds-ca.pem", CATCHMENT_BUCKET = "files" })
    error_message = "The environment has other words."
  }
}

run "logs_json_for_as_long_as_it_is_told" {
  command = plan

  variables {
    log_retention_days = 30
  }

  assert {
    condition     = aws_cloudwatch_log_group.main.name == "/aws/lambda/catchment-test-loader" && aws_cloudwatch_log_group.main.retention_in_days == 30
    error_message = "The log group has no end."
  }

  assert {
    condition     = aws_lambda_function.main.logging_config[0].log_format == "JSON" && aws_lambda_function.main.logging_config[0].log_group == aws_cloudwatch_log_group.main.name
    error_message = "The function logs elsewhere."
  }
}

run "logs_in_by_iam" {
  command = plan

  assert {
    condition     = one([for s in data.aws_iam_policy_document.main.statement : s.resources if contains(s.actions, "rds-db:connect")]) == toset([var.database.user_arn])
    error_message = "It may log in as somebody else, or not at all."
  }

  assert {
    condition     = length([for s in data.aws_iam_policy_document.main.statement : s if contains(s.actions, "secretsmanager:GetSecretValue")]) == 0
    error_message = "It may read a secret."
  }
}

run "logs_in_by_password" {
  command = plan

  variables {
    database = {
      authentication = "password"
      password_from  = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:loader"
      secret_arn     = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:loader"
      url            = "postgresql://catchment_loader@db.example.com:5432/catchment"
    }
  }

  assert {
    condition     = one([for s in data.aws_iam_policy_document.main.statement : s.resources if contains(s.actions, "secretsmanager:GetSecretValue")]) == toset([var.database.secret_arn])
    error_message = "It may read other secrets, or none."
  }

  assert {
    condition     = length([for s in data.aws_iam_policy_document.main.statement : s if contains(s.actions, "rds-db:connect")]) == 0
    error_message = "It may log in by IAM."
  }

  assert {
    condition     = aws_lambda_function.main.environment[0].variables["DATABASE_PASSWORD_FROM"] == var.database.secret_arn
    error_message = "It does not know its secret."
  }
}

run "allows_all_resources_only_for_network_interfaces" {
  command = plan

  assert {
    condition     = [for s in data.aws_iam_policy_document.main.statement : s.sid if s.effect != "Deny" && contains(s.resources, "*")] == ["NetworkInterfaces"]
    error_message = "Another statement allows all resources."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.main.statement : s.sid if s.effect == "Deny"] == ["NetworkInterfacesNotByTheCode"]
    error_message = "The code may make network interfaces."
  }

  assert {
    condition     = alltrue(flatten([for s in data.aws_iam_policy_document.main.statement : [for action in s.actions : !strcontains(action, "*")]]))
    error_message = "An action has a star."
  }
}

run "is_traced_on_demand" {
  command = plan

  variables {
    tracing = true
  }

  assert {
    condition     = aws_lambda_function.main.tracing_config[0].mode == "Active"
    error_message = "It is not traced."
  }

  assert {
    condition     = length([for s in data.aws_iam_policy_document.main.statement : s if contains(s.actions, "xray:PutTraceSegments")]) == 1
    error_message = "It may not write traces."
  }
}

run "starts_from_a_snapshot_on_demand" {
  command = plan

  variables {
    snapstart = true
  }

  assert {
    condition     = aws_lambda_function.main.snap_start[0].apply_on == "PublishedVersions" && aws_lambda_function.main.publish
    error_message = "It starts without a snapshot."
  }
}

run "refuses_a_package_that_is_not_there" {
  command = plan

  variables {
    package = "no.zip"
  }

  expect_failures = [aws_lambda_function.main]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # Another processor.
    architecture = "riscv"
    # Another authentication.
    database = {
      authentication = "kerberos"
      password_from  = "iam"
      url            = "postgresql://catchment_loader@db.example.com:5432/catchment"
      user_arn       = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-ABC/catchment_loader"
    }
    # Too little memory.
    memory_mb = 64
    # Too much storage.
    ephemeral_storage_mb = 20000
    # Too long a name.
    name = "catchment-a-name-that-is-much-longer-than-any-function-may-have-here"
    # No concurrency at all.
    reserved_concurrency = 0
    # More than fifteen minutes.
    timeout_seconds = 901
  }

  expect_failures = [
    var.architecture,
    var.database,
    var.memory_mb,
    var.ephemeral_storage_mb,
    var.name,
    var.reserved_concurrency,
    var.timeout_seconds,
  ]
}
