//! `docs/diagnostics`: a page for each code, whose examples are what it says they are.

use std::collections::BTreeSet;
use std::path::Path;

use distributary_syntax::{Code, codes};
use serde_json::Value;

use crate::{command, folder, ran, rulesc, top};

/// What no text on a page can show.
const WITHOUT_EXAMPLE: [(Code, &str); 3] = [
    (codes::FILE_TOO_LARGE, "a page of 16 MiB would be no page"),
    (codes::FILTER_ROOM, "it takes more conditions than a page holds"),
    (codes::NOT_UTF8, "a page is UTF-8 itself"),
];

#[test]
fn every_code_has_its_page_and_every_page_its_code() {
    let pages = top().join("docs/diagnostics");
    let mut wrong = Vec::new();
    for (code, title) in codes::ALL {
        let page = std::fs::read_to_string(pages.join(format!("{code}.md"))).unwrap_or_default();
        if page.lines().next() != Some(&format!("# {code}: {title}")) {
            wrong.push(format!("{code}.md does not start with `# {code}: {title}`"));
        }
    }
    let known: BTreeSet<String> = codes::ALL.iter().map(|(code, _)| format!("{code}.md")).collect();
    for page in pages.read_dir().unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        if !known.contains(&name) {
            wrong.push(format!("{name} is about no code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_example_raises_its_code_and_what_stands_instead_is_fine() {
    let mut wrong = Vec::new();
    for (code, _) in codes::ALL {
        let path = top().join("docs/diagnostics").join(format!("{code}.md"));
        let page = std::fs::read_to_string(path).unwrap();
        let exempt = WITHOUT_EXAMPLE.iter().any(|(exempt, _)| exempt == code);
        match (section(&page, "Example"), section(&page, "Instead")) {
            (Some(example), Some(instead)) => {
                let raised = findings(&format!("{code}-example"), example);
                let beside = raised
                    .iter()
                    .any(|(other, severity)| *other != code.to_string() && severity != "info");
                let own = raised.iter().find(|(raised, _)| *raised == code.to_string());
                let advice = codes::ADVICE.contains(code);
                if own.is_some_and(|(_, severity)| advice != (severity != "error"))
                    && *code != codes::NEVER_FITS
                {
                    wrong.push(format!("{code} raises {raised:?}, and is advice: {advice}"));
                }
                if beside || own.is_none() {
                    wrong.push(format!("the example of {code} raises {raised:?}"));
                }
                let left = findings(&format!("{code}-instead"), instead);
                let bad = |(other, severity): &(String, String)| {
                    *other == code.to_string() || severity != "info"
                };
                if left.iter().any(bad) {
                    wrong.push(format!("what {code} wants instead raises {left:?}"));
                }
            }
            (None, None) if exempt => {}
            _ => wrong.push(format!("{code} lacks its example, or what to write instead")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn explain_prints_the_page() {
    let page = std::fs::read_to_string(top().join("docs/diagnostics/R310.md")).unwrap();
    for code in ["R310", "r310", "310"] {
        let ran = rulesc(&["explain", code]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, page.as_str(), ""));
    }
    let ran = rulesc(&["explain", "R999"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr, "error: there is no diagnostic `R999`\n");
}

fn section<'p>(page: &'p str, title: &str) -> Option<&'p str> {
    let (_, after) = page.split_once(&format!("\n## {title}\n"))?;
    Some(after.split_once("\n## ").map_or(after, |(section, _)| section))
}

/// The codes and severities that `rulesc check` reports about the code blocks of a section:
/// `rules` and `toml` are files, `sh` is how the command is called.
fn findings(name: &str, section: &str) -> Vec<(String, String)> {
    let block = |language: &str| {
        let (_, after) = section.split_once(&format!("```{language}\n"))?;
        Some(after.split_once("```").unwrap().0)
    };
    let files = [("shop.rules", block("rules")), ("rules.toml", block("toml"))];
    let files: Vec<_> = files.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
    let folder = folder(&format!("pages/{name}"), &files);
    let line = block("sh").map_or("rulesc check", str::trim);
    let mut arguments: Vec<&str> = line.split(' ').skip(1).collect();
    arguments.extend(["--output-format", "json"]);
    let mut check = command(&arguments);
    check.current_dir(Path::new(&folder));
    let ran = ran(check);
    let document: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{name}: {ran:?}"));
    let codes = document["diagnostics"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    codes.map(|finding| (text(&finding["code"]), text(&finding["severity"]))).collect()
}
