//! Where parameters get their values from.

use std::collections::BTreeMap;

use distributary_change::{Number, Value};
use distributary_rules::{Checked, Given, ParamValue, Scope, check};
use distributary_syntax::{Sources, render};

fn checked(rules: &str, given: &Given) -> (Checked, Sources) {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    (check(&sources, given), sources)
}

fn map<V: Clone>(entries: &[(&str, V)]) -> BTreeMap<String, V> {
    entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn texts(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn value(rules: &str, given: &Given) -> Option<Value> {
    let (checked, _) = checked(rules, given);
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    checked.program.params()[0].value.clone()
}

fn string(text: &str) -> Option<Value> {
    Some(Value::String(text.to_owned()))
}

#[test]
fn the_first_layer_with_a_value_wins() {
    let rules = r#"param name: string = env "NAME""#;
    let mut given = Given {
        cli: texts(&[("name", "cli")]),
        env: texts(&[("DISTRIBUTARY_PARAM_NAME", "own variable"), ("NAME", "named variable")]),
        manifest: map(&[("name", ParamValue::Text("manifest".to_owned()))]),
        ..Given::default()
    };
    assert_eq!(value(rules, &given), string("cli"));
    given.cli.clear();
    assert_eq!(value(rules, &given), string("own variable"));
    given.env.remove("DISTRIBUTARY_PARAM_NAME");
    assert_eq!(value(rules, &given), string("named variable"));
    given.env.clear();
    assert_eq!(value(rules, &given), string("manifest"));
    given.manifest.clear();
    assert_eq!(value(rules, &given), None);
    assert_eq!(value(r#"param name: string = "default""#, &given), string("default"));
}

#[test]
fn values_have_the_declared_type() {
    let given = |text: &str| Given { cli: texts(&[("p", text)]), ..Given::default() };
    let list = |texts: &[&str]| {
        Some(Value::List(texts.iter().map(|t| Value::String((*t).to_owned())).collect()))
    };
    let number = Number::parse("1.50").map(Value::Number).ok();
    assert_eq!(value("param p: number", &given("1.50")), number);
    assert_eq!(value("param p: bool", &given("true")), Some(Value::Bool(true)));
    assert_eq!(value("param p: list<string>", &given("a, b")), list(&["a", "b"]));
    assert_eq!(value("param p: list<string>", &given("")), list(&[]));
    assert_eq!(value("param p: list<string>", &given(r#" ["a, b", "c"]"#)), list(&["a, b", "c"]));
    for text in ["[1]", "[\"a\"", "[\"a\"] b"] {
        assert!(checked("param p: list<string>", &given(text)).0.has_errors(), "{text}");
    }
    assert_eq!(value("param p: string", &given("")), string(""));
    let manifest = map(&[("p", ParamValue::List(vec!["a,b".to_owned()]))]);
    let manifest = Given { manifest, ..Given::default() };
    assert_eq!(value("param p: list<string>", &manifest), list(&["a,b"]));
    let (refused, _) = checked("param p: string", &manifest);
    assert!(refused.has_errors());
    let number = ParamValue::Number("5".to_owned());
    let number = Given { manifest: map(&[("p", number)]), ..Given::default() };
    let (refused, _) = checked("param p: string", &number);
    let message = "`rules.toml` gives `p` the number `5`, which is not a text";
    assert_eq!(refused.diagnostics[0].message, message);
}

#[test]
fn a_missing_parameter_is_named_where_it_is_needed() {
    let rules = r#"
param table: string
param queue: arn = env "QUEUE"
param threshold: number
param unused: string
source shop { table: "${table}" }
route out = sqs { queue: "${queue}" }
rule r { on ANY when item.x > threshold to out }
"#;
    let needed = |scope| -> Vec<String> {
        let (checked, sources) = checked(rules, &Given::default());
        assert!(!checked.has_errors(), "an unset parameter is no finding of the check");
        let missing = checked.program.settle_params(scope).unwrap_err();
        missing.iter().map(|finding| render::concise(finding, &sources)).collect()
    };
    let table = "shop.rules:2:7: error[R228]: the parameter `table` has no value; help: pass \
                 `--param table=…`, set the environment variable `DISTRIBUTARY_PARAM_TABLE`, or \
                 write it under `[params]` in `rules.toml`";
    let conditions = needed(Scope::Conditions);
    assert_eq!(conditions[0], table);
    assert!(conditions[1].contains("`threshold`"));
    assert_eq!(conditions.len(), 2);
    let all = needed(Scope::All);
    assert!(all[1].contains("`DISTRIBUTARY_PARAM_QUEUE` or `QUEUE`"), "{}", all[1]);
    assert_eq!(all.len(), 3);
}

#[test]
fn the_hash_tells_rules_apart_and_nothing_else() {
    let hash = |name: &str, text: &str, stage: &str| {
        let mut sources = Sources::new();
        sources.add(name, text);
        let given = Given { cli: texts(&[("stage", stage)]), ..Given::default() };
        check(&sources, &given).program.hash().to_owned()
    };
    let rules = "param stage: string\nroute out = console {}\n";
    let first = hash("a.rules", rules, "dev");
    assert_eq!(first.len(), 64);
    assert_eq!(first, hash("b.rules", rules, "dev"));
    assert_eq!(first, hash("a.rules", &rules.replace('\n', "\r\n"), "dev"));
    assert_ne!(first, hash("a.rules", rules, "prod"));
    assert_ne!(first, hash("a.rules", &rules.replace("out", "other"), "dev"));
}

#[test]
fn a_program_can_be_given_other_values_than_it_was_made_with() {
    let rules = r#"
        param stage: string = "dev"
        param network: string = "10.0.0.0/8"
        source shop { table: "${stage}-shop"  key: pk }
        route out = console {}
        rule inside { on ANY when cidr(item.ip, network) to out }
    "#;
    let given = |stage: &str, network: &str| Given {
        cli: texts(&[("stage", stage), ("network", network)]),
        ..Given::default()
    };
    let prod = given("prod", "192.168.0.0/16");
    let (mut made, sources) = checked(rules, &Given::default());
    assert_eq!(made.program.give(&sources, &prod), Ok(()));
    assert_eq!(made.program, checked(rules, &prod).0.program);
    assert_eq!(made.program.give(&sources, &Given::default()), Ok(()));
    assert_eq!(made.program, checked(rules, &Given::default()).0.program);

    for wrong in [
        given("prod", "192.168.0.0/64"),
        Given { cli: texts(&[("stag", "prod")]), ..Given::default() },
        given("", ""),
    ] {
        let (expected, _) = checked(rules, &wrong);
        assert_eq!(made.program.give(&sources, &wrong), Err(expected.diagnostics));
    }
}
