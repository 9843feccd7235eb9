# How each part logs in: an address, and a token or a password to go with it.
locals {
  host        = local.own == 1 ? aws_db_instance.main[0].address : var.existing.host
  used_port   = local.own == 1 ? local.port : var.existing.port
  used_name   = local.own == 1 ? var.database_name : var.existing.name
  resource_id = local.own == 1 ? aws_db_instance.main[0].resource_id : coalesce(var.existing.resource_id, "none")

  api_host = (
    local.proxied == 1 ? aws_db_proxy.main[0].endpoint :
    length(aws_db_instance.replica) == 1 ? aws_db_instance.replica[0].address :
    local.own == 1 ? local.host : coalesce(var.existing.reader_host, local.host)
  )
  api_resource_id = (
    local.proxied == 1 ? element(split(":", aws_db_proxy.main[0].arn), 6) :
    length(aws_db_instance.replica) == 1 ? aws_db_instance.replica[0].resource_id :
    local.resource_id
  )

  users_arn       = "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:dbuser"
  user_arn_prefix = "${local.users_arn}:${local.resource_id}"

  places = {
    api    = { host = local.api_host, resource_id = local.api_resource_id }
    loader = { host = local.host, resource_id = local.resource_id }
  }

  connections = {
    for role, place in local.places : role => {
      authentication = local.authentication
      password_from  = local.authentication == "iam" ? "iam" : aws_secretsmanager_secret.main[role].arn
      secret_arn     = local.authentication == "iam" ? null : aws_secretsmanager_secret.main[role].arn
      url            = "postgresql://catchment_${role}@${place.host}:${local.used_port}/${local.used_name}"
      user_arn       = local.authentication == "iam" ? "${local.users_arn}:${place.resource_id}/catchment_${role}" : null
    }
  }
}
