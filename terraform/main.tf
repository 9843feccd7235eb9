module "network" {
  source = "./modules/network"

  name                = local.prefix
  api_to_internet     = local.api_to_internet
  cidr                = var.network.cidr
  database_cidrs      = var.existing_database == null ? [] : var.existing_database.cidrs
  database_port       = var.existing_database == null ? 5432 : var.existing_database.port
  flow_log_traffic    = var.network.flow_log_traffic
  interface_endpoints = local.endpoints
  log_retention_days  = var.log_retention_days
  nat                 = var.network.nat
  zone_count          = var.network.zone_count
}

module "database" {
  source = "./modules/database"

  name                        = local.prefix
  admin_user                  = var.database.admin_user
  api_connection              = var.database.api_connection
  backup_retention_days       = var.database.backup_retention_days
  deletion_protection         = var.deletion_protection
  existing                    = var.existing_database
  final_snapshot              = var.database.final_snapshot
  instance_class              = var.database.instance_class
  log_retention_days          = var.log_retention_days
  monitoring_interval_seconds = var.database.monitoring_interval_seconds
  multi_az                    = var.database.multi_az
  parameters                  = var.database.parameters
  performance_insights        = var.database.performance_insights
  postgres_version            = var.database.postgres_version
  replica_instance_class      = var.database.replica_instance_class
  security_group_id           = module.network.security_group_ids.database
  storage_gb                  = var.database.storage_gb
  storage_maximum_gb          = var.database.storage_maximum_gb
  subnet_ids                  = module.network.private_subnet_ids
}

module "ingest" {
  source = "./modules/ingest"

  name                    = local.prefix
  architecture            = var.architecture
  archives                = var.ingest.archives
  batch_size              = var.ingest.batch_size
  batching_window_seconds = var.ingest.batching_window_seconds
  database                = module.database.connections.loader
  deletion_protection     = var.deletion_protection
  extract                 = local.extract
  failed_expire_days      = local.never.failed_expire_days
  freshness_minutes       = var.ingest.freshness_minutes
  loader_memory_mb        = var.ingest.loader_memory_mb
  loader_storage_mb       = var.ingest.loader_storage_mb
  loader_timeout_seconds  = var.ingest.loader_timeout_seconds
  log_retention_days      = var.log_retention_days
  maximum_concurrency     = var.ingest.maximum_concurrency
  maximum_receives        = var.ingest.maximum_receives
  metrics_namespace       = local.namespace
  package                 = var.package
  pii_key_secret_arn      = var.ingest.pii_key_secret_arn
  processed_archive_days  = local.never.processed_archive_days
  processed_expire_days   = var.ingest.processed_expire_days
  runtime                 = var.runtime
  security_group_ids = {
    extract = module.network.security_group_ids.extract
    loader  = module.network.security_group_ids.loader
  }
  streams    = var.ingest.streams
  subnet_ids = module.network.private_subnet_ids
  tracing    = var.tracing
  trigger    = var.ingest.trigger
}

module "api" {
  source = "./modules/api"

  name                    = local.prefix
  access                  = var.api.access
  architecture            = var.architecture
  cors_origins            = var.api.cors_origins
  database                = module.database.connections.api
  deletion_protection     = var.deletion_protection
  domain                  = var.api.domain
  lineage_url             = var.api.lineage_url
  log_retention_days      = var.log_retention_days
  memory_mb               = var.api.memory_mb
  metrics_namespace       = local.namespace
  package                 = var.package
  provisioned_concurrency = var.api.provisioned_concurrency
  queues                  = local.api_reaches_queues ? module.ingest.queues : null
  reserved_concurrency    = var.api.reserved_concurrency
  runtime                 = var.runtime
  security_group_id       = module.network.security_group_ids.api
  snapstart               = var.api.snapstart
  subnet_ids              = module.network.private_subnet_ids
  throttling_burst        = var.api.throttling_burst
  throttling_rate         = var.api.throttling_rate
  tokens                  = var.api.tokens
  tracing                 = var.tracing
  uploads                 = var.api.admin_uploads ? module.ingest.uploads : null
}

module "backup" {
  source = "./modules/backup"

  name                = local.prefix
  copy_region         = var.backup.copy_region
  database            = var.existing_database == null ? { arn = module.database.arn } : null
  deletion_protection = var.deletion_protection
  object_lock_days    = var.backup.object_lock_days
  retention_days      = var.backup.retention_days
  schedule            = var.backup.schedule
}

module "warehouse" {
  source = "./modules/warehouse"

  name                  = local.prefix
  alert_topic_arn       = module.observability.topic_arn
  architecture          = var.architecture
  build_timeout_minutes = var.warehouse.build_timeout_minutes
  check_schedule        = local.never.check_schedule
  compute_type          = var.warehouse.compute_type
  database = {
    admin       = module.database.admin
    host        = module.database.host
    name        = module.database.name
    port        = module.database.port
    secret_arns = module.database.secret_arns
  }
  dump_schedule      = local.never.dump_schedule
  dumps_bucket       = module.backup.dumps_bucket
  log_retention_days = var.log_retention_days
  package            = var.warehouse_package
  postgres_version   = var.database.postgres_version
  security_group_id  = module.network.security_group_ids.warehouse
  subnet_ids         = module.network.private_subnet_ids
  vpc_id             = module.network.vpc_id
}

module "observability" {
  source = "./modules/observability"

  name                   = local.prefix
  alert_emails           = var.alerts.emails
  alert_urls             = var.alert_urls
  backup_vault           = module.backup.vault
  build_projects         = module.warehouse.projects
  connections            = var.alerts.connections
  database_identifiers   = module.database.identifiers
  dead_letter_queue_name = module.ingest.dead_letter_queue.name
  event_age_minutes      = var.alerts.event_age_minutes
  freshness_minutes      = var.ingest.freshness_minutes
  functions              = merge(module.ingest.functions, module.api.functions)
  gateway_id             = module.api.gateway_id
  latency_milliseconds   = var.alerts.latency_milliseconds
  metrics_namespace      = local.namespace
  monthly_budget_dollars = local.never.monthly_budget_dollars
  queue_name             = try(module.ingest.queue.name, null)
  reject_percent         = var.alerts.reject_percent
  storage_free_gb        = var.alerts.storage_free_gb
}

# The first thing that `destroy` comes to, and the last that `apply` makes: it
# refuses while protection is on, before anything is gone.
resource "terraform_data" "protection" {
  input = { on = var.deletion_protection, stack = var.name }
  # Another name would make everything anew, and delete what is there.
  triggers_replace = var.name

  depends_on = [
    module.network, module.database, module.ingest, module.api,
    module.backup, module.warehouse, module.observability,
  ]

  lifecycle {
    precondition {
      condition     = contains(["default", var.name], terraform.workspace)
      error_message = "The workspace is ${terraform.workspace}, the stack is ${var.name}: run `terraform workspace select -or-create=true ${var.name}`."
    }
  }

  provisioner "local-exec" {
    when    = destroy
    quiet   = true
    command = self.input.on ? "echo 'Deletion protection of the stack ${self.input.stack} is on, nothing was deleted. To go on, write deletion_protection = false into terraform/${self.input.stack}.tfvars, run make infra STACK=${self.input.stack}, and destroy again.' >&2; exit 1" : "true"
  }
}
