//! Golden files: an input, a line of equal signs, and what comes out.

use std::path::Path;

const SEPARATOR: &str = "\n================\n";

/// Holds every file of a folder against what `render` makes of its input.
///
/// `UPDATE_GOLDEN=1` writes what comes out into the files instead.
pub(crate) fn check(folder: &str, render: impl Fn(&str) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    let mut wrong = Vec::new();
    for path in files {
        let file = std::fs::read_to_string(&path).unwrap();
        let (input, expected) = file.split_once(SEPARATOR).unwrap_or((file.trim_end(), ""));
        let actual = render(input);
        if update {
            std::fs::write(&path, format!("{input}{SEPARATOR}{actual}")).unwrap();
        } else if actual != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- got\n{actual}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\n(UPDATE_GOLDEN=1 accepts this)", wrong.join("\n"));
}
