mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name              = "catchment-test"
  security_group_id = "sg-0123456789abcdef0"
  subnet_ids        = ["subnet-a", "subnet-b"]
}

run "is_private_and_encrypted" {
  command = plan

  assert {
    condition     = aws_db_instance.main[0].publicly_accessible == false
    error_message = "It has a public address."
  }

  assert {
    condition     = aws_db_instance.main[0].storage_encrypted
    error_message = "It is not encrypted."
  }

  assert {
    condition     = aws_db_subnet_group.main[0].subnet_ids == toset(["subnet-a", "subnet-b"]) && aws_db_instance.main[0].db_subnet_group_name == aws_db_subnet_group.main[0].name
    error_message = "It is not in the private subnets."
  }

  assert {
    condition     = aws_db_instance.main[0].vpc_security_group_ids == toset(["sg-0123456789abcdef0"])
    error_message = "It is in another security group."
  }
}

run "keeps_no_password_in_the_state" {
  command = plan

  assert {
    condition     = aws_db_instance.main[0].manage_master_user_password
    error_message = "The password is not RDS's own."
  }

  assert {
    condition     = aws_db_instance.main[0].iam_database_authentication_enabled
    error_message = "Nobody can log in by IAM."
  }

  assert {
    condition     = toset(keys(aws_secretsmanager_secret.main)) == toset(["owner"])
    error_message = "Another role has a password."
  }
}

run "takes_tls_only_and_is_tuned" {
  command = plan

  variables {
    parameters = { work_mem = "65536" }
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.main[0].parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "TLS is not forced."
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.main[0].parameter : parameter.value if parameter.name == "max_wal_size"]) == "8192"
    error_message = "It is not tuned for COPY."
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.main[0].parameter : parameter.value if parameter.name == "work_mem"]) == "65536"
    error_message = "A parameter of one's own does not count."
  }
}

run "cannot_be_deleted_by_mistake" {
  command = plan

  assert {
    condition     = aws_db_instance.main[0].deletion_protection && !aws_db_instance.main[0].skip_final_snapshot && aws_db_instance.main[0].backup_retention_period == 7
    error_message = "It can be deleted, or without a trace."
  }
}

run "can_be_deleted_on_demand" {
  command = plan

  variables {
    deletion_protection = false
    final_snapshot      = false
  }

  assert {
    condition     = !aws_db_instance.main[0].deletion_protection && aws_db_instance.main[0].skip_final_snapshot
    error_message = "It stays."
  }
}

run "logs_in_by_iam" {
  command = plan

  assert {
    condition     = output.connections.loader.user_arn == "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCKED/catchment_loader"
    error_message = "The loader's user is another."
  }

  assert {
    condition     = output.connections.api.url == "postgresql://catchment_api@mocked.abc.eu-central-1.rds.amazonaws.com:5432/catchment"
    error_message = "The API goes elsewhere."
  }

  assert {
    condition     = output.admin.secret_arn == "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-mocked"
    error_message = "Builds do not know the administrator's secret."
  }
}

run "serves_the_api_from_a_replica" {
  command = plan

  variables {
    api_connection = "replica"
  }

  assert {
    condition     = aws_db_instance.replica[0].replicate_source_db == "catchment-test" && aws_db_instance.replica[0].publicly_accessible == false
    error_message = "There is no private replica."
  }

  assert {
    condition     = tolist(output.identifiers) == tolist(["catchment-test", "catchment-test-replica"])
    error_message = "The replica is not watched."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.main) == 4 && length(aws_db_instance.replica[0].enabled_cloudwatch_logs_exports) == 2
    error_message = "The replica does not log, or without an end."
  }
}

run "serves_the_api_through_a_proxy" {
  command = plan

  variables {
    api_connection = "proxy"
  }

  assert {
    condition     = aws_db_proxy.main[0].require_tls && aws_db_proxy.main[0].default_auth_scheme == "IAM_AUTH"
    error_message = "The proxy takes passwords, or no TLS."
  }

  assert {
    condition     = strcontains(output.connections.api.url, "@mocked.proxy-abc.")
    error_message = "The API does not go through it."
  }

  assert {
    condition     = output.connections.api.user_arn == "arn:aws:rds-db:eu-central-1:123456789012:dbuser:prx-mocked/catchment_api"
    error_message = "The API may not log in to it."
  }

  assert {
    condition     = strcontains(output.connections.loader.url, "@mocked.abc.")
    error_message = "The loader goes through it: COPY pins its connection."
  }

  assert {
    condition     = data.aws_iam_policy_document.proxy.statement[0].resources == toset(["arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCKED/catchment_api"])
    error_message = "The proxy may log in as somebody else."
  }
}

