output "dumps_bucket" {
  description = "The bucket of dumps; they stand under dumps/."
  value       = { arn = module.dumps.arn, name = module.dumps.name }
}

output "vault" {
  description = "Name of the vault with the backups; null where the database is not ours."
  value       = one(aws_backup_vault.main[*].name)
}
