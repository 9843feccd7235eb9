# Whose tokens are taken: those of Cognito's user pool, whose token endpoint serves
# client credentials, or those of an issuer that is there already.
data "aws_region" "current" {}

locals {
  cognito    = try(var.tokens.cognito_domain, null) == null ? 0 : 1
  at_gateway = var.access == "gateway"
  # What a client may ask for. Where the gateway alone looks at tokens they only read.
  clients = (
    local.cognito == 0 ? {} :
    local.at_gateway ? { reader = ["read"] } : { admin = ["admin", "read"], reader = ["read"] }
  )
  client_ids = { for name, client in aws_cognito_user_pool_client.main : name => client.id }

  issuer = (
    local.cognito == 1 ? "https://cognito-idp.${data.aws_region.current.region}.amazonaws.com/${aws_cognito_user_pool.main[0].id}" :
    try(var.tokens.issuer, null)
  )
  audience = local.cognito == 1 ? values(local.client_ids) : try(var.tokens.audience, [])
  # Where the keys are; without it the API asks the issuer's own document.
  names_jwks = local.cognito == 1 || try(var.tokens.jwks_url, null) != null
  jwks_url   = local.cognito == 1 ? "${local.issuer}/.well-known/jwks.json" : try(var.tokens.jwks_url, null)
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

  domain       = var.tokens.cognito_domain
  user_pool_id = aws_cognito_user_pool.main[0].id
}

resource "aws_cognito_resource_server" "main" {
  count = local.cognito

  identifier   = "catchment"
  name         = "catchment"
  user_pool_id = aws_cognito_user_pool.main[0].id

  scope {
    scope_name        = "admin"
    scope_description = "See the ledger, send files and rows."
  }

  scope {
    scope_name        = "read"
    scope_description = "Read aggregates."
  }
}

resource "aws_cognito_user_pool_client" "main" {
  for_each = local.clients

  name                                 = "${var.name}-${each.key}"
  user_pool_id                         = aws_cognito_user_pool.main[0].id
  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = [for scope in each.value : "${aws_cognito_resource_server.main[0].identifier}/${scope}"]
  access_token_validity                = 1

  token_validity_units {
    access_token = "hours"
  }
}

resource "aws_apigatewayv2_authorizer" "main" {
  count = local.at_gateway ? 1 : 0

  api_id           = aws_apigatewayv2_api.main.id
  name             = "tokens"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = local.issuer
    audience = local.audience
  }
}
