//! CloudWatch metrics: which there are, and what they are made of.

mod embedded;
#[cfg(test)]
mod tests;

use distributary_plan::{Seen, Verdict};
use distributary_router::{Report, RouteReport};

use crate::telemetry::is_unmatched;
use embedded::{Document, Unit};

/// How much is measured. Every metric has its price, for every route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metrics {
    /// Nothing.
    Off,
    /// What alarms stand on.
    #[default]
    Few,
    /// What one looks at when looking for a cause, too.
    All,
}

/// What the metrics of one invocation are made of.
pub(crate) struct Facts<'a> {
    /// The function's name.
    pub(crate) function: &'a str,
    /// The hash of the rule set.
    pub(crate) rules: &'a str,
    /// Whether the function was told to run others.
    pub(crate) fallback: bool,
    /// The time of the answer, in seconds since the epoch.
    pub(crate) now: i64,
    pub(crate) report: &'a Report,
    /// `None` where the invocation had no batch.
    pub(crate) batch: Option<Batch<'a>>,
}

/// A batch, as far as it is measured.
pub(crate) struct Batch<'a> {
    pub(crate) records: &'a [Seen],
    /// When its first record was written, in seconds since the epoch.
    pub(crate) oldest: Option<i64>,
    pub(crate) milliseconds: u64,
}

impl Metrics {
    /// One line of the log for the function and one for each route, where there is something to
    /// say: a count of zero costs as much as any other.
    pub(crate) fn lines(self, facts: &Facts<'_>) -> Vec<String> {
        if self == Metrics::Off {
            return Vec::new();
        }
        let batch = facts.batch.iter().map(|batch| self.function(facts, batch));
        let routes = facts.report.routes.iter().map(|route| self.route(facts, route));
        batch.chain(routes).filter_map(Document::line).collect()
    }

    fn function(self, facts: &Facts<'_>, batch: &Batch<'_>) -> Document {
        let records = || batch.records.iter();
        let count = |is: fn(&Verdict) -> bool| records().filter(|seen| is(&seen.verdict)).count();
        let mut document =
            Document::new(facts.now, facts.rules, &[("FunctionName", facts.function)]);
        document.count("FallbackRules", facts.fallback.into());
        document.count("Undecodable", count(|it| matches!(it, Verdict::Undecodable(_))));
        document.count("Unmatched", records().filter(is_unmatched).count());
        if let Some(oldest) = batch.oldest {
            let age = age(facts.now, oldest).saturating_mul(1_000);
            document.value("IteratorAge", Unit::Milliseconds, age);
        }
        if self == Metrics::All {
            document.count("Records", batch.records.len());
            document.count("Skipped", count(|it| *it == Verdict::Skipped));
            document.count("ForeignTable", count(|it| matches!(it, Verdict::ForeignTable(_))));
            document.count("PoorerThanView", count(|it| matches!(it, Verdict::PoorerThanView(_))));
            document.value("BatchTime", Unit::Milliseconds, batch.milliseconds);
        }
        document
    }

    fn route(self, facts: &Facts<'_>, route: &RouteReport) -> Document {
        let dimensions = [("FunctionName", facts.function), ("Route", &*route.name)];
        let mut document = Document::new(facts.now, facts.rules, &dimensions);
        document.count("Delivered", route.delivered + route.redriven);
        document.count("Parked", route.parked + route.held);
        if let Some(parked) = route.oldest_parked {
            document.value("OldestParkedAge", Unit::Seconds, age(facts.now, parked));
        }
        if self == Metrics::All {
            document.count("Redriven", route.redriven);
            document.count("Held", route.held);
            document.count("Dropped", route.dropped);
            document.count("Unsettled", route.unsettled);
            document.count("DeliveredBefore", route.before);
            document.spread("RequestTime", &route.latencies);
        }
        document
    }
}

fn age(now: i64, then: i64) -> u64 {
    u64::try_from(now.saturating_sub(then)).unwrap_or(0)
}
