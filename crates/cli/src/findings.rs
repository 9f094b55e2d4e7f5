//! Findings about rules, on their way to a person or a program.

use clap::ValueEnum;
use distributary_syntax::{Diagnostic, Severity, Sources, render};

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// With the lines of the rules that they are about
    Full,
    /// One line each
    Concise,
    /// One JSON document on standard output
    Json,
}

/// Prints findings as they come and counts them.
#[derive(Debug)]
pub struct Findings {
    format: OutputFormat,
    errors: usize,
    warnings: usize,
    json: Vec<serde_json::Value>,
}

impl Findings {
    /// None yet.
    #[must_use]
    pub fn new(format: OutputFormat) -> Self {
        Findings { format, errors: 0, warnings: 0, json: Vec::new() }
    }

    /// How many errors were reported.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many warnings were reported.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// The findings as JSON, where that is the format.
    #[must_use]
    pub fn into_json(self) -> Option<Vec<serde_json::Value>> {
        (self.format == OutputFormat::Json).then_some(self.json)
    }

    /// Reports findings about these sources.
    pub fn report(&mut self, diagnostics: &[Diagnostic], sources: &Sources) {
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Info => {}
            }
            match self.format {
                OutputFormat::Full => {
                    // The stream takes the colours out again where nobody would see them.
                    anstream::eprintln!("{}\n", render::full(diagnostic, sources, true).trim_end());
                }
                OutputFormat::Concise => {
                    anstream::eprintln!("{}", render::concise(diagnostic, sources));
                }
                OutputFormat::Json => self.json.push(crate::json::finding(diagnostic, sources)),
            }
        }
    }
}
