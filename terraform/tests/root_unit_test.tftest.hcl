# The stack as a whole: what one part tells another.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name              = "test"
  package           = "main.tf"
  warehouse_package = "main.tf"
}

run "makes_everything_of_a_name_alone" {
  command = plan

  assert {
    condition     = output.functions == { api = "catchment-test-api", extract = "catchment-test-extract", loader = "catchment-test-loader" }
    error_message = "A function is missing, or has another name."
  }

  assert {
    condition     = toset(keys(output.build_projects)) == toset(["build", "check", "dump"])
    error_message = "A CodeBuild project is missing."
  }

  assert {
    condition     = terraform_data.protection.input.on
    error_message = "The stack can be destroyed by mistake."
  }
}

run "says_what_the_command_line_needs" {
  command = plan

  assert {
    condition     = output.env == <<-EOT
      AWS_DEFAULT_REGION=eu-central-1
      CATCHMENT_ALERT_TOPIC=arn:aws:sns:eu-central-1:123456789012:mocked
      CATCHMENT_API_URL=https://a1b2c3.execute-api.eu-central-1.amazonaws.com
      CATCHMENT_BUCKET=mocked
      CATCHMENT_BUILD_PROJECT=catchment-test-build
      CATCHMENT_EXTRACT_FUNCTION=catchment-test-extract
    EOT
    error_message = "The file of the stack has other words: ${output.env}"
  }
}

run "extracts_only_with_a_way_to_the_internet" {
  command = plan

  variables {
    network = { nat = "none" }
  }

  assert {
    condition     = !contains(keys(output.functions), "extract") && !strcontains(output.env, "EXTRACT")
    error_message = "There is an extract function that reaches nothing."
  }

  assert {
    condition     = local.endpoints == toset(["logs", "secretsmanager", "sns"])
    error_message = "Builds reach a service no more."
  }
}

run "gives_functions_a_way_to_their_passwords" {
  command = plan

  variables {
    existing_database = {
      admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin"
      admin_user       = "postgres"
      cidrs            = ["10.9.0.0/16"]
      host             = "db.example.com"
      port             = 6432
    }
  }

  assert {
    condition     = local.endpoints == toset(["secretsmanager"])
    error_message = "A function cannot read its password."
  }

  assert {
    condition     = output.database.host == "db.example.com" && output.database.port == 6432
    error_message = "Another database is used."
  }
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # Another processor.
    architecture = "riscv"
    # A database that is reached nowhere.
    existing_database = { admin_secret_arn = "a", admin_user = "b", cidrs = [], host = "c" }
    # A number of days that CloudWatch does not know.
    log_retention_days = 10
    # A name with capitals.
    name = "Test"
    # A region that is none.
    region = "Frankfurt"
    # An old Python.
    runtime = "python3.9"
  }

  expect_failures = [
    var.architecture,
    var.existing_database,
    var.log_retention_days,
    var.name,
    var.region,
    var.runtime,
  ]
}
