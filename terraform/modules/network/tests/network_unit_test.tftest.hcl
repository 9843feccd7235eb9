mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "catchment-test"
}

run "has_public_and_private_subnets_in_two_zones" {
  command = plan

  assert {
    condition     = length(aws_subnet.private) == 2 && length(aws_subnet.public) == 2
    error_message = "There are not two zones."
  }

  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.map_public_ip_on_launch != true])
    error_message = "A subnet gives out public addresses."
  }

  assert {
    condition     = length(distinct([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.cidr_block])) == 4
    error_message = "Subnets overlap."
  }
}

run "has_one_nat_gateway" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.main) == 1 && length(aws_route.nat) == 2
    error_message = "Not all private subnets have a way out by one gateway."
  }
}

run "has_a_nat_gateway_in_each_zone" {
  command = plan

  variables {
    nat        = "per_zone"
    zone_count = 3
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 3 && length(aws_route.nat) == 3
    error_message = "A zone has no gateway of its own."
  }
}

run "works_without_nat" {
  command = plan

  variables {
    nat                 = "none"
    interface_endpoints = ["logs", "secretsmanager"]
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0
    error_message = "Something of NAT is left."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.internet) == 0
    error_message = "A group may go to the internet."
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["logs", "secretsmanager"])
    error_message = "An endpoint is missing."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.endpoints)) == toset(["api", "extract", "loader", "warehouse"])
    error_message = "A client does not reach the endpoints."
  }
}

run "takes_the_bulk_past_the_nat_gateway" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3.service_name == "com.amazonaws.eu-central-1.s3"
    error_message = "There is no gateway endpoint of S3."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0
    error_message = "An endpoint costs that nobody asked for."
  }
}

run "lets_only_clients_into_the_database" {
  command = plan

  assert {
    condition     = toset(keys(aws_vpc_security_group_ingress_rule.database)) == toset(["api", "extract", "loader", "warehouse"])
    error_message = "Others get in, or a client does not."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.database : rule.cidr_ipv4 == null && rule.from_port == 5432 && rule.to_port == 5432])
    error_message = "A rule is wider than the port of PostgreSQL."
  }
}

run "lets_the_api_out_to_the_database_only" {
  command = plan

  assert {
    condition     = !contains(keys(aws_vpc_security_group_egress_rule.internet), "api") && !contains(keys(aws_vpc_security_group_egress_rule.s3), "api")
    error_message = "The API may go elsewhere."
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.internet)) == toset(["extract", "warehouse"])
    error_message = "The loader may go to the internet."
  }
}

run "lets_the_api_out_on_demand" {
  command = plan

  variables {
    api_to_internet = true
  }

  assert {
    condition     = toset(keys(aws_vpc_security_group_egress_rule.internet)) == toset(["api", "extract", "warehouse"]) && aws_vpc_security_group_egress_rule.internet["api"].to_port == 443
    error_message = "The API reaches no issuer, or more than HTTPS."
  }

  assert {
    condition     = !contains(keys(aws_vpc_security_group_egress_rule.s3), "api")
    error_message = "The API reaches S3, which it only signs addresses of."
  }
}

run "refuses_to_let_the_api_out_by_no_way" {
  command = plan

  variables {
    api_to_internet = true
    nat             = "none"
  }

  expect_failures = [var.api_to_internet]
}

run "gives_nothing_to_the_default_group" {
  command = plan

  assert {
    condition     = aws_default_security_group.main.vpc_id == aws_vpc.main.id
    error_message = "The default group is left as it is."
  }
}

run "reaches_a_database_outside" {
  command = plan

  variables {
    database_cidrs = ["10.9.0.0/16"]
    database_port  = 6432
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.outside_database) == 4 && alltrue([for rule in aws_vpc_security_group_egress_rule.outside_database : rule.cidr_ipv4 == "10.9.0.0/16" && rule.to_port == 6432])
    error_message = "A client does not reach it."
  }
}

run "keeps_a_flow_log" {
  command = plan

  variables {
    log_retention_days = 14
  }

  assert {
    condition     = aws_flow_log.main.traffic_type == "REJECT" && aws_flow_log.main.log_destination == aws_cloudwatch_log_group.flow.arn
    error_message = "There is no flow log."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow.retention_in_days == 14
    error_message = "It has no end."
  }

  assert {
    condition     = data.aws_iam_policy_document.flow.statement[0].resources == toset(["${aws_cloudwatch_log_group.flow.arn}:*"])
    error_message = "Its role may write elsewhere."
  }
}

run "refuses_wrong_values" {
  command = plan

  variables {
    # A range that is none.
    cidr = "10.20.0.0"
    # An address range that is none.
    database_cidrs = ["everywhere"]
    # A port that is none.
    database_port = 70000
    # A traffic that is none.
    flow_log_traffic = "SOME"
    # A nat that is none.
    nat = "some"
    # A single zone.
    zone_count = 1
  }

  expect_failures = [
    var.cidr,
    var.database_cidrs,
    var.database_port,
    var.flow_log_traffic,
    var.nat,
    var.zone_count,
  ]
}

run "refuses_other_wrong_values" {
  command = plan

  variables {
    # A range that is too small.
    cidr = "10.20.0.0/24"
  }

  expect_failures = [
    var.cidr,
  ]
}
