//! Rules of every kind of condition, and records that they look at.

use distributary_rules::{Given, Program, check};
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

pub(crate) fn program() -> impl Strategy<Value = Program> {
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

pub(crate) fn record() -> impl Strategy<Value = Value> {
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
