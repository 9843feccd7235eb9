# Only the API goes through the proxy: its queries are short and change nothing
# of their session. The loader's COPY would pin its connection for as long as
# the load takes, so it logs in to the database itself.
locals {
  proxied = local.own == 1 && var.api_connection == "proxy" ? 1 : 0
}

data "aws_iam_policy_document" "assume_proxy" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["rds.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "proxy" {
  statement {
    sid       = "LogInToDatabase"
    actions   = ["rds-db:connect"]
    resources = ["${local.user_arn_prefix}/catchment_api"]
  }
}

resource "aws_iam_role" "proxy" {
  count = local.proxied

  name               = "${var.name}-proxy"
  description        = "Logs in to the database ${var.name} for the API."
  assume_role_policy = data.aws_iam_policy_document.assume_proxy.json
}

resource "aws_iam_role_policy" "proxy" {
  count = local.proxied

  name   = "proxy"
  role   = aws_iam_role.proxy[0].id
  policy = data.aws_iam_policy_document.proxy.json
}

resource "aws_cloudwatch_log_group" "proxy" {
  count = local.proxied

  name              = "/aws/rds/proxy/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_db_proxy" "main" {
  count = local.proxied

  name          = var.name
  engine_family = "POSTGRESQL"
  # Tokens on both sides: no password anywhere.
  default_auth_scheme    = "IAM_AUTH"
  role_arn               = aws_iam_role.proxy[0].arn
  require_tls            = true
  idle_client_timeout    = 900
  vpc_security_group_ids = [var.security_group_id]
  vpc_subnet_ids         = var.subnet_ids

  depends_on = [aws_cloudwatch_log_group.proxy, aws_iam_role_policy.proxy]
}

resource "aws_db_proxy_default_target_group" "main" {
  count = local.proxied

  db_proxy_name = aws_db_proxy.main[0].name

  connection_pool_config {
    # The rest is for the loader and for builds.
    max_connections_percent      = 70
    max_idle_connections_percent = 20
    connection_borrow_timeout    = 5
  }
}

resource "aws_db_proxy_target" "main" {
  count = local.proxied

  db_proxy_name          = aws_db_proxy.main[0].name
  target_group_name      = aws_db_proxy_default_target_group.main[0].name
  db_instance_identifier = aws_db_instance.main[0].identifier
}

resource "aws_vpc_security_group_ingress_rule" "proxy" {
  count = local.proxied

  security_group_id            = var.security_group_id
  referenced_security_group_id = var.security_group_id
  description                  = "PostgreSQL, from the proxy."
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "proxy" {
  count = local.proxied

  security_group_id            = var.security_group_id
  referenced_security_group_id = var.security_group_id
  description                  = "PostgreSQL, from the proxy to the database."
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}
