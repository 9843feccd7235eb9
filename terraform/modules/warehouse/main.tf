data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  arm    = var.architecture == "arm64"
  place  = "${var.database.host}:${var.database.port}/${var.database.name}"
  source = "source/warehouse.zip"
  # As `.env` has it, so that dbt, alembic and `catchment` find the warehouse.
  warehouse = {
    WAREHOUSE_HOST     = var.database.host
    WAREHOUSE_PORT     = tostring(var.database.port)
    WAREHOUSE_DATABASE = var.database.name
    WAREHOUSE_USER     = "catchment_owner"
    PGSSLMODE          = "verify-full"
  }

  projects = {
    build = {
      description     = "Migrates the database and builds the models."
      timeout_minutes = var.build_timeout_minutes
      schedule        = null
      environment = merge(local.warehouse, {
        ARTIFACTS_BUCKET = module.artifacts.name
        DATABASE_URL     = "postgresql://${var.database.admin.user}@${local.place}"
      }, { for role, arn in var.database.secret_arns : "${upper(role)}_SECRET_ARN" => arn })
      secrets = { PGPASSWORD = "${var.database.admin.secret_arn}:password" }
    }
    check = {
      description     = "Checks the data, and posts what is wrong."
      timeout_minutes = 60
      schedule        = var.check_schedule
      environment     = merge(local.warehouse, { CATCHMENT_ALERT_TOPIC = var.alert_topic_arn })
      secrets         = { DBT_ENV_SECRET_WAREHOUSE_PASSWORD = var.database.secret_arns.owner }
    }
    dump = {
      description     = "Dumps the database into a bucket."
      timeout_minutes = 240
      schedule        = var.dump_schedule
      environment = {
        DATABASE_URL     = "postgresql://catchment_owner@${local.place}"
        DUMPS_BUCKET     = var.dumps_bucket.name
        PGSSLMODE        = "verify-full"
        POSTGRES_VERSION = var.postgres_version
      }
      secrets = { PGPASSWORD = var.database.secret_arns.owner }
    }
  }
  schedules = { for name, project in local.projects : name => project.schedule if project.schedule != null }
}

# The project as a build takes it, and the lineage site that a build leaves.
module "artifacts" {
  source = "../bucket"

  name                = "${var.name}-artifacts-${data.aws_caller_identity.current.account_id}"
  deletion_protection = false # all of it can be made again
}

resource "aws_s3_object" "source" {
  bucket      = module.artifacts.name
  key         = local.source
  source      = var.package
  source_hash = try(filemd5(var.package), null)

  lifecycle {
    precondition {
      condition     = fileexists(var.package)
      error_message = "There is no package ${var.package}: run `make package` first."
    }
  }
}

resource "aws_cloudwatch_log_group" "main" {
  for_each = local.projects

  name              = "/aws/codebuild/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_codebuild_project" "main" {
  for_each = local.projects

  name           = "${var.name}-${each.key}"
  description    = each.value.description
  service_role   = aws_iam_role.main[each.key].arn
  build_timeout  = each.value.timeout_minutes
  queued_timeout = 60
  # Two at one time would wait for each other's locks.
  concurrent_build_limit = 1

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type         = local.arm ? "ARM_CONTAINER" : "LINUX_CONTAINER"
    image        = local.arm ? "aws/codebuild/amazonlinux-aarch64-standard:3.0" : "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    compute_type = var.compute_type

    dynamic "environment_variable" {
      for_each = each.value.environment

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }

    dynamic "environment_variable" {
      for_each = each.value.secrets

      content {
        name  = environment_variable.key
        type  = "SECRETS_MANAGER"
        value = environment_variable.value
      }
    }
  }

  source {
    type      = "S3"
    location  = "${module.artifacts.name}/${local.source}"
    buildspec = file("${path.module}/buildspecs/${each.key}.yml")
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.main[each.key].name
    }
  }

  vpc_config {
    vpc_id             = var.vpc_id
    subnets            = var.subnet_ids
    security_group_ids = [var.security_group_id]
  }

  depends_on = [aws_iam_role_policy.main]
}
