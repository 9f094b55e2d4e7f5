//! Handlers as people write them, so that the table shows what the walls are worth.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::Delivery;
use distributary_router::Target as _;
use futures_util::future::join_all;
use tokio::time::timeout;

use crate::target::Connection;

/// What the SDK does by itself in its standard retry mode.
const ATTEMPTS: usize = 3;
/// As long as a route of Distributary waits by default.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Sends one delivery after the other. Gives back the position of the first that failed.
pub(crate) async fn one_by_one(
    connections: &[Arc<Connection>],
    deliveries: &[Delivery],
) -> Option<usize> {
    for delivery in deliveries {
        if !send(&connections[delivery.route], vec![delivery]).await.is_empty() {
            return Some(delivery.position);
        }
    }
    None
}

/// Sends to all routes at once, ten deliveries at a time.
pub(crate) async fn fan_out(
    connections: &[Arc<Connection>],
    deliveries: &[Delivery],
) -> Option<usize> {
    let route = async |at: usize| {
        let of_route = deliveries.iter().filter(|delivery| delivery.route == at);
        let mut failed = Vec::new();
        for request in of_route.collect::<Vec<_>>().chunks(10) {
            failed.extend(send(&connections[at], request.to_vec()).await);
        }
        failed
    };
    let failed = join_all((0..connections.len()).map(route)).await;
    failed.into_iter().flatten().min()
}

/// The positions of what was not taken.
async fn send(connection: &Connection, mut request: Vec<&Delivery>) -> Vec<usize> {
    for _ in 0..ATTEMPTS {
        let Ok(Ok(results)) = timeout(TIMEOUT, connection.send(&request)).await else { continue };
        let mut results = results.into_iter();
        request.retain(|_| !matches!(results.next(), Some(Ok(()))));
        if request.is_empty() {
            break;
        }
    }
    request.into_iter().map(|delivery| delivery.position).collect()
}
