//! What became of the records of captured events, over all chunks.

use std::collections::BTreeMap;

use distributary_plan::{Seen, Verdict};

use crate::words::count;

/// So many single faults are shown; the rest is counted.
const SHOWN: usize = 20;

/// What became of the records, added up.
#[derive(Debug, Default)]
pub struct Account {
    /// All records, the undecodable ones among them.
    pub records: usize,
    /// Records that no rule fired on.
    pub unmatched: usize,
    faults: Vec<String>,
    more_faults: usize,
    foreign: BTreeMap<String, usize>,
    poorer: usize,
}

impl Account {
    /// Adds the lines that were no records.
    pub fn add_faults(&mut self, faults: impl IntoIterator<Item = String>) {
        for fault in faults {
            if self.faults.len() < SHOWN {
                self.faults.push(fault);
            } else {
                self.more_faults += 1;
            }
        }
    }

    /// Adds what was seen of records.
    pub fn add(&mut self, records: &[Seen]) {
        self.records += records.len();
        for seen in records {
            match &seen.verdict {
                Verdict::Matched(_) | Verdict::Ignored | Verdict::Skipped => {}
                Verdict::Unmatched(_) => self.unmatched += 1,
                Verdict::PoorerThanView(deliveries) => {
                    self.poorer += 1;
                    self.unmatched += usize::from(*deliveries == 0);
                }
                Verdict::ForeignTable(table) => {
                    *self.foreign.entry(table.clone()).or_default() += 1;
                }
                Verdict::Undecodable(reason) => self.add_faults([reason.clone()]),
            }
        }
    }

    /// Whether there is a record that the rules could not be asked about, or not fully.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty() || !self.foreign.is_empty() || self.poorer > 0
    }

    /// Says on standard error which records the rules could not be asked about, and why.
    pub fn report_faults(&self) {
        for fault in &self.faults {
            anstream::eprintln!("error: {fault}");
        }
        if self.more_faults > 0 {
            anstream::eprintln!(
                "error: {} more could not be read",
                count(self.more_faults, "record")
            );
        }
        for (table, records) in &self.foreign {
            anstream::eprintln!(
                "error: {} of table `{table}`, which no source declares",
                count(*records, "record")
            );
        }
        if self.poorer > 0 {
            anstream::eprintln!(
                "error: {} without an image that the `view` of the source promises",
                count(self.poorer, "record")
            );
        }
    }
}
