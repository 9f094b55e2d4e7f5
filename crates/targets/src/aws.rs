//! AWS behind the routes: every route and every lot has a client of its own.
//!
//! `aws-config` finds credentials, region and endpoints the way every AWS tool does. It is 1.2 MB
//! of the function's 8.9 MB and five seconds of a debug build; reading variables alone would lose
//! operators their profiles, and everybody the endpoints of single services and FIPS.

mod answer;
mod attributes;
mod dynamodb_lot;
mod eventbridge;
mod failure;
mod ledger;
mod queue;
mod s3_lot;
#[cfg(test)]
mod scripted;
mod sns;
mod sqs;
mod sqs_lot;
mod text;

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_sqs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_sqs::config::retry::RetryPartition;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use distributary_delivery::{Arn, Route};
use distributary_router::{LOT_TIMEOUT, Target};

use self::dynamodb_lot::DynamoDbLot;
use self::eventbridge::EventBridgeTarget;
pub use self::ledger::DynamoDbLedger;
use self::queue::Queue;
use self::s3_lot::S3Lot;
use self::sns::SnsTarget;
use self::sqs::SqsTarget;
use self::sqs_lot::SqsLot;
use crate::browse::Browse;
use crate::connect::ConnectError;

/// Envelopes in a page of what an operator looks at.
const PAGE: usize = 100;

/// What all clients have in common.
pub(crate) struct Aws {
    shared: distributary_aws::Aws,
}

impl Aws {
    pub(crate) async fn load(
        _: &Arc<str>,
        endpoint_url: Option<&str>,
    ) -> Result<Self, ConnectError> {
        Ok(Self::new(distributary_aws::Aws::load(endpoint_url).await?))
    }

    pub(crate) fn new(shared: distributary_aws::Aws) -> Self {
        Aws { shared }
    }

    pub(crate) fn event_bus(
        &self,
        route: &Route,
        bus: &str,
        source: &str,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        let region = match Arn::parse(bus) {
            Some(arn) => arn.region,
            None => {
                let region = self.shared.sdk_config().region().map(ToString::to_string);
                region.ok_or_else(|| ConnectError::Region(route.name.clone()))?
            }
        };
        let config = aws_sdk_eventbridge::config::Builder::from(&self.lane(region, route.timeout))
            .retry_partition(retry_partition(&route.name))
            .build();
        let client = aws_sdk_eventbridge::Client::from_conf(config);
        Ok(Arc::new(EventBridgeTarget::new(client, bus, source)))
    }

    pub(crate) async fn queue(
        &self,
        route: &Route,
        queue: &Arn,
        delay: Option<Duration>,
        fifo: bool,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        let queue = self.open_queue(&route.name, queue, route.timeout).await?;
        Ok(Arc::new(SqsTarget::new(queue, delay, fifo)))
    }

    pub(crate) fn topic(
        &self,
        route: &Route,
        topic: &Arn,
        fifo: bool,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        let lane = self.lane(topic.region.clone(), route.timeout);
        let config = aws_sdk_sns::config::Builder::from(&lane)
            .retry_partition(retry_partition(&route.name))
            .build();
        Ok(Arc::new(SnsTarget::new(aws_sdk_sns::Client::from_conf(config), topic, fifo)))
    }

    pub(crate) async fn queue_lot(
        &self,
        name: &Arc<str>,
        queue: &Arn,
    ) -> Result<Arc<dyn Browse>, ConnectError> {
        Ok(Arc::new(SqsLot::new(self.open_queue(name, queue, LOT_TIMEOUT).await?)))
    }

    pub(crate) fn table_lot(&self, table: &str) -> Result<Arc<dyn Browse>, ConnectError> {
        Ok(Arc::new(DynamoDbLot::new(self.shared.dynamodb(table, LOT_TIMEOUT)?)))
    }

    pub(crate) fn bucket_lot(
        &self,
        bucket: &str,
        prefix: &str,
    ) -> Result<Arc<dyn Browse>, ConnectError> {
        Ok(Arc::new(S3Lot::new(self.shared.s3(bucket, LOT_TIMEOUT)?, prefix)))
    }

    async fn open_queue(
        &self,
        name: &Arc<str>,
        queue: &Arn,
        timeout: Duration,
    ) -> Result<Queue, ConnectError> {
        let config = aws_sdk_sqs::config::Builder::from(&self.lane(queue.region.clone(), timeout))
            .retry_partition(retry_partition(name))
            .build();
        let url = queue_url(queue).await.ok_or_else(|| ConnectError::Endpoint {
            name: name.clone(),
            region: queue.region.clone(),
        })?;
        Ok(Queue::new(aws_sdk_sqs::Client::from_conf(config), url))
    }

    /// The settings of one lane's client: its own connections, and one attempt per call, which the
    /// lane repeats as it sees fit.
    fn lane(&self, region: String, timeout: Duration) -> SdkConfig {
        let connections = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build_https();
        self.shared
            .sdk_config()
            .to_builder()
            .region(Region::new(region))
            .http_client(connections)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(timeout).build())
            .build()
    }
}

/// Retry quotas are process-wide per service and region unless a partition has its own.
fn retry_partition(name: &str) -> RetryPartition {
    RetryPartition::custom(name.to_owned()).build()
}

/// The URL by which SQS knows a queue. Asking the service would take a permission more and could
/// fail; the service reads account and name from the path and nothing from the host.
async fn queue_url(queue: &Arn) -> Option<String> {
    let params = Params::builder().region(&queue.region).build().ok()?;
    let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.ok()?;
    Some(format!("{}/{}/{}", endpoint.url(), queue.account, queue.resource))
}
