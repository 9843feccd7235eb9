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
      CATCHMENT_CHECK_PROJECT=catchment-test-check
      CATCHMENT_DEAD_LETTERS_URL=https://sqs.eu-central-1.amazonaws.com/123456789012/mocked
      CATCHMENT_EXTRACT_FUNCTION=catchment-test-extract
      CATCHMENT_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/123456789012/mocked
      LOADER_FUNCTION=catchment-test-loader
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
    condition     = local.endpoints == toset(["lambda", "logs", "secretsmanager", "sns"])
    error_message = "Builds reach a service no more, or the API the loader."
  }

  assert {
    condition     = !local.api_to_internet
    error_message = "The API is let out where there is no way."
  }
}

run "lets_the_api_reach_the_loader_by_nat" {
  command = plan

  assert {
    condition     = local.api_to_internet && local.api_reaches_queues && length(local.endpoints) == 0
    error_message = "The API does not reach the loader and its queues, or by a way that costs."
  }
}

run "keeps_the_api_in_where_the_loader_has_an_endpoint" {
  command = plan

  variables {
    network = { interface_endpoints = ["lambda"] }
  }

  assert {
    condition     = !local.api_to_internet && !local.api_reaches_queues
    error_message = "The API may go where it need not."
  }
}

run "keeps_the_api_in_where_it_takes_no_rows" {
  command = plan

  variables {
    api = { access = "key", admin_uploads = false }
  }

  assert {
    condition     = !local.api_to_internet && output.api_access == "Who has a key may ask."
    error_message = "The API may go where it need not."
  }
}

run "needs_no_endpoint_of_the_loader_where_it_takes_no_rows" {
  command = plan

  variables {
    api     = { admin_uploads = false }
    network = { nat = "none" }
  }

  assert {
    condition     = local.endpoints == toset(["logs", "secretsmanager", "sns"])
    error_message = "An endpoint costs that nobody uses."
  }
}

run "lets_the_api_reach_its_issuer" {
  command = plan

  variables {
    api     = { access = "jwt", admin_uploads = false, tokens = { cognito_domain = "test-tokens" } }
    network = { interface_endpoints = ["lambda"] }
  }

  assert {
    condition     = local.api_to_internet && output.token.client_ids == { admin = "mockedclient", reader = "mockedclient" }
    error_message = "The API cannot read the keys of its issuer."
  }
}

run "lets_the_gateway_look_at_tokens_without_nat" {
  command = plan

  variables {
    api     = { access = "gateway", tokens = { cognito_domain = "test-tokens" } }
    network = { nat = "none" }
  }

  assert {
    condition     = !local.api_to_internet && keys(output.token.client_ids) == ["reader"]
    error_message = "The API is let out, or looks at tokens itself."
  }
}

run "refuses_tokens_whose_issuer_the_api_does_not_reach" {
  command = plan

  variables {
    api     = { access = "jwt", tokens = { cognito_domain = "test-tokens" } }
    network = { nat = "none" }
  }

  expect_failures = [var.api]
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
