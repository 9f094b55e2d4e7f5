//! `rulesc test`

use serde_json::Value;

use crate::{Ran, folder, rulesc, top};

const RULES: &str = r#"param limit: number = 100
route out = console {}
route log = console {}

/// Large, or meant to be.
rule large {
  on INSERT, MODIFY
  when item.total >= limit or item.flag == true
  to out with { total: item.total, tags: item.tags }
  to log
}
"#;

const HOLDS: &str = r#"
test "large by number" {
  given { pk: "O#1", tags: ["a"] }
  insert { total: 100, flag: false }
  expect large -> out { total: 100 }
  expect large -> log
}

test "large by flag" {
  insert { pk: "O#2", total: 1, flag: true }
  expect large 1 times
}

test "with another limit" with { limit: 200 } {
  insert { pk: "O#3", total: 100 }
  expect nothing
}

test "captured" {
  events "events.json"
  expect not large
}
"#;

const FAILS: &str = r#"
test "without a total" {
  insert { pk: "O#1", sum: 120 }
  expect large
}

test "removed" {
  remove { pk: "O#1", total: 120 }
  expect large -> out { total: 120 }
}

test "another payload" {
  insert { pk: "O#1", total: 120 }
  expect large -> out { total: 121 }
}

test "too much" {
  insert { pk: "O#1", total: 120 }
  expect nothing
}
"#;

fn tested(name: &str, tests: &str, arguments: &[&str]) -> Ran {
    let events = std::fs::read_to_string(top().join("examples/search/events/changes.json"));
    let events = events.unwrap_or_else(|_| r#"{"Records":[]}"#.to_owned());
    let rules = format!("{RULES}{tests}");
    let folder = folder(name, &[("shop.rules", &rules), ("events.json", &events)]);
    let mut all = vec!["test", folder.to_str().unwrap()];
    all.extend(arguments);
    let mut ran = rulesc(&all);
    ran.stderr = ran.stderr.replace(folder.to_str().unwrap(), "shop");
    ran.stdout = ran.stdout.replace(folder.to_str().unwrap(), "shop");
    ran
}

#[test]
fn tests_that_hold_are_counted() {
    let ran = tested("test-holds", HOLDS, &[]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "4 passed, 0 failed\n", "")
    );
    let ran = tested("test-holds-run", HOLDS, &["--run", "^large"]);
    assert_eq!(ran.stdout, "2 passed, 0 failed\n");
}

#[test]
fn a_failure_shows_the_event_what_was_expected_what_came_and_why() {
    let ran = tested("test-fails", FAILS, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "0 passed, 4 failed\n"));
    for said in [
        "error[R605]: expected `large`, got nothing",
        "this is unknown: `item.total` is absent",
        "= help: the event is INSERT {\"pk\":\"O#1\",\"sum\":120}",
        "the rule is for other kinds of change",
        "expected `large` -> `out` {\"total\":121}, got `large` -> `out` {\"total\":120}",
        "error[R605]: expected nothing, got `large` -> `out`",
    ] {
        assert!(ran.stderr.contains(said), "{said} is not in\n{}", ran.stderr);
    }
}

#[test]
fn coverage_names_what_no_test_reaches() {
    let all = tested("coverage-all", HOLDS, &["--coverage=100"]);
    assert_eq!(
        (all.code, all.stdout.as_str()),
        (0, "coverage: 100 % (7 of 7)\n4 passed, 0 failed\n")
    );

    let few = ["--coverage=80", "--run", "number"];
    let ran = tested("coverage-few", HOLDS, &few);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(
        ran.stdout,
        "shop/shop.rules:8:8: `large` always finds `item.total >= limit`\n\
         shop/shop.rules:8:31: `large` never finds `item.flag == true`\n\
         coverage: 71 % (5 of 7)\n1 passed, 0 failed\n"
    );
    assert_eq!(tested("coverage-min", HOLDS, &["--coverage=71", "--run", "number"]).code, 0);
    let ran = tested("coverage-none", "", &["--coverage"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("`large` never fires\n"), "{ran:?}");
    assert!(ran.stdout.contains("`large` never sends to `log`\n"), "{ran:?}");
    assert!(ran.stdout.contains("`large` never asks for `item.flag == true`\n"), "{ran:?}");
}

#[test]
fn programs_can_read_the_results() {
    let json = tested("test-json", FAILS, &["--output-format", "json", "--coverage"]);
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.code, &document["failed"]), (1, &Value::from(4)));
    assert_eq!(document["tests"][0]["title"], "without a total");
    assert_eq!(document["diagnostics"][0]["code"], "R605");
    assert_eq!(document["coverage"]["of"], 7);

    let junit = tested("test-junit", FAILS, &["--output-format", "junit"]).stdout;
    assert!(junit.starts_with("<testsuites tests=\"4\" failures=\"4\" skipped=\"0\">"), "{junit}");
    assert!(junit.contains("classname=\"shop/shop.rules\" name=\"removed\""), "{junit}");
    assert!(junit.contains("error[R605]"), "{junit}");
}

#[test]
fn what_is_no_test_is_said_so() {
    let ran = tested("test-events", "test \"x\" { events \"no.json\" expect large }\n", &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("cannot read the events in `shop/no.json`"), "{}", ran.stderr);
    let ran = tested("test-broken", "rule x { on ANY to nowhere }\n", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "0 passed, 0 failed\n"));
    assert_eq!(rulesc(&["test", "--run", "("]).code, 2);
    assert_eq!(rulesc(&["test", "--coverage=101"]).code, 2);
}
