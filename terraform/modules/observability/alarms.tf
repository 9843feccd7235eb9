# What is watched: one entry a metric; main.tf makes the alarms of them. `missing`
# says what no data mean: notBreaching where nothing happened, breaching where
# something should have.
locals {
  function_alarms = merge([
    for part, function in var.functions : {
      "${part}-errors" = {
        says       = "The ${part} function failed: see its log group ${function.log_group}."
        namespace  = "AWS/Lambda"
        metric     = "Errors"
        dimensions = { FunctionName = function.name }
        statistic  = "Sum"
        above      = 0
      }
      "${part}-throttles" = {
        says       = "The ${part} function was throttled: raise its concurrency or the account's limit."
        namespace  = "AWS/Lambda"
        metric     = "Throttles"
        dimensions = { FunctionName = function.name }
        statistic  = "Sum"
        above      = 0
        periods    = 3
      }
      "${part}-duration" = {
        says       = "The ${part} function takes more than 80 % of the ${function.timeout_seconds} s that it has."
        namespace  = "AWS/Lambda"
        metric     = "Duration"
        dimensions = { FunctionName = function.name }
        statistic  = "Maximum"
        above      = 800 * function.timeout_seconds # milliseconds
      }
    }
  ]...)

  ingest_alarms = merge(
    {
      dead-letters = {
        says       = "Files could not be loaded after all deliveries: the log of the loader says why; redrive the dead letters when it is mended."
        namespace  = "AWS/SQS"
        metric     = "ApproximateNumberOfMessagesVisible"
        dimensions = { QueueName = var.dead_letter_queue_name }
        statistic  = "Maximum"
        above      = 0
      }
    },
    var.queue_name == null ? {} : {
      event-age = {
        says       = "Files wait for more than ${var.event_age_minutes} minutes for the loader."
        namespace  = "AWS/SQS"
        metric     = "ApproximateAgeOfOldestMessage"
        dimensions = { QueueName = var.queue_name }
        statistic  = "Maximum"
        above      = 60 * var.event_age_minutes
      }
    },
    var.freshness_minutes == 0 ? {} : {
      stale-data = {
        says       = "A feed is older than its error_after allows, or nobody knows: the log of the loader names it (stale), or says why (freshness not measured)."
        namespace  = var.metrics_namespace
        metric     = "StaleFeeds"
        dimensions = { service = "loader" }
        statistic  = "Maximum"
        above      = 0
        # Twice the time between two looks, so that each period holds one.
        period  = 2 * 60 * var.freshness_minutes
        missing = "breaching"
      }
    },
  )

  api_alarms = {
    api-5xx = {
      says       = "The API answered with 5xx."
      namespace  = "AWS/ApiGateway"
      metric     = "5xx"
      dimensions = { ApiId = var.gateway_id }
      statistic  = "Sum"
      above      = 5
    }
    api-latency = {
      says       = "One answer of twenty takes longer than ${var.latency_milliseconds} ms."
      namespace  = "AWS/ApiGateway"
      metric     = "Latency"
      dimensions = { ApiId = var.gateway_id }
      percentile = "p95"
      above      = var.latency_milliseconds
      periods    = 3
    }
  }

  database_alarms = merge([
    for identifier in var.database_identifiers : {
      "${identifier}-cpu" = {
        says       = "The processors of ${identifier} are busy for 15 minutes."
        namespace  = "AWS/RDS"
        metric     = "CPUUtilization"
        dimensions = { DBInstanceIdentifier = identifier }
        statistic  = "Average"
        above      = 80
        periods    = 3
        missing    = "breaching"
      }
      "${identifier}-storage" = {
        says       = "Less than ${var.storage_free_gb} GB of storage are free on ${identifier}."
        namespace  = "AWS/RDS"
        metric     = "FreeStorageSpace"
        dimensions = { DBInstanceIdentifier = identifier }
        statistic  = "Minimum"
        below      = var.storage_free_gb * 1024 * 1024 * 1024
        missing    = "breaching"
      }
      "${identifier}-connections" = {
        says       = "More than ${var.connections} connections are open to ${identifier}."
        namespace  = "AWS/RDS"
        metric     = "DatabaseConnections"
        dimensions = { DBInstanceIdentifier = identifier }
        statistic  = "Maximum"
        above      = var.connections
        missing    = "breaching"
      }
    }
  ]...)

  build_alarms = {
    for part, project in var.build_projects : "${part}-failed" => {
      says       = "The CodeBuild project ${project} failed: see its log."
      namespace  = "AWS/CodeBuild"
      metric     = "FailedBuilds"
      dimensions = { ProjectName = project }
      statistic  = "Sum"
      above      = 0
    }
  }

  backup_alarms = var.backup_vault == null ? {} : {
    backup-failed = {
      says       = "A backup of the database failed."
      namespace  = "AWS/Backup"
      metric     = "NumberOfBackupJobsFailed"
      dimensions = { BackupVaultName = var.backup_vault }
      statistic  = "Sum"
      above      = 0
      period     = 3600
    }
  }

  alarms = merge(
    local.function_alarms, local.ingest_alarms, local.api_alarms,
    local.database_alarms, local.build_alarms, local.backup_alarms,
  )
}
