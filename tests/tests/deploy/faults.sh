# What the faults in faults.json are planted with.

uuid() {
    aws lambda list-event-source-mappings --function-name "$FUNCTION" \
        --query 'EventSourceMappings[0].UUID' --output text
}

mapping() { aws lambda update-event-source-mapping --uuid "$(uuid)" "$@"; }

# Another mapping of the table's stream, which begins where it is told to.
made() {
    aws lambda create-event-source-mapping --function-name "$FUNCTION" --starting-position "$1" \
        --event-source-arn "$(aws dynamodb describe-table --table-name doctored-shop \
            --query Table.LatestStreamArn --output text)" \
        --batch-size 1000 --parallelization-factor 1 --bisect-batch-on-function-error \
        --maximum-retry-attempts -1 --maximum-record-age-in-seconds 82800 \
        --function-response-types ReportBatchItemFailures \
        --destination-config "{\"OnFailure\":{\"Destination\":\"arn:aws:s3:::$FAILURES\"}}" \
        --filter-criteria "$FILTER"
}

variable() {
    aws lambda update-function-configuration --function-name "$FUNCTION" --environment "$(
        aws lambda get-function-configuration --function-name "$FUNCTION" --query Environment |
            jq -c "$1"
    )"
}

policy() {
    aws iam put-role-policy --role-name "$ROLE" --policy-name distributary --policy-document "$(
        aws iam get-role-policy --role-name "$ROLE" --policy-name distributary \
            --query PolicyDocument | jq -c "$1"
    )"
}

stream() {
    aws dynamodb update-table --table-name doctored-shop --stream-specification "$1"
}

# Until what was changed of the function is in force.
settled() {
    until aws lambda get-function-configuration --function-name "$FUNCTION" |
        jq -e '.State == "Active" and .LastUpdateStatus == "Successful"'; do
        sleep 0.1
    done
}

arn() { echo "arn:aws:sqs:eu-central-1:000000000000:${1##*/}"; }
