//! The documents that commands print are as `docs/schema` says.

use jsonschema::Registry;
use serde_json::{Value, json};

use crate::{folder, rulesc, top};

const RULES: &str = r#"
param queue: string = "orders"
source shop { table: "shop"  key: pk }
lot waiting = sqs { queue: "arn:aws:sqs:eu-west-1:123456789012:last" }
route fifo = sqs.fifo { queue: "arn:aws:sqs:eu-west-1:123456789012:${queue}.fifo" }
route topic = sns { topic: "arn:aws:sns:eu-west-1:999999999999:prices"  park: waiting }
rule large { on INSERT when item.total > 10 to fifo with { total: item.total } to topic }

test "large" { insert { pk: "a", total: 11 } expect large }
test "not large" { insert { pk: "a", total: 10 } expect large }
"#;

/// All schemas under their names, strict: a document has nothing that its schema does not name.
fn schemas() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(top().join("docs/schema")).unwrap();
    let schema = |file: std::io::Result<std::fs::DirEntry>| {
        let mut schema: Value =
            serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        close(&mut schema);
        (schema["$id"].as_str().unwrap().to_owned(), schema)
    };
    files.map(schema).collect()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.contains_key("properties") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}

pub(crate) fn assert_documented(name: &str, document: &Value) {
    let mut registry = Registry::new();
    let mut wanted = None;
    for (id, schema) in schemas() {
        if id.ends_with(&format!("/{name}.json")) {
            wanted = Some(schema.clone());
        }
        registry = registry.add(id, schema).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let wanted = wanted.unwrap_or_else(|| panic!("there is no schema `{name}`"));
    let validator = jsonschema::options().with_registry(&registry).build(&wanted).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{}\n{document:#}", errors.join("\n"));
}

/// Runs a command on the rules, and looks at the lines or the document that it prints.
fn assert_prints(name: &str, code: i32, arguments: &[&str]) -> Vec<Value> {
    let folder = folder(&format!("documents_{name}"), &[("a.rules", RULES)]);
    let rules = folder.join("a.rules");
    let ran = rulesc(&[&arguments[..1], &[rules.to_str().unwrap()], &arguments[1..]].concat());
    assert_eq!(ran.code, code, "{ran:?}");
    let read = serde_json::Deserializer::from_str(&ran.stdout).into_iter();
    let documents: Vec<Value> = read.map(Result::unwrap).collect();
    assert!(!documents.is_empty(), "{ran:?}");
    documents.iter().for_each(|document| assert_documented(name, document));
    documents
}

#[test]
fn tests() {
    for coverage in [&[][..], &["--coverage"]] {
        let flags = [&["test", "--output-format", "json"], coverage].concat();
        let documents = assert_prints("test", 1, &flags);
        assert_eq!((&documents[0]["passed"], &documents[0]["failed"]), (&json!(1), &json!(1)));
        assert_eq!(documents[0]["diagnostics"].as_array().unwrap().len(), 1);
        assert_eq!(documents[0].get("coverage").is_some(), !coverage.is_empty());
    }
}

#[test]
fn lines_of_eval() {
    let events = "examples/shop/events";
    let ran = rulesc(&["eval", "examples/shop", "--events", events, "--unmatched"]);
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["group"].is_string()), "{lines:?}");
    assert!(lines.iter().any(|line| line["unmatched"] == true), "{lines:?}");
    lines.iter().for_each(|line| assert_documented("eval", line));
}

#[test]
fn filters() {
    for format in ["json", "cfn"] {
        assert_prints("filter", 0, &["filter", "--format", format]);
    }
}

#[test]
fn permissions() {
    let stream = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026-11-21";
    assert_prints("iam", 0, &["iam", "--stream", stream]);
    assert_prints("iam", 0, &["iam", "--format", "cfn", "--stream", "Shop", "--log-group", "Logs"]);
    assert_prints("iam", 0, &["iam", "--stream", stream, "--for", "operator"]);
    let role = "arn:aws:iam::123456789012:role/function";
    let documents = assert_prints("iam", 0, &["iam", "--resource-policies", "--principal", role]);
    assert_eq!(documents[0]["policies"].as_array().unwrap().len(), 1);
}
