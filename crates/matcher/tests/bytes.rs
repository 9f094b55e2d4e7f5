//! The matcher fires the rules of which the reference evaluator says that they fire, and refuses
//! the records that the decoder refuses: over generated programs and records, some of them broken.
//! `AGREEMENT_CASES` sets how many records.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use distributary_change::{RawRecord, Record};
use distributary_matcher::{Asked, Matcher, Unclaimed};
use distributary_rules::{Given, Program, Truth, check, evaluate};
use distributary_syntax::Sources;
use fastrand::Rng;

const CASES: usize = 8_000;

/// How many records each program is asked about.
const RECORDS: usize = 100;

const PATHS: [&str; 7] = ["a", "b", "m.a", "m.b", "l[0]", "l[1].a", "[\"o d\"]"];

const ROOTS: [&str; 5] = ["item", "item", "old", "new", "keys"];

const CONSTANTS: [&str; 12] =
    ["1", "1.0", "-2.5", "0", "100", "\"a\"", "\"ab\"", "\"\"", "\"é\"", "true", "null", "\"1\""];

const ORDERED: [&str; 6] = ["1", "-2.5", "100", "1.00", "\"a\"", "\"é\""];

const TEXTS: [&str; 6] = ["\"a\"", "\"b\"", "\"\"", "\"ab\"", "\"é\"", "list_text"];

const GLOBS: [&str; 8] = ["*", "a*", "*b", "*a*b*", "a*b", "", "é*", "*b*b"];

const TYPES: [&str; 8] = ["string", "number", "bool", "null", "binary", "list", "map", "set"];

/// What stands in an attribute, with what a generator of rules knows nothing about.
const VALUES: [&str; 25] = [
    r#"{"N":"1"}"#,
    r#"{"N":"1.0"}"#,
    r#"{"N":"10E-1"}"#,
    r#"{"N":"-2.50"}"#,
    r#"{"N":"0"}"#,
    r#"{"N":"100"}"#,
    r#"{"N":"99999999999999999999999999999999999999"}"#,
    r#"{"S":"a"}"#,
    r#"{"S":"ab"}"#,
    r#"{"S":"abab"}"#,
    r#"{"S":""}"#,
    r#"{"S":"\u00e9"}"#,
    r#"{"S":"é"}"#,
    r#"{"S":"\u0061"}"#,
    r#"{"S":"1"}"#,
    r#"{"BOOL":true}"#,
    r#"{"BOOL":false}"#,
    r#"{"NULL":true}"#,
    r#"{"SS":["a","b"]}"#,
    r#"{"SS":["b","a"]}"#,
    r#"{"NS":["1","2"]}"#,
    r#"{"B":"aGk="}"#,
    r#"{"B":"aGs="}"#,
    r#"{"L":[]}"#,
    r#"{ "S" : "a" }"#,
];

const BROKEN: [&str; 8] = [
    r#"{"N":""}"#,
    r#"{"N":"1e999"}"#,
    r#"{"S":"\ud800"}"#,
    r#"{"B":"a"}"#,
    r#"{"SS":[]}"#,
    r#"{"X":"a"}"#,
    r#"{"NULL":false}"#,
    r#"{"M":{"a":{"S":"a"},"a":{"S":"a"}}}"#,
];

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(0..from.len())]
}

fn several(random: &mut Rng, from: &[&str]) -> String {
    let members: Vec<&str> = (0..random.usize(1..4)).map(|_| pick(random, from)).collect();
    members.join(", ")
}

