"""Stacks that differ as much as they can: their terraform.tfvars by name."""

STACKS = {
    "everything": """
        name     = "everything"
        tracing  = true
        network  = { nat = "per_zone", zone_count = 3, interface_endpoints = ["sqs"] }
        database = { api_connection = "proxy", multi_az = true }
        ingest   = { trigger = "direct", processed_expire_days = 400 }
        api = {
          access                  = "key,jwt"
          cors_origins            = ["https://example.com"]
          provisioned_concurrency = 2
          tokens                  = { cognito_domain = "everything-tokens" }
          domain = {
            certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/a"
            name            = "data.example.com"
            zone_id         = "Z0123"
          }
        }
        backup     = { copy_region = "eu-west-1", object_lock_days = 7 }
        alerts     = { emails = ["ops@example.com"], reject_percent = 5 }
        alert_urls = ["https://events.example.com/x"]
    """,
    "lean": """
        name         = "lean"
        architecture = "x86_64"
        network      = { nat = "none" }
        existing_database = {
          admin_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a"
          admin_user       = "postgres"
          cidrs            = ["10.9.0.0/16"]
          host             = "db.example.com"
        }
        api = {
          access        = "gateway"
          admin_uploads = false
          snapstart     = true
          tokens        = { audience = ["data"], issuer = "https://id.example.com" }
        }
        ingest = {
          failed_expire_days     = 0
          freshness_minutes      = 0
          processed_archive_days = 0
        }
        warehouse = { check_schedule = "", dump_schedule = "" }
        alerts    = { monthly_budget_dollars = 0 }
    """,
}
