//! SARIF 2.1.0, as code scanning reads it: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.

use distributary_cli::{Finding, Place};
use distributary_syntax::{Code, Severity, codes};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::pages;

/// What a relative URI may hold as it is: the unreserved characters of RFC 3986, and `/`.
const IN_A_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A log of one run. Of the rules it carries those that were broken, each with its page.
pub(crate) fn log(findings: &[Finding]) -> Value {
    let mut broken: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    broken.sort_unstable();
    broken.dedup();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "rulesc",
                    "version": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": broken.iter().copied().map(rule).collect::<Vec<_>>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|found| result(found, &broken)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    let page = pages::page(code).unwrap_or_default();
    json!({
        "id": code.to_string(),
        "shortDescription": { "text": codes::title(code).unwrap_or_default() },
        "help": { "text": page, "markdown": page },
    })
}

fn result(finding: &Finding, broken: &[Code]) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    let mut places = finding.labels.iter();
    json!({
        "ruleId": finding.code.to_string(),
        "ruleIndex": broken.binary_search(&finding.code).unwrap_or_default(),
        "level": level,
        "message": { "text": format!("{}{help}", finding.message) },
        "locations": places.next().map(location).into_iter().collect::<Vec<_>>(),
        "relatedLocations": places.map(location).collect::<Vec<_>>(),
    })
}

fn location(place: &Place) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": utf8_percent_encode(&place.file, IN_A_PATH).to_string() },
            "region": {
                "startLine": place.start.line,
                "startColumn": place.start.column,
                "endLine": place.end.line,
                "endColumn": place.end.column,
            },
        },
    });
    if !place.text.is_empty()
        && let Some(location) = location.as_object_mut()
    {
        location.insert("message".to_owned(), json!({ "text": place.text }));
    }
    location
}
