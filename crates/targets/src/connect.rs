//! From resolved routes and lots to what stands behind them.

use std::sync::Arc;

use distributary_delivery::{Destination, Lot, LotPlace, Route};
use distributary_router::{Lane, LotSlot, Target};
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::browse::Browse;
use crate::console::ConsoleTarget;
use crate::file::FileTarget;
use crate::file_lot::FileLot;

/// What stands behind the routes and the lots, each in the order in which they were given.
#[derive(Clone)]
pub struct Connected {
    /// One per route.
    pub targets: Vec<Arc<dyn Target>>,
    /// One per lot.
    pub lots: Vec<Arc<dyn Browse>>,
}

impl Connected {
    /// The lanes of these routes, which are those that were connected.
    #[must_use]
    pub fn lanes(&self, routes: &[Route]) -> Vec<Lane> {
        let lanes = routes.iter().cloned().zip(self.targets.iter().cloned());
        lanes.map(|(route, target)| Lane { route, target }).collect()
    }

    /// These lots, which are those that were connected, each with what follows it.
    #[must_use]
    pub fn slots(&self, lots: &[Lot]) -> Vec<LotSlot> {
        let slots = self.lots.iter().zip(lots);
        slots.map(|(lot, Lot { then, .. })| LotSlot { lot: lot.clone(), then: *then }).collect()
    }
}

/// Opens every route and every lot. Nothing is sent yet, and no service is asked whether its queue,
/// topic or bus exists: that one does not is a failure of its route and no other.
///
/// `endpoint_url` takes the place of every AWS endpoint; without it `AWS_ENDPOINT_URL` may. The
/// environment is read only where something leads to AWS.
///
/// # Errors
/// What no later attempt could mend; see [`ConnectError`].
pub async fn connect(
    routes: &[Route],
    lots: &[Lot],
    endpoint_url: Option<&str>,
) -> Result<Connected, ConnectError> {
    let connector = Connector { endpoint_url, aws: OnceCell::new() };
    connector.connect(routes, lots).await
}

/// As [`connect`], with settings of AWS that were found already.
///
/// # Errors
/// See [`ConnectError`].
#[cfg(feature = "aws")]
pub async fn connect_by(
    aws: distributary_aws::Aws,
    routes: &[Route],
    lots: &[Lot],
) -> Result<Connected, ConnectError> {
    let aws = OnceCell::new_with(Some(Aws::new(aws)));
    Connector { endpoint_url: None, aws }.connect(routes, lots).await
}

/// Why something could not even be tried: one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// This route or lot needs the feature `aws`, which is off.
    #[error("`{0}` leads to AWS, which this build leaves out: build with `--features aws`")]
    WithoutAws(Arc<str>),
    /// Nothing in AWS can be reached.
    #[cfg(feature = "aws")]
    #[error(transparent)]
    Aws(#[from] distributary_aws::ConfigError),
    /// This route's bus is given by name, and nothing says in which region it is.
    #[error("route `{0}` names its event bus without a region: give its ARN, or set `AWS_REGION`")]
    Region(Arc<str>),
    /// The SDK knows no SQS endpoint in this region.
    #[error("`{name}` leads to the region `{region}`, where no SQS endpoint is known")]
    Endpoint {
        /// The route or lot.
        name: Arc<str>,
        /// The region of its queue.
        region: String,
    },
}

struct Connector<'a> {
    endpoint_url: Option<&'a str>,
    aws: OnceCell<Aws>,
}

impl Connector<'_> {
    async fn connect(&self, routes: &[Route], lots: &[Lot]) -> Result<Connected, ConnectError> {
        let mut connected = Connected {
            targets: Vec::with_capacity(routes.len()),
            lots: Vec::with_capacity(lots.len()),
        };
        for route in routes {
            connected.targets.push(self.target(route).await?);
        }
        for lot in lots {
            connected.lots.push(self.lot(lot).await?);
        }
        Ok(connected)
    }

    async fn target(&self, route: &Route) -> Result<Arc<dyn Target>, ConnectError> {
        let name = &route.name;
        match &route.destination {
            Destination::EventBridge { bus, source } => {
                self.aws(name).await?.event_bus(route, bus, source)
            }
            Destination::Sqs { queue, delay, fifo } => {
                self.aws(name).await?.queue(route, queue, *delay, *fifo).await
            }
            Destination::Sns { topic, fifo } => self.aws(name).await?.topic(route, topic, *fifo),
            Destination::Console => Ok(Arc::new(ConsoleTarget::new(name))),
            Destination::File { path } => Ok(Arc::new(FileTarget::new(name, path))),
        }
    }

    async fn lot(&self, lot: &Lot) -> Result<Arc<dyn Browse>, ConnectError> {
        match &lot.place {
            LotPlace::Sqs { queue } => self.aws(&lot.name).await?.queue_lot(&lot.name, queue).await,
            LotPlace::DynamoDb { table } => self.aws(&lot.name).await?.table_lot(table),
            LotPlace::S3 { bucket, prefix } => {
                self.aws(&lot.name).await?.bucket_lot(bucket, prefix)
            }
            LotPlace::File { path } => Ok(Arc::new(FileLot::new(path))),
        }
    }

    /// AWS, asked for by the route or lot of this name.
    async fn aws(&self, name: &Arc<str>) -> Result<&Aws, ConnectError> {
        self.aws.get_or_try_init(|| Aws::load(name, self.endpoint_url)).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use distributary_delivery::{Arn, OnFailure};

    use super::*;

    fn route(destination: Destination) -> Route {
        Route {
            name: "orders".into(),
            known_as: "orders".into(),
            destination,
            timeout: Duration::from_secs(1),
            retry: 3,
            within: Duration::from_secs(5),
            concurrency: 4,
            on_failure: OnFailure::BLOCK,
            oversize: None,
        }
    }

    fn queue() -> Route {
        let queue = Arn::parse("arn:aws:sqs:eu-west-1:123456789012:orders").unwrap();
        route(Destination::Sqs { queue, delay: None, fifo: false })
    }

    async fn refused(endpoint_url: &str) -> String {
        connect(&[queue()], &[], Some(endpoint_url)).await.err().unwrap().to_string()
    }

    #[tokio::test]
    async fn routes_of_lines_need_nothing_of_aws() {
        let routes = [route(Destination::Console), route(Destination::File { path: "x".into() })];
        let place = LotPlace::File { path: "y".into() };
        let lots = [Lot { name: "waiting".into(), place, then: None }];
        let connected = connect(&routes, &lots, Some("not even an endpoint")).await.unwrap();
        assert_eq!((connected.targets.len(), connected.lots.len()), (2, 1));
    }

    #[cfg(not(feature = "aws"))]
    #[tokio::test]
    async fn a_build_without_aws_says_so() {
        assert_eq!(
            refused("http://127.0.0.1:1").await,
            "`orders` leads to AWS, which this build leaves out: build with `--features aws`"
        );
    }

    #[cfg(feature = "aws")]
    #[tokio::test]
    async fn an_endpoint_that_is_none_is_refused_before_anything_goes_to_aws() {
        for url in ["localhost:4566", "http://", "https:///x", "ftp://x", "http://local host"] {
            assert_eq!(
                refused(url).await,
                format!("`{url}` is not an endpoint: it has to begin with `http://` or `https://`")
            );
        }
    }
}
