//! Whatever is claimed about random rules holds for all records of a small world, and whatever a
//! rule in the stated fragment does is either claimed impossible or shown.

use distributary_change::json::plain;
use distributary_change::{EventKind, Image, Item, RawRecord, Record, UserIdentity, Value};
use distributary_proof::Fuel;
use distributary_rules::{Given, Program, Truth, check, evaluate};
use distributary_syntax::{Code, Diagnostic, Sources, codes};
use proptest::prelude::*;

use crate::proved;

const SOURCE: &str =
    "source shop { table: \"shop\"  key: pk  view: NEW_AND_OLD_IMAGES }\nroute out = console {}\n";
const GUARDED: &str = "source shop { table: \"shop\"  key: pk  view: NEW_AND_OLD_IMAGES
  only when item.b != 2  skip when item.a == true }\nroute out = console {}\n";
const ANY_TABLE: &str = "route out = console {}\n";
const SCHEMA: &str = "schema S when item.b == 1 { pk: string  a?: number | \"x\"  b: number }
route out = console {}\n";

/// Values of the attributes, as plain JSON; the empty text is an absent attribute.
const VALUES: [&str; 13] = [
    "",
    "null",
    "true",
    "0",
    "1",
    "1.5",
    "2",
    "3",
    "\"x\"",
    "\"xa\"",
    "\"ax\"",
    "\"b\"",
    "[\"x\",1]",
];
const FEW: [&str; 6] = ["", "null", "1", "2", "\"x\"", "{\"c\":1}"];

fn item(a: &str, b: &str, key: &str) -> Item {
    let members = [("pk", key), ("a", a), ("b", b)].into_iter().filter(|(_, v)| !v.is_empty());
    let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
    plain::read_item(format!("{{{}}}", members.join(",")).as_bytes()).unwrap()
}

/// All records of the small world.
fn world() -> Vec<Record> {
    let json = r#"{"eventID":"e1","eventName":"MODIFY","eventSource":"aws:dynamodb","awsRegion":"eu-central-1",
        "eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026",
        "dynamodb":{"ApproximateCreationDateTime":1793871000,"SequenceNumber":"100",
        "StreamViewType":"NEW_AND_OLD_IMAGES","Keys":{"pk":{"S":"k"}}}}"#;
    let record = RawRecord { bytes: json.into() }.decode().unwrap();
    let mut records = Vec::new();
    for key in ["\"k\"", "1"] {
        let record = Record { keys: item("", "", key), ..record.clone() };
        let items: Vec<Item> =
            VALUES.iter().flat_map(|a| FEW.iter().map(move |b| item(a, b, key))).collect();
        for new in &items {
            let insert = Record { kind: EventKind::Insert, old: Image::Absent, ..record.clone() };
            records.push(Record { new: Image::Present(new.clone()), ..insert });
            let remove = Record { kind: EventKind::Remove, new: Image::Absent, ..record.clone() };
            let remove = Record { old: Image::Present(new.clone()), ..remove };
            let ttl =
                UserIdentity { kind: "Service".into(), principal: "dynamodb.amazonaws.com".into() };
            records.push(Record { identity: Some(ttl), ..remove.clone() });
            records.push(remove);
            for old in &items {
                let (old, new) = (Image::Present(old.clone()), Image::Present(new.clone()));
                records.push(Record { old, new, ..record.clone() });
            }
        }
    }
    records
}

/// Records that carry less than all images, or come from elsewhere.
fn poorer(records: &[Record]) -> Vec<Record> {
    let omit = |image: &Image| match image {
        Image::Absent => Image::Absent,
        _ => Image::Omitted,
    };
    let poor = records.iter().step_by(97).flat_map(|record| {
        [
            Record { region: "x".to_owned(), ..record.clone() },
            Record { old: omit(&record.old), ..record.clone() },
            Record { new: omit(&record.new), ..record.clone() },
            Record { old: omit(&record.old), new: omit(&record.new), ..record.clone() },
        ]
    });
    poor.collect()
}

