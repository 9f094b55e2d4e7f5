//! From resolved routes and lots to what stands behind them.

use std::sync::Arc;

use distributary_delivery::{Destination, Lot, LotPlace, Route};
use distributary_router::Target;
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::console::ConsoleTarget;
use crate::file::{FileLot, FileTarget};

/// What stands behind the routes and the lots, each in the order in which they were given.
#[derive(Clone)]
pub struct Connected {
    /// One per route.
    pub targets: Vec<Arc<dyn Target>>,
    /// One per lot.
    pub lots: Vec<Arc<dyn distributary_router::Lot>>,
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
    let mut connected =
        Connected { targets: Vec::with_capacity(routes.len()), lots: Vec::with_capacity(lots.len()) };
    for route in routes {
        connected.targets.push(connector.target(route).await?);
    }
    for lot in lots {
        connected.lots.push(connector.lot(lot).await?);
    }
    Ok(connected)
}

/// Why something could not even be tried: one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// This route or lot needs the feature `aws`, which is off.
    #[error("`{0}` leads to AWS, which this build leaves out: build with `--features aws`")]
    WithoutAws(Arc<str>),
    /// Nothing in the environment gives credentials.
    #[error(
        "there are no AWS credentials ({reason}): set `AWS_ACCESS_KEY_ID` and \
         `AWS_SECRET_ACCESS_KEY`, or `AWS_PROFILE`"
    )]
    Credentials {
        /// What the search for them came to.
        reason: String,
    },
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
    /// What is to take the place of the AWS endpoints is no URL.
    #[error("`{0}` is not an endpoint: it has to begin with `http://` or `https://`")]
    EndpointUrl(String),
}

struct Connector<'a> {
    endpoint_url: Option<&'a str>,
    aws: OnceCell<Aws>,
}

impl Connector<'_> {
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

    async fn lot(&self, lot: &Lot) -> Result<Arc<dyn distributary_router::Lot>, ConnectError> {
        match &lot.place {
            LotPlace::Sqs { queue } => self.aws(&lot.name).await?.lot(lot, queue).await,
            LotPlace::File { path } => Ok(Arc::new(FileLot::new(path))),
        }
    }

    /// AWS, asked for by the route or lot of this name.
    async fn aws(&self, name: &Arc<str>) -> Result<&Aws, ConnectError> {
        self.aws.get_or_try_init(|| Aws::load(name, self.endpoint_url)).await
    }
}
