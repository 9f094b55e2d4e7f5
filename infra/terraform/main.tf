# The function on a table's stream, with what `rulesc` derives read from two files:
#
#   rulesc filter rules --stage prod > filter.json
#   rulesc iam rules --stage prod --stream "$STREAM" --ledger "$LEDGER" \
#     --log-group "$LOG_GROUP" --on-failure "$FAILURES" > policy.json

variable "stream_arn" { type = string }
variable "source_name" { type = string } # as the rules call it
variable "stage" { type = string }

locals {
  filters = jsondecode(file("${path.module}/filter.json")).sources[var.source_name].FilterCriteria.Filters
}

resource "aws_s3_bucket" "failures" {
  bucket_prefix = "distributary-failures-"
}

resource "aws_cloudwatch_log_group" "logs" {
  name              = "/aws/lambda/distributary"
  retention_in_days = 30
}

resource "aws_dynamodb_table" "ledger" {
  name         = "distributary-ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_iam_role" "function" {
  name_prefix = "distributary-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  role   = aws_iam_role.function.id
  policy = file("${path.module}/policy.json")
}

resource "aws_lambda_function" "function" {
  function_name    = "distributary"
  filename         = "${path.module}/function.zip"
  source_code_hash = filebase64sha256("${path.module}/function.zip")
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = ["arm64"]
  memory_size      = 512
  timeout          = 60
  role             = aws_iam_role.function.arn
  depends_on       = [aws_iam_role_policy.function]
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.logs.name
  }
  environment {
    variables = {
      DISTRIBUTARY_STAGE                  = var.stage
      DISTRIBUTARY_LEDGER                 = aws_dynamodb_table.ledger.name
      DISTRIBUTARY_PARTIAL_BATCH_RESPONSE = "on" # as the mapping below has it
    }
  }
}

resource "aws_lambda_event_source_mapping" "source" {
  event_source_arn               = var.stream_arn
  function_name                  = aws_lambda_function.function.arn
  starting_position              = "TRIM_HORIZON"
  batch_size                     = 1000
  function_response_types        = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = -1
  maximum_record_age_in_seconds  = 82800
  destination_config {
    on_failure { destination_arn = aws_s3_bucket.failures.arn }
  }
  metrics_config { metrics = ["EventCount"] }
  dynamic "filter_criteria" {
    for_each = length(local.filters) > 0 ? [local.filters] : []
    content {
      dynamic "filter" {
        for_each = filter_criteria.value
        content { pattern = filter.value.Pattern }
      }
    }
  }
}
