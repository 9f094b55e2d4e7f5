//! `rulesc fmt`

use std::path::Path;

use crate::{command, folder, ran, rulesc};

const NEAT: &str = "let a = item.b == 1  // kept\n";
const CROWDED: &str = "let a=item.b==1 // kept\n";
const BROKEN: &str = "let a = item.b = 1\n";

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_examples_and_the_packs_are_in_the_style() {
    let ran = rulesc(&["fmt", "--check", "examples", "rules"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(" files: nothing to change\n"), "{}", ran.stdout);
}

#[test]
fn files_are_formatted_where_they_are() {
    let folder = folder("fmt_write", &[("a.rules", CROWDED), ("deep/b.rules", NEAT)]);
    let ran = rulesc(&["fmt", folder.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "2 files: 1 changed\n"));
    assert_eq!(text(&folder.join("a.rules")), NEAT);
    let again = rulesc(&["fmt", folder.to_str().unwrap()]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "2 files: nothing to change\n"));
}

#[test]
fn a_file_of_a_rule_set_stands_for_itself_alone() {
    let files = [("rules.toml", ""), ("a.rules", CROWDED), ("b.rules", CROWDED)];
    let folder = folder("fmt_one", &files);
    let ran = rulesc(&["fmt", folder.join("a.rules").to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1 file: 1 changed\n"));
    assert_eq!(text(&folder.join("b.rules")), CROWDED);
}

#[test]
fn what_another_rule_set_includes_is_formatted_too() {
    let files = [
        ("shop/rules.toml", "include = [\"../shared\"]"),
        ("shop/a.rules", NEAT),
        ("shared/b.rules", CROWDED),
    ];
    let folder = folder("fmt_include", &files);
    let ran = rulesc(&["fmt", folder.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "2 files: 1 changed\n"), "{}", ran.stderr);
}

#[test]
fn check_names_files_and_writes_nothing() {
    let folder = folder("fmt_check", &[("a.rules", CROWDED), ("b.rules", NEAT)]);
    let mut check = command(&["fmt", "--check"]);
    check.current_dir(&folder);
    let ran = ran(check);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "a.rules\n2 files: 1 would change\n"));
    assert_eq!(text(&folder.join("a.rules")), CROWDED);
}

#[test]
fn a_diff_says_what_would_change() {
    let folder = folder("fmt_diff", &[("a.rules", CROWDED), ("b.rules", NEAT)]);
    let mut diff = command(&["fmt", "--diff", "."]);
    diff.current_dir(&folder);
    let ran = ran(diff);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stdout,
        "--- a/a.rules\n+++ b/a.rules\n@@ -1 +1 @@\n\
         -let a=item.b==1 // kept\n+let a = item.b == 1  // kept\n"
    );
    assert_eq!(text(&folder.join("a.rules")), CROWDED);
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let folder = folder("fmt_stdin", &[("a.rules", CROWDED)]);
    let stdin = |arguments: &[&str]| {
        let mut fmt = command(arguments);
        fmt.stdin(std::fs::File::open(folder.join("a.rules")).unwrap());
        ran(fmt)
    };
    let formatted = stdin(&["fmt", "-"]);
    assert_eq!((formatted.code, formatted.stdout.as_str()), (0, NEAT));
    let checked = stdin(&["fmt", "--check", "-"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (1, "<stdin>\n1 file: 1 would change\n"));
}

#[test]
fn a_broken_file_is_left_alone_and_the_others_are_formatted() {
    let files = [("a.rules", BROKEN), ("b.rules", CROWDED)];
    let folder = folder("fmt_broken", &files);
    let ran = rulesc(&["fmt", folder.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "2 files: 1 changed\n"));
    assert!(ran.stderr.contains("a.rules:1:16"), "{}", ran.stderr);
    assert_eq!(text(&folder.join("a.rules")), BROKEN);
    assert_eq!(text(&folder.join("b.rules")), NEAT);
}

#[test]
fn what_cannot_be_read_is_said_so() {
    for (path, said) in [
        ("nowhere", "error: cannot read `nowhere`: there is no such file or directory\n"),
        ("crates/rulesc/tests/broken/not_utf8.rules", "is not UTF-8"),
        ("docs", "error: there are no rules in `docs`"),
    ] {
        let ran = rulesc(&["fmt", "--check", path]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
}
