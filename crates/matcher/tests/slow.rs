//! Every rule set in `tests/slow/` has the warnings written below it.
//!
//! A file is rules, a line of equal signs, and the warnings. `UPDATE_GOLDEN=1` writes them anew.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use distributary_matcher::slow;
use distributary_rules::{Given, check};
use distributary_syntax::{Sources, render};

const SEPARATOR: &str = "\n================\n";

#[test]
fn what_is_slow_is_said_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slow");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for path in folder.read_dir().unwrap().map(|file| file.unwrap().path()) {
        let file = std::fs::read_to_string(&path).unwrap();
        let (rules, expected) = file.split_once(SEPARATOR).unwrap_or((file.trim_end(), ""));
        let mut sources = Sources::new();
        sources.add("shop.rules", rules);
        let checked = check(&sources, &Given::default());
        assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
        let warnings = slow(&checked.program);
        let drawn = warnings.iter().map(|d| render::full(d, &sources, false) + "\n");
        let found = drawn.collect::<Vec<_>>().join("\n");
        if update {
            std::fs::write(&path, format!("{rules}{SEPARATOR}{found}")).unwrap();
        } else if found != expected {
            wrong.push(format!("{}\n--- said\n{expected}\n--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
