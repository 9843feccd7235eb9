locals {
  routes = toset([
    "GET /aggregated-data",
    # The API itself answers for wrong paths and methods.
    "ANY /",
    "ANY /{proxy+}",
  ])
  # What bears no token where the gateway wants one: whoever watches over the system, a
  # page that asks for the token itself, and a browser's question before a request.
  open_routes = toset(concat(
    local.at_gateway ? ["GET /", "GET /docs", "GET /health", "GET /ops", "GET /ops/{proxy+}", "GET /static/{proxy+}"] : [],
    local.at_gateway && length(var.cors_origins) > 0 ? ["OPTIONS /", "OPTIONS /{proxy+}"] : [],
  ))
}

resource "aws_apigatewayv2_api" "main" {
  name          = var.name
  description   = "Aggregates of ${var.name}."
  protocol_type = "HTTP"
  # With a name of its own there is one address only.
  disable_execute_api_endpoint = var.domain != null

  dynamic "cors_configuration" {
    for_each = length(var.cors_origins) == 0 ? [] : [var.cors_origins]

    content {
      allow_origins = cors_configuration.value
      allow_methods = ["GET", "HEAD", "OPTIONS", "POST"]
      allow_headers = ["accept", "authorization", "content-type", "idempotency-key", "if-none-match", "x-api-key"]
      expose_headers = [
        "content-disposition", "etag", "last-modified", "link", "location", "ogc-numbermatched",
        "ogc-numberreturned", "ratelimit", "ratelimit-policy", "retry-after", "www-authenticate",
      ]
      max_age = 3600
    }
  }
}

resource "aws_apigatewayv2_integration" "main" {
  api_id                 = aws_apigatewayv2_api.main.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_alias.live.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000
}

resource "aws_apigatewayv2_route" "main" {
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.main.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.main.id}"
  authorization_type = local.at_gateway ? "JWT" : "NONE"
  authorizer_id      = one(aws_apigatewayv2_authorizer.main[*].id)
  # Cognito's tokens bear the scope; of a foreign issuer none is known.
  authorization_scopes = local.at_gateway && local.cognito == 1 ? ["${aws_cognito_resource_server.main[0].identifier}/read"] : null
}

resource "aws_apigatewayv2_route" "open" {
  for_each = local.open_routes

  api_id             = aws_apigatewayv2_api.main.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.main.id}"
  authorization_type = "NONE"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/catchment/${var.name}/access"
  retention_in_days = var.log_retention_days
}

resource "aws_apigatewayv2_stage" "main" {
  api_id      = aws_apigatewayv2_api.main.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    detailed_metrics_enabled = true
    throttling_burst_limit   = var.throttling_burst
    throttling_rate_limit    = var.throttling_rate
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      request_id        = "$context.requestId"
      ip                = "$context.identity.sourceIp"
      time              = "$context.requestTime"
      method            = "$context.httpMethod"
      path              = "$context.path"
      route             = "$context.routeKey"
      status            = "$context.status"
      bytes             = "$context.responseLength"
      milliseconds      = "$context.responseLatency"
      integration_error = "$context.integrationErrorMessage"
      client            = "$context.authorizer.claims.client_id"
      user_agent        = "$context.identity.userAgent"
    })
  }

  depends_on = [aws_apigatewayv2_route.main, aws_apigatewayv2_route.open]
}
