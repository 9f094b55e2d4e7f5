//! `rulesc check --output-format`, as the programs that read it see it.

use serde_json::Value;

use crate::documents::assert_documented;
use crate::{Ran, command, folder, ran, top};

/// Findings with one place, with two, and with none; in a file whose name no URI can hold as it is.
const RULES: &str = "param limit: number = 10
route out = console {}
rule a { on ANY when item.total > limit to outt }
rule a { on ANY to out }
";

const UNUSED: &str = "route out = console {}\nlet spare = item.x == 1\nrule a { on ANY to out }\n";

const FINE: &str = "route out = console {}\nrule a { on ANY to out }\n";

fn checked(format: &str, rules: &str) -> Ran {
    let name = format!("formats-{format}-{}", rules.len());
    let folder = folder(&name, &[("a b.rules", rules)]);
    let mut check = command(&["check", "--output-format", format]);
    if rules == RULES {
        check.args(["--param", "limt=3"]);
    }
    check.current_dir(folder);
    ran(check)
}

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.stderr, "");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn assert_valid(document: &Value) {
    let schema = top().join("crates/rulesc/tests/schema/sarif-2.1.0.json");
    let schema = std::fs::read_to_string(schema).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    // SARIF's patterns for a language have a bracket too many, which no engine but JavaScript's
    // takes for a character. Nothing here says a language.
    for language in
        ["/definitions/run/properties/language", "/definitions/toolComponent/properties/language"]
    {
        if let Some(Value::Object(language)) = schema.pointer_mut(language) {
            language.remove("pattern");
        }
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{}\n{document:#}", errors.join("\n"));
}

#[test]
fn json_is_what_its_schema_says() {
    for rules in [RULES, UNUSED, FINE] {
        assert_documented("check", &json(&checked("json", rules)));
    }
}

#[test]
fn sarif_is_what_its_schema_says() {
    assert_valid(&json(&checked("sarif", FINE)));
    let ran = checked("sarif", RULES);
    assert_eq!(ran.code, 1);
    let log = json(&ran);
    assert_valid(&log);

    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let heading = format!("# {}: ", result["ruleId"].as_str().unwrap());
        assert!(rule["help"]["markdown"].as_str().unwrap().starts_with(&heading), "{rule}");
    }
    let twice = results.iter().find(|result| result["ruleId"] == "R202").unwrap();
    let place = |location: &Value| {
        let place = &location["physicalLocation"];
        (place["artifactLocation"]["uri"].clone(), place["region"]["startLine"].clone())
    };
    assert_eq!(place(&twice["locations"][0]), ("a%20b.rules".into(), 4.into()));
    assert_eq!(place(&twice["relatedLocations"][0]), ("a%20b.rules".into(), 3.into()));
    let nowhere = results.iter().find(|result| result["ruleId"] == "R229").unwrap();
    assert_eq!(nowhere["locations"].as_array().unwrap().len(), 0);
    let warned = json(&checked("sarif", UNUSED));
    assert_valid(&warned);
    assert_eq!(warned["runs"][0]["results"][0]["level"], "warning");
}

#[test]
fn github_annotates_the_lines() {
    let ran = checked("github", RULES);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines.contains(
        &"::error title=R202,file=a b.rules,line=4,endLine=4,col=6,endColumn=7::`a` is declared \
          twice%0Aa b.rules:4: declared again%0Aa b.rules:3: first declared here%0Ahelp: names are \
          global in a rule set: rename one of them"
    ), "{lines:#?}");
    assert!(lines[0].starts_with("::error title=R229::`--param` sets `limt`"), "{lines:#?}");
    assert!(lines.last().unwrap().starts_with("1 file, 2 rules, 1 route: "), "{lines:#?}");

    let mut check = command(&["check", "crates/rulesc/tests/broken/single_equals.rules"]);
    check.env("GITHUB_ACTIONS", "true");
    assert!(crate::ran(check).stdout.starts_with("::error title=R108,file=crates/rulesc/"));
}

#[test]
fn junit_has_a_case_for_each_finding() {
    let ran = checked("junit", RULES);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert!(
        ran.stdout.starts_with("<testsuites tests=\"3\" failures=\"3\" skipped=\"0\">"),
        "{ran:?}"
    );
    assert!(
        ran.stdout
            .contains("<testcase classname=\"a b.rules\" name=\"R202 a name is declared twice\">"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains(">a b.rules:4:6: error[R202]: `a` is declared twice\nhelp: "));

    let fine = checked("junit", FINE);
    assert_eq!(fine.code, 0);
    assert!(fine.stdout.starts_with("<testsuites tests=\"1\" failures=\"0\" skipped=\"0\">"));

    let unused = checked("junit", UNUSED);
    assert_eq!(unused.code, 0);
    assert!(unused.stdout.starts_with("<testsuites tests=\"1\" failures=\"0\" skipped=\"1\">"));
}
