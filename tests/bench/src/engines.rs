//! The engines: each is built from a scenario and gives the rules that match a record.

use std::sync::Arc;

use a_tree::{ATree, AttributeDefinition};
use distributary_change::RawRecord;
use distributary_matcher::Matcher;
use distributary_rules::{Given, check};
use distributary_syntax::Sources;
use serde::Deserialize;

use crate::MEMORY;
use crate::clock::Stopwatch;
use crate::scenario::Scenario;

/// Adds the rules that match, in any order.
pub type Engine = Box<dyn FnMut(&RawRecord, &mut Vec<usize>)>;

/// The matcher, and what it took to make.
pub struct Ours {
    pub engine: Engine,
    /// Seconds.
    pub check: f64,
    /// Seconds.
    pub index: f64,
    /// Of the index, for each rule.
    pub bytes: usize,
}

pub fn ours(scenario: &Scenario) -> Ours {
    let mut text = "route out = console {}\n".to_owned();
    for (at, rule) in scenario.rules.iter().enumerate() {
        text.push_str(&format!("rule r{at} {{ on ANY when {} to out }}\n", rule.ours));
    }
    let mut sources = Sources::new();
    sources.add("bench.rules", text);
    let start = Stopwatch::start();
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics.first());
    let (program, check) = (Arc::new(checked.program), start.elapsed().as_secs_f64());
    let (start, before) = (Stopwatch::start(), MEMORY.current_usage());
    let matcher = Matcher::new(program);
    let index = start.elapsed().as_secs_f64();
    let bytes = (MEMORY.current_usage() - before) / scenario.rules.len();
    let mut desk = matcher.desk();
    let engine = move |raw: &RawRecord, out: &mut Vec<usize>| {
        matcher.ask(raw, &mut desk, out).expect("the records are sound");
    };
    Ours { engine: Box::new(engine), check, index, bytes }
}

pub fn quamina(scenario: &Scenario) -> Option<Engine> {
    // It panics while it freezes more transitions of a state than fit into a byte.
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let built = std::panic::catch_unwind(|| frozen(scenario));
    std::panic::set_hook(quiet);
    let quamina = built.ok()??;
    Some(Box::new(move |raw, out| {
        out.extend(quamina.matches_for_event(&raw.bytes).expect("JSON"));
    }))
}

/// All patterns, and one question that makes it build what it asks.
fn frozen(scenario: &Scenario) -> Option<quamina::Quamina<usize>> {
    let mut quamina = quamina::Quamina::new();
    for (at, rule) in scenario.rules.iter().enumerate() {
        quamina.add_pattern(at, rule.quamina.as_ref()?).ok()?;
    }
    let first = crate::data::records(1, 14, 1).pop()?;
    quamina.matches_for_event(&first.bytes).ok()?;
    Some(quamina)
}

/// What a-tree is given: the attributes that rules ask about, by name, read by `serde_json`.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    dynamodb: Change<'a>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, rename = "NewImage")]
    new: Attributes<'a>,
}

#[derive(Deserialize)]
struct Attributes<'a> {
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    tenant: Text<'a>,
    #[serde(borrow)]
    total: Digits<'a>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(rename = "S")]
    text: &'a str,
}

#[derive(Deserialize)]
struct Digits<'a> {
    #[serde(rename = "N")]
    digits: &'a str,
}

pub fn a_tree(scenario: &Scenario) -> Option<Engine> {
    let attributes = [
        AttributeDefinition::string("status"),
        AttributeDefinition::string("tenant"),
        AttributeDefinition::float("total"),
    ];
    let mut tree = ATree::new(&attributes).ok()?;
    for (at, rule) in scenario.rules.iter().enumerate() {
        tree.insert(&at, rule.a_tree.as_ref()?).ok()?;
    }
    Some(Box::new(move |raw, out| {
        let event: Event<'_> = serde_json::from_slice(&raw.bytes).expect("JSON");
        let new = event.dynamodb.new;
        let cents: i64 = new.total.digits.replace('.', "").parse().expect("cents");
        let mut builder = tree.make_event();
        builder.with_string("status", new.status.text).expect("an attribute");
        builder.with_string("tenant", new.tenant.text).expect("an attribute");
        builder.with_float("total", cents, 2).expect("an attribute");
        let event = builder.build().expect("an event");
        out.extend(tree.search(&event).expect("an answer").matches().iter().copied());
    }))
}

/// What no engine can be faster than, by what it does with a record's bytes.
pub fn floors() -> Vec<(&'static str, Engine)> {
    vec![
        (
            "find the end of the line",
            Box::new(|raw: &RawRecord, out: &mut Vec<usize>| {
                out.extend(memchr::memchr(b'\n', &raw.bytes));
            }),
        ),
        (
            "check that it is UTF-8",
            Box::new(|raw: &RawRecord, out: &mut Vec<usize>| {
                out.extend(std::str::from_utf8(&raw.bytes).err().map(|error| error.valid_up_to()));
            }),
        ),
        (
            "count its quotes (memchr)",
            Box::new(|raw: &RawRecord, out: &mut Vec<usize>| {
                out.push(memchr::memchr_iter(b'"', &raw.bytes).count());
            }),
        ),
        (
            "skip it as JSON (serde_json)",
            Box::new(|raw: &RawRecord, out: &mut Vec<usize>| {
                let skipped: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(&raw.bytes);
                out.extend(skipped.err().map(|error| error.column()));
            }),
        ),
        (
            "decode it (change)",
            Box::new(|raw: &RawRecord, out: &mut Vec<usize>| {
                out.push(raw.decode().expect("the records are sound").keys.len());
            }),
        ),
    ]
}
