//! Captured events through filter criteria.

use std::io::{self, Write};

use distributary_change::{RawRecord, Record};
use distributary_cli::count;
use distributary_deploy::filter::Pattern;
use distributary_rules::{Program, Truth, evaluate};

/// The batch size that a mapping has unless it is set.
const BATCH: usize = 100;

/// What filter criteria make of records.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    sources: Vec<Source>,
    foreign: usize,
}

#[derive(Debug)]
struct Source {
    name: String,
    table: Option<String>,
    patterns: Vec<Pattern>,
    records: usize,
    passing: usize,
    /// Records that a rule fires on and that do not pass. There are none, unless this is wrong or
    /// the events are not as Lambda spells them.
    lost: Vec<String>,
}

impl Replay {
    pub(crate) fn add_source(&mut self, name: &str, table: Option<&str>, patterns: &[String]) {
        self.sources.push(Source {
            name: name.to_owned(),
            table: table.map(str::to_owned),
            patterns: patterns.iter().filter_map(|text| Pattern::parse(text)).collect(),
            records: 0,
            passing: 0,
            lost: Vec::new(),
        });
    }

    pub(crate) fn add(&mut self, program: &Program, raw: &RawRecord, record: &Record) {
        let of_table =
            |source: &&mut Source| source.table.as_ref().is_none_or(|table| *table == record.table);
        let Some(source) = self.sources.iter_mut().find(of_table) else {
            self.foreign += 1;
            return;
        };
        source.records += 1;
        let json = serde_json::from_slice(&raw.bytes).unwrap_or_default();
        if source.patterns.is_empty() || source.patterns.iter().any(|p| p.passes(&json)) {
            source.passing += 1;
            return;
        }
        let declared = program.source_of(&record.table);
        let fires = |rule| evaluate::fires(program, rule, record, declared) == Truth::True;
        if (0..program.rules().len()).any(fires) {
            source.lost.push(record.id.clone());
        }
    }

    /// Prints the figures; the number of records that a rule fires on and that do not pass.
    pub(crate) fn report(&self, out: &mut impl Write) -> io::Result<usize> {
        for source in &self.sources {
            let Source { name, records, passing, lost, .. } = source;
            writeln!(out, "{name}: {} of {} pass", passing, count(*records, "record"))?;
            for (assumed, batch) in [("one by one", 1), ("in full batches of 100", BATCH)] {
                let (before, after) = (records.div_ceil(batch), passing.div_ceil(batch));
                writeln!(
                    out,
                    "  {assumed}: {} instead of {before}, {} saved",
                    count(after, "invocation"),
                    before - after
                )?;
            }
            for event in lost {
                writeln!(out, "  a rule fires on event `{event}`, which does not pass")?;
            }
        }
        if self.foreign > 0 {
            writeln!(out, "{} of other tables", count(self.foreign, "record"))?;
        }
        Ok(self.sources.iter().map(|source| source.lost.len()).sum())
    }
}
