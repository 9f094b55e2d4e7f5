//! A sound deployment, and each fault that it can have: `faults.json` says what is changed of
//! `deployment/facts.json`, `findings.txt` what is said of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use distributary_doctor::{Code, Facts, Finding, Needs, Seen, examine, settle};
use distributary_rules::{Given, Program};
use distributary_ruleset::RuleSet;
use serde_json::{Map, Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it")
}

fn read(file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(file)).unwrap()).unwrap()
}

/// What is seen, with a part of it changed or, where there is null in its place, gone.
fn changed(mut facts: Value, changes: &Map<String, Value>) -> Facts {
    for (pointer, value) in changes {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let last = &last.replace("~1", "/");
        match facts.pointer_mut(parent).unwrap() {
            Value::Array(list) if last.parse::<usize>().unwrap() == list.len() => {
                list.push(value.clone());
            }
            Value::Array(list) => list[last.parse::<usize>().unwrap()] = value.clone(),
            Value::Object(members) if value.is_null() => drop(members.remove(last)),
            Value::Object(members) => drop(members.insert(last.clone(), value.clone())),
            other => panic!("{pointer} leads to {other}"),
        }
    }
    serde_json::from_value(facts).unwrap()
}

/// The rules as the function would run them: parameters come from its variables alone.
fn program(rules: &RuleSet, facts: &Facts) -> (Program, Vec<(String, String)>) {
    let variables = match &facts.function {
        Seen::There(function) => function.environment.variables.clone(),
        _ => BTreeMap::new(),
    };
    let (checked, refused) =
        settle(&variables, |env| rules.check(&Given { env: env.clone(), ..Given::default() }));
    (checked.program, refused)
}

fn findings(rules: &RuleSet, facts: &Facts, asked: &[(String, String)]) -> Vec<Finding> {
    let (program, refused) = program(rules, facts);
    let deploy = &rules.manifest.deploys()[0];
    let needs = Needs {
        function: "shop",
        program: &program,
        text_hash: "TEXT_HASH",
        deploy,
        asked,
        refused: &refused,
        stack: Some("shop"),
        rules: "rules --stage dev",
    };
    examine(&needs, facts)
}

#[test]
fn each_fault_is_named_and_nothing_else() {
    let rules = distributary_ruleset::open(&folder().join("deployment")).unwrap();
    let facts = read("deployment/facts.json");
    let sound: Facts = serde_json::from_value(facts.clone()).unwrap();
    assert_eq!(findings(&rules, &sound, &[]), []);

    let schema = include_str!("../../../../docs/schema/doctor.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    schema["properties"] = json!({ "findings": schema["properties"]["findings"] });
    schema["required"] = json!(["findings"]);
    let schema = jsonschema::validator_for(&schema).unwrap();

    let mut said = String::new();
    let mut planted = BTreeSet::new();
    for (fault, changes) in read("faults.json").as_object().unwrap() {
        let asked = match fault.as_str() {
            "variable-differs" => vec![("DISTRIBUTARY_STAGE".to_owned(), "prod".to_owned())],
            _ => Vec::new(),
        };
        let facts = changed(facts.clone(), changes.as_object().unwrap());
        let found = findings(&rules, &facts, &asked);
        let code = fault.split(':').next().unwrap();
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.name()).collect();
        assert_eq!(codes, [code], "{fault}: {found:#?}");
        let document = json!({ "findings": found });
        assert!(schema.is_valid(&document), "{document:#}");
        writeln!(said, "{}\n", found[0]).unwrap();
        planted.insert(code.to_owned());
    }
    let known: BTreeSet<String> = Code::ALL.iter().map(|code| code.name().to_owned()).collect();
    assert_eq!(planted, known);

    let golden = folder().join("findings.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        std::fs::write(&golden, &said).unwrap();
    }
    assert_eq!(said, std::fs::read_to_string(&golden).unwrap(), "UPDATE_GOLDEN=1 accepts it");
}

#[test]
fn every_code_is_in_the_documentation_with_its_severity() {
    let page = include_str!("../../../../docs/doctor.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let documented: BTreeSet<String> = rows
        .map(|(code, rest)| format!("{code} {}", rest.split(" |").next().unwrap()))
        .filter(|row| row.ends_with("error") || row.ends_with("warning"))
        .collect();
    let known: BTreeSet<String> =
        Code::ALL.iter().map(|code| format!("{} {}", code.name(), code.severity())).collect();
    assert_eq!(documented, known);
}
