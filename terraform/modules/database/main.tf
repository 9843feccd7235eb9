locals {
  # 1 where this module makes the database, 0 where there is one already.
  own     = var.existing == null ? 1 : 0
  port    = 5432
  replica = local.own == 1 && var.api_connection == "replica" ? 1 : 0

  identifiers = concat(
    local.own == 1 ? [var.name] : [],
    local.replica == 1 ? ["${var.name}-replica"] : [],
  )
  logs = ["postgresql", "upgrade"]
  # Of PostgreSQL's memory units RDS takes the number alone.
  parameters = merge({
    "rds.force_ssl" = "1"
    # Large COPYs and refreshes: fewer checkpoints, more memory to sort and index.
    "checkpoint_timeout"           = "900"
    "checkpoint_completion_target" = "0.9"
    "max_wal_size"                 = "8192"
    "maintenance_work_mem"         = "524288"
    "work_mem"                     = "32768"
    # Tables that are filled in bulk: analyze and clean them soon.
    "autovacuum_analyze_scale_factor"       = "0.02"
    "autovacuum_vacuum_insert_scale_factor" = "0.05"
    # gp3 answers random reads nearly as fast as sequential ones.
    "random_page_cost"         = "1.1"
    "effective_io_concurrency" = "200"
    # Short queries: compiling them takes longer than it saves.
    "jit"                        = "0"
    "log_min_duration_statement" = "1000"
    "log_statement"              = "ddl"
    "log_lock_waits"             = "1"
    # A replica's readers keep the rows that they read.
    "hot_standby_feedback" = "1"
  }, var.parameters)
}

resource "aws_db_subnet_group" "main" {
  count = local.own

  name        = var.name
  description = "Private subnets of the database ${var.name}."
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "main" {
  count = local.own

  name_prefix = "${var.name}-"
  description = "Tuned for COPY and for refreshing materialized views."
  family      = "postgres${var.postgres_version}"

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

# RDS would make them without an end.
resource "aws_cloudwatch_log_group" "main" {
  for_each = toset([for pair in setproduct(local.identifiers, local.logs) : join("/", pair)])

  name              = "/aws/rds/instance/${each.key}"
  retention_in_days = var.log_retention_days
}

resource "aws_db_instance" "main" {
  count = local.own

  identifier     = var.name
  engine         = "postgres"
  engine_version = var.postgres_version
  instance_class = var.instance_class
  db_name        = var.database_name
  port           = local.port

  username                            = var.admin_user
  manage_master_user_password         = true
  iam_database_authentication_enabled = true
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_maximum_gb
  storage_type          = "gp3"
  storage_encrypted     = true

  db_subnet_group_name   = aws_db_subnet_group.main[0].name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false
  multi_az               = var.multi_az

  parameter_group_name       = aws_db_parameter_group.main[0].name
  auto_minor_version_upgrade = true

  backup_retention_period   = var.backup_retention_days
  backup_window             = "01:00-02:00"
  maintenance_window        = "sun:02:30-sun:03:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !var.final_snapshot
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = "${var.name}-final"

  performance_insights_enabled    = var.performance_insights
  monitoring_interval             = var.monitoring_interval_seconds
  monitoring_role_arn             = one(aws_iam_role.monitoring[*].arn)
  enabled_cloudwatch_logs_exports = local.logs

  depends_on = [aws_cloudwatch_log_group.main]
}

resource "aws_db_instance" "replica" {
  count = local.replica

  identifier          = "${var.name}-replica"
  replicate_source_db = aws_db_instance.main[0].identifier
  instance_class      = coalesce(var.replica_instance_class, var.instance_class)

  iam_database_authentication_enabled = true
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  storage_encrypted                   = true
  storage_type                        = "gp3"
  max_allocated_storage               = var.storage_maximum_gb
  vpc_security_group_ids              = [var.security_group_id]
  publicly_accessible                 = false

  parameter_group_name         = aws_db_parameter_group.main[0].name
  auto_minor_version_upgrade   = true
  maintenance_window           = "sun:03:30-sun:04:30"
  copy_tags_to_snapshot        = true
  deletion_protection          = var.deletion_protection
  skip_final_snapshot          = true
  performance_insights_enabled = var.performance_insights
  monitoring_interval          = var.monitoring_interval_seconds
  monitoring_role_arn          = one(aws_iam_role.monitoring[*].arn)

  enabled_cloudwatch_logs_exports = local.logs

  depends_on = [aws_cloudwatch_log_group.main]
}
