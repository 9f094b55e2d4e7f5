//! Every mistake in `tests/diagnostics/` gets the message written below it.
//!
//! A file is rules, a line of equal signs, and the findings. In the rules a line `//- name.rules`
//! starts another file, and `//- --param name=value` gives a parameter. `UPDATE_GOLDEN=1` writes
//! the findings anew.

use std::collections::BTreeSet;
use std::path::Path;

use distributary_rules::{Given, check};
use distributary_syntax::{Code, Sources, codes, render};

const SEPARATOR: &str = "\n================\n";

#[test]
fn mistakes_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in files {
        let file = std::fs::read_to_string(&path).unwrap();
        let (rules, expected) = file.split_once(SEPARATOR).unwrap_or((file.trim_end(), ""));
        let found = findings(rules, &mut seen);
        if update {
            std::fs::write(&path, format!("{rules}{SEPARATOR}{found}")).unwrap();
        } else if found != expected {
            wrong.push(format!("{}\n--- said\n{expected}\n--- found\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let ours = codes::ALL.iter().map(|(code, _)| *code).filter(|code| code.0 >= 200);
    // `settle_params` finds the one, which has tests of its own; proof finds those about logic,
    // deriving filters and matching those about them, and running tests what is wrong with captured
    // events.
    let elsewhere = |code: Code| {
        [codes::PARAM_MISSING, codes::FILTER_ROOM, codes::SLOW].contains(&code)
            || (300..310).contains(&code.0)
            || code > codes::TEST_ROUTE
    };
    let ours = ours.filter(|code| !elsewhere(*code));
    let unexplained: Vec<_> = ours.filter(|code| !seen.contains(code)).collect();
    assert!(unexplained.is_empty(), "no file shows {unexplained:?}");
}

fn findings(rules: &str, seen: &mut BTreeSet<Code>) -> String {
    let mut files = vec![("shop.rules", String::new())];
    let mut given = Given::default();
    for line in rules.lines() {
        if let Some((name, value)) =
            line.strip_prefix("//- --param ").and_then(|p| p.split_once('='))
        {
            given.cli.insert(name.to_owned(), value.to_owned());
        } else if let Some(name) = line.strip_prefix("//- ") {
            files.push((name, String::new()));
        } else {
            let (_, text) = files.last_mut().unwrap();
            text.push_str(line);
            text.push('\n');
        }
    }
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(name, text);
    }
    let checked = check(&sources, &given);
    seen.extend(checked.diagnostics.iter().map(|finding| finding.code));
    let drawn = checked.diagnostics.iter().map(|d| render::full(d, &sources, false) + "\n");
    drawn.collect::<Vec<_>>().join("\n")
}
