//! Runs the specification in `docs/language/`; its `README.md` describes the format.

use std::path::Path;

use distributary_change::Record;
use distributary_delivery::{Attribute, Message};
use distributary_rules::{Given, Program, Truth, check, evaluate, payload};
use distributary_syntax::{Severity, Sources, render};
use serde_json::{Value, json};

use crate::records::record;

#[test]
fn the_language_does_what_its_specification_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|f| f.unwrap().path()).collect();
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
        let mut table = None;
        while let Some((number, line)) = lines.next() {
            if line.starts_with("## ") {
                self.section = Section::default();
            } else if let Some(info) = line.strip_prefix("```") {
                let block: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|l| *l != "```").collect();
                self.block(info, &block.join("\n"), number + 1);
            }
            match line.strip_prefix("| ") {
                None => table = None,
                Some(_) if line.starts_with("| --- ") => {}
                Some(row) => {
                    let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
                    match table {
                        None => table = Some(cells[0].to_owned()),
                        Some(ref question) => self.row(question, &cells, number + 1),
                    }
                }
            }
        }
    }

    fn block(&mut self, info: &str, text: &str, line: usize) {
        match info {
            "rules" => self.section.rules = text.to_owned(),
            "json record" => self.section.record = Some(record(text)),
            "json messages" => {
                let expected: Vec<Value> =
                    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                let found = self.messages(&self.section.rules);
                self.hold(
                    line,
                    "messages",
                    &json!(expected).to_string(),
                    &json!(found).to_string(),
                );
            }
            _ => {}
        }
    }

    fn row(&mut self, question: &str, cells: &[&str], line: usize) {
        let Section { rules, record } = &self.section;
        let [asked, expected] = [cells[0], cells[1]].map(|cell| cell.trim_matches('`'));
        let found = match question {
            "condition" => {
                let rules = format!(
                    "{rules}\nroute out = console {{}}\nrule asked {{ on ANY when {asked} to out }}"
                );
                program(&rules, line, self.name).map(|program| {
                    let rule = program.rules().len() - 1;
                    let record = record.as_ref().expect("a record");
                    let source = program.source_of(&record.table);
                    match evaluate::fires(&program, rule, record, source) {
                        Truth::True => "true".to_owned(),
                        Truth::False => "false".to_owned(),
                        Truth::Unknown => "unknown".to_owned(),
                    }
                })
            }
            "payload" => {
                let rules = format!(
                    "{rules}\nroute out = console {{}}\nrule asked {{ on ANY to out with {asked} }}"
                );
                program(&rules, line, self.name).map(|program| {
                    let rule = program.rules().len() - 1;
                    let record = record.as_ref().expect("a record");
                    let source = program.source_of(&record.table);
                    let message = payload::message(&program, rule, 0, record, source);
                    String::from_utf8(message.body.to_vec()).unwrap()
                })
            }
            _ => return,
        };
        self.hold(line, asked, expected, &found.unwrap_or_else(|refused| refused));
    }

    /// What every rule that fires sends, in order.
    fn messages(&self, rules: &str) -> Vec<Value> {
        let program = program(rules, 0, self.name).unwrap_or_else(|refused| panic!("{refused}"));
        let record = self.section.record.as_ref().expect("a record");
        let source = program.source_of(&record.table);
        let mut messages = Vec::new();
        for (index, rule) in program.rules().iter().enumerate() {
            if evaluate::fires(&program, index, record, source) == Truth::True {
                let outputs = 0..rule.outputs.len();
                let render = |output| payload::message(&program, index, output, record, source);
                messages.extend(outputs.map(render).map(|message| shown(&message)));
            }
        }
        messages
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

fn program(rules: &str, line: usize, name: &str) -> Result<Program, String> {
    let mut sources = Sources::new();
    sources.add(format!("{name}:{line}"), rules);
    let checked = check(&sources, &Given::default());
    let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|d| render::concise(d, &sources)).collect();
    if errors.is_empty() { Ok(checked.program) } else { Err(errors.join("\n")) }
}

/// A message as JSON; what it does not have is left out.
fn shown(message: &Message) -> Value {
    let Message { body, group, dedup, subject, detail_type, resources, attributes } = message;
    let mut object = serde_json::Map::new();
    object.insert("body".to_owned(), serde_json::from_slice(body).unwrap());
    let texts =
        [("group", group), ("dedup", dedup), ("subject", subject), ("detail_type", detail_type)];
    for (name, text) in texts {
        if let Some(text) = text {
            object.insert(name.to_owned(), json!(text));
        }
    }
    if !resources.is_empty() {
        object.insert("resources".to_owned(), json!(resources));
    }
    if !attributes.is_empty() {
        let shown = attributes.iter().map(|(name, value)| match value {
            Attribute::String(text) => (name.clone(), json!({ "String": text })),
            Attribute::Number(digits) => (name.clone(), json!({ "Number": digits })),
        });
        object.insert("attributes".to_owned(), shown.collect());
    }
    Value::Object(object)
}
