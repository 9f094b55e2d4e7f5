//! One input for rules and records: rules, a line `----`, captured events.

use bytes::Bytes;
use distributary_change::{Record, captured};
use distributary_rules::{Given, Program, check};
use distributary_syntax::Sources;

const BETWEEN: &[u8] = b"\n----\n";

/// The program and the records, where there are both.
pub fn read(input: &[u8]) -> Option<(Program, Vec<Record>)> {
    let at = input.windows(BETWEEN.len()).position(|window| window == BETWEEN)?;
    let (rules, events) = input.split_at(at);
    // Decoding is part of what is looked at, also where the rules are none.
    let records = captured::read(&Bytes::copy_from_slice(events.get(BETWEEN.len()..)?));
    let records: Vec<_> = records.ok()?.iter().filter_map(|raw| raw.decode().ok()).collect();
    let mut sources = Sources::new();
    sources.add("fuzz.rules", std::str::from_utf8(rules).ok()?);
    let checked = check(&sources, &Given::default());
    (!checked.has_errors()).then_some((checked.program, records))
}