fn question() -> impl Strategy<Value = String> {
    let path = prop::sample::select(vec!["item.a", "new.a", "old.a", "item.b", "new.b", "old.b"]);
    let order = prop::sample::select(vec!["<", "<=", ">", ">="]);
    let value = prop::sample::select(vec!["1", "2", "\"x\"", "null", "true"]);
    let number = prop::sample::select(vec!["1", "2", "1.5"]);
    let text = prop::sample::select(vec!["starts with", "ends with", "contains"]);
    let other = prop::sample::select(vec![
        "item.a changed",
        "item.b changed",
        "item.a changed from 1",
        "item.a became \"x\" from in [1, null]",
        "item.b became in [2, \"x\"]",
        "item.a == item.b",
        "old.a == new.a",
        "(item.a ?? item.b) == 1",
        "(item.a ?? 2) > 1",
        "item.a has \"x\"",
        "item.a has all [\"x\", 1]",
        "item.b.c == 1",
        "item.b.c exists",
        "item.b changed",
        "item.a[0] exists",
        "item.a[1] == 1",
        "event.expired",
        "event.type == \"REMOVE\"",
        "keys.pk == \"k\"",
        "item.pk in [1, 2]",
        "old.pk exists",
        "item.a < \"x\"",
        "item.a > \"b\"",
        "item.a >= 1 + 0.5",
        "item.a != 1",
        "item.b not in [1, null]",
        "item.a missing",
        "item.a is number",
        "new.a is list",
        "item.b is map",
        "item.a matches \"x*\"",
        "item.a matches \"*x\"",
        "item.a matches \"*x*\"",
        "item.a matches \"x*a\"",
        "item.b has any [\"c\", 2]",
        "new.a == old.b",
        "(old.a ?? new.b) != 2",
        "(item.b ?? event.region) == \"x\"",
        "event.region == \"x\"",
        "event.table == \"shop\"",
        "event.source == \"shop\"",
        "item.{a, b} changed",
    ]);
    prop_oneof![
        3 => (path.clone(), value).prop_map(|(path, value)| format!("{path} == {value}")),
        2 => (path.clone(), order, number).prop_map(|(p, order, n)| format!("{p} {order} {n}")),
        1 => (path.clone(), text).prop_map(|(path, text)| format!("{path} {text} \"x\"")),
        1 => path.clone().prop_map(|path| format!("{path} in [1, \"x\"]")),
        1 => path.prop_map(|path| format!("{path} exists")),
        3 => other.prop_map(str::to_owned),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    question().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" and "))),
            2 => prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" or "))),
            1 => inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

fn of(findings: &[Diagnostic], code: Code) -> impl Iterator<Item = &Diagnostic> {
    findings.iter().filter(move |finding| finding.code == code)
}

fn truths<'r>(
    program: &'r Program,
    rule: usize,
    records: &'r [Record],
) -> impl Iterator<Item = Truth> {
    let source = (!program.sources().is_empty()).then_some(0);
    records.iter().map(move |record| evaluate::fires(program, rule, record, source))
}

/// The record that a finding shows.
fn shown(finding: &Diagnostic, like: &[Record]) -> Record {
    let help = finding.help.as_ref().unwrap();
    let (_, shown) = help.rsplit_once(" on ").unwrap();
    let (kind, images) = shown.split_once(' ').unwrap();
    let mut parts = images.split('`').skip(1).step_by(2);
    let mut image = || plain::read_item(parts.next().unwrap().as_bytes()).unwrap();
    let kind = EventKind::parse(kind).unwrap();
    let expired = shown.contains("` by time to live");
    let record = like.iter().find(|r| r.kind == kind && r.identity.is_some() == expired).unwrap();
    let mut record = record.clone();
    let from = |name: &str| {
        let (_, value) = shown.split_once(&format!(" from the {name} `"))?;
        Some(value.split('`').next().unwrap().to_owned())
    };
    record.region = from("region").unwrap_or(record.region);
    record.table = from("table").unwrap_or(record.table);
    match kind {
        EventKind::Insert => record.new = Image::Present(image()),
        EventKind::Remove => record.old = Image::Present(image()),
        EventKind::Modify => {
            record.old = Image::Present(image());
            record.new = Image::Present(image());
        }
    }
    if let Image::Present(item) = record.item() {
        // Where a rule says that there is no key `pk`, it is called `id`.
        let key = ["pk", "id"].into_iter().find_map(|name| Some((name, item.get(name)?)));
        let (name, value) = key.unwrap();
        record.keys = Item::from([(name.to_owned(), value.clone())]);
    }
    record
}

/// Whether it may have been a set that is shown as a list.
fn has_list(record: &Record) -> bool {
    [&record.old, &record.new].into_iter().any(|image| match image {
        Image::Present(item) => item.values().any(|value| matches!(value, Value::List(_))),
        _ => false,
    })
}

/// Outside of the stated fragment: all of a container is asked about, and a part of it.
fn looks_inside(condition: &str) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| condition.contains(word));
    any(&["a[", "b.c"])
        && any(&[" has ", "changed", "became", "== item.b", "== new.a", "?? item.b"])
}

/// What rules are written in front of, and the records that they are asked about.
struct World {
    prelude: &'static str,
    /// What the first rule is of.
    of: &'static str,
    records: Vec<Record>,
}

