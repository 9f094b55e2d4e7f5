//! Why a rule set cannot be had, word for word.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use distributary_ruleset::{RulesetError, open, reason};

const RULES: &str = "route out = console {}\nrule a { on ANY to out }\n";

fn folder(test: &str, files: &[(&str, &str)]) -> PathBuf {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reasons").join(test);
    let _ = std::fs::remove_dir_all(&top);
    std::fs::create_dir_all(&top).unwrap();
    for (name, text) in files {
        let file = top.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    top
}

/// What is said about a path in a folder, without the folder.
fn said(folder: &Path, path: &str) -> String {
    let error = open(&folder.join(path)).map(|_| ()).unwrap_err();
    error.to_string().replace(&format!("{}/", folder.display()), "")
}

#[test]
fn paths_that_cannot_be_read() {
    let top = folder("paths", &[("a.rules", RULES), ("docs/readme.md", "")]);
    symlink("round", top.join("round")).unwrap();
    let long = "x".repeat(300);
    for (path, expected) in [
        ("nowhere", "cannot read `nowhere`: there is no such file or directory"),
        ("a.rules/b.rules", "cannot read `a.rules/b.rules`: a part of its path is no directory"),
        ("round", "cannot read `round`: its links lead round in a circle"),
        (&long, &format!("cannot read `{long}`: its name is too long, or none that can be")),
        ("docs", "there are no rules in `docs`: a rule set is a directory with `*.rules` files"),
    ] {
        assert_eq!(said(&top, path), expected);
    }
}

#[test]
fn several_rule_sets_where_one_is_needed() {
    let files = [
        ("all/a/rules.toml", ""),
        ("all/a/a.rules", RULES),
        ("all/b/rules.toml", ""),
        ("all/b/b.rules", RULES),
    ];
    let top = folder("several", &files);
    assert_eq!(
        said(&top, "all"),
        "`all` holds several rule sets, name one of them: `all/a`, `all/b`"
    );
}

#[test]
fn stages_that_nobody_names() {
    for (manifest, expected) in [
        ("", "has no `[params.<stage>]` section"),
        ("[params.dev]\n[params.prod]\n", "names `dev`, `prod`"),
    ] {
        let top = folder("stages", &[("rules.toml", manifest), ("a.rules", RULES)]);
        let rule_set = open(&top).unwrap();
        let error =
            rule_set.given(Some("prd"), Default::default(), Default::default()).unwrap_err();
        let manifest = top.join("rules.toml");
        let expected = format!("there is no stage `prd`: `{}` {expected}", manifest.display());
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn errors_of_the_system_have_words_and_no_number() {
    for (kind, expected) in [
        (ErrorKind::NotFound, "there is no such file or directory"),
        (ErrorKind::PermissionDenied, "reading or writing it is not allowed"),
        (ErrorKind::AlreadyExists, "there is something by this name already"),
        (ErrorKind::NotADirectory, "a part of its path is no directory"),
        (ErrorKind::IsADirectory, "it is a directory"),
        (ErrorKind::StorageFull, "the disk is full"),
        (ErrorKind::ReadOnlyFilesystem, "it is on a file system that is read-only"),
        (ErrorKind::InvalidFilename, "its name is too long, or none that can be"),
        (ErrorKind::TimedOut, "timed out"),
    ] {
        assert_eq!(reason(&io::Error::from(kind)), expected);
    }
    let loops = io::Error::from_raw_os_error(40);
    assert_eq!(reason(&loops), "its links lead round in a circle");
}

#[test]
fn a_manifest_that_is_no_toml() {
    for (manifest, place, expected) in [
        ("[params\n", "1:8", "the name of a section ends with `]`"),
        ("[params]]\n", "1:9", "the line has to end before this"),
        ("[params.\n", "1:9", "a name is missing here"),
        ("[params]\n[params]\n", "2:2", "this name is there already"),
        ("[params]\na = 1\na = 2\n", "3:1", "this name is there already"),
        ("[params]\nlimit 3\n", "2:7", "a name is followed by `=` and a value"),
        ("[params]\nmy limit = 3\n", "2:4", "a name is followed by `=` and a value"),
        ("= 3\n", "1:1", "a name is missing here"),
        ("[params]\nlimit =\n", "2:8", "a value is missing here"),
        ("[params]\nlimit = twenty\n", "2:9", "a text stands in double quotes"),
        (
            "[params]\nlimit = \"abc\n",
            "2:13",
            "the text has no end: close it with the quote that it begins with",
        ),
        (
            "[params]\nlimit = 'abc\n",
            "2:13",
            "the text has no end: close it with the quote that it begins with",
        ),
        ("[params]\nlimit = \"a\\q\"\n", "2:12", "write a backslash as `\\\\`"),
        ("[params]\nlimit = 1,\n", "2:10", "the line has to end before this"),
        ("[params]\nlimit = 01\n", "2:9", "a number does not begin with a zero"),
        ("[params]\nlimit = [1, 2\n", "2:14", "a list ends with `]`"),
        ("[params]\nlimit = { a = 1\n", "2:16", "this ends with `}`"),
        ("[params]\nlimit = [\"a\" \"b\"]\n", "2:14", "a comma is missing before this"),
        ("[params]\nlimit == 3\n", "2:8", "one `=` is enough"),
        ("[params]\nlimit = \"\u{1}\"\n", "2:10", "this cannot stand here"),
    ] {
        let top = folder("toml", &[("rules.toml", manifest), ("a.rules", RULES)]);
        let Err(RulesetError::Refused(refused)) = open(&top) else { panic!("{manifest} is read") };
        let label = &refused.diagnostics[0].labels[0];
        let at = refused.sources.position(label.span);
        let found = (format!("{}:{}", at.line, at.column), label.text.as_str());
        assert_eq!(found, (place.to_owned(), expected), "{manifest}");
    }
}
