//! JSON lines on standard output, where Lambda collects them. They hold names, counts, sequence
//! numbers and times, and no item values.

use std::io;
use std::panic;

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts to log what is at this level or above.
///
/// Only this product's own crates follow the level: what the SDK and the runtime library log below
/// warnings quotes whole requests, which hold item values.
pub(crate) fn start(level: Level) {
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("distributary", level)
        // These repeat what is logged here already, the one of an invocation and the other of the
        // search for credentials.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
        .with_target("aws_config::meta::credentials", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_target(false)
        .with_writer(io::stdout);
    tracing_subscriber::registry().with(lines).with(filter).init();
    panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote a value.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a bug stopped what was being done");
    }));
}
