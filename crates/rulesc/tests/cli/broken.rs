//! `tests/broken`: one mistake in each file or folder, and what is said about it.

use std::path::{Path, PathBuf};

use crate::{command, differs, ran};

#[test]
fn each_mistake_gets_its_message_and_nothing_else() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|e| e == "rules"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 30, "only {} broken files", cases.len());

    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let mut check = command(&["check", name]);
        check.current_dir(&corpus);
        let ran = ran(check);
        wrong.extend(differs(&case.with_extension("stderr"), &ran.stderr));
        let one = ran.stdout.trim_end().ends_with(": 1 error");
        if ran.code != 1 || !one {
            wrong.push(format!("{name}: exit code {}, {}", ran.code, ran.stdout.trim_end()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
