//! Findings about rules, on their way to a person or a program.

use clap::ValueEnum;
use distributary_syntax::{Diagnostic, Severity, Sources, render};

use crate::finding::Finding;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// With the lines of the rules that they are about
    Full,
    /// One line each
    Concise,
    /// One JSON document on standard output
    Json,
    /// Annotations on the lines of a pull request; the default where GitHub Actions runs
    Github,
    /// A SARIF 2.1.0 log for code scanning
    Sarif,
    /// A JUnit report
    Junit,
}

impl OutputFormat {
    /// What was asked for, or else what suits where this runs.
    #[must_use]
    pub fn or_default(asked: Option<OutputFormat>) -> OutputFormat {
        let github = || std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        match asked {
            Some(format) => format,
            None if github() => OutputFormat::Github,
            None => OutputFormat::Full,
        }
    }
}

/// Prints findings for people as they come, keeps those for programs, and counts all.
#[derive(Debug)]
pub struct Findings {
    format: OutputFormat,
    errors: usize,
    warnings: usize,
    kept: Vec<Finding>,
}

impl Findings {
    /// None yet.
    #[must_use]
    pub fn new(format: OutputFormat) -> Self {
        Findings { format, errors: 0, warnings: 0, kept: Vec::new() }
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

    /// The findings in the order of the reports, where the format is for programs.
    #[must_use]
    pub fn kept(&self) -> &[Finding] {
        &self.kept
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
                _ => self.kept.push(Finding::new(diagnostic, sources)),
            }
        }
    }
}
