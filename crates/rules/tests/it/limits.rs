//! Input of any size and shape is answered, within limits that are told.

use std::fmt::Write as _;

use distributary_rules::{Checked, Given, Truth, check, evaluate, payload};
use distributary_syntax::Sources;
use proptest::prelude::*;

use crate::records::record;

fn checked(rules: &str) -> Checked {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    check(&sources, &Given::default())
}

#[test]
fn a_chain_of_lets_is_refused_before_it_exhausts_the_stack() {
    let mut rules = "route out = console {}\n".to_owned();
    for index in (1..5_000).rev() {
        writeln!(rules, "let a{index} = a{}", index - 1).unwrap();
    }
    rules.push_str("let a0 = item.x == 1\nrule r { on ANY when a4999 to out }\n");
    let found = checked(&rules);
    assert!(found.has_errors());
    assert!(found.diagnostics.iter().all(|finding| finding.code.to_string() == "R220"));
}

#[test]
fn a_long_condition_is_no_deep_one() {
    let parts: Vec<String> = (0..20_000).map(|index| format!("item.x == {index}")).collect();
    let rules = format!(
        "route out = console {{}}\nrule r {{ on ANY when {} to out }}\n",
        parts.join(" or ")
    );
    let found = checked(&rules);
    assert!(!found.has_errors());
    let last = record(r#"{ "type": "INSERT", "new": { "x": { "N": "19999" } } }"#);
    assert_eq!(evaluate::fires(&found.program, 0, &last, None), Truth::True);
}

/// Each takes an engine that goes back more steps than there is time for.
#[test]
fn a_pattern_takes_no_more_time_than_its_text_is_long() {
    let text = "a".repeat(100_000);
    let record =
        record(&format!(r#"{{ "type": "INSERT", "new": {{ "x": {{ "S": "{text}!" }} }} }}"#));
    let stars = "*a".repeat(50);
    for pattern in ["/^(a+)+$/", "/(a|aa)+$/", &format!("\"{stars}\"")] {
        let rules = format!(
            "route out = console {{}}\nrule r {{ on ANY when item.x matches {pattern} to out }}\n"
        );
        let found = checked(&rules);
        assert!(!found.has_errors(), "{:?}", found.diagnostics);
        assert_eq!(evaluate::fires(&found.program, 0, &record, None), Truth::False, "{pattern}");
    }
}

/// Uses everything that the language has.
const RULES: &str = r#"
param stage: string = "dev"
param many: number = 3
param tags: list<string> = ["a", "b"]
lot waiting = file { path: "lot-${stage}.jsonl" }
source shop { table: "shop" key: pk, sk view: NEW_AND_OLD_IMAGES park: waiting }
let vip = item.customer.tier == "gold" or item.total >= 5000 * many
let markets = ["DE", "FR", tags]
route out = sqs { queue: "arn:aws:sqs:eu-central-1:123456789012:a" attributes: { kind: item.kind } delay: 5s }
route fifo = sqs.fifo { queue: "arn:aws:sqs:eu-central-1:123456789012:a.fifo" group: keys.pk dedup: event.id }
route bus = eventbridge { bus: "main" source: "com.acme" detail_type: "Order ${item.status}" resources: [item.arn] }
rule paid { on MODIFY from shop when vip and item.status became "Paid" from in ["Placed", "Draft"]
  to out with { id: keys.pk, vip: vip, list: [1, item.x[0]["a b"]], label: "${item.a ?? "none"}" } to bus with change }
rule other { on ANY when not (old.a + 1 * 2 < new.a) and item.b in markets and item.c has any ["x"] or item.d missing
  to fifo with item }
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Rules with pieces cut out, doubled and moved: whatever is left of the program can be asked.
    #[test]
    fn torn_rules_are_answered(tears in prop::collection::vec((0..RULES.len(), 0..40_usize, 0..RULES.len()), 1..4)) {
        let mut rules = RULES.to_owned();
        for (from, length, to) in tears {
            let to_end = rules.len();
            let (from, to) = (from.min(to_end), to.min(to_end));
            let piece = rules.get(from..(from + length).min(to_end)).unwrap_or("").to_owned();
            if length % 2 == 0 {
                rules.insert_str(to, &piece);
            } else {
                rules.replace_range(from..from + piece.len(), "");
            }
        }
        let found = checked(&rules);
        let change = record(r#"{ "type": "MODIFY", "old": {}, "new": { "a": { "N": "1" } } }"#);
        for (index, rule) in found.program.rules().iter().enumerate() {
            let _ = evaluate::fires(&found.program, index, &change, rule.source);
            for output in 0..rule.outputs.len() {
                let _ = payload::message(&found.program, index, output, &change, rule.source);
            }
        }
        if found.has_errors() {
            prop_assert!(found.diagnostics.iter().all(|d| !d.message.is_empty()));
        } else {
            prop_assert!(found.program.resolve().is_ok());
        }
    }
}