fn condition(random: &mut Rng, depth: usize) -> String {
    if depth > 0 && random.u8(0..10) < 5 {
        let (a, b) = (condition(random, depth - 1), condition(random, depth - 1));
        return match random.u8(0..5) {
            0 => format!("not ({a})"),
            1 => format!("({a} or {b})"),
            _ => format!("({a} and {b})"),
        };
    }
    let name = pick(random, &PATHS);
    let dot = if name.starts_with('[') { "" } else { "." };
    let path = format!("{}{dot}{name}", pick(random, &ROOTS));
    let item = format!("item{dot}{name}");
    match random.u8(0..19) {
        0 | 1 => format!("{path} == {}", pick(random, &CONSTANTS)),
        2 => format!("{path} != {}", pick(random, &CONSTANTS)),
        3 => format!("{path} in [{}]", several(random, &CONSTANTS)),
        4 => format!("{path} not in [{}]", several(random, &CONSTANTS)),
        5 | 6 => {
            let order = pick(random, &["<", "<=", ">", ">="]);
            format!("{path} {order} {}", pick(random, &ORDERED))
        }
        7 => format!("{} <= {path}", pick(random, &ORDERED)),
        8 => {
            let search = pick(random, &["contains", "starts with", "ends with"]);
            format!("{path} {search} {}", pick(random, &TEXTS))
        }
        9 => format!("{path} matches \"{}\"", pick(random, &GLOBS)),
        10 => format!("{path} matches /^a+b/"),
        11 => format!("{path} {}", pick(random, &["exists", "missing"])),
        12 => format!("{path} is {}", pick(random, &TYPES)),
        13 => format!("{item} changed"),
        14 => format!("{item} changed from {}", pick(random, &CONSTANTS)),
        15 => format!("{item} became {}", pick(random, &CONSTANTS)),
        16 => {
            let (to, from) = (several(random, &CONSTANTS), pick(random, &CONSTANTS));
            format!("{item} became in [{to}] from {from}")
        }
        17 => format!("old{dot}{name} == new{dot}{name}"),
        _ => pick(
            random,
            &[
                "item.a in numbers",
                "item.l has 1",
                "event.expired",
                "event.type == \"MODIFY\"",
                "new.a > old.a * 2",
                "new.a > old.a",
                "old.b <= item.m.a",
                "not (item.a >= keys.a)",
                "(item.a ?? 1) == 1",
                "any v in item.l (v == 1)",
                "len(item.a) == 2",
                "item.m == item.m",
                "(item.l has 1 or len(item.b) == 1)",
                "item has \"a\"",
            ],
        )
        .to_owned(),
    }
}

fn program(random: &mut Rng) -> Program {
    let guards = ["", "", "only when item.a exists", "skip when item.b > 0"];
    let mut text = format!(
        "param numbers: list<string> = [\"a\", \"b\"]\nparam list_text: string = \"ab\"\n\
         route out = console {{}}\nsource shop {{ table: \"shop\" {} {} }}\n\
         source crm {{ table: \"crm\" }}\n",
        pick(random, &["", "", "ttl: b"]),
        pick(random, &guards)
    );
    for rule in 0..random.usize(1..25) {
        let kinds = pick(random, &["ANY", "INSERT", "MODIFY", "MODIFY, REMOVE"]);
        let from = pick(random, &["shop", "shop", "shop", "crm"]);
        let when = condition(random, 2);
        text.push_str(&format!("rule r{rule} {{ on {kinds} from {from} when {when} to out }}\n"));
    }
    if random.bool() {
        let (kinds, when) = (pick(random, &["ANY", "REMOVE"]), condition(random, 1));
        text.push_str(&format!("ignore i {{ on {kinds} from shop when {when} }}\n"));
    }
    let mut sources = Sources::new();
    sources.add("bytes.rules", text);
    // A condition that the checker refuses is unknown, for both.
    check(&sources, &Given::default()).program
}

fn value(random: &mut Rng, broken: bool) -> &'static str {
    if broken && random.u8(0..20) == 0 { pick(random, &BROKEN) } else { pick(random, &VALUES) }
}

