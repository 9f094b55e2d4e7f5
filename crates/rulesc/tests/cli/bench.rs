//! `rulesc bench`

use crate::{folder, rulesc};

#[test]
fn the_shop_says_which_rules_are_asked_in_vain() {
    let events = "examples/shop/events/prices.json";
    let ran = rulesc(&["bench", "examples/shop", "--events", events]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let starts = ["records  ", "speed    ", "asked    ", "decoded  "];
    for (line, start) in ran.stdout.lines().zip(starts) {
        assert!(line.starts_with(start), "{}", ran.stdout);
    }
    let price_drop =
        ran.stdout.lines().find(|line| line.contains("`price_drop` (examples/shop/shop.rules:"));
    assert!(price_drop.is_some(), "{}", ran.stdout);
}

#[test]
fn a_rule_that_decodes_records_is_named() {
    let rules = "route out = console {}\nrule large { on ANY when len(item) > 50 to out }\n";
    let folder = folder("bench_decodes", &[("a.rules", rules)]);
    let events = "examples/shop/events/prices.json";
    let ran = rulesc(&["bench", folder.to_str().unwrap(), "--events", events]);
    let large = ran.stdout.lines().find(|line| line.contains("`large` ("));
    let decodes = large.is_some_and(|line| line.ends_with("which decodes the record"));
    assert!(decodes, "{}", ran.stdout);
}

#[test]
fn without_records_there_is_nothing_to_measure() {
    let folder = folder("bench", &[("events.json", r#"{"Records":[]}"#)]);
    let events = folder.join("events.json").display().to_string();
    let ran = rulesc(&["bench", "examples/shop", "--events", &events]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there are no records in"), "{}", ran.stderr);
}
