//! JUnit's XML, as continuous integration reads it.

use std::io::Write;

use distributary_cli::Finding;
use distributary_syntax::{Severity, codes};
use quick_xml::Writer;
use quick_xml::events::BytesText;

/// One line of the report.
#[derive(Debug)]
pub(crate) struct Case {
    /// What it belongs to: a file.
    pub(crate) class: String,
    /// Its name.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

/// How a case ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// As it should.
    Passed,
    /// It did not, and why: a sentence, and all there is to say.
    Failed { message: String, text: String },
    /// Worth knowing and no failure.
    Noted(String),
}

/// Each finding as a case, in which an error is a failure, and a warning where it is denied. Where
/// there are none, one case says that the check was made.
pub(crate) fn cases(findings: &[Finding], deny_warnings: bool) -> Vec<Case> {
    let case = |finding: &Finding| {
        let place = finding.labels.first();
        let file = place.map_or("rules", |place| &place.file).to_owned();
        let at = place.map_or_else(String::new, |place| {
            format!("{file}:{}:{}: ", place.start.line, place.start.column)
        });
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
        let fails = match finding.severity {
            Severity::Error => true,
            Severity::Warning => deny_warnings,
            Severity::Info => false,
        };
        let text = format!("{at}{}[{}]: {}{help}", finding.severity, finding.code, finding.message);
        let title = codes::title(finding.code).unwrap_or_default();
        Case {
            class: file,
            name: format!("{} {title}", finding.code),
            outcome: if fails {
                Outcome::Failed { message: finding.message.clone(), text }
            } else {
                Outcome::Noted(text)
            },
        }
    };
    let cases: Vec<Case> = findings.iter().map(case).collect();
    if cases.is_empty() {
        let (class, name) = ("rules".to_owned(), "no problems".to_owned());
        return vec![Case { class, name, outcome: Outcome::Passed }];
    }
    cases
}

/// Writes a report of one suite.
pub(crate) fn write(suite: &str, cases: &[Case], out: &mut impl Write) -> std::io::Result<()> {
    let failed = |case: &&Case| matches!(case.outcome, Outcome::Failed { .. });
    let noted = |case: &&Case| matches!(case.outcome, Outcome::Noted(_));
    let tests = cases.len().to_string();
    let failures = cases.iter().filter(failed).count().to_string();
    let skipped = cases.iter().filter(noted).count().to_string();
    let counts = [("tests", tests.as_str()), ("failures", &failures), ("skipped", &skipped)];
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.create_element("testsuites").with_attributes(counts).write_inner_content(|xml| {
        let suite = xml.create_element("testsuite").with_attribute(("name", suite));
        suite
            .with_attributes(counts)
            .write_inner_content(|xml| cases.iter().try_for_each(|case| write_case(case, xml)))?;
        Ok(())
    })?;
    writeln!(out)
}

fn write_case<W: Write>(case: &Case, xml: &mut Writer<W>) -> std::io::Result<()> {
    let element = xml
        .create_element("testcase")
        .with_attributes([("classname", case.class.as_str()), ("name", &case.name)]);
    match &case.outcome {
        Outcome::Passed => element.write_empty()?,
        Outcome::Failed { message, text } => element.write_inner_content(|xml| {
            let failure =
                xml.create_element("failure").with_attribute(("message", message.as_str()));
            failure.write_text_content(BytesText::new(text))?;
            Ok(())
        })?,
        Outcome::Noted(text) => element.write_inner_content(|xml| {
            let skipped = xml.create_element("skipped").with_attribute(("message", text.as_str()));
            skipped.write_empty()?;
            Ok(())
        })?,
    };
    Ok(())
}
