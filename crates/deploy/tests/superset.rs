//! A record that any rule fires on passes the filter that was derived from the rules, as judged by
//! what Lambda makes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use distributary_change::RawRecord;
use distributary_deploy::filter::{Limits, Pattern, criteria, wanted};
use distributary_rules::{Given, Program, Truth, check, evaluate};
use distributary_syntax::Sources;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Conditions of which every pair can be joined.
const CONDITIONS: [&str; 66] = [
    "item.x == \"a\"",
    "item.x != \"a\"",
    "\"a\" == item.x",
    "item.x == \"\"",
    "item.x == 1",
    "item.x != 1",
    "item.x == true",
    "item.x != true",
    "item.x == null",
    "item.x != null",
    "item.x == list_item",
    "old.x == new.x",
    "old.x != new.y",
    "item.x in [\"a\", \"b\"]",
    "item.x not in [\"a\", \"ab\"]",
    "item.x in names",
    "item.x not in names",
    "item.x in [1, true, \"b\"]",
    "item.x not in [1, null, false]",
    "item.x > 0",
    "not (item.x > 0)",
    "item.x < \"b\"",
    "new.x < old.x * 2",
    "new.x + 1 == old.x",
    "not (new.x + 1 == old.x)",
    "old.x > new.x",
    "item.x starts with \"a\"",
    "not (item.x starts with \"a\")",
    "item.x starts with \"\"",
    "item.x ends with \"b\"",
    "item.x contains \"b\"",
    "not (item.x contains \"b\")",
    "item.x matches \"a*\"",
    "item.x matches \"*b\"",
    "item.x matches \"ab\"",
    "item.x matches \"a*b*\"",
    "not (item.x matches \"a*\")",
    "item.x matches /b$/",
    "item.x exists",
    "item.x missing",
    "item.x is string",
    "not (item.x is number)",
    "item.x is map",
    "not (item.x is bool)",
    "item.x changed",
    "not (item.x changed)",
    "item.x changed from \"a\"",
    "item.x became \"a\"",
    "item.x became \"a\" from \"b\"",
    "item.x became in [\"a\", \"b\"]",
    "item.x became true",
    "item.x became 1 from in [1, 0]",
    "(item.x ?? \"a\") == \"a\"",
    "(item.x ?? \"a\") != \"a\"",
    "not ((old.x ?? new.y ?? 0) > 0)",
    "item.m.k == \"a\"",
    "item.m.k != \"a\"",
    "item.l[0] == \"a\"",
    "item.l[0] != \"a\"",
    "item.l[1].k == \"b\"",
    "any v in item.l (v == \"b\")",
    "any v in item.l (v.k == \"a\" and v.n > 0)",
    "all v in item.l (v == \"a\")",
    "item.l has \"a\"",
    "lower(item.x) == \"a\"",
    "event.expired",
];

const MORE: [&str; 8] = [
    "not event.expired",
    "event.type == \"REMOVE\"",
    "event.type != \"INSERT\"",
    "event.rule == \"r0\"",
    "keys.pk starts with \"O#\"",
    "keys.pk != \"O#1\"",
    "item[\"a.b\"] == \"a\"",
    "abs(item.x) == 1",
];

const HEADERS: [&str; 4] = ["INSERT", "MODIFY", "REMOVE", "ANY"];

fn condition() -> impl Strategy<Value = String> {
    let known: Vec<&str> = CONDITIONS.iter().chain(&MORE).copied().collect();
    let leaf =
        select(known).prop_map(|text| format!("({})", text.replace("list_item", "item.l[0]")));
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("not {a}")),
            vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" and "))),
            vec(inner, 2..4).prop_map(|all| format!("({})", all.join(" or "))),
        ]
    })
}

fn checked(text: &str) -> Program {
    let mut sources = Sources::new();
    sources.add("superset.rules", text);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{text}\n{:?}", checked.diagnostics);
    checked.program
}

