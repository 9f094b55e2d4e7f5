//! Files of cases: each is a name, an input, and what is expected of it.
//!
//! ```text
//! ## name of the case
//! input, any number of lines
//! = expected, any number of lines
//! ```
//!
//! Lines before the first `##` explain the file. `UPDATE_GOLDEN=1` writes the expectations anew.

use std::fmt::Write as _;
use std::path::PathBuf;

pub(crate) fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

/// Asks `answer` about the input of every case of a file.
pub(crate) fn check(file: &str, answer: impl Fn(&[&str]) -> String) {
    let path = data(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut blocks = text.split("\n## ");
    let mut found = format!("{}\n", blocks.next().unwrap().trim_end());
    let mut cases = 0;
    for block in blocks {
        let (name, rest) = block.split_once('\n').unwrap();
        let input: Vec<&str> =
            rest.lines().filter(|line| !line.starts_with('=') && !line.is_empty()).collect();
        writeln!(found, "\n## {name}").unwrap();
        input.iter().for_each(|line| writeln!(found, "{line}").unwrap());
        answer(&input).lines().for_each(|line| writeln!(found, "= {line}").unwrap());
        cases += 1;
    }
    assert!(cases > 0, "{file} holds no case");
    compare(&text, &found, &path);
}

/// Compares a file's text with what it should be.
pub(crate) fn compare(text: &str, found: &str, path: &std::path::Path) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, found).unwrap();
        return;
    }
    for (number, (expected, found)) in text.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{}:{}", path.display(), number + 1);
    }
    assert_eq!(text.lines().count(), found.lines().count(), "{}", path.display());
}
