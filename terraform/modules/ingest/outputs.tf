output "bucket" {
  description = "The bucket; files fall into its folder incoming/."
  value       = module.bucket.name
}

output "dead_letter_queue" {
  description = "Name and URL of the queue of events that could not be dealt with."
  value       = { name = aws_sqs_queue.dead.name, url = aws_sqs_queue.dead.id }
}

output "extract_function" {
  description = "Name of the extract function; null where there is none."
  value       = one(module.extract[*].name)
}

output "functions" {
  description = "The functions by their part: name, timeout in seconds, log group."
  value = merge(
    { loader = { name = module.loader.name, timeout_seconds = module.loader.timeout_seconds, log_group = module.loader.log_group_name } },
    { for function in module.extract : "extract" => { name = function.name, timeout_seconds = function.timeout_seconds, log_group = function.log_group_name } },
  )
}

output "queue" {
  description = "Name and URL of the queue that S3 tells of new files; null where S3 starts the loader itself."
  value       = local.by_queue ? { name = aws_sqs_queue.main[0].name, url = aws_sqs_queue.main[0].id } : null
}

output "queues" {
  description = "The queue that S3 tells of new files, null where it starts the loader itself, and that of dead letters: ARN and URL of each."
  value = {
    dead_letters = { arn = aws_sqs_queue.dead.arn, url = aws_sqs_queue.dead.id }
    loads        = local.by_queue ? { arn = aws_sqs_queue.main[0].arn, url = aws_sqs_queue.main[0].id } : null
  }
}

output "uploads" {
  description = "What the API needs to take files and rows: the bucket, the folder that files are put to, the loader."
  value = {
    bucket     = module.bucket.name
    folder_arn = "${module.bucket.arn}/${local.incoming}"
    loader     = module.loader.name
    loader_arn = module.loader.arn
  }
}
