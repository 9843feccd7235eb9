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
    condition     = contains(aws_apigatewayv2_api.main.cors_configuration[0].allow_methods, "POST") && length(setsubtract(["authorization", "content-type", "idempotency-key", "x-api-key"], aws_apigatewayv2_api.main.cors_configuration[0].allow_headers)) == 0
    error_message = "Pages may not show who they are, or send rows."
  }

  assert {
    condition     = length(setsubtract(["etag", "last-modified", "link", "ogc-numbermatched", "ogc-numberreturned", "retry-after"], aws_apigatewayv2_api.main.cors_configuration[0].expose_headers)) == 0
    error_message = "Pages do not see what the answer says of itself."
  }

  assert {
    condition     = length(aws_apigatewayv2_route.open) == 0
    error_message = "There is a route beside."
  }
}

run "is_open_to_read_and_has_no_right_by_default" {
  command = plan

  assert {
    condition     = local.access_environment == { API_ACCESS = "open" }
    error_message = "The API is told something else."
  }

  assert {
    condition     = length(aws_iam_role_policy.uploads) == 0 && length(aws_cognito_user_pool.main) == 0 && length(aws_apigatewayv2_authorizer.main) == 0
    error_message = "It has more than it needs."
  }

  assert {
    condition     = startswith(output.access, "Everybody may read.")
    error_message = "It is not said that everybody may read."
  }
}

run "takes_files_and_rows" {
  command = plan

  variables {
    uploads = {
      bucket     = "catchment-test-files"
      folder_arn = "arn:aws:s3:::catchment-test-files/incoming/"
      loader     = "catchment-test-loader"
      loader_arn = "arn:aws:lambda:eu-central-1:123456789012:function:catchment-test-loader"
    }
  }

  assert {
    condition     = local.access_environment == { API_ACCESS = "open", CATCHMENT_BUCKET = "catchment-test-files", LOADER_FUNCTION = "catchment-test-loader" }
    error_message = "The API does not know where they go."
  }

  assert {
    condition = [for one in data.aws_iam_policy_document.uploads[0].statement : [one.actions, one.resources]] == [
      [toset(["s3:PutObject"]), toset(["arn:aws:s3:::catchment-test-files/incoming/*"])],
      [toset(["lambda:InvokeFunction"]), toset(["arn:aws:lambda:eu-central-1:123456789012:function:catchment-test-loader"])],
    ]
    error_message = "It may do something else."
  }
}

run "counts_what_waits" {
  command = plan

  variables {
    queues = {
      dead_letters = { arn = "arn:aws:sqs:eu-central-1:123456789012:dead", url = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead" }
    }
  }

  assert {
    condition     = local.access_environment == { API_ACCESS = "open", CATCHMENT_DEAD_LETTERS_URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead" }
    error_message = "The API does not know where the dead letters are, or is told of a queue that is not there."
  }

  assert {
    condition = [for one in data.aws_iam_policy_document.queues[0].statement : [one.actions, one.resources]] == [
      [toset(["sqs:GetQueueAttributes"]), toset(["arn:aws:sqs:eu-central-1:123456789012:dead"])],
    ]
    error_message = "It may do more than count."
  }
}

run "looks_at_keys" {
  command = plan

  variables {
    access = "key"
  }

  assert {
    condition     = local.access_environment == { API_ACCESS = "key" }
    error_message = "The API does not ask for a key."
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.main : route.authorization_type == "NONE"])
    error_message = "The gateway asks for something too."
  }
}

run "looks_at_tokens_of_cognito" {
  command = plan

  variables {
    access = "key,jwt"
    tokens = { cognito_domain = "test-tokens" }
  }

  assert {
    condition = local.access_environment == {
      API_ACCESS   = "key,jwt"
      JWT_AUDIENCE = "mockedclient,mockedclient,catchment"
      JWT_ISSUER   = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Mocked123"
      JWT_JWKS_URL = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Mocked123/.well-known/jwks.json"
    }
    error_message = "The API does not know the issuer."
  }

  assert {
    condition     = length(aws_apigatewayv2_authorizer.main) == 0 && alltrue([for route in aws_apigatewayv2_route.main : route.authorization_type == "NONE"])
    error_message = "The gateway refuses keys."
  }

  assert {
    condition     = alltrue([for client in aws_cognito_user_pool_client.main : client.allowed_oauth_flows == toset(["client_credentials"])])
    error_message = "A client has another flow."
  }

  assert {
    condition     = { for name, client in aws_cognito_user_pool_client.main : name => client.allowed_oauth_scopes } == { admin = toset(["catchment/admin", "catchment/read"]), reader = toset(["catchment/read"]) }
    error_message = "A client may do something else."
  }

  assert {
    condition     = toset([for scope in aws_cognito_resource_server.main[0].scope : scope.scope_name]) == toset(["admin", "read"])
    error_message = "A scope is missing."
  }

  assert {
    condition     = output.token_url == "https://test-tokens.auth.eu-central-1.amazoncognito.com/oauth2/token"
    error_message = "The token endpoint is elsewhere."
  }
}

