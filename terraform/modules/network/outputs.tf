output "private_route_table_ids" {
  description = "Route tables of the private subnets, for a peering with another network."
  value       = [for table in aws_route_table.private : table.id]
}

output "private_subnet_ids" {
  description = "The private subnets, one in each zone."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "security_group_ids" {
  description = "Security groups: api, database, endpoints, extract, loader, warehouse."
  value       = { for name, group in aws_security_group.main : name => group.id }
}

output "vpc_id" {
  description = "The network."
  value       = aws_vpc.main.id
}
