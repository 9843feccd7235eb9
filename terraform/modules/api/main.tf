module "function" {
  source = "../function"

  name        = "${var.name}-api"
  description = "Serves the marts of ${var.name}."
  handler     = "api.handler.handler"

  architecture         = var.architecture
  database             = var.database
  log_retention_days   = var.log_retention_days
  memory_mb            = var.memory_mb
  package              = var.package
  reserved_concurrency = var.reserved_concurrency
  runtime              = var.runtime
  security_group_id    = var.security_group_id
  snapstart            = var.snapstart
  subnet_ids           = var.subnet_ids
  timeout_seconds      = 30 # the gateway waits no longer
  tracing              = var.tracing

  environment = merge(local.access_environment, {
    POWERTOOLS_METRICS_NAMESPACE = var.metrics_namespace
    POWERTOOLS_SERVICE_NAME      = "api"
  }, var.lineage_url == null ? {} : { LINEAGE_URL = var.lineage_url })
}

# What the gateway calls. To go back, point it to an older version.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that the gateway calls."
  function_name    = module.function.name
  function_version = module.function.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = module.function.name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}

resource "aws_lambda_permission" "gateway" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.main.execution_arn}/*/*"
}
