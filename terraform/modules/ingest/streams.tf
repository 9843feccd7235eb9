# Records of Kinesis, in their order by shard. What fails comes again until the stream
# keeps it no more: bad records end in the quarantine and fail nothing.
resource "aws_lambda_event_source_mapping" "stream" {
  for_each = var.streams

  event_source_arn                   = each.value.arn
  function_name                      = module.loader.arn
  batch_size                         = each.value.batch_size
  maximum_batching_window_in_seconds = each.value.batching_window_seconds
  starting_position                  = each.value.starting_position
  function_response_types            = ["ReportBatchItemFailures"]

  # Lambda tries the role's rights while the mapping is made.
  depends_on = [aws_iam_role_policy.loader]
}
