//! What was found, for people and for programs.

use std::io::Write as _;

use distributary_cli::{Exit, count};
use distributary_doctor::Finding;
use distributary_syntax::Severity;
use serde_json::json;

use super::Format;

pub(super) fn show(function: &str, findings: &[Finding], format: Format) -> anyhow::Result<Exit> {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    match format {
        Format::Text => {
            let mut out = anstream::stdout().lock();
            for finding in findings {
                writeln!(out, "{}\n", coloured(finding))?;
            }
            let found = match (errors, warnings) {
                (0, 0) => "well, it is what the rules need".to_owned(),
                (0, warnings) => count(warnings, "warning"),
                (errors, 0) => count(errors, "error"),
                (errors, warnings) => {
                    format!("{}, {}", count(errors, "error"), count(warnings, "warning"))
                }
            };
            writeln!(out, "function {function}: {found}")?;
        }
        Format::Json => {
            let document = json!({
                "version": 1,
                "function": function,
                "errors": errors,
                "warnings": warnings,
                "findings": findings,
            });
            writeln!(std::io::stdout(), "{document:#}")?;
        }
    }
    Ok(if errors > 0 { Exit::No } else { Exit::Fine })
}

/// The stream takes the colour out again where nobody would see it.
fn coloured(finding: &Finding) -> String {
    let text = finding.to_string();
    let style = match finding.severity {
        Severity::Error => "\u{1b}[1;31m",
        Severity::Warning | Severity::Info => "\u{1b}[1;33m",
    };
    match text.split_once(": ") {
        Some((head, rest)) => format!("{style}{head}\u{1b}[0m: {rest}"),
        None => text,
    }
}
