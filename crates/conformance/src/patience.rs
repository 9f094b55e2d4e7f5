//! Waiting until something is so.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Asks every so often until there is an answer or `patience` is spent.
///
/// # Errors
/// As the question.
pub(crate) async fn until<T, F: Future<Output = anyhow::Result<Option<T>>>>(
    patience: Duration,
    pause: Duration,
    mut ask: impl FnMut() -> F,
) -> anyhow::Result<Option<T>> {
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await? {
            return Ok(Some(answer));
        }
        if Instant::now() + pause > end {
            return Ok(None);
        }
        sleep(pause).await;
    }
}
