//! `docs/language.md`: every row of its tables leads to a case that is run.

use std::collections::BTreeSet;

use super::{cells, folder};

/// What makes a section one that is run.
const CASES: [&str; 10] = [
    "| condition |",
    "| payload |",
    "| declaration |",
    "| record |",
    "| route |",
    "| lot |",
    "| source |",
    "| test |",
    "```json messages",
    "```json fallbacks",
];

#[test]
fn every_row_of_the_reference_leads_to_a_case() {
    let sections = sections();
    let reference = std::fs::read_to_string(folder().join("../language.md")).unwrap();
    let mut lines = reference.lines().enumerate();
    let (mut rows, mut wrong) = (0, Vec::new());
    let mut in_table = false;
    while let Some((number, line)) = lines.next() {
        if line.starts_with("```") {
            lines.by_ref().find(|(_, line)| *line == "```");
        }
        let Some(cells) = cells(line) else {
            in_table = false;
            continue;
        };
        if !std::mem::replace(&mut in_table, true) || cells[0].starts_with("---") {
            continue;
        }
        rows += 1;
        let links: Vec<&str> = cells[0]
            .split("](language/")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
            .collect();
        if links.is_empty() || !links.iter().all(|link| sections.contains(*link)) {
            wrong.push(format!("language.md:{}: {}", number + 1, cells[0]));
        }
    }
    assert!(rows > 60, "only {rows} rows");
    assert!(wrong.is_empty(), "rows that lead to no case:\n{}", wrong.join("\n"));
}

/// Every section with a case, as `page.md#anchor`.
fn sections() -> BTreeSet<String> {
    let mut sections = BTreeSet::new();
    for file in folder().read_dir().unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for section in text.split("\n## ").skip(1) {
            if CASES.iter().any(|case| section.contains(case)) {
                let title = section.lines().next().unwrap();
                let page = path.file_name().unwrap().to_str().unwrap();
                sections.insert(format!("{page}#{}", anchor(title)));
            }
        }
    }
    sections
}

/// As GitHub makes it of a heading.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
