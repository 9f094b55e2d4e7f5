//! The one style: what it makes of a file, and that it changes nothing else.

use std::path::{Path, PathBuf};

use distributary_syntax::{Sources, format, parse};
use proptest::prelude::*;

use crate::properties::mutated;
use crate::{golden, tree};

#[test]
fn files_look_as_the_golden_ones_do() {
    golden::check("format", |text| {
        check(text);
        format(text).unwrap()
    });
}

#[test]
fn every_rules_file_keeps_its_meaning() {
    let mut formatted = 0;
    for path in rules_files() {
        if let Ok(text) = std::fs::read_to_string(&path) {
            formatted += usize::from(check(&text));
        }
    }
    assert!(formatted >= 20, "only {formatted} files could be formatted");
}

#[test]
fn what_is_no_rules_file_is_refused_with_its_errors() {
    let errors = format("rule a { on INSERT when item.x = 1 to b }\nrule {").unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[test]
fn line_ends_and_the_space_before_them_are_of_one_kind() {
    let text = "\u{FEFF}// a \t\r\nlet x =\t1 == 1 // b\t\r\n\r\n\r\n\r\n/// c  \r\nlet y = 1 == 2";
    assert_eq!(format(text).unwrap(), "// a\nlet x = 1 == 1  // b\n\n/// c\nlet y = 1 == 2\n");
    assert_eq!(format(" \n\t").unwrap(), "");
}

#[test]
fn a_line_of_any_length_is_broken_into_lines_that_fit() {
    let elements = "[1, \"x\"], { a: 1 }, (item.a), -1, ".repeat(300);
    let conditions = "item.a == 1 and (item.b in [1] or item.c changed) and ".repeat(300);
    for text in [
        format!("let x = item.a in [{elements}]"),
        format!("let x = {conditions} item.d exists"),
        format!(
            "rule x {{ on ANY when {conditions} item.d exists to bus with {{ a: [{elements}] }} }}"
        ),
    ] {
        assert!(check(&text));
        let formatted = format(&text).unwrap();
        assert!(formatted.lines().all(|line| line.len() <= 100), "{formatted}");
    }
}

#[test]
fn words_and_marks_keep_what_belongs_to_them() {
    for text in [
        "let x =\n  b64\"AQ==\" == item.b or item.a matches // c\n /x|y/",
        "let x = item.b - -1 == -1e-5 or item.b-1 == 2e+3-1",
        "let x = item.a matches /\"/ // c\n and item.b matches /\\/x\"/ // d",
        "let x = item.in[0] in [0] or item.not[\"a\"].{b} changed or f(1) == f(item.f)",
    ] {
        assert!(check(text), "{text}: {:?}", format(text));
    }
}

/// Whether a text could be formatted, after holding the result against it.
fn check(text: &str) -> bool {
    let Ok(formatted) = format(text) else { return false };
    assert_eq!(format(&formatted).as_deref(), Ok(formatted.as_str()), "{text}");
    assert_eq!(meaning(&formatted), meaning(text), "{text}\n--- became\n{formatted}");
    assert_eq!(comments(&formatted), comments(text), "{text}\n--- became\n{formatted}");
    assert!(!formatted.lines().any(|line| line.ends_with(char::is_whitespace)), "{formatted}");
    true
}

/// The trees of a text without errors, without places.
fn meaning(text: &str) -> String {
    let mut sources = Sources::new();
    sources.add("a.rules", text);
    let parsed = parse(&sources);
    let declarations = parsed.files.iter().flat_map(|file| &file.declarations);
    declarations.map(tree::print).collect()
}

/// What follows `//` outside texts and regular expressions, line by line.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(comment).collect()
}

fn comment(line: &str) -> Option<&str> {
    // What closes the text or regular expression that is open; texts inside texts even out.
    let mut open = None;
    let mut escaped = false;
    for (i, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if open == Some(byte) => open = None,
            b'/' if open.is_none() && line[i..].starts_with("//") => {
                return Some(line[i..].trim_end());
            }
            b'"' | b'/' if open.is_none() => open = Some(byte),
            _ => {}
        }
    }
    None
}

/// Every rules file of the repository, and every input of this crate's golden files.
fn rules_files() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<PathBuf> =
        ["crates", "examples", "rules", "tests"].iter().map(|folder| top.join(folder)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rules") {
                files.push(path);
            }
        }
    }
    files
}

/// Rules that are fine, with all that the language has.
fn good() -> Vec<String> {
    ["trees", "format"]
        .iter()
        .flat_map(|folder| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
            folder.read_dir().unwrap().map(|file| file.unwrap().path())
        })
        .map(|path| {
            let file = std::fs::read_to_string(path).unwrap();
            file.split("\n====").next().unwrap().to_owned()
        })
        .collect()
}

/// Rules that are fine in another layout: other white space, and comments, where there was some.
fn rearranged() -> impl Strategy<Value = String> {
    let spaces =
        ["", " ", "   ", "\t", "\n", "\n\n\n", "\r\n  ", " // c\n", "\n  // c\n", " /// d\n"];
    let edit = (any::<prop::sample::Index>(), proptest::sample::select(spaces.to_vec()));
    let edits = proptest::collection::vec(edit, 1..12);
    (proptest::sample::select(good()), edits).prop_map(|(mut text, edits)| {
        for (at, space) in edits {
            let places: Vec<usize> =
                text.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(i, _)| i).collect();
            let start = places[at.index(places.len())];
            let blanks = text[start..].len() - text[start..].trim_start().len();
            text.replace_range(start..start + blanks, space);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_odd(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn no_slip_is_too_odd(text in mutated()) {
        check(&text);
    }

    #[test]
    fn no_layout_is_too_odd(text in rearranged()) {
        check(&text);
    }
}
