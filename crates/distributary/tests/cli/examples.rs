//! The examples do what their READMEs say: `examples/<world>/expected` holds what comes out.

use std::path::{Path, PathBuf};

use crate::{distributary, folder, table};

#[test]
fn shop() {
    delivers_what_is_expected("shop");
}

#[test]
fn audit() {
    delivers_what_is_expected("audit");
}

#[test]
fn search() {
    delivers_what_is_expected("search");
}

fn delivers_what_is_expected(world: &str) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(world);
    let expected = example.join("expected");
    let actual = folder(&format!("example_{world}"), &[]);
    let rules = format!("examples/{world}");
    let ran = distributary(&["run", &rules, "--local", actual.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));

    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        let _ = std::fs::remove_dir_all(&expected);
        std::fs::create_dir_all(&expected).unwrap();
        for file in listed(&actual) {
            std::fs::copy(&file, expected.join(file.file_name().unwrap())).unwrap();
        }
    }
    let names = |folder: &Path| -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        listed(folder).iter().map(name).collect()
    };
    assert_eq!(names(&actual), names(&expected));
    for name in names(&expected) {
        let text = |folder: &Path| std::fs::read_to_string(folder.join(&name)).unwrap();
        assert_eq!(text(&actual), text(&expected), "{name} (UPDATE_GOLDEN=1 accepts it)");
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Every line of JSON in a README is one that comes out, and every row of its table has the counts
/// that come out; only times may differ.
#[test]
fn readmes_show_what_comes_out() {
    for world in ["shop", "audit", "search"] {
        let rules = format!("examples/{world}");
        let folder = folder(&format!("readme_{world}"), &[]);
        let ran = distributary(&["run", &rules, "--local", folder.to_str().unwrap()]);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&rules);
        let readme = std::fs::read_to_string(example.join("README.md")).unwrap();
        let lines = listed(&folder).into_iter().map(|file| std::fs::read_to_string(file).unwrap());
        let lines: String = lines.collect();
        for line in readme.lines().filter(|line| line.starts_with('{')) {
            assert!(lines.lines().any(|comes_out| comes_out == line), "{world}: {line}");
        }
        for row in table(&ran) {
            let counts = |line: &str| line.split_whitespace().take(6).eq(row.iter().take(6));
            assert!(readme.lines().any(counts), "{world}: {row:?}");
        }
    }
}
