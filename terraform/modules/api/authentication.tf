# Tokens: of Cognito's user pool, whose token endpoint serves client
# credentials, or of an issuer that is there already.
data "aws_region" "current" {}

locals {
  cognito = var.authentication == "cognito" ? 1 : 0
  issuer = (
    local.cognito == 1 ? "https://cognito-idp.${data.aws_region.current.region}.amazonaws.com/${aws_cognito_user_pool.main[0].id}" :
    var.jwt == null ? null : var.jwt.issuer
  )
  audience = (
    local.cognito == 1 ? [aws_cognito_user_pool_client.main[0].id] :
    var.jwt == null ? [] : var.jwt.audience
  )
}

resource "aws_cognito_user_pool" "main" {
  count = local.cognito

  name                = var.name
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # Programs log in here, not people.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

resource "aws_cognito_user_pool_domain" "main" {
  count = local.cognito

  domain       = var.token_domain
  user_pool_id = aws_cognito_user_pool.main[0].id
}

resource "aws_cognito_resource_server" "main" {
  count = local.cognito

  identifier   = "catchment"
  name         = "catchment"
  user_pool_id = aws_cognito_user_pool.main[0].id

  scope {
    scope_name        = "read"
    scope_description = "Read aggregates."
  }
}

resource "aws_cognito_user_pool_client" "main" {
  count = local.cognito

  name                                 = "${var.name}-reader"
  user_pool_id                         = aws_cognito_user_pool.main[0].id
  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = aws_cognito_resource_server.main[0].scope_identifiers
  access_token_validity                = 1

  token_validity_units {
    access_token = "hours"
  }
}

resource "aws_apigatewayv2_authorizer" "main" {
  count = local.authorized ? 1 : 0

  api_id           = aws_apigatewayv2_api.main.id
  name             = "tokens"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = local.issuer
    audience = local.audience
  }
}
