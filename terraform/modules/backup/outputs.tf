output "dumps_bucket" {
  description = "The bucket of dumps; they stand under dumps/."
  value       = { arn = module.dumps.arn, name = module.dumps.name }
}

output "dumps_copy_bucket" {
  description = "Name of the bucket with copies of dumps in the second region; null without one."
  value       = one(module.dumps_copy[*].name)
}

output "vault" {
  description = "Name of the vault with the backups; null where the database is not ours."
  value       = one(aws_backup_vault.main[*].name)
}