run "takes_a_database_that_is_there" {
  command = plan

  variables {
    existing = {
      host             = "db.example.com"
      admin_user       = "postgres"
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
    }
  }

  assert {
    condition     = length(aws_db_instance.main) == 0 && length(aws_db_parameter_group.main) == 0 && output.arn == null && length(output.identifiers) == 0
    error_message = "One is made nevertheless."
  }

  assert {
    condition     = output.connections.loader.url == "postgresql://catchment_loader@db.example.com:5432/catchment"
    error_message = "The loader goes elsewhere."
  }

  assert {
    condition     = output.connections.loader.secret_arn != null && output.connections.loader.user_arn == null
    error_message = "The loader has no password."
  }

  assert {
    condition     = toset(keys(output.secret_arns)) == toset(["api", "loader", "owner"])
    error_message = "A role has no secret."
  }
}

run "takes_an_aurora_that_is_there" {
  command = plan

  variables {
    existing = {
      authentication   = "iam"
      resource_id      = "cluster-ABC"
      reader_host      = "reader.example.com"
      host             = "db.example.com"
      admin_user       = "postgres"
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
    }
  }

  assert {
    condition     = output.connections.api.url == "postgresql://catchment_api@reader.example.com:5432/catchment"
    error_message = "The API does not read from the reader."
  }

  assert {
    condition     = output.connections.api.user_arn == "arn:aws:rds-db:eu-central-1:123456789012:dbuser:cluster-ABC/catchment_api"
    error_message = "The API may not log in."
  }
}

run "logs_for_as_long_as_it_is_told" {
  command = plan

  variables {
    log_retention_days = 30
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.main : group.retention_in_days == 30]) && length(aws_cloudwatch_log_group.main) == 2
    error_message = "A log has no end."
  }
}

run "is_monitored_by_a_role_of_few_rights" {
  command = plan

  assert {
    condition     = aws_db_instance.main[0].monitoring_interval == 60 && aws_db_instance.main[0].performance_insights_enabled
    error_message = "It is not monitored."
  }

  assert {
    condition     = alltrue([for resource in data.aws_iam_policy_document.monitoring.statement[0].resources : strcontains(resource, "log-group:RDSOSMetrics")])
    error_message = "The role may write elsewhere."
  }
}

run "refuses_another_api_connection" {
  command = plan

  variables {
    api_connection = "both"
  }

  expect_failures = [var.api_connection]
}

run "refuses_storage_that_cannot_grow" {
  command = plan

  variables {
    storage_maximum_gb = 50
  }

  expect_failures = [var.storage_maximum_gb]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # An administrator named like a role.
    admin_user = "catchment_owner"
    # No backups.
    backup_retention_days = 0
    # A name with a hyphen.
    database_name = "my-data"
    # An existing database of another authentication.
    existing = {
      authentication   = "ldap"
      resource_id      = "db-ABC"
      host             = "db.example.com"
      admin_user       = "postgres"
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
    }
    # A class that is none.
    instance_class = "t4g.medium"
    # Another interval.
    monitoring_interval_seconds = 7
    # Too long a name.
    name = "catchment-with-a-name-that-is-longer-than-fifty-signs"
    # Connections without TLS.
    parameters = { "rds.force_ssl" = "0" }
    # An old PostgreSQL.
    postgres_version = "12"
    # Too little storage.
    storage_gb = 5
    # A single subnet.
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [
    var.admin_user,
    var.backup_retention_days,
    var.database_name,
    var.existing,
    var.instance_class,
    var.monitoring_interval_seconds,
    var.name,
    var.parameters,
    var.postgres_version,
    var.storage_gb,
    var.subnet_ids,
  ]
}

run "refuses_other_wrong_values" {
  command = plan

  variables {
    # IAM without a resource id.
    existing = {
      authentication   = "iam"
      host             = "db.example.com"
      admin_user       = "postgres"
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
    }
  }

  expect_failures = [
    var.existing,
  ]
}

run "refuses_a_proxy_of_a_database_that_is_there" {
  command = plan

  variables {
    api_connection = "proxy"
    existing = {
      host             = "db.example.com"
      admin_user       = "postgres"
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
    }
  }

  expect_failures = [var.api_connection]
}
