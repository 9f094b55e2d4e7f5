//! Runs the specification in `docs/language/`; its `README.md` describes the format.

mod ask;
mod reference;
mod shown;

use std::path::{Path, PathBuf};

use distributary_change::Record;
use serde_json::Value;

use crate::records::record;
use ask::Asked;

#[test]
fn the_language_does_what_its_specification_says() {
    let mut files: Vec<_> = folder().read_dir().unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut run = Run { name, section: Section::default(), wrong: &mut wrong, cases: 0 };
        run.file(&text);
        assert!(run.cases > 0, "{name} specifies nothing");
        cases += run.cases;
    }
    assert!(wrong.is_empty(), "{} of {cases} wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language")
}

struct Run<'a> {
    name: &'a str,
    section: Section,
    wrong: &'a mut Vec<String>,
    cases: usize,
}

/// What holds from a heading to the next.
#[derive(Default)]
struct Section {
    rules: String,
    record: Option<Record>,
}

impl Run<'_> {
    fn file(&mut self, text: &str) {
        let mut lines = text.lines().enumerate();
        let mut heading: Option<Vec<&str>> = None;
        while let Some((number, line)) = lines.next() {
            if line.starts_with("## ") {
                self.section = Section::default();
            } else if let Some(info) = line.strip_prefix("```") {
                let block: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|l| *l != "```").collect();
                self.block(info, &block.join("\n"), number + 1);
            }
            match (cells(line), &heading) {
                (None, _) => heading = None,
                (Some(cells), None) => heading = Some(cells),
                (Some(cells), Some(_)) if cells[0] == "---" => {}
                (Some(cells), Some(heading)) => self.row(heading, &cells, number + 1),
            }
        }
    }

    fn block(&mut self, info: &str, text: &str, line: usize) {
        let asked = match info {
            "rules" => {
                self.section.rules = text.to_owned();
                return;
            }
            "json record" => {
                self.section.record = Some(record(text));
                return;
            }
            "json messages" => self.asked(line).messages(),
            "json fallbacks" => self.asked(line).fallbacks(),
            _ => return,
        };
        let expected = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        self.hold(line, info, &Value::Array(expected).to_string(), &asked.to_string());
    }

    fn row(&mut self, heading: &[&str], cells: &[&str], line: usize) {
        let asked = self.asked(line);
        for (column, expected) in heading.iter().zip(cells).skip(1) {
            if let Some(found) = asked.about(heading[0], cells[0], column) {
                self.hold(line, cells[0], expected, &found.unwrap_or_else(|refused| refused));
            }
        }
    }

    fn asked(&self, line: usize) -> Asked {
        let Section { rules, record } = &self.section;
        Asked {
            rules: rules.clone(),
            record: record.clone(),
            place: format!("{}:{line}", self.name),
        }
    }

    fn hold(&mut self, line: usize, asked: &str, expected: &str, found: &str) {
        self.cases += 1;
        if expected != found {
            self.wrong.push(format!(
                "{}:{line}: {asked}\n  said  {expected}\n  found {found}",
                self.name
            ));
        }
    }
}

/// The cells of a row of a table, as they are without backticks.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| ")?.trim_end_matches(" |");
    Some(row.split(" | ").map(|cell| cell.trim_matches('`')).collect())
}
