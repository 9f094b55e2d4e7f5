//! Tests that rules declare: what they see, and what they say when they fail.

use std::collections::BTreeMap;

use distributary_rules::evaluate::WhyNot;
use distributary_rules::test::{Outcome, run};
use distributary_rules::{Given, Program, Truth, check};
use distributary_syntax::Sources;

use crate::records::record;

const RULES: &str = r#"
param limit: number = 100
source shop { table: "shop"  key: pk, sk  only when item.region != "elsewhere" }
route out = console {}
route typed = console { format: dynamodb }
rule large { on INSERT, MODIFY when item.total > limit and item.kind == "Order" to out with { total: item.total, tags: item.tags, deep: { a: 1, b: keys.pk } } }
rule gone { on REMOVE when event.expired to typed with { id: keys.pk } }
rule tried { on INSERT mode: shadow to out }
"#;

fn program(test: &str) -> (Program, Sources) {
    let mut sources = Sources::new();
    sources.add("shop.rules", format!("{RULES}\n{test}"));
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    (checked.program, sources)
}

fn outcome(test: &str) -> Outcome {
    run(&program(test).0, 0, &BTreeMap::new())
}

/// What fails of a test, as `expected / got / place of the reason`.
fn failures(test: &str) -> Vec<String> {
    let (program, sources) = program(test);
    let outcome = run(&program, 0, &BTreeMap::new());
    let shown = outcome.failures.iter().map(|failure| {
        let why = match failure.why_not {
            None => "no reason".to_owned(),
            Some(WhyNot::Condition(span, truth)) => format!("{} {truth:?}", sources.text(span)),
            Some(WhyNot::Guard(span)) => sources.text(span).to_owned(),
            Some(other) => format!("{other:?}"),
        };
        format!("{} / {} / {why}", failure.expected, failure.got)
    });
    shown.collect()
}

#[test]
fn what_holds_has_no_failures() {
    let held = [
        r#"test "t" { given { kind: "Order", pk: "P#1" } insert { total: 101 } expect large }"#,
        r#"test "t" { given { kind: "Order", pk: "P#1" } insert { total: 101 } expect large -> out { deep: { b: "P#1" } } }"#,
        r#"test "t" { given { kind: "Order" } insert { total: 101, tags: set["b", "a"] } expect large -> out { tags: ["a", "b"], total: 101.0 } }"#,
        r#"test "t" { given { kind: "Order" } insert { total: 101 } modify { total: 1 } => { total: 102 } expect large 2 times }"#,
        r#"test "t" { given { kind: "Order" } insert { total: 101 } modify { total: 1 } => { total: 102 } expect large -> out { total: 102 } 1 times }"#,
        r#"test "t" { insert { total: 100 } expect not large }"#,
        r#"test "t" { modify {} => {} expect nothing }"#,
        r#"test "t" { expire { pk: "P#1" } expect gone -> typed { id: "P#1" } }"#,
        r#"test "t" { remove { pk: "P#1" } expect nothing }"#,
        r#"test "t" { insert { region: "elsewhere" } expect nothing }"#,
        r#"test "t" { insert {} expect tried -> out { type: "INSERT", table: "shop" } }"#,
        r#"test "t" from shop with { limit: 5 } { insert { total: 6, kind: "Order" } expect large }"#,
    ];
    for test in held {
        assert_eq!(failures(test), [""; 0], "{test}");
    }
}

#[test]
fn a_failure_says_what_was_expected_what_came_and_why() {
    let failed = [
        (
            r#"test "t" { given { kind: "Order" } insert { total: 100 } expect large }"#,
            "`large` / nothing / item.total > limit False",
        ),
        (
            r#"test "t" { insert { total: 101 } expect large -> out { total: 101 } }"#,
            "`large` -> `out` {\"total\":101} / nothing / item.kind == \"Order\" False",
        ),
        (
            r#"test "t" { insert { kind: "Order" } remove { pk: "P" } expect large }"#,
            "`large` / nothing / item.total > limit Unknown",
        ),
        (r#"test "t" { remove { pk: "P" } expect large }"#, "`large` / nothing / Kind"),
        (
            r#"test "t" { insert { region: "elsewhere" } expect large }"#,
            "`large` / nothing / only when item.region != \"elsewhere\"",
        ),
        (
            r#"test "t" { given { kind: "Order" } insert { total: 101 } expect large -> out { total: 102 } }"#,
            "`large` -> `out` {\"total\":102} / `large` -> `out` {\"total\":101,\"deep\":{\"a\":1}} / no reason",
        ),
        (
            r#"test "t" { given { kind: "Order" } insert { total: 101 } expect large 2 times }"#,
            "`large`, 2 times / `large` -> `out` {\"total\":101,\"deep\":{\"a\":1}} / no reason",
        ),
        (
            r#"test "t" { expire { pk: "P" } expect nothing }"#,
            "nothing / `gone` -> `typed` {\"id\":\"P\"} / no reason",
        ),
        (
            r#"test "t" { expire { pk: "P" } expect not gone }"#,
            "nothing from `gone` / `gone` -> `typed` {\"id\":\"P\"} / no reason",
        ),
    ];
    for (test, failure) in failed {
        assert_eq!(failures(test), [failure], "{test}");
    }
}

#[test]
fn records_of_files_come_with_their_own_source() {
    let test = r#"test "t" { events "a.json" expect large 1 times }"#;
    let (program, _) = program(test);
    let [test] = program.tests() else { unreachable!("one test") };
    assert_eq!(test.files().map(|(file, _)| file).collect::<Vec<_>>(), ["a.json"]);
    let large =
        r#"{ "type": "INSERT", "new": { "total": { "N": "101" }, "kind": { "S": "Order" } } }"#;
    let mut foreign = record(large);
    foreign.table = "crm".to_owned();
    let files = BTreeMap::from([("a.json".to_owned(), vec![record(large), foreign])]);
    let outcome = run(&program, 0, &files);
    assert_eq!(outcome.failures, []);
    assert_eq!(outcome.records.iter().map(|r| r.source).collect::<Vec<_>>(), [Some(0), None]);
}

#[test]
fn changes_are_records_as_streams_carry_them() {
    let outcome = outcome(
        r#"test "t" { given { pk: "P", sk: 1 } modify { a: 1 } => { a: 2 } expire { a: 3 } expect not large }"#,
    );
    let [modified, expired] = &outcome.records[..] else { unreachable!("two records") };
    assert_eq!(modified.record.table, "shop");
    assert_eq!(modified.record.keys.keys().collect::<Vec<_>>(), ["pk", "sk"]);
    assert!(expired.record.expired_by_ttl() && !modified.record.expired_by_ttl());
    assert_ne!(modified.record.id, expired.record.id);
    assert!(modified.record.sequence < expired.record.sequence);
}

#[test]
fn every_question_is_answered_with_what_was_there() {
    let (program, sources) = program("");
    let record = record(r#"{ "type": "INSERT", "new": { "kind": { "N": "1" } } }"#);
    let leaves = distributary_rules::evaluate::leaves(&program, 0, &record, Some(0));
    let shown: Vec<_> = leaves
        .iter()
        .map(|leaf| {
            let operands = leaf.operands.iter().map(|o| format!("{} {}", o.path, o.found));
            (sources.text(leaf.span), leaf.truth, operands.collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("item.total > limit", Truth::Unknown, "item.total absent".to_owned()),
            ("item.kind == \"Order\"", Truth::False, "item.kind N".to_owned()),
        ]
    );
}
