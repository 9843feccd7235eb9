mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  database = {
    authentication = "iam"
    password_from  = "iam"
    url            = "postgresql://catchment_api@db.example.com:5432/catchment"
    user_arn       = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-ABC/catchment_api"
  }
  name              = "catchment-test"
  package           = "main.tf"
  security_group_id = "sg-0123456789abcdef0"
  subnet_ids        = ["subnet-a", "subnet-b"]
}

run "routes_everything_to_the_function" {
  command = plan

  assert {
    condition     = toset(keys(aws_apigatewayv2_route.main)) == toset(["GET /aggregated-data", "ANY /", "ANY /{proxy+}"])
    error_message = "A route is missing."
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.main : route.authorization_type == "NONE" && startswith(route.target, "integrations/")])
    error_message = "A route leads elsewhere."
  }

  assert {
    condition     = aws_apigatewayv2_integration.main.payload_format_version == "2.0" && aws_apigatewayv2_integration.main.integration_uri == aws_lambda_alias.live.invoke_arn
    error_message = "The integration is not the handler's."
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "7"
    error_message = "The alias is not at the newest version."
  }

  assert {
    condition     = aws_lambda_permission.gateway.source_arn == "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/*/*" && aws_lambda_permission.gateway.qualifier == "live"
    error_message = "Other gateways may call the function."
  }
}

run "throttles_and_logs" {
  command = plan

  variables {
    log_retention_days = 14
  }

  assert {
    condition     = aws_apigatewayv2_stage.main.default_route_settings[0].throttling_rate_limit == 50 && aws_apigatewayv2_stage.main.default_route_settings[0].throttling_burst_limit == 50
    error_message = "Requests are not limited."
  }

  assert {
    condition     = aws_apigatewayv2_stage.main.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn
    error_message = "Requests are not logged."
  }

  assert {
    condition     = can(jsondecode(aws_apigatewayv2_stage.main.access_log_settings[0].format).status)
    error_message = "The log has no status."
  }

  assert {
    condition     = aws_cloudwatch_log_group.access.retention_in_days == 14
    error_message = "The log has no end."
  }
}

run "lets_no_page_ask_by_default" {
  command = plan

  assert {
    condition     = length(aws_apigatewayv2_api.main.cors_configuration) == 0
    error_message = "Any page may ask."
  }
}

run "lets_pages_ask_on_demand" {
  command = plan

  variables {
    cors_origins = ["https://example.com"]
  }

  assert {
    condition     = aws_apigatewayv2_api.main.cors_configuration[0].allow_origins == toset(["https://example.com"])
    error_message = "Pages may not ask."
  }

  assert {
    condition     = length(aws_apigatewayv2_route.open) == 0
    error_message = "There is a route beside."
  }
}

run "gives_tokens_to_programs" {
  command = plan

  variables {
    authentication = "cognito"
    token_domain   = "test-tokens"
    cors_origins   = ["https://example.com"]
  }

  assert {
    condition     = aws_cognito_user_pool_client.main[0].allowed_oauth_flows == toset(["client_credentials"])
    error_message = "The client has another flow."
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.main : route.authorization_type == "JWT" && route.authorization_scopes == toset(["catchment/read"])])
    error_message = "A route is open."
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Mocked123"
    error_message = "The issuer is another."
  }

  assert {
    condition     = toset(keys(aws_apigatewayv2_route.open)) == toset(["OPTIONS /{proxy+}"])
    error_message = "A browser cannot ask before it asks."
  }

  assert {
    condition     = output.token_url == "https://test-tokens.auth.eu-central-1.amazoncognito.com/oauth2/token"
    error_message = "The token endpoint is elsewhere."
  }
}

run "takes_tokens_of_another_issuer" {
  command = plan

  variables {
    authentication = "jwt"
    jwt            = { issuer = "https://issuer.example.com", audience = ["data"] }
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].issuer == "https://issuer.example.com" && length(aws_cognito_user_pool.main) == 0
    error_message = "The issuer is another."
  }
}

run "has_a_name_of_its_own" {
  command = plan

  variables {
    domain = { name = "data.example.com", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/abc" }
  }

  assert {
    condition     = aws_apigatewayv2_domain_name.main[0].domain_name_configuration[0].security_policy == "TLS_1_2"
    error_message = "Old TLS is taken."
  }

  assert {
    condition     = aws_apigatewayv2_api.main.disable_execute_api_endpoint && output.url == "https://data.example.com"
    error_message = "It answers under two names."
  }

  assert {
    condition     = length(aws_route53_record.main) == 0
    error_message = "A record is made without a zone."
  }
}

run "is_kept_warm_on_demand" {
  command = plan

  variables {
    provisioned_concurrency = 3
    reserved_concurrency    = 10
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.live[0].provisioned_concurrent_executions == 3 && aws_lambda_provisioned_concurrency_config.live[0].qualifier == "live"
    error_message = "It is not kept warm."
  }
}

run "refuses_another_authentication" {
  command = plan

  variables {
    authentication = "basic"
  }

  expect_failures = [var.authentication]
}

run "refuses_jwt_without_an_issuer" {
  command = plan

  variables {
    authentication = "jwt"
  }

  expect_failures = [var.authentication]
}

run "refuses_cognito_without_a_domain" {
  command = plan

  variables {
    authentication = "cognito"
  }

  expect_failures = [var.authentication]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # An origin with a path.
    cors_origins = ["https://example.com/page"]
    # A name that is none.
    domain = { name = "https://data.example.com", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/abc" }
    # An issuer without TLS.
    jwt = { issuer = "http://issuer.example.com", audience = ["data"] }
    # A name with capitals.
    name = "Catchment"
    # Warm functions that are negative.
    provisioned_concurrency = -1
    # No requests at one moment.
    throttling_burst = 0
    # No requests a second.
    throttling_rate = 0
    # A domain that Cognito refuses.
    token_domain = "my-aws-tokens"
  }

  expect_failures = [
    var.cors_origins,
    var.domain,
    var.jwt,
    var.name,
    var.provisioned_concurrency,
    var.throttling_burst,
    var.throttling_rate,
    var.token_domain,
  ]
}

run "refuses_other_wrong_values" {
  command = plan

  variables {
    # A certificate that is none.
    domain = { name = "data.example.com", certificate_arn = "abc" }
  }

  expect_failures = [
    var.domain,
  ]
}

run "refuses_warm_functions_beside_snapshots" {
  command = plan

  variables {
    provisioned_concurrency = 1
    snapstart               = true
  }

  expect_failures = [var.provisioned_concurrency]
}

run "refuses_more_warm_functions_than_reserved" {
  command = plan

  variables {
    provisioned_concurrency = 5
    reserved_concurrency    = 2
  }

  expect_failures = [var.provisioned_concurrency]
}
