output "api_access" {
  description = "Who may ask the API, in a sentence."
  value       = module.api.access
}

output "api_url" {
  description = "Where the API answers."
  value       = module.api.url
}

output "artifacts_bucket" {
  description = "The bucket with the lineage site: `aws s3 presign s3://BUCKET/lineage/index.html`."
  value       = module.warehouse.artifacts_bucket
}

output "bucket" {
  description = "The bucket; files go to its folder incoming/."
  value       = module.ingest.bucket
}

output "build_projects" {
  description = "CodeBuild projects: build (migrate and dbt build), check, dump."
  value       = module.warehouse.projects
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.observability.dashboard
}

output "database" {
  description = "Place of the database, and the secret of its administrator."
  value = {
    admin_secret_arn = module.database.admin.secret_arn
    host             = module.database.host
    name             = module.database.name
    port             = module.database.port
  }
}

output "dead_letter_queue_url" {
  description = "The queue of events that could not be dealt with."
  value       = module.ingest.dead_letter_queue.url
}

output "dumps_bucket" {
  description = "The bucket with dumps of the database, under dumps/."
  value       = module.backup.dumps_bucket.name
}

output "dumps_copy_bucket" {
  description = "The bucket with copies of dumps in the second region; null without backup.copy_region."
  value       = module.backup.dumps_copy_bucket
}

output "env" {
  description = "The text of .catchment/stacks/NAME.env, for `make … STACK=NAME`."
  value       = join("", [for word, text in local.env : "${word}=${text}\n" if text != null])
}

output "functions" {
  description = "Names of the Lambda functions by their part."
  value       = { for part, function in merge(module.ingest.functions, module.api.functions) : part => function.name }
}

output "network" {
  description = "The network, for a peering with another one."
  value = {
    private_route_table_ids = module.network.private_route_table_ids
    security_group_ids      = module.network.security_group_ids
    vpc_id                  = module.network.vpc_id
  }
}

output "token" {
  description = "Where programs get tokens, and as which clients; null without Cognito. A client's secret: `aws cognito-idp describe-user-pool-client`."
  value = module.api.token_url == null ? null : {
    client_ids   = module.api.client_ids
    url          = module.api.token_url
    user_pool_id = module.api.user_pool_id
  }
}
