// The function on a table's stream, with what `rulesc` derives read from two files:
//
//   rulesc filter rules --stage prod > filter.json
//   rulesc iam rules --stage prod --stream "$STREAM" --ledger "$LEDGER" \
//     --log-group "$LOG_GROUP" --on-failure "$FAILURES" > policy.json
//
// STREAM_ARN, SOURCE (as the rules call it) and STAGE come from the environment.

const fs = require("fs");
const { App, Duration, RemovalPolicy, Stack } = require("aws-cdk-lib");
const dynamodb = require("aws-cdk-lib/aws-dynamodb");
const iam = require("aws-cdk-lib/aws-iam");
const lambda = require("aws-cdk-lib/aws-lambda");
const logs = require("aws-cdk-lib/aws-logs");
const s3 = require("aws-cdk-lib/aws-s3");

const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const { STREAM_ARN, SOURCE, STAGE } = process.env;

const stack = new Stack(new App(), "distributary");
const failures = new s3.Bucket(stack, "Failures", { bucketName: "distributary-failures" });
const group = new logs.LogGroup(stack, "Logs", {
  logGroupName: "/aws/lambda/distributary",
  retention: logs.RetentionDays.ONE_MONTH,
});
const ledger = new dynamodb.Table(stack, "Ledger", {
  tableName: "distributary-ledger",
  partitionKey: { name: "id", type: dynamodb.AttributeType.STRING },
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  timeToLiveAttribute: "expires",
  removalPolicy: RemovalPolicy.DESTROY,
});
const role = new iam.Role(stack, "Role", {
  assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"),
  inlinePolicies: { distributary: iam.PolicyDocument.fromJson(read("policy.json")) },
});
const fn = new lambda.Function(stack, "Function", {
  runtime: lambda.Runtime.PROVIDED_AL2023,
  architecture: lambda.Architecture.ARM_64,
  handler: "bootstrap",
  code: lambda.Code.fromAsset("function.zip"),
  memorySize: 512,
  timeout: Duration.seconds(60),
  role: role.withoutPolicyUpdates(),
  logGroup: group,
  environment: {
    DISTRIBUTARY_STAGE: STAGE,
    DISTRIBUTARY_LEDGER: ledger.tableName,
    DISTRIBUTARY_PARTIAL_BATCH_RESPONSE: "on", // as the mapping below has it
  },
});
const mapping = new lambda.CfnEventSourceMapping(stack, "Mapping", {
  functionName: fn.functionName,
  eventSourceArn: STREAM_ARN,
  startingPosition: "TRIM_HORIZON",
  batchSize: 1000,
  functionResponseTypes: ["ReportBatchItemFailures"],
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: -1,
  maximumRecordAgeInSeconds: 82800,
  destinationConfig: { onFailure: { destination: failures.bucketArn } },
  metricsConfig: { metrics: ["EventCount"] },
});
const criteria = read("filter.json").sources[SOURCE].FilterCriteria;
if (criteria.Filters.length > 0) {
  mapping.addPropertyOverride("FilterCriteria", criteria);
}