fn program() -> impl Strategy<Value = Program> {
    let rule = (select(HEADERS.to_vec()), condition(), any::<bool>());
    let guard = prop_oneof![
        4 => Just(String::new()),
        1 => condition().prop_map(|when| format!("only when {when}")),
        1 => condition().prop_map(|when| format!("skip when {when}")),
    ];
    (vec(rule, 1..6), guard, select(vec!["", "ttl: due"])).prop_filter_map(
        "a program that the checker takes",
        |(rules, guard, ttl)| {
            let mut text = format!(
                "param names: list<string> = [\"a\", \"c\"]\nroute out = console {{}}\n\
                 source shop {{ table: \"shop\" key: pk {ttl} {guard} }}\n"
            );
            for (index, (on, when, shadow)) in rules.iter().enumerate() {
                let mode = if *shadow { "mode: shadow" } else { "" };
                text.push_str(&format!("rule r{index} {{ on {on} when {when} {mode} to out }}\n"));
            }
            let mut sources = Sources::new();
            sources.add("superset.rules", text);
            let checked = check(&sources, &Given::default());
            (!checked.has_errors()).then_some(checked.program)
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = || {
        select(vec![
            json!({ "S": "a" }),
            json!({ "S": "b" }),
            json!({ "S": "ab" }),
            json!({ "S": "" }),
            json!({ "S": "A" }),
            json!({ "N": "1" }),
            json!({ "N": "1.0" }),
            json!({ "N": "-2E0" }),
            json!({ "BOOL": true }),
            json!({ "BOOL": false }),
            json!({ "NULL": true }),
            json!({ "B": "YQ==" }),
        ])
    };
    let map = || (scalar(), scalar()).prop_map(|(k, n)| json!({ "M": { "k": k, "n": n } }));
    prop_oneof![
        4 => scalar(),
        1 => map(),
        1 => vec(prop_oneof![scalar(), map()], 0..4).prop_map(|all| json!({ "L": all })),
        1 => select(vec![json!({ "SS": ["a", "b"] }), json!({ "NS": ["1"] }), json!({ "M": {} })]),
    ]
}

fn image() -> impl Strategy<Value = Option<Value>> {
    let attribute = || proptest::option::weighted(0.8, value());
    let all = (attribute(), attribute(), attribute(), attribute(), attribute(), any::<bool>());
    let item = all.prop_map(|(x, y, m, l, dotted, due)| {
        let mut item = json!({ "pk": { "S": "O#1" } });
        for (name, value) in [("x", x), ("y", y), ("m", m), ("l", l), ("a.b", dotted)] {
            if let Some(value) = value {
                item[name] = value;
            }
        }
        if due {
            item["due"] = json!({ "N": "5" });
        }
        item
    });
    proptest::option::weighted(0.9, item)
}

fn record() -> impl Strategy<Value = Value> {
    let kinds = select(vec!["INSERT", "MODIFY", "REMOVE"]);
    let identity = select(vec![
        None,
        Some(json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" })),
        Some(json!({ "type": "Service", "principalId": "other" })),
    ]);
    (kinds, image(), image(), identity).prop_map(|(kind, old, new, identity)| {
        let mut record = json!({
            "eventID": "e-1", "eventName": kind, "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/1",
            "dynamodb": {
                "ApproximateCreationDateTime": 9, "SequenceNumber": "1",
                "StreamViewType": "NEW_AND_OLD_IMAGES", "Keys": { "pk": { "S": "O#1" } }
            }
        });
        if let Some(old) = old.filter(|_| kind != "INSERT") {
            record["dynamodb"]["OldImage"] = old;
        }
        if let Some(new) = new.filter(|_| kind != "REMOVE") {
            record["dynamodb"]["NewImage"] = new;
        }
        if let Some(identity) = identity {
            record["userIdentity"] = identity;
        }
        record
    })
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

#[test]
fn many_different_rules_are_widened_in_good_time() {
    let mut text = "route out = console {} source shop { table: \"shop\" key: pk }\n".to_owned();
    for n in 0..1000 {
        text.push_str(&format!(
            "rule r{n} {{ on MODIFY when item.kind == \"Kind{n:04}\" and item.a{} == \"x{n}\" to out }}\n",
            n % 100
        ));
    }
    let program = checked(&text);
    let criteria = criteria(&[wanted(&program, Some(0), false)], Limits::default());
    assert!(!criteria.patterns.is_empty() && !criteria.given_up.is_empty());
    assert!(criteria.patterns.iter().all(|pattern| pattern.contains("\"Kind")), "{criteria:?}");
}
