//! The rules that the documentation shows are rules: they parse, and where a block declares what it
//! uses, it checks without a finding.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use distributary_rules::{Given, check};
use distributary_syntax::{Diagnostic, Sources, render};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The Markdown files for people at the top, and those in `docs`.
fn documents() -> Vec<PathBuf> {
    let folders = [root(), root().join("docs")];
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    files
}

/// Each fenced block `rules`, with its first line's number.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1..) {
        match (open, line) {
            (false, "```rules") => {
                blocks.push((number + 1, String::new()));
                open = true;
            }
            (true, "```") => open = false,
            (true, line) => {
                let (_, block) = blocks.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    assert!(!open, "a block has no end");
    blocks
}

fn findings(name: &str, block: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add(name, block);
    let whole = block.lines().any(|line| line.starts_with("route "));
    let found: Vec<Diagnostic> = if whole {
        check(&sources, &Given::default()).diagnostics
    } else {
        distributary_syntax::parse(&sources).diagnostics
    };
    found.iter().map(|finding| render::full(finding, &sources, false)).collect()
}

#[test]
fn every_block_of_rules_in_the_documentation_is_right() {
    let mut seen = 0;
    for path in documents() {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        for (line, block) in blocks(&std::fs::read_to_string(&path).unwrap()) {
            seen += 1;
            let findings = findings(&format!("{name}, from line {line}"), &block);
            assert!(findings.is_empty(), "{}", findings.join("\n"));
        }
    }
    assert!(seen >= 3, "only {seen} blocks of rules were found");
}

#[test]
fn every_path_that_is_named_is_there() {
    let top = ["crates/", "docs/", "examples/", "infra/", "rules/", "tests/"];
    let mut seen = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        let words = text.split('`').skip(1).step_by(2);
        for named in words.filter(|word| top.iter().any(|folder| word.starts_with(folder))) {
            seen += 1;
            assert!(is_there(named), "{} names `{named}`", path.display());
        }
    }
    assert!(seen >= 10, "only {seen} paths were found");
}

/// A path, or a path and a function in that file: `path::function`.
fn is_there(named: &str) -> bool {
    let Some((path, function)) = named.split_once("::") else { return root().join(named).exists() };
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    text.contains(&format!("fn {function}("))
}

#[test]
fn every_threat_has_its_test_or_says_why_there_is_none() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (_, threats) = page.split_once("\n## Threats\n").unwrap();
    let rows: Vec<&str> = threats.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() >= 20, "only {} threats", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [threat, _, test] = cells[..] else { panic!("not three cells: {row}") };
        let named = test.split('`').skip(1).step_by(2).any(|it| it.contains(".rs::"));
        let told = test.trim().strip_prefix("none in code: ").is_some_and(|why| why.len() > 20);
        assert!(named || told, "{threat}: {test}");
    }
}

/// The files that a page links to.
fn links(path: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split('#').next())
        .filter(|file| !file.is_empty())
        .map(|file| path.parent().unwrap().join(file))
        .collect()
}

#[test]
fn every_link_to_a_file_leads_somewhere() {
    for path in documents() {
        for file in links(&path) {
            assert!(file.exists(), "{} links to {}", path.display(), file.display());
        }
    }
}

#[test]
fn every_page_is_reached_from_the_readme() {
    let mut reached = BTreeSet::new();
    let mut next = vec![root().join("README.md")];
    while let Some(page) = next.pop() {
        let page = page.canonicalize().unwrap();
        if page.extension().is_some_and(|extension| extension == "md") && !reached.contains(&page) {
            next.extend(links(&page));
            reached.insert(page);
        }
    }
    let pages = documents().into_iter().map(|page| page.canonicalize().unwrap());
    let lost: Vec<_> = pages.filter(|page| !reached.contains(page)).collect();
    assert!(lost.is_empty(), "no page leads to {lost:?}");
}
