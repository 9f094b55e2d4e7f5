//! The account that is asked, and clients of its services.

use std::time::Duration;

use anyhow::{Context as _, bail};
use distributary_aws::api::{self, Api};
use distributary_aws::{Aws, ConfigError};
use serde::Deserialize;

/// How long one call may take; the largest carry some megabytes.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a test waits for what services do in their own time. The mapping of a stream may take
/// minutes until it sends its first batch.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// The same for components on this machine.
const LOCAL_PATIENCE: Duration = Duration::from_secs(8);

/// An account in one region.
#[derive(Debug)]
pub struct Account {
    /// Its number.
    pub number: String,
    /// Who is asking, as an ARN.
    pub caller: String,
    /// The region.
    pub region: String,
    pub(crate) aws: Aws,
    pub(crate) patience: Duration,
    pub(crate) pause: Duration,
    /// For how many seconds a queue is asked: one that answers at once may pass over what it has.
    pub(crate) long_poll: u32,
    pub(crate) cloudformation: Api,
    pub(crate) cloudwatch: Api,
    pub(crate) events: Api,
    pub(crate) lambda: Api,
    pub(crate) sns: Api,
    pub(crate) sqs: Api,
    pub(crate) sts: Api,
    pub(crate) tagging: Api,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "GetCallerIdentityResult")]
    result: IdentityResult,
}

#[derive(Deserialize)]
struct IdentityResult {
    #[serde(rename = "Arn")]
    arn: String,
    #[serde(rename = "Account")]
    account: String,
}

impl Account {
    /// The account of a profile, or of the credentials in the environment. Asks who that is, and
    /// nothing else. With `endpoint_url` it is components on this machine, which are quick.
    ///
    /// # Errors
    /// There are no credentials, no region, or nobody answers.
    pub async fn open(profile: Option<&str>, endpoint_url: Option<&str>) -> anyhow::Result<Self> {
        let aws = Aws::of_profile(profile, endpoint_url).await?;
        let Some(region) = aws.sdk_config().region().map(ToString::to_string) else {
            bail!(
                "nothing says in which region to test: set `AWS_REGION`, or give the profile one"
            );
        };
        let open = |named| -> Result<Api, ConfigError> { aws.api(named, TIMEOUT) };
        let sts = open(&api::STS)?;
        let answer = sts.query("GetCallerIdentity", &[]).await;
        let answer = answer.context("cannot ask whose account it is")?;
        let Identity { result } =
            quick_xml::de::from_str(&answer).context("cannot read whose account it is")?;
        let local = endpoint_url.is_some();
        Ok(Account {
            number: result.account,
            caller: result.arn,
            region,
            patience: if local { LOCAL_PATIENCE } else { PATIENCE },
            pause: Duration::from_millis(if local { 100 } else { 2_000 }),
            long_poll: if local { 0 } else { 2 },
            cloudformation: open(&api::CLOUDFORMATION)?,
            cloudwatch: open(&api::CLOUDWATCH)?,
            events: open(&api::EVENTS)?,
            lambda: open(&api::LAMBDA)?,
            sns: open(&api::SNS)?,
            sqs: open(&api::SQS)?,
            tagging: open(&api::TAGGING)?,
            sts,
            aws,
        })
    }

    /// A bucket.
    pub(crate) fn s3(&self, bucket: &str) -> anyhow::Result<distributary_aws::S3> {
        Ok(self.aws.s3(bucket, TIMEOUT)?)
    }

    /// A table.
    pub(crate) fn table(&self, name: &str) -> anyhow::Result<distributary_aws::DynamoDb> {
        Ok(self.aws.dynamodb(name, TIMEOUT)?)
    }

    /// A stream.
    pub(crate) fn stream(&self, arn: &str) -> anyhow::Result<distributary_aws::Streams> {
        Ok(self.aws.streams(arn, TIMEOUT)?)
    }
}
