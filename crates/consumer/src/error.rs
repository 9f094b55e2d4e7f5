//! Why the function does not start.

use std::error::Error;
use std::fmt;

use distributary_ruleset::RulesetError;
use distributary_syntax::{Diagnostic, Sources, render};

/// Why the function does not start: findings of one line each, which name file, line and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError {
    pub(crate) findings: Vec<String>,
}

impl StartError {
    pub(crate) fn new(message: String) -> Self {
        StartError { findings: vec![message] }
    }

    /// One line per finding, at least one.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.findings
    }

    pub(crate) fn findings(findings: &[Diagnostic], sources: &Sources) -> Self {
        let line = |finding| render::concise(finding, sources);
        StartError { findings: findings.iter().map(line).collect() }
    }

    pub(crate) fn rule_set(error: RulesetError) -> Self {
        match error {
            RulesetError::Refused(refused) => {
                StartError::findings(&refused.diagnostics, &refused.sources)
            }
            RulesetError::Unreadable { .. } | RulesetError::Empty { .. } => {
                StartError::new(format!(
                    "{error}; rules are taken from `rules.bundle` or the folder `rules` beside the \
                     executable, or from where `DISTRIBUTARY_RULES` says"
                ))
            }
            other => StartError::new(other.to_string()),
        }
    }
}

impl From<distributary_targets::ConnectError> for StartError {
    fn from(error: distributary_targets::ConnectError) -> Self {
        StartError::new(error.to_string())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.findings.join("\n"))
    }
}

impl Error for StartError {}

/// An error and what it comes from, outermost first.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
