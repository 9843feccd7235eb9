mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  alert_topic_arn = "arn:aws:sns:eu-central-1:123456789012:alerts"
  database = {
    admin = {
      secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
      user       = "catchment_admin"
    }
    host        = "db.example.com"
    name        = "catchment"
    port        = 5432
    secret_arns = { owner = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:owner" }
  }
  dumps_bucket      = { arn = "arn:aws:s3:::dumps", name = "dumps" }
  name              = "catchment-test"
  package           = "main.tf"
  security_group_id = "sg-0123456789abcdef0"
  subnet_ids        = ["subnet-a", "subnet-b"]
  vpc_id            = "vpc-0123456789abcdef0"
}

run "runs_inside_the_network" {
  command = plan

  assert {
    condition     = toset(keys(aws_codebuild_project.main)) == toset(["build", "check", "dump"])
    error_message = "A project is missing."
  }

  assert {
    condition     = alltrue([for project in aws_codebuild_project.main : project.vpc_config[0].subnets == toset(["subnet-a", "subnet-b"])])
    error_message = "A project runs elsewhere."
  }

  assert {
    condition     = alltrue([for project in aws_codebuild_project.main : project.environment[0].type == "ARM_CONTAINER"])
    error_message = "A project has another processor."
  }

  assert {
    condition     = alltrue([for key, group in aws_cloudwatch_log_group.main : group.retention_in_days == 90 && aws_codebuild_project.main[key].logs_config[0].cloudwatch_logs[0].group_name == group.name])
    error_message = "A log has no end."
  }
}

run "has_no_password_in_plain_sight" {
  command = plan

  assert {
    condition     = one([for v in aws_codebuild_project.main["build"].environment[0].environment_variable : v.type if v.name == "PGPASSWORD"]) == "SECRETS_MANAGER" && one([for v in aws_codebuild_project.main["build"].environment[0].environment_variable : v.value if v.name == "PGPASSWORD"]) == "${var.database.admin.secret_arn}:password"
    error_message = "The build's password is no secret."
  }

  assert {
    condition     = one([for v in aws_codebuild_project.main["check"].environment[0].environment_variable : v.type if v.name == "DBT_ENV_SECRET_WAREHOUSE_PASSWORD"]) == "SECRETS_MANAGER"
    error_message = "The check's password is no secret."
  }

  assert {
    condition     = one([for v in aws_codebuild_project.main["build"].environment[0].environment_variable : v.value if v.name == "DATABASE_URL"]) == "postgresql://catchment_admin@db.example.com:5432/catchment"
    error_message = "The build goes elsewhere."
  }

  assert {
    condition     = alltrue([for project in aws_codebuild_project.main : one([for v in project.environment[0].environment_variable : v.value if v.name == "PGSSLMODE"]) == "verify-full"])
    error_message = "A project does not verify the server."
  }
}

run "lets_only_the_build_act_as_administrator" {
  command = plan

  assert {
    condition     = toset([for key, policy in data.aws_iam_policy_document.main : key if contains(flatten([for s in policy.statement : tolist(s.resources)]), var.database.admin.secret_arn)]) == toset(["build"])
    error_message = "Another project may read the administrator's password."
  }

  assert {
    condition     = toset([for key, policy in data.aws_iam_policy_document.main : key if contains(flatten([for s in policy.statement : tolist(s.actions)]), "secretsmanager:PutSecretValue")]) == toset(["build"])
    error_message = "Another project may write passwords."
  }

  assert {
    condition     = alltrue(flatten([for policy in data.aws_iam_policy_document.main : [for s in policy.statement : [for a in s.actions : !strcontains(a, "*")]]]))
    error_message = "An action has a star."
  }

  assert {
    condition     = toset(flatten([for policy in data.aws_iam_policy_document.main : [for s in policy.statement : s.sid if contains(s.resources, "*")]])) == toset(["NetworkInterfaces"])
    error_message = "Another statement is about all resources."
  }
}

run "checks_and_dumps_on_schedule" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.main["check"].schedule_expression == "cron(0 6 * * ? *)" && aws_scheduler_schedule.main["dump"].schedule_expression == "cron(0 3 * * ? *)"
    error_message = "A schedule is missing."
  }

  assert {
    condition     = data.aws_iam_policy_document.schedule.statement[0].actions == toset(["codebuild:StartBuild"])
    error_message = "The schedule may do more."
  }
}

run "can_leave_schedules_away" {
  command = plan

  variables {
    check_schedule = null
    dump_schedule  = null
  }

  assert {
    condition     = length(aws_scheduler_schedule.main) == 0
    error_message = "A schedule is left."
  }
}

run "follows_a_new_package" {
  command = plan

  assert {
    condition     = aws_s3_object.source.source_hash == filemd5("main.tf") && aws_s3_object.source.key == "source/warehouse.zip"
    error_message = "A new package would not be uploaded."
  }
}

run "has_buildspecs_for_bash" {
  command = plan

  assert {
    condition     = alltrue([for project in aws_codebuild_project.main : yamldecode(project.source[0].buildspec).env.shell == "bash" && yamldecode(project.source[0].buildspec).version == 0.2])
    error_message = "A buildspec is not for bash."
  }

  assert {
    condition     = strcontains(aws_codebuild_project.main["build"].source[0].buildspec, "dbt build")
    error_message = "The build builds nothing."
  }
}

run "refuses_a_package_that_is_not_there" {
  command = plan

  variables {
    package = "no.zip"
  }

  expect_failures = [aws_s3_object.source]
}

run "refuses_an_owner_without_a_secret" {
  command = plan

  variables {
    database = { admin = { secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin", user = "b" }, host = "c", name = "d", port = 5432, secret_arns = {} }
  }

  expect_failures = [var.database]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # Another processor.
    architecture = "riscv"
    # Too short a time.
    build_timeout_minutes = 1
    # Another check schedule.
    check_schedule = "daily"
    # Another dump schedule.
    dump_schedule = "daily"
    # Another machine.
    compute_type = "m5.large"
  }

  expect_failures = [
    var.architecture,
    var.build_timeout_minutes,
    var.check_schedule,
    var.dump_schedule,
    var.compute_type,
  ]
}
