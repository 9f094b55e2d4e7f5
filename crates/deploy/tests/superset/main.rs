//! A record that any rule fires on passes the filter that was derived from the rules, as judged by
//! what Lambda makes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod generated;

use distributary_change::RawRecord;
use distributary_deploy::filter::{Limits, Pattern, criteria, room, wanted};
use distributary_rules::{Given, Program, Truth, check, evaluate};
use distributary_syntax::Sources;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use generated::{program, record};

fn checked(text: &str) -> Program {
    let mut sources = Sources::new();
    sources.add("superset.rules", text);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{text}\n{:?}", checked.diagnostics);
    checked.program
}

/// The rules that fire, and whether the record passes.
fn judged(program: &Program, record: &Value, strict: bool, limits: Limits) -> (bool, bool) {
    let criteria = criteria(&[wanted(program, Some(0), strict)], limits);
    assert!(criteria.patterns.len() <= limits.filters, "{criteria:?}");
    for pattern in &criteria.patterns {
        assert!(pattern.chars().count() <= limits.characters, "{criteria:?}");
        assert!(!strict || pattern.starts_with("{\"dynamodb\":"), "{pattern}");
    }
    let read = |text: &String| Pattern::parse(text).unwrap_or_else(|| panic!("{text}"));
    let patterns: Vec<Pattern> = criteria.patterns.iter().map(read).collect();
    let passes = patterns.is_empty() || patterns.iter().any(|pattern| pattern.passes(record));
    let decoded = RawRecord { bytes: record.to_string().into() }.decode().unwrap();
    let fires = (0..program.rules().len())
        .any(|rule| evaluate::fires(program, rule, &decoded, Some(0)) == Truth::True);
    (fires, passes)
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 65_536, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn what_fires_passes(
        program in program(),
        records in vec(record(), 8),
        strict in any::<bool>(),
        limits in select(vec![(5, 4096), (10, 4096), (2, 4096), (1, 300), (2, 90)]),
    ) {
        let limits = Limits { filters: limits.0, characters: limits.1 };
        for record in records {
            let (fires, passes) = judged(&program, &record, strict, limits);
            prop_assert!(passes || !fires, "{record:#}\n{:#?}", criteria(&[wanted(&program, Some(0), strict)], limits));
        }
    }
}

/// So that the test above cannot be met by filters that let everything through: of the records that
/// each condition alone does not fire on, this one at least is kept away.
#[test]
fn filters_keep_away_what_they_can() {
    let record = |image: Value| {
        json!({
            "eventID": "e-1", "eventName": "MODIFY", "awsRegion": "r",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/1",
            "dynamodb": {
                "ApproximateCreationDateTime": 9, "SequenceNumber": "1",
                "StreamViewType": "NEW_AND_OLD_IMAGES", "Keys": { "pk": { "S": "Q" } },
                "NewImage": image, "OldImage": image
            }
        })
    };
    let text = record(json!({ "x": { "S": "z" }, "l": { "L": [{ "S": "z" }] } }));
    let a = record(json!({ "x": { "S": "a" }, "m": { "M": { "k": { "S": "a" } } } }));
    for (condition, kept_away) in [
        ("item.x == \"a\"", &text),
        ("item.x != \"a\"", &a),
        ("item.x in [\"a\", \"b\"]", &text),
        ("item.x not in [\"a\", \"b\"]", &a),
        ("item.x == true", &text),
        ("item.x == 1", &text),
        ("not (item.x > 0)", &text),
        ("new.x < old.x * 2", &text),
        ("item.x starts with \"a\"", &text),
        ("item.x ends with \"a\"", &text),
        ("item.x matches \"a*b*\"", &text),
        ("item.x missing", &text),
        ("item.x is number", &text),
        ("not (item.x is string)", &text),
        ("item.x became \"a\"", &a),
        ("item.x changed from \"a\"", &a),
        ("(item.x ?? \"a\") == \"a\"", &text),
        ("item.m.k != \"a\"", &a),
        ("item.l[0] == \"a\"", &text),
        ("any v in item.l (v == \"b\")", &text),
        ("keys.pk starts with \"O#\"", &text),
        ("event.expired", &text),
        ("event.type == \"INSERT\"", &text),
    ] {
        let program = checked(&format!(
            "route out = console {{}} source shop {{ table: \"shop\" key: pk }}\n\
             rule r {{ on ANY when {condition} to out }}"
        ));
        let (fires, passes) = judged(&program, kept_away, false, Limits::default());
        assert!(!fires && !passes, "{condition}");
    }
}

#[test]
fn a_thousand_rules_fit() {
    let mut text = "route out = console {} source shop { table: \"shop\" key: pk }\n".to_owned();
    for n in 0..1000 {
        text.push_str(&format!(
            "rule r{n} {{ on MODIFY when item.kind == \"Kind{n:04}\" and item.status became \"S{}\" to out }}\n",
            n % 7
        ));
    }
    let program = checked(&text);
    let wanted = [wanted(&program, Some(0), false)];
    let whole = criteria(&wanted, Limits::default());
    assert!(!whole.patterns.is_empty() && whole.given_up.is_empty(), "{:?}", whole.given_up);
    let less = criteria(&wanted, Limits { filters: 1, characters: 400 });
    assert_eq!(
        less.patterns,
        [
            r#"{"dynamodb":{"NewImage":{"kind":{"S":[{"prefix":"Kind0"}]},"status":{"S":["S0","S1","S2","S3","S4","S5","S6"]}}},"eventName":["MODIFY"]}"#
        ]
    );
    assert!(less.given_up.contains(&"dynamodb.NewImage.kind.S".to_owned()));
}

/// One attribute for each rule, and one that some rules share.
fn different(rules: usize) -> Program {
    let mut text = "route out = console {} source shop { table: \"shop\" key: pk }\n".to_owned();
    for n in 0..rules {
        text.push_str(&format!(
            "rule r{n} {{ on MODIFY when item.kind starts with \"Kind{}\" and item.a{n} == \"x{n}\" to out }}\n",
            n % 97
        ));
    }
    checked(&text)
}

#[test]
fn very_many_different_rules_are_widened_in_good_time() {
    let program = different(5000);
    let criteria = criteria(&[wanted(&program, Some(0), false)], Limits::default());
    assert!(!criteria.given_up.is_empty());
    assert!(criteria.patterns.iter().all(|pattern| pattern.contains("\"Kind")), "{criteria:?}");
}

#[test]
fn a_lack_of_room_is_warned_of() {
    let [finding] = room(&different(2000)).try_into().unwrap();
    assert_eq!(
        finding.message,
        "5 filters of 4096 characters do not hold what the rules ask of `shop`"
    );
    assert!(finding.help.unwrap().starts_with("`dynamodb.NewImage.a"));
    assert_eq!(room(&different(20)), []);
}