thread_local! {
    static WORLDS: Vec<World> = {
        let all = world();
        let more = [all.clone(), poorer(&all)].concat();
        let orders = more.iter().filter(|record| conforms(record)).cloned().collect();
        vec![
            World { prelude: SOURCE, of: "", records: all.clone() },
            World { prelude: ANY_TABLE, of: "", records: more },
            World { prelude: GUARDED, of: "", records: all },
            World { prelude: SCHEMA, of: "of S", records: orders },
        ]
    };
}

/// Whether the item is one that no rule is of, or as the schema promises.
fn conforms(record: &Record) -> bool {
    let Image::Present(item) = record.item() else { return true };
    if item.get("b").is_none_or(|b| *b != Value::Number(1.into())) {
        return true;
    }
    let text = |name: &str| matches!(item.get(name), Some(Value::String(_)));
    let a = item.get("a");
    text("pk") && a.is_none_or(|a| matches!(a, Value::Number(_)) || *a == Value::String("x".into()))
}

fn has_errors(rules: &str) -> bool {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    check(&sources, &Given::default()).has_errors()
}

fn hold(World { prelude, of: schema, records }: &World, kinds: &str, a: &str, b: &str) {
    let rules = format!(
        "{prelude}rule a {{ on {kinds} {schema} when {a} to out with {{ n: 1 }} }}\n\
         rule b {{ on ANY when {b} to out with {{ n: 1 }} }}\n\
         rule every {{ on ANY to out with {{ all: true }} }}\n"
    );
    // What cannot be of the schema's types is an error, and nothing to prove.
    if !schema.is_empty() && has_errors(&rules) {
        return;
    }
    let (program, findings, sources) = proved(&rules, Fuel::default());
    assert_eq!(of(&findings, codes::OUT_OF_FUEL).count(), 0, "{rules}");
    for (rule, name) in ["`a`", "`b`"].into_iter().enumerate() {
        let never = of(&findings, codes::NEVER_FIRES).any(|f| f.message.starts_with(name));
        let shows =
            |f: &&Diagnostic| f.message == format!("{name} and `every` overlap on the route `out`");
        match of(&findings, codes::OVERLAP).find(shows) {
            Some(found) => {
                assert!(!never, "{rules}");
                let record = shown(found, records);
                assert!(rule == 1 || schema.is_empty() || conforms(&record), "{rules}\n{found:?}");
                let fires = truths(&program, rule, std::slice::from_ref(&record)).next();
                assert!(fires == Some(Truth::True) || has_list(&record), "{rules}\n{found:?}");
            }
            None => {
                let condition = if rule == 0 { a } else { b };
                assert!(
                    never || looks_inside(condition),
                    "{name} neither fires nor never fires\n{rules}\n{findings:?}"
                );
            }
        }
        if never {
            assert!(truths(&program, rule, records).all(|truth| truth != Truth::True), "{rules}");
        }
    }
    for finding in of(&findings, codes::ADDS_NOTHING) {
        let (less, more) = if finding.message.starts_with("`a`") { (0, 1) } else { (1, 0) };
        let mut both = truths(&program, less, records).zip(truths(&program, more, records));
        assert!(
            both.all(|(less, more)| less != Truth::True || more == Truth::True),
            "{rules}\n{finding:?}"
        );
    }
    for finding in of(&findings, codes::CERTAIN_PART) {
        let part = sources.text(finding.span().unwrap());
        let kinds = if finding.message.contains("`a`") { kinds } else { "ANY" };
        let mut sources = Sources::new();
        // Guards are no part of it.
        let prelude = if *prelude == GUARDED { SOURCE } else { prelude };
        sources
            .add("part.rules", format!("{prelude}rule part {{ on {kinds} when {part} to out }}\n"));
        let part = check(&sources, &Given::default()).program;
        let asked = records.iter().filter(|r| part.rules()[0].events.contains(&r.kind));
        let asked: Vec<Record> = asked.cloned().collect();
        let certain = match finding.labels[0].text.as_str() {
            "always true" => |truth| truth == Truth::True,
            "always false" => |truth| truth == Truth::False,
            _ => |truth| truth != Truth::True,
        };
        assert!(truths(&part, 0, &asked).all(certain), "{rules}\n{finding:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 192,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn claims_hold_in_a_small_world(
        a in condition(),
        b in condition(),
        kinds in prop::sample::select(vec!["INSERT", "MODIFY", "REMOVE", "INSERT, MODIFY", "ANY"]),
        world in 0_usize..4,
    ) {
        WORLDS.with(|worlds| hold(&worlds[world], kinds, &a, &b));
    }
}
