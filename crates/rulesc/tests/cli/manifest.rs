//! What `rules.toml` changes about the commands.

use serde_json::Value;

use crate::{Ran, folder, rulesc};

const RULES: &str = r#"
let spare = item.total > 5

route out = console {}

rule large { on INSERT when item.total > 10 to out }
rule dear { on INSERT when item.price > 10 to out }

test "large" {
  insert { pk: "O#1", total: 11 }
  expect large
}
"#;

fn run(name: &str, manifest: &str, arguments: &[&str]) -> Ran {
    let folder =
        folder(&format!("manifest-{name}"), &[("a.rules", RULES), ("rules.toml", manifest)]);
    let (command, rest) = arguments.split_first().unwrap();
    let mut all = vec![*command, folder.to_str().unwrap()];
    all.extend(rest);
    rulesc(&all)
}

/// Every code that the check reports, with its severity.
fn found(name: &str, manifest: &str) -> (i32, Vec<String>) {
    let ran = run(name, manifest, &["check", "--output-format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = document["diagnostics"].as_array().unwrap().iter();
    let line = |f: &Value| format!("{} {}", f["severity"].as_str().unwrap(), f["code"]);
    (ran.code, findings.map(|f| line(f).replace('"', "")).collect())
}

#[test]
fn lint_says_how_bad_a_finding_is() {
    let usual = ["warning R320", "info R303", "info R601"].map(str::to_owned);
    let (code, findings) = found("lint-none", "");
    assert_eq!((code, findings.as_slice()), (0, usual.as_slice()));
    let manifest = "[lint]\nR320 = \"error\"\nR303 = \"off\"\nR601 = \"warning\"\n";
    let (code, findings) = found("lint-set", manifest);
    assert_eq!((code, findings), (1, vec!["error R320".to_owned(), "warning R601".to_owned()]));
    let off = "[lint]\nR320 = \"off\"\n";
    assert_eq!(run("lint-deny", off, &["check", "--deny", "warnings"]).code, 0);
}

#[test]
fn commands_that_load_rules_go_by_the_same_severities() {
    let manifest = "[lint]\nR320 = \"error\"\n";
    let ran = run("lint-filter", manifest, &["filter"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("error[R320]"), "{}", ran.stderr);
}

#[test]
fn test_asks_for_the_coverage_that_the_manifest_wants() {
    let ran = run("test-few", "[test]\ncoverage = 90\n", &["test"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("`dear` never fires\n"), "{}", ran.stdout);
    assert!(
        ran.stdout.ends_with("coverage: 50 % (4 of 8)\n1 passed, 0 failed\n"),
        "{}",
        ran.stdout
    );

    let enough = run("test-enough", "[test]\ncoverage = 50\n", &["test"]);
    assert_eq!((enough.code, enough.stdout.as_str()), (0, "1 passed, 0 failed\n"));
    let flag = run("test-flag", "[test]\ncoverage = 90\n", &["test", "--coverage=40"]);
    assert_eq!(flag.code, 0);
    let part = run("test-part", "[test]\ncoverage = 90\n", &["test", "--run", "large"]);
    assert_eq!(part.code, 0);
}

#[test]
fn what_a_function_sends_nowhere_is_warned_of() {
    let manifest = "[deploy.orders]\nsources = [\"shop\"]\n";
    let rules = "source shop { table: \"shop\" }\nroute out = console {}\nroute kept = file { path: \"k\" }\n\
                 rule large { on INSERT to out to kept }\n";
    let folder = folder("manifest-local", &[("a.rules", rules), ("rules.toml", manifest)]);
    let ran = rulesc(&["check", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let place = folder.join("rules.toml").display().to_string();
    let message = |what: &str, help: &str| {
        format!(
            "warning[R012]: what `orders` sends to {what}\n --> {place}:1:9\n  |\n\
             1 | [deploy.orders]\n  |         ^^^^^^\n  |\n  = help: give {help} a queue, a topic or a bus\n\n"
        )
    };
    assert_eq!(
        ran.stderr,
        message("`out` is in its log, for whoever reads that", "`out`")
            + &message("`kept` ends with its process", "`kept`")
    );
}
