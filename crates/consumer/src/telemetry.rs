//! What the log says about a batch: counts, names and sequence numbers.

use std::collections::BTreeMap;

use distributary_plan::{Seen, Shadowed, Verdict};
use distributary_router::{Report, RouteReport};
use distributary_rules::Unmatched;
use tracing::{error, info, warn};

/// Says what is wrong with records.
pub(crate) fn records(records: &[Seen]) {
    let mut foreign: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut poorer, mut unmatched) = (Vec::new(), Vec::new());
    for record in records {
        match &record.verdict {
            Verdict::ForeignTable(table) => *foreign.entry(table).or_default() += 1,
            Verdict::PoorerThanView(_) => poorer.push(record),
            Verdict::Undecodable(reason) => {
                let (event, sequence) = (record.event.as_deref(), record.sequence.as_deref());
                error!(event, sequence, reason, "a record cannot be decoded");
            }
            Verdict::Unmatched(Unmatched::Warn) => unmatched.push(record),
            Verdict::Matched(_)
            | Verdict::Unmatched(Unmatched::Ignore | Unmatched::Count)
            | Verdict::Ignored
            | Verdict::Skipped => {}
        }
    }
    for (table, records) in foreign {
        error!(table, records, "no source declares this table, so its records go nowhere");
    }
    if let Some(first) = poorer.first() {
        let (records, sequence) = (poorer.len(), first.sequence.as_deref());
        error!(records, sequence, "records lack an image that the view of their source promises");
    }
    if let Some(first) = unmatched.first() {
        let (records, sequence) = (unmatched.len(), first.sequence.as_deref());
        warn!(records, sequence, "no rule claims records of a source that wants them claimed");
    }
}

/// Says which rules in shadow mode fired, and how often.
pub(crate) fn shadowed(shadowed: &[Shadowed]) {
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for Shadowed { rule, .. } in shadowed {
        *fired.entry(rule).or_default() += 1;
    }
    for (rule, records) in fired {
        info!(rule, records, "a rule in shadow mode fired and sent nothing");
    }
}

/// Says of each route what it did not deliver, and what left its lot.
pub(crate) fn routes(report: &Report) {
    for route in &report.routes {
        let RouteReport { name, matched, before, delivered, redriven, left, .. } = route;
        if before + delivered < *matched {
            let RouteReport { parked, held, dropped, unsettled, attempts, .. } = route;
            warn!(
                route = &**name,
                matched,
                before,
                delivered,
                parked,
                held,
                dropped,
                unsettled,
                attempts,
                "a route fell behind"
            );
        }
        if *redriven > 0 {
            info!(route = &**name, redriven, "what waited in the lot has arrived");
        }
        if let Some(reason) = left {
            info!(route = &**name, reason, "the lot was not emptied");
        }
    }
}

/// Says what became of the batch: what is neither delivered now nor before has lines of its own.
pub(crate) fn batch(records: &[Seen], report: &Report, milliseconds: u64) {
    let total = |count: fn(&RouteReport) -> usize| report.routes.iter().map(count).sum::<usize>();
    let skipped = |seen: &&Seen| seen.verdict == Verdict::Skipped;
    let lowest = report.lowest_unsettled.and_then(|place| records.get(place)?.sequence.as_deref());
    info!(
        records = records.len(),
        unmatched = records.iter().filter(is_unmatched).count(),
        skipped = records.iter().filter(skipped).count(),
        quarantined = report.quarantined,
        deliveries = total(|route| route.matched),
        before = total(|route| route.before),
        delivered = total(|route| route.delivered),
        lowest_unsettled = lowest,
        milliseconds,
        "batch"
    );
}

/// No rule claims the record, and its source wants that known.
pub(crate) fn is_unmatched(seen: &&Seen) -> bool {
    matches!(seen.verdict, Verdict::Unmatched(Unmatched::Count | Unmatched::Warn))
}