run "looks_at_tokens_of_another_issuer" {
  command = plan

  variables {
    access = "jwt"
    tokens = { issuer = "https://issuer.example.com", audience = ["data", "maps"], jwks_url = "https://issuer.example.com/keys" }
  }

  assert {
    condition = local.access_environment == {
      API_ACCESS   = "jwt"
      JWT_AUDIENCE = "data,maps"
      JWT_ISSUER   = "https://issuer.example.com"
      JWT_JWKS_URL = "https://issuer.example.com/keys"
    }
    error_message = "The API does not know the issuer."
  }

  assert {
    condition     = length(aws_cognito_user_pool.main) == 0 && output.token_url == null
    error_message = "There is an issuer beside."
  }
}

run "takes_tokens_for_administration_of_an_open_api" {
  command = plan

  variables {
    tokens = { issuer = "https://issuer.example.com", audience = ["data"] }
  }

  assert {
    condition     = local.access_environment == { API_ACCESS = "open", JWT_AUDIENCE = "data", JWT_ISSUER = "https://issuer.example.com" }
    error_message = "The API does not know the issuer, or is not open."
  }
}

run "lets_the_gateway_look_at_tokens" {
  command = plan

  variables {
    access       = "gateway"
    cors_origins = ["https://example.com"]
    tokens       = { cognito_domain = "test-tokens" }
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.main : route.authorization_type == "JWT" && route.authorization_scopes == toset(["catchment/read"])])
    error_message = "A route is open."
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Mocked123" && aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].audience == toset(["mockedclient"])
    error_message = "The issuer or the audience is another."
  }

  assert {
    condition     = toset(keys(aws_apigatewayv2_route.open)) == toset(["GET /", "GET /docs", "GET /health", "GET /ops", "GET /ops/{proxy+}", "GET /static/{proxy+}", "OPTIONS /", "OPTIONS /{proxy+}"])
    error_message = "A route is open that has data, or a browser cannot ask before it asks."
  }

  assert {
    condition     = local.access_environment == { API_ACCESS = "open" }
    error_message = "The API looks at tokens once more."
  }

  assert {
    condition     = keys(aws_cognito_user_pool_client.main) == ["reader"]
    error_message = "A token promises administration, which nobody would look at."
  }
}

run "lets_the_gateway_ask_another_issuer" {
  command = plan

  variables {
    access = "gateway"
    tokens = { issuer = "https://issuer.example.com", audience = ["data"] }
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].issuer == "https://issuer.example.com" && aws_apigatewayv2_authorizer.main[0].jwt_configuration[0].audience == toset(["data"])
    error_message = "The issuer is another."
  }

  assert {
    condition     = toset(keys(aws_apigatewayv2_route.open)) == toset(["GET /", "GET /docs", "GET /health", "GET /ops", "GET /ops/{proxy+}", "GET /static/{proxy+}"])
    error_message = "A route is open that has data."
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

run "refuses_another_access" {
  command = plan

  variables {
    access = "basic"
  }

  expect_failures = [var.access]
}

run "refuses_tokens_of_nobody" {
  command = plan

  variables {
    access = "key,jwt"
  }

  expect_failures = [var.access]
}

run "refuses_tokens_beside_keys_alone" {
  command = plan

  variables {
    access = "key"
    tokens = { cognito_domain = "test-tokens" }
  }

  expect_failures = [var.access]
}

run "refuses_two_issuers" {
  command = plan

  variables {
    access = "jwt"
    tokens = { cognito_domain = "test-tokens", issuer = "https://issuer.example.com", audience = [] }
  }

  expect_failures = [var.tokens]
}

run "refuses_an_issuer_without_an_audience" {
  command = plan

  variables {
    access = "jwt"
    tokens = { issuer = "https://issuer.example.com" }
  }

  expect_failures = [var.tokens]
}

run "refuses_another_audience_than_cognitos" {
  command = plan

  variables {
    access = "jwt"
    tokens = { cognito_domain = "test-tokens", audience = ["data"] }
  }

  expect_failures = [var.tokens]
}

run "refuses_keys_of_an_issuer_for_the_gateway" {
  command = plan

  variables {
    access = "gateway"
    tokens = { issuer = "https://issuer.example.com", audience = ["data"], jwks_url = "https://issuer.example.com/keys" }
  }

  expect_failures = [var.access]
}

run "refuses_keys_of_an_issuer_without_tls" {
  command = plan

  variables {
    access = "jwt"
    tokens = { issuer = "https://issuer.example.com", audience = ["data"], jwks_url = "http://issuer.example.com/keys" }
  }

  expect_failures = [var.tokens]
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # An origin with a path.
    cors_origins = ["https://example.com/page"]
    # A name that is none.
    domain = { name = "https://data.example.com", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/abc" }
    # A name with capitals.
    name = "Catchment"
    # Warm functions that are negative.
    provisioned_concurrency = -1
    # No requests at one moment.
    throttling_burst = 0
    # No requests a second.
    throttling_rate = 0
    # A domain that Cognito refuses.
    tokens = { cognito_domain = "my-aws-tokens" }
  }

  expect_failures = [
    var.cors_origins,
    var.domain,
    var.name,
    var.provisioned_concurrency,
    var.throttling_burst,
    var.throttling_rate,
    var.tokens,
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

run "refuses_a_lineage_that_is_no_address" {
  command = plan

  variables {
    lineage_url = "lineage/index.html"
  }

  expect_failures = [var.lineage_url]
}
