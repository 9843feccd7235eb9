locals {
  prefix    = "catchment-${var.name}"
  namespace = "Catchment/${var.name}"

  by_password = var.existing_database == null ? false : var.existing_database.authentication == "password"
  # What builds need of AWS without a way to the internet, and what functions
  # need that have to read a password.
  endpoints = setunion(
    var.network.nat == "none" ? ["logs", "secretsmanager", "sns"] : [],
    local.by_password ? ["secretsmanager"] : [],
    var.network.interface_endpoints,
  )
  extract = var.network.nat == "none" || var.ingest.extract_schedule == null ? null : { schedule = var.ingest.extract_schedule }

  # What .catchment/stacks/NAME.env holds: the words of one's own machine, for
  # this stack.
  env = {
    AWS_DEFAULT_REGION         = var.region
    CATCHMENT_ALERT_TOPIC      = module.observability.topic_arn
    CATCHMENT_API_URL          = module.api.url
    CATCHMENT_BUCKET           = module.ingest.bucket
    CATCHMENT_BUILD_PROJECT    = module.warehouse.projects.build
    CATCHMENT_EXTRACT_FUNCTION = module.ingest.extract_function
  }
}
