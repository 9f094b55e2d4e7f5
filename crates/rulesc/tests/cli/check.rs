//! `rulesc check`

use std::path::Path;

use crate::{command, folder, ran, rulesc};

const RULES: &str = r#"
param limit: number

route out = console {}

rule large {
  on INSERT
  when item.total > limit
  to out
}
"#;

#[test]
fn the_examples_and_the_packs_have_no_problems() {
    let ran = rulesc(&["check", "examples", "rules", "--deny", "warnings"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "10 files, 16 rules, 9 routes: no problems\n");
}

#[test]
fn the_tests_of_the_examples_hold_and_reach_everything() {
    let ran = rulesc(&["test", "examples", "--coverage=100"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
}

#[test]
fn every_example_has_all_that_its_stage_needs() {
    let ran = rulesc(&["check", "examples", "--stage", "dev"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn a_path_inside_of_a_rule_set_stands_for_all_of_it() {
    let whole = rulesc(&["check", "examples/search"]);
    assert_eq!(whole.stdout, "4 files, 6 rules, 2 routes: no problems\n");
    assert_eq!(rulesc(&["check", "examples/search/articles.rules"]).stdout, whole.stdout);
    let mut inside = command(&["check"]);
    inside.current_dir("../../examples/search");
    assert_eq!(ran(inside).stdout, whole.stdout);
}

#[test]
fn a_parameter_is_only_missed_where_a_stage_is_named() {
    let path = folder("missing_param", &[("a.rules", RULES), ("rules.toml", "[params.dev]\n")]);
    let path = path.to_str().unwrap();
    assert_eq!(rulesc(&["check", path]).code, 0);
    let missing = rulesc(&["check", path, "--stage", "dev"]);
    assert_eq!(missing.code, 2);
    for part in ["`limit`", "a.rules:2:", "--param limit=", "DISTRIBUTARY_PARAM_LIMIT"] {
        assert!(missing.stderr.contains(part), "{part} is not in\n{}", missing.stderr);
    }
    assert_eq!(rulesc(&["check", path, "--stage", "dev", "--param", "limit=5"]).code, 0);
    let mut with_env = command(&["check", path, "--stage", "dev"]);
    with_env.env("DISTRIBUTARY_PARAM_LIMIT", "5");
    assert_eq!(ran(with_env).code, 0);
}

#[test]
fn wrong_parameters_are_findings() {
    let path = folder("wrong_param", &[("a.rules", RULES)]);
    let path = path.to_str().unwrap();
    for (param, said) in [("limit=many", "`limit`"), ("limits=5", "`limits`")] {
        let ran = rulesc(&["check", path, "--param", param]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
}

#[test]
fn an_unknown_stage_is_named_with_those_that_there_are() {
    let ran = rulesc(&["check", "examples/shop", "--stage", "prd"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: there is no stage `prd`: `examples/shop/rules.toml` names `dev`\n"
    );
}

#[test]
fn what_cannot_be_read_is_no_finding() {
    for (arguments, said) in [
        (
            vec!["check", "nowhere"],
            "error: cannot read `nowhere`: there is no such file or directory",
        ),
        (
            vec!["check", "docs"],
            "error: there are no rules in `docs`: a rule set is a directory with",
        ),
        (vec!["check", "--param", "limit"], "write it as `name=value`"),
        (vec!["check", "--deny", "errors"], "invalid value 'errors'"),
        (vec!["chekc"], "unrecognized subcommand 'chekc'"),
    ] {
        let ran = rulesc(&arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn findings_of_several_rule_sets_are_counted_together() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut check = command(&["check", "unknown_route.rules", "single_equals.rules"]);
    check.current_dir(corpus);
    let ran = ran(check);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout, "2 files, 2 rules, 2 routes: 2 errors\n");
}

#[test]
fn the_short_form_is_one_line_per_finding() {
    let broken = "crates/rulesc/tests/broken/unknown_route.rules";
    let ran = rulesc(&["check", broken, "--output-format", "concise"]);
    assert_eq!(ran.stderr.lines().count(), 1);
    assert!(ran.stderr.starts_with(&format!("{broken}:5:6: error[R2")), "{}", ran.stderr);
}

#[test]
fn json_is_one_document_with_a_version() {
    let broken = "crates/rulesc/tests/broken/unknown_route.rules";
    let ran = rulesc(&["check", broken, "--output-format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["rules"], 1);
    let finding = &document["diagnostics"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["labels"][0]["file"], broken);
    assert_eq!(finding["labels"][0]["start"]["line"], 5);
}

#[test]
fn rules_can_come_from_standard_input() {
    let path = folder("stdin", &[("a.rules", RULES)]).join("a.rules");
    let mut check = command(&["check", "-"]);
    check.stdin(std::fs::File::open(path).unwrap());
    let ran = ran(check);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1 file, 1 rule, 1 route: no problems\n"));
}

#[test]
fn colours_are_for_terminals_unless_they_are_asked_for() {
    let broken = "crates/rulesc/tests/broken/unknown_route.rules";
    assert!(!rulesc(&["check", broken]).stderr.contains('\u{1b}'));
    assert!(rulesc(&["--color", "always", "check", broken]).stderr.contains('\u{1b}'));
    let mut forced = command(&["check", broken]);
    forced.env("CLICOLOR_FORCE", "1");
    assert!(ran(forced).stderr.contains('\u{1b}'));
}

/// Two rule sets in one tree, each with a parameter and a stage of its own.
fn two_sets(name: &str) -> std::path::PathBuf {
    let one = "param limit: number\nroute out = console {}\nrule a { on ANY when item.x > limit to out }\n";
    let other = one.replace("limit", "least");
    folder(
        name,
        &[
            ("one/rules.toml", "[params.prod]\nlimit = 1\n"),
            ("one/one.rules", one),
            ("two/rules.toml", "[params]\nleast = 2\n"),
            ("two/two.rules", &other),
        ],
    )
}

#[test]
fn what_one_rule_set_of_a_tree_lacks_is_no_mistake_where_another_has_it() {
    let tree = two_sets("tree_params");
    let tree = tree.to_str().unwrap();
    let given = rulesc(&["check", tree, "--stage", "prod", "--param", "least=5"]);
    assert_eq!((given.code, given.stderr.as_str()), (0, ""));
    let unknown = rulesc(&["check", tree, "--param", "lowest=5"]);
    assert_eq!(unknown.code, 1);
    assert_eq!(unknown.stderr.matches("error[R229]").count(), 2, "{}", unknown.stderr);
    let stage = rulesc(&["check", tree, "--stage", "prd"]);
    assert_eq!(stage.code, 2);
    assert!(stage.stderr.contains("there is no stage `prd`"), "{}", stage.stderr);
}

#[test]
fn a_name_that_only_another_stage_misspells_is_found() {
    let manifest = "[params]\nlimit = 1\n[params.prod]\nlimt = 2\n";
    let path = folder("other_stage", &[("a.rules", RULES), ("rules.toml", manifest)]);
    let found = rulesc(&["check", path.to_str().unwrap(), "--output-format", "concise"]);
    assert_eq!(found.code, 1);
    let message = "rules.toml:4` sets `limt`, which is no parameter of these rules; help: did you mean `limit`?";
    assert!(found.stderr.contains(message), "{}", found.stderr);
}

#[test]
fn what_hides_a_rule_set_does_not_hide_what_is_wrong_with_its_files() {
    let broken = "rule a { on ANY to }\n";
    let files = [("rules.toml", "[params\n"), ("a.rules", RULES), ("b.rules", broken)];
    let path = folder("bad_manifest", &files);
    let found = rulesc(&["check", path.to_str().unwrap(), "--output-format", "concise"]);
    assert_eq!(found.code, 1);
    for part in ["rules.toml:1:", "error[R003]", "b.rules:1:"] {
        assert!(found.stderr.contains(part), "{part} is not in\n{}", found.stderr);
    }
}
