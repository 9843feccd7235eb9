output "artifacts_bucket" {
  description = "The bucket with the project's package and the lineage site (lineage/index.html)."
  value       = module.artifacts.name
}

output "projects" {
  description = "Names of the CodeBuild projects: build, check, dump."
  value       = { for key, project in aws_codebuild_project.main : key => project.name }
}
