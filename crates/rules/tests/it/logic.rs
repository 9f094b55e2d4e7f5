//! Laws that hold for every condition and every record.

use std::collections::BTreeSet;

use distributary_change::{Image, Item, Number, Record, Value};
use distributary_rules::{Given, Truth, check, evaluate};
use distributary_syntax::Sources;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use crate::records::record;

fn number() -> impl Strategy<Value = Number> {
    let texts = ["0", "-0", "1", "1.0", "1E0", "0.1", "-1", "1E-130", "9.9E+125", "10", "9"];
    prop::sample::select(texts.to_vec()).prop_map(|text| Number::parse(text).unwrap())
}

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "ab", "b", "1", "é"]).prop_map(str::to_owned)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(vec![vec![], vec![0], vec![97], vec![255]])
}

/// Values of all ten types, few enough that two are often equal.
fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        text().prop_map(Value::String),
        bytes().prop_map(Value::Binary),
    ];
    let set = prop_oneof![
        btree_set(text(), 1..3).prop_map(Value::StringSet),
        btree_set(number(), 1..3).prop_map(Value::NumberSet),
        btree_set(bytes(), 1..3).prop_map(|set: BTreeSet<Vec<u8>>| Value::BinarySet(set)),
    ];
    let nested = vec(scalar.clone(), 0..3).prop_map(Value::List);
    let map =
        (text(), scalar.clone()).prop_map(|(key, value)| Value::Map(Item::from([(key, value)])));
    prop_oneof![4 => scalar, 2 => set, 1 => nested, 1 => map]
}

fn image() -> impl Strategy<Value = Image> {
    let item = (prop::option::of(value()), prop::option::of(value())).prop_map(|(x, y)| {
        let named = [("x", x), ("y", y)];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    });
    prop_oneof![8 => item.prop_map(Image::Present), 1 => Just(Image::Omitted)]
}

fn change() -> impl Strategy<Value = Record> {
    (prop::sample::select(vec!["INSERT", "MODIFY", "REMOVE"]), image(), image()).prop_map(
        |(kind, old, new)| {
            let mut change = record(&format!(r#"{{ "type": "{kind}" }}"#));
            if change.old == Image::Omitted {
                change.old = old;
            }
            if change.new == Image::Omitted {
                change.new = new;
            }
            change
        },
    )
}

/// Values as rules write them.
fn term() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "item.x",
        "item.y",
        "old.x",
        "new.x",
        "new.y",
        "item.x.a",
        "item.x[0]",
        "item.absent",
        "item.x + 1",
        "(item.y ?? item.x)",
        "(\"${item.x}\" ?? item.y)",
    ])
}

/// Conditions of every kind.
fn condition() -> impl Strategy<Value = String> {
    let comparison = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let fixed = prop::sample::select(vec![
        "item.x exists",
        "item.y missing",
        "item.x changed",
        "item.x changed from \"a\"",
        "item.y became 1",
        "item.x became in [1, \"a\"] from in [\"b\", null]",
        "item.x in [1, \"a\", null, true]",
        "item.y not in [\"b\"]",
        "item.x has \"a\"",
        "item.x has item.y",
        "item.y has any [1, \"b\"]",
        "item.x has all [\"a\", \"b\"]",
        "item.x contains \"a\"",
        "item.x starts with item.y",
        "item.y ends with \"b\"",
        "event.expired",
        "item.x is number",
        "item.y is set",
        "item.x matches \"*a*\"",
        "item.y matches /^a?b$/",
        "any v in item.x (v == \"a\")",
        "all v in item.y (v is string or v > 0)",
        "item.{x, y} changed",
        "len(item.x) > 1",
        "lower(item.x) == item.y",
        "number(item.x) <= abs(item.y)",
        "cidr(item.x, \"10.0.0.0/8\")",
        "join(item.x, \",\") contains \"a\"",
        "item.x in [set[\"a\"], b64\"YQ==\"]",
    ]);
    let leaf = prop_oneof![
        (term(), comparison, term()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        fixed.prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

/// The truth of each condition about one record.
fn truths<const N: usize>(conditions: [String; N], change: &Record) -> [Truth; N] {
    let rule = |(index, condition)| format!("rule r{index} {{ on ANY when {condition} to out }}\n");
    let rules: String = conditions.iter().enumerate().map(rule).collect();
    let mut sources = Sources::new();
    sources.add("laws.rules", format!("route out = console {{}}\n{rules}"));
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    std::array::from_fn(|rule| evaluate::fires(&checked.program, rule, change, None))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn not_twice_is_nothing(a in condition(), change in change()) {
        let [plain, twice] = truths([a.clone(), format!("not not ({a})")], &change);
        prop_assert_eq!(plain, twice);
    }

    #[test]
    fn de_morgan(a in condition(), b in condition(), change in change()) {
        let [left, right, other_left, other_right] = truths([
            format!("not (({a}) and ({b}))"),
            format!("not ({a}) or not ({b})"),
            format!("not (({a}) or ({b}))"),
            format!("not ({a}) and not ({b})"),
        ], &change);
        prop_assert_eq!(left, right);
        prop_assert_eq!(other_left, other_right);
    }

    #[test]
    fn and_and_or_are_symmetric_and_absorb(a in condition(), b in condition(), change in change()) {
        let [ab, ba, plain, absorbed] = truths([
            format!("({a}) and ({b})"),
            format!("({b}) and ({a})"),
            a.clone(),
            format!("({a}) or (({a}) and ({b}))"),
        ], &change);
        prop_assert_eq!(ab, ba);
        prop_assert_eq!(plain, absorbed);
    }

    #[test]
    fn each_question_and_its_negation(a in term(), b in term(), change in change()) {
        let pairs = [
            (format!("{a} == {b}"), format!("{a} != {b}")),
            ("item.x exists".to_owned(), "item.x missing".to_owned()),
            ("item.x in [1, \"a\"]".to_owned(), "item.x not in [1, \"a\"]".to_owned()),
            (format!("{a} < {b}"), format!("{a} >= {b}")),
            (format!("{a} > {b}"), format!("{a} <= {b}")),
            ("item.x changed".to_owned(), "old.x == new.x".to_owned()),
        ];
        for (yes, no) in pairs {
            let [yes, no] = truths([yes, no], &change);
            prop_assert_eq!(yes, !no);
        }
    }

    #[test]
    fn an_order_is_one(change in change()) {
        let [less, equal, greater, at_most] = truths(
            ["item.x < item.y", "item.x == item.y", "item.y < item.x", "item.x <= item.y"]
                .map(str::to_owned),
            &change,
        );
        let yes = [less, equal, greater].iter().filter(|truth| **truth == Truth::True).count();
        prop_assert!(yes <= 1);
        if less != Truth::Unknown {
            prop_assert_eq!(yes, 1);
            prop_assert_eq!(at_most, less.or(equal));
        }
    }

    #[test]
    fn became_is_changed_and_the_new_value(change in change()) {
        let [became, spelled, from, from_spelled] = truths([
            "item.x became \"a\"".to_owned(),
            "item.x changed and new.x == \"a\"".to_owned(),
            "item.x became \"a\" from 1".to_owned(),
            "item.x changed and new.x == \"a\" and old.x == 1".to_owned(),
        ], &change);
        prop_assert_eq!(became, spelled);
        prop_assert_eq!(from, from_spelled);
    }
}