fn item(random: &mut Rng, broken: bool) -> String {
    let mut members = vec![r#""pk":{"S":"k"}"#.to_owned()];
    let mut add = |name: &str, value: String| members.push(format!("\"{name}\":{value}"));
    for name in ["a", "b", "o d", "other"] {
        if random.u8(0..4) > 0 {
            add(name, value(random, broken).to_owned());
        }
    }
    if random.bool() {
        let (a, b) = (value(random, broken), value(random, broken));
        add("m", format!(r#"{{"M":{{"a":{a},"b":{b}}}}}"#));
    }
    if random.bool() {
        let (a, b) = (value(random, broken), value(random, broken));
        add("l", format!(r#"{{"L":[{a},{{"M":{{"a":{b}}}}}]}}"#));
    }
    if broken && random.u8(0..20) == 0 {
        add("a", value(random, broken).to_owned());
    }
    random.shuffle(&mut members);
    format!("{{{}}}", members.join(","))
}

fn record(random: &mut Rng) -> RawRecord {
    let broken = random.u8(0..3) == 0;
    let kind = pick(random, &["INSERT", "MODIFY", "MODIFY", "REMOVE"]);
    let table = pick(random, &["shop", "shop", "shop", "crm", "elsewhere"]);
    let mut old = item(random, broken);
    let new = item(random, broken);
    if random.bool() {
        old.clone_from(&new);
    }
    let image = |name: &str, item: &str| format!(r#""{name}":{item},"#);
    let old = if kind != "INSERT" && random.u8(0..8) > 0 {
        image("OldImage", &old)
    } else {
        String::new()
    };
    let new = if kind != "REMOVE" && random.u8(0..8) > 0 {
        image("NewImage", &new)
    } else {
        String::new()
    };
    let by = r#""userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},"#;
    let by = if random.bool() { by } else { "" };
    let mut text = format!(
        r#"{{"eventID":"e","eventName":"{kind}","awsRegion":"r",{by}"eventSourceARN":"arn:aws:dynamodb:r:1:table/{table}/stream/1","dynamodb":{{"ApproximateCreationDateTime":1,"SequenceNumber":"7","Keys":{{"a":{{"S":"a"}}}},{old}{new}"StreamViewType":"NEW_AND_OLD_IMAGES"}}}}"#
    );
    if broken && random.u8(0..4) == 0 {
        let end = random.usize(0..text.len());
        text.truncate(text.floor_char_boundary(end));
    }
    RawRecord { bytes: Bytes::from(text) }
}

fn expected_of(program: &Program, record: &Record) -> Unclaimed {
    let source = program.source_of(&record.table);
    if evaluate::skipped(program, record, source) {
        return Unclaimed::Skipped;
    }
    let ignored = evaluate::ignored(program, record, source);
    ignored.map_or(Unclaimed::Unmatched, |_| Unclaimed::Ignored)
}

#[test]
fn the_matcher_and_the_reference_agree() {
    let cases = std::env::var("AGREEMENT_CASES").map_or(CASES, |text| text.parse().unwrap());
    let mut random = Rng::with_seed(5);
    let mut said = BTreeSet::new();
    let (mut comparisons, mut fired, mut refused, mut scanned) = (0_u64, 0, 0, 0);
    for _ in 0..cases.div_ceil(RECORDS) {
        let program = Arc::new(program(&mut random));
        let matcher = Matcher::new(Arc::clone(&program));
        let mut desk = matcher.desk();
        for _ in 0..RECORDS {
            let raw = record(&mut random);
            let mut firing = Vec::new();
            let asked = matcher.ask(&raw, &mut desk, &mut firing);
            let record = match (asked, raw.decode()) {
                (Ok(asked), Ok(record)) => {
                    if let Asked::Scanned { unclaimed, .. } = asked {
                        scanned += 1;
                        said.insert(format!("{unclaimed:?}"));
                        if firing.is_empty() {
                            assert_eq!(
                                unclaimed,
                                expected_of(&program, &record),
                                "{:?}",
                                raw.bytes
                            );
                        }
                    }
                    record
                }
                (Err(error), Err(expected)) => {
                    assert_eq!(error, expected);
                    refused += 1;
                    continue;
                }
                (asked, expected) => panic!("{asked:?}, not {expected:?}: {:?}", raw.bytes),
            };
            let source = program.source_of(&record.table);
            let expected: Vec<usize> = (0..program.rules().len())
                .filter(|rule| evaluate::fires(&program, *rule, &record, source) == Truth::True)
                .collect();
            comparisons += program.rules().len() as u64;
            fired += expected.len();
            assert_eq!(firing, expected, "{:?}\n{:#?}", raw.bytes, program.rules());
        }
    }
    println!("{comparisons} comparisons, {fired} fired, {refused} refused, {scanned} scanned only");
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(fired > cases / 4 && refused > cases / 50 && scanned > cases / 4);
}
