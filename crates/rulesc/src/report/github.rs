//! Workflow commands of GitHub Actions: a finding becomes an annotation on its line.

use std::io::{self, Write};

use distributary_cli::Finding;
use distributary_syntax::Severity;

/// Writes one command for each finding.
pub(crate) fn write(findings: &[Finding], out: &mut impl Write) -> io::Result<()> {
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = format!("title={}", property(&finding.code.to_string()));
        if let Some(place) = finding.labels.first() {
            let (start, end) = (place.start, place.end);
            properties.push_str(&format!(
                ",file={},line={},endLine={}",
                property(&place.file),
                start.line,
                end.line
            ));
            // Columns are understood within one line only.
            if start.line == end.line {
                properties.push_str(&format!(",col={},endColumn={}", start.column, end.column));
            }
        }
        let mut message = finding.message.clone();
        for place in finding.labels.iter().filter(|place| !place.text.is_empty()) {
            let (file, line) = (&place.file, place.start.line);
            message.push_str(&format!("\n{file}:{line}: {}", place.text));
        }
        if let Some(help) = &finding.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        writeln!(out, "::{command} {properties}::{}", data(&message))?;
    }
    Ok(())
}

/// The escapes that the runner takes out of a message again.
pub(crate) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property, which ends at a comma or colon.
pub(crate) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
