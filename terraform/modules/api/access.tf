# What the API is told of who may ask, and what it may do with what it is sent.
locals {
  # Behind a gateway that looks at tokens, the API looks at keys alone.
  reads_tokens = var.tokens != null && !local.at_gateway
  # Cognito names its clients as audience, and the resource server before a scope.
  api_audience = concat(local.audience, aws_cognito_resource_server.main[*].identifier)

  queues = { for word, queue in {
    CATCHMENT_DEAD_LETTERS_URL = try(var.queues.dead_letters, null)
    CATCHMENT_QUEUE_URL        = try(var.queues.loads, null)
  } : word => queue if queue != null }

  access_environment = merge(
    { API_ACCESS = local.at_gateway ? "open" : var.access },
    local.reads_tokens ? { JWT_AUDIENCE = join(",", local.api_audience), JWT_ISSUER = local.issuer } : {},
    local.reads_tokens && local.names_jwks ? { JWT_JWKS_URL = local.jwks_url } : {},
    { for word, queue in local.queues : word => queue.url },
    var.uploads == null ? {} : { CATCHMENT_BUCKET = var.uploads.bucket, LOADER_FUNCTION = var.uploads.loader },
  )
}

data "aws_iam_policy_document" "uploads" {
  count = var.uploads == null ? 0 : 1

  statement {
    sid       = "SignAddressesOfFiles"
    actions   = ["s3:PutObject"]
    resources = ["${var.uploads.folder_arn}*"]
  }

  statement {
    sid       = "HandRowsToLoader"
    actions   = ["lambda:InvokeFunction"]
    resources = [var.uploads.loader_arn]
  }
}

resource "aws_iam_role_policy" "uploads" {
  count = var.uploads == null ? 0 : 1

  name   = "uploads"
  role   = module.function.role_name
  policy = data.aws_iam_policy_document.uploads[0].json
}

# To look into a message would count as a delivery of it.
data "aws_iam_policy_document" "queues" {
  count = var.queues == null ? 0 : 1

  statement {
    sid       = "CountMessages"
    actions   = ["sqs:GetQueueAttributes"]
    resources = values(local.queues)[*].arn
  }
}

resource "aws_iam_role_policy" "queues" {
  count = var.queues == null ? 0 : 1

  name   = "queues"
  role   = module.function.role_name
  policy = data.aws_iam_policy_document.queues[0].json
}
