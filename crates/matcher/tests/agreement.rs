//! Whatever the matcher leaves out, asking every rule would have left out, too.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;

use distributary_change::{EventKind, EventTime, Image, Item, Number, Record, SequenceNumber};
use distributary_change::{StreamView, Value};
use distributary_matcher::Matcher;
use distributary_rules::{Given, Program, Truth, check, evaluate};
use distributary_syntax::Sources;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const TABLES: [&str; 3] = ["shop", "crm", "undeclared"];

const CONDITIONS: [&str; 9] = [
    "",
    "when item.x == 1",
    "when item.x != 1",
    "when item.x changed",
    "when item.x > 0",
    "when not (item.x > 0)",
    "when event.type == \"REMOVE\" or old.x missing",
    "when item.x is number mode: shadow",
    "mode: off",
];

const GUARDS: [&str; 4] =
    ["", "only when item.x exists", "skip when item.x > 0", "only when event.time > 5"];

/// The body of a rule; `from` is one of the sources, where there are any.
fn rule(sources: usize) -> impl Strategy<Value = String> {
    let kinds = subsequence(vec!["INSERT", "MODIFY", "REMOVE", "ANY"], 1..=3);
    (kinds, 0..sources.max(1), select(CONDITIONS.to_vec())).prop_map(move |(kinds, from, when)| {
        let from = if sources > 0 { format!("from {}", TABLES[from]) } else { String::new() };
        format!("on {} {from} {when} to out", kinds.join(", "))
    })
}

/// A program with none, one or two sources.
fn program() -> impl Strategy<Value = Program> {
    let rules = (0..=2_usize).prop_flat_map(|sources| (Just(sources), vec(rule(sources), 0..12)));
    let guards = [select(GUARDS.to_vec()), select(GUARDS.to_vec())];
    (rules, guards).prop_map(|((declared, rules), guards)| {
        let mut text = "route out = console {}\n".to_owned();
        for (table, guard) in TABLES[..declared].iter().zip(guards) {
            text.push_str(&format!("source {table} {{ table: \"{table}\" {guard} }}\n"));
        }
        for (index, rule) in rules.iter().enumerate() {
            text.push_str(&format!("rule r{index} {{ {rule} }}\n"));
        }
        let mut sources = Sources::new();
        sources.add("agreement.rules", text);
        let checked = check(&sources, &Given::default());
        assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
        checked.program
    })
}

fn image() -> impl Strategy<Value = Image> {
    let item = |x| Image::Present(Item::from([("x".to_owned(), x)]));
    prop_oneof![
        Just(Image::Omitted),
        Just(Image::Present(Item::new())),
        select(vec!["0", "1", "2"])
            .prop_map(move |digits| item(Value::Number(Number::parse(digits).unwrap()))),
        Just(item(Value::Null)),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let kinds = vec![EventKind::Insert, EventKind::Modify, EventKind::Remove];
    (select(kinds), select(TABLES.to_vec()), image(), image()).prop_map(
        |(kind, table, old, new)| Record {
            id: "e1".to_owned(),
            kind,
            table: table.to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            stream_arn: String::new(),
            sequence: SequenceNumber::new("1".to_owned()).unwrap(),
            time: EventTime::from_seconds(Number::parse("0").unwrap()).unwrap(),
            identity: None,
            keys: Item::new(),
            old: if kind == EventKind::Insert { Image::Absent } else { old },
            new: if kind == EventKind::Remove { Image::Absent } else { new },
            size: None,
            view: StreamView::NewAndOldImages,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_same_rules_fire_as_when_every_rule_is_asked(program in program(), record in record()) {
        let source = program.source_of(&record.table);
        let asked = 0..program.rules().len();
        let naive: Vec<usize> = asked
            .filter(|rule| evaluate::fires(&program, *rule, &record, source) == Truth::True)
            .collect();
        let matcher = Matcher::new(Arc::new(program));
        let mut fired = Vec::new();
        matcher.firing(&record, source, &mut fired);
        prop_assert_eq!(fired, naive);
    }
}
