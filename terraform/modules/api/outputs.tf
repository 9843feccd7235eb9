output "access" {
  description = "Who may ask, in a sentence."
  value = {
    open      = "Everybody may read. What has to be administered needs a key${var.tokens == null ? "" : " or token"} with the scope admin."
    key       = "Who has a key may ask."
    jwt       = "Who has a token may ask."
    "key,jwt" = "Who has a key or a token may ask."
    gateway   = "Who has a token may read. What has to be administered needs a key with the scope admin beside it."
  }[var.access]
}

output "client_ids" {
  description = "The programs that may ask Cognito for tokens: reader, and admin where the API looks at them; their secrets are read with `aws cognito-idp describe-user-pool-client`."
  value       = local.client_ids
}

output "functions" {
  description = "The function by its part: name, timeout in seconds, log group."
  value = {
    api = {
      name            = module.function.name
      timeout_seconds = module.function.timeout_seconds
      log_group       = module.function.log_group_name
    }
  }
}

output "gateway_id" {
  description = "The gateway, for alarms."
  value       = aws_apigatewayv2_api.main.id
}

output "token_url" {
  description = "Where programs get tokens with their client credentials; null without Cognito."
  value       = local.cognito == 1 ? "https://${aws_cognito_user_pool_domain.main[0].domain}.auth.${data.aws_region.current.region}.amazoncognito.com/oauth2/token" : null
}

output "url" {
  description = "Where the API answers, without a slash at the end."
  value       = var.domain == null ? aws_apigatewayv2_api.main.api_endpoint : "https://${var.domain.name}"
}

output "user_pool_id" {
  description = "Cognito's user pool; null without Cognito."
  value       = one(aws_cognito_user_pool.main[*].id)
}
