//! Every rule set in `tests/findings/` has the findings written below it.
//!
//! A file is rules, a line of equal signs, and the findings. `UPDATE_GOLDEN=1` writes them anew.

use std::path::Path;

use distributary_proof::Fuel;
use distributary_syntax::render;

use crate::proved;

const SEPARATOR: &str = "\n================\n";

#[test]
fn findings_are_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for path in files {
        let file = std::fs::read_to_string(&path).unwrap();
        let (rules, expected) = file.split_once(SEPARATOR).unwrap_or((file.trim_end(), ""));
        let (_, findings, sources) = proved(rules, Fuel::default());
        let drawn = findings.iter().map(|d| render::full(d, &sources, false) + "\n");
        let found = drawn.collect::<Vec<_>>().join("\n");
        if update {
            std::fs::write(&path, format!("{rules}{SEPARATOR}{found}")).unwrap();
        } else if found != expected {
            wrong.push(format!("{}\n--- said\n{expected}\n--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
