//! The figures, as Markdown.

use std::time::Duration;

use comfy_table::{Table, presets};

use crate::explore::Small;
use crate::seen::Seen;
use crate::trail::Misfortune;

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// The handler or scenario.
    pub name: String,
    /// With the faults.
    pub with: Seen,
    /// Without a sick neighbour.
    pub without: Seen,
}

/// The lines under their heads.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header([
        "script",
        "deliveries",
        "faults",
        "lost",
        "twice on well routes",
        "may be",
        "order breaks there",
        "parked there",
        "p99 there",
        "p99 without the sick one",
        "longest invocation",
        "left in lots",
    ]);
    for Row { name, with, without } in rows {
        table.add_row([
            name.clone(),
            with.deliveries.to_string(),
            with.faults.to_string(),
            with.lost.to_string(),
            with.duplicates.to_string(),
            with.repeatable.to_string(),
            with.order_breaks.to_string(),
            with.parked_healthy.to_string(),
            seconds(with.p99()),
            seconds(without.p99()),
            seconds(with.longest),
            with.left.to_string(),
        ]);
    }
    table.to_string()
}

/// How many runs there are in the small, by what may go wrong in each.
#[must_use]
pub fn small_table(made: &[(Small, usize)]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["changes", "faults at", "crashes", "faults", "invoked twice", "runs"]);
    for (small, runs) in made {
        let route = if small.sick == 0 { "the queue" } else { "the FIFO queue" };
        let ledger = if small.ledger { ", its lot and the ledger" } else { " and its lot" };
        let Misfortune { crashes, faults, doubles } = small.misfortune;
        let figures = [crashes, faults, doubles, *runs].map(|figure| figure.to_string());
        let names = [small.changes.to_string(), format!("{route}{ledger}")];
        table.add_row(names.into_iter().chain(figures));
    }
    table.to_string()
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
