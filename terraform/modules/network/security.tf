locals {
  descriptions = {
    api       = "The API Lambda: to the database, and to HTTPS where it has to."
    database  = "The database and its proxy: from the clients, and nowhere else."
    endpoints = "Interface endpoints of AWS services."
    extract   = "The extract Lambda: to the database and to services on the internet."
    loader    = "The loader Lambda: to the database and to S3."
    warehouse = "Builds and checks: to the database, to AWS and to package indexes."
  }
  clients          = toset(["api", "extract", "loader", "warehouse"])
  endpoint_clients = length(var.interface_endpoints) == 0 ? toset([]) : local.clients
  outside_cidrs    = setproduct(local.clients, var.database_cidrs)
}

resource "aws_security_group" "main" {
  for_each = local.descriptions

  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.main.id

  tags = { Name = "${var.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each = local.clients

  security_group_id            = aws_security_group.main["database"].id
  referenced_security_group_id = aws_security_group.main[each.key].id
  description                  = "PostgreSQL, from ${each.key}."
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

resource "aws_vpc_security_group_egress_rule" "database" {
  for_each = local.clients

  security_group_id            = aws_security_group.main[each.key].id
  referenced_security_group_id = aws_security_group.main["database"].id
  description                  = "PostgreSQL."
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port
}

# A database of somebody's own, in another network.
resource "aws_vpc_security_group_egress_rule" "outside_database" {
  for_each = { for pair in local.outside_cidrs : "${pair[0]} ${pair[1]}" => pair }

  security_group_id = aws_security_group.main[each.value[0]].id
  cidr_ipv4         = each.value[1]
  description       = "PostgreSQL outside of this network."
  ip_protocol       = "tcp"
  from_port         = var.database_port
  to_port           = var.database_port
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  for_each = setsubtract(local.clients, ["api"])

  security_group_id = aws_security_group.main[each.key].id
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  description       = "S3, by the gateway endpoint."
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# A feed may be extracted from any host, and package indexes, issuers of tokens and
# AWS's own services have no fixed addresses.
resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = var.nat == "none" ? toset([]) : toset(concat(["extract", "warehouse"], var.api_to_internet ? ["api"] : []))

  security_group_id = aws_security_group.main[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = "HTTPS."
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "endpoints" {
  for_each = local.endpoint_clients

  security_group_id            = aws_security_group.main[each.key].id
  referenced_security_group_id = aws_security_group.main["endpoints"].id
  description                  = "AWS services, by their endpoints."
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = local.endpoint_clients

  security_group_id            = aws_security_group.main["endpoints"].id
  referenced_security_group_id = aws_security_group.main[each.key].id
  description                  = "HTTPS, from ${each.key}."
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
