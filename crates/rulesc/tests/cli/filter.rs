//! `rulesc filter`

use std::path::Path;

use serde_json::Value;

use crate::{Ran, command, differs, folder, ran, rulesc};

const SHOP: &str = "source shop { table: \"shop\" key: pk }\n";

/// Derives from rules of these sources, with these flags.
fn filter(test: &str, rules: &str, flags: &[&str]) -> Ran {
    let text = format!("route out = console {{}}\n{rules}");
    let folder = folder(&format!("filter_{test}"), &[("a.rules", text.as_str())]);
    let rules = folder.join("a.rules");
    rulesc(&[&["filter", rules.to_str().unwrap()], flags].concat())
}

/// The patterns of a source.
fn patterns(ran: &Ran, source: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["version"], 1);
    let filters = document["sources"][source]["FilterCriteria"]["Filters"].as_array().unwrap();
    filters.iter().map(|filter| filter["Pattern"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_examples_have_the_filters_of_their_golden_files_and_lose_nothing() {
    let mut wrong = Vec::new();
    for example in ["shop", "audit", "search"] {
        let rules = format!("examples/{example}");
        for (flags, suffix) in [(&[][..], ""), (&["--strict", "--max", "1"][..], "_strict")] {
            let ran = rulesc(&[&["filter", rules.as_str()], flags].concat());
            assert_eq!(ran.code, 0, "{ran:?}");
            let golden = format!("tests/golden/filter_{example}{suffix}.txt");
            let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(golden);
            wrong.extend(differs(&golden, &format!("{}{}", ran.stdout, ran.stderr)));
            let events = format!("examples/{example}/events");
            let verified =
                rulesc(&[&["filter", rules.as_str(), "--verify", events.as_str()], flags].concat());
            assert_eq!(verified.code, 0, "{verified:?}");
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_capture_shows_what_is_saved() {
    let ran = rulesc(&["filter", "examples/shop", "--verify", "examples/shop/events"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (
            0,
            "shop: 11 of 31 records pass\n  one by one: 11 invocations instead of 31, 20 saved\n  \
             in full batches of 100: 1 invocation instead of 1, 0 saved\n"
        )
    );
}

#[test]
fn what_counts_unmatched_records_sees_them_all() {
    for unmatched in ["count", "warn"] {
        let rules = format!(
            "source shop {{ table: \"shop\" unmatched: {unmatched} }}\n\
             rule r {{ on INSERT when item.x == \"a\" to out }}"
        );
        let ran = filter(&format!("unmatched_{unmatched}"), &rules, &[]);
        assert_eq!((ran.code, patterns(&ran, "shop")), (0, vec![]));
        assert!(ran.stderr.contains("every record passes: the source counts"), "{ran:?}");
    }
}

#[test]
fn no_filter_passes_nothing() {
    let rules = format!("{SHOP}rule r {{ on INSERT mode: off to out }}");
    let ran = filter("nothing", &rules, &[]);
    assert_eq!((ran.code, patterns(&ran, "shop")), (0, vec![]));
    assert!(ran.stderr.contains("no rule can fire"), "{ran:?}");
}

#[test]
fn every_source_has_its_own() {
    let rules = "source a { table: \"a\" } source b { table: \"b\" }\n\
                 rule one { on INSERT from a when item.x == \"1\" to out }\n\
                 rule two { on REMOVE from b to out }";
    let ran = filter("several", rules, &[]);
    let a = r#"{"dynamodb":{"NewImage":{"x":{"S":["1"]}}},"eventName":["INSERT"]}"#;
    assert_eq!(patterns(&ran, "a"), [a]);
    assert_eq!(patterns(&ran, "b"), [r#"{"eventName":["REMOVE"]}"#]);
    let cfn = filter("several_cfn", rules, &["--format", "cfn"]);
    assert_eq!(cfn.code, 2);
    assert!(cfn.stderr.contains("name one with `--source NAME`"), "{cfn:?}");
    let one = filter("one_cfn", rules, &["--format", "cfn", "--source", "a"]);
    let property: Value = serde_json::from_str(&one.stdout).unwrap();
    assert_eq!(property["FilterCriteria"]["Filters"][0]["Pattern"], a);
    let unknown = filter("unknown_source", rules, &["--source", "c"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("there is no source `c`: there are `a`, `b`"), "{unknown:?}");
}

#[test]
fn what_old_rules_want_passes_too() {
    let old = folder(
        "filter_old",
        &[("old.rules", "route out = console {}\nrule r { on REMOVE to out }")],
    );
    let old = old.join("old.rules");
    let rules = format!("{SHOP}rule r {{ on INSERT to out }}");
    let ran = filter("also", &rules, &["--also", old.to_str().unwrap()]);
    assert_eq!(patterns(&ran, "shop"), [r#"{"eventName":["INSERT","REMOVE"]}"#]);
}

#[test]
fn want_of_room_is_said() {
    let rules = (0..40).fold(SHOP.to_owned(), |rules, n| {
        rules
            + &format!(
                "rule r{n} {{ on INSERT when item.a{n} == \"{}\" and item.b == \"{n}\" to out }}\n",
                "x".repeat(400)
            )
    });
    let ran = filter("room", &rules, &["--max", "2"]);
    assert_eq!(ran.code, 0);
    let patterns = patterns(&ran, "shop");
    assert!(!patterns.is_empty() && patterns.len() <= 2, "{patterns:?}");
    assert!(ran.stderr.contains("`shop`: `dynamodb.NewImage.a"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 filters of 4096 characters"), "{}", ran.stderr);
}

#[test]
fn check_warns_where_filters_have_no_room() {
    let rule = |n: usize| format!("rule r{n} {{ on MODIFY when item.a{n} == \"x{n}\" to out }}\n");
    let rules: String = (0..600).map(rule).collect();
    let rules =
        format!("route out = console {{}}\nsource shop {{ table: \"shop\" key: pk }}\n{rules}");
    let folder = folder("filter_no_room", &[("a.rules", &rules)]);
    let ran = rulesc(&["check", folder.to_str().unwrap(), "--output-format", "concise"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("a.rules:2:8: warning[R505]: "), "{}", ran.stderr);
}

/// Rules that route by their own region, and a queue whose place is said beside it.
fn regional(name: &str, queue: &str) -> std::path::PathBuf {
    let text = format!(
        "param here: string = env \"AWS_REGION\" ?? \"eu-west-1\"\n\
         source shop {{ table: \"shop\" only when (item.region ?? \"eu-central-1\") == here }}\n\
         route out = sqs {{ queue: \"{queue}\" }}\n\
         rule r {{ on INSERT when item.home == here to out }}\n"
    );
    folder(name, &[("a.rules", text.as_str())])
}

#[test]
fn the_region_of_the_machine_that_derives_is_not_the_functions() {
    let fixed = regional("filter_region", "arn:aws:sqs:eu-central-1:123456789012:orders");
    let fixed = fixed.to_str().unwrap();
    for (of, variables, flags, told) in [
        ("nobody", &[][..], &[][..], None),
        ("the machine", &[("AWS_REGION", "us-east-1")], &[], None),
        (
            "the function's own variable",
            &[("AWS_REGION", "us-east-1"), ("DISTRIBUTARY_PARAM_HERE", "eu-north-1")],
            &[],
            Some("eu-north-1"),
        ),
        (
            "a flag",
            &[("AWS_REGION", "us-east-1")],
            &["--param", "here=eu-north-1"],
            Some("eu-north-1"),
        ),
    ] {
        let run = |verb: &str| {
            let mut command = command(&[&[verb, fixed], flags].concat());
            command.env_remove("AWS_REGION").envs(variables.iter().copied());
            let ran = ran(command);
            assert_eq!(ran.code, 0, "{of}: {ran:?}");
            ran
        };
        let template: Value = serde_json::from_str(&run("template").stdout).unwrap();
        let function = &template["Resources"]["Function"]["Properties"];
        let variable = &function["Environment"]["Variables"]["DISTRIBUTARY_PARAM_HERE"];
        assert_eq!(variable.as_str(), told, "{of}");
        let filter = run("filter");
        assert_eq!(filter.stdout.contains("eu-north-1"), told.is_some(), "{of}: {filter:?}");
        assert!(!filter.stdout.contains("us-east-1"), "{of}: {filter:?}");
        let widened = filter.stderr.contains("the parameter is set where the function runs");
        assert_eq!(widened, told.is_none(), "{of}: {filter:?}");
    }
}

#[test]
fn a_region_that_says_where_something_is_stays_and_is_named() {
    let placed = regional("filter_placed", "arn:aws:sqs:${here}:123456789012:orders");
    let mut command = command(&["template", placed.to_str().unwrap()]);
    command.env("AWS_REGION", "us-east-1");
    let ran = ran(command);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("\"DISTRIBUTARY_PARAM_HERE\": \"us-east-1\""), "{ran:?}");
    assert!(ran.stderr.contains("note: `here` is `us-east-1` wherever"), "{ran:?}");
}
