locals {
  prefix    = "catchment-${var.name}"
  namespace = "Catchment/${var.name}"

  by_password = var.existing_database == null ? false : var.existing_database.authentication == "password"
  by_nat      = var.network.nat != "none"
  # The API itself reads the issuer's keys, but where the gateway looks at tokens.
  reads_keys = var.api.tokens != null && var.api.access != "gateway"
  # What builds need of AWS without a way to the internet, what the API needs to hand
  # rows to the loader, and what functions need that have to read a password.
  endpoints = setunion(
    local.by_nat ? [] : ["logs", "secretsmanager", "sns"],
    !local.by_nat && var.api.admin_uploads ? ["lambda"] : [],
    local.by_password || var.ingest.pii_key_secret_arn != null ? ["secretsmanager"] : [],
    var.network.interface_endpoints,
  )
  api_to_internet = local.by_nat && (
    local.reads_keys || var.api.admin_uploads && !contains(local.endpoints, "lambda")
  )
  # Only to count what waits: no way is made, and paid, for that alone.
  api_reaches_queues = local.api_to_internet || contains(local.endpoints, "sqs")
  extract            = !local.by_nat || var.ingest.extract_schedule == "" ? null : { schedule = var.ingest.extract_schedule }

  # Terraform puts the default into an attribute that is null: never is said as "" or
  # 0 there, and as null to the modules.
  never = {
    check_schedule         = var.warehouse.check_schedule == "" ? null : var.warehouse.check_schedule
    dump_schedule          = var.warehouse.dump_schedule == "" ? null : var.warehouse.dump_schedule
    failed_expire_days     = var.ingest.failed_expire_days == 0 ? null : var.ingest.failed_expire_days
    monthly_budget_dollars = var.alerts.monthly_budget_dollars == 0 ? null : var.alerts.monthly_budget_dollars
    processed_archive_days = var.ingest.processed_archive_days == 0 ? null : var.ingest.processed_archive_days
  }

  # What .catchment/stacks/NAME.env holds: the words of one's own machine, for
  # this stack.
  env = {
    AWS_DEFAULT_REGION         = var.region
    CATCHMENT_ALERT_TOPIC      = module.observability.topic_arn
    CATCHMENT_API_URL          = module.api.url
    CATCHMENT_BUCKET           = module.ingest.bucket
    CATCHMENT_BUILD_PROJECT    = module.warehouse.projects.build
    CATCHMENT_CHECK_PROJECT    = module.warehouse.projects.check
    CATCHMENT_EXTRACT_FUNCTION = module.ingest.extract_function
    CATCHMENT_DEAD_LETTERS_URL = module.ingest.dead_letter_queue.url
    CATCHMENT_QUEUE_URL        = try(module.ingest.queue.url, null)
    LOADER_FUNCTION            = module.ingest.uploads.loader
  }
}
