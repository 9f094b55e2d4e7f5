//! Why deliveries fail, as the router tells it while it works.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::progress::Progress;

/// Lets each reason appear on standard error once, above the bar: a destination that is down has
/// the same one for thousands of deliveries.
pub(crate) fn to(progress: &Progress) {
    let log = Log { progress: progress.clone(), said: Mutex::default() };
    tracing_subscriber::registry().with(log).init();
}

struct Log {
    progress: Progress,
    said: Mutex<HashSet<String>>,
}

/// The fields of an event that a person is told.
#[derive(Default)]
struct Fields {
    message: String,
    route: Option<String>,
    reason: Option<String>,
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let kind = match *event.metadata().level() {
            Level::ERROR => "error",
            // Without a route it is about a record, which the account of the records tells.
            Level::WARN if fields.route.is_some() => "warning",
            _ => return,
        };
        let line = format!("{kind}: {fields}");
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.insert(line.clone()) {
            self.progress.aside(|| anstream::eprintln!("{line}"));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        match field.name() {
            "message" => self.message = value,
            "route" => self.route = Some(value),
            "reason" => self.reason = Some(value),
            _ => {}
        }
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(route) = &self.route {
            write!(f, "route `{route}`: ")?;
        }
        f.write_str(&self.message)?;
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
