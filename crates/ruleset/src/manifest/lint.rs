//! `[lint]`: how bad this rule set takes findings about rules that could be used.

use std::collections::BTreeMap;

use distributary_syntax::{Code, Diagnostic, Severity, codes};
use toml::de::DeTable;

use super::read::Reader;

/// The severities that differ from those that a finding comes with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lint {
    levels: BTreeMap<Code, Level>,
}

/// What becomes of a finding; `None` leaves it out.
type Level = Option<Severity>;

const LEVELS: [(&str, Level); 4] = [
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("info", Some(Severity::Info)),
    ("off", None),
];

impl Lint {
    /// Gives findings the severities that the rule set wants, and takes out those that it does not
    /// want to see. An error by nature stays one: rules that have it cannot be used.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain_mut(|finding| {
            if finding.severity == Severity::Error {
                return true;
            }
            let level = self.levels.get(&finding.code).copied();
            finding.severity = level.flatten().unwrap_or(finding.severity);
            level != Some(None)
        });
    }

    pub(super) fn read(written: &DeTable<'_>, reader: &mut Reader) -> Self {
        let mut levels = BTreeMap::new();
        for (key, value) in written {
            let name = key.get_ref().as_ref();
            let known = |list: &[Code]| list.iter().copied().find(|code| code.to_string() == name);
            let all: Vec<Code> = codes::ALL.iter().map(|(code, _)| *code).collect();
            if let Some(code) = known(codes::ADVICE) {
                levels.extend(reader.choice((key, value), &LEVELS).map(|level| (code, level)));
            } else if known(&all).is_some() {
                let message = format!("`{name}` is an error and stays one");
                let help = "leave it out: rules that have it cannot be used";
                reader.refuse_value(key.span(), message, help);
            } else {
                let help = "keys are the codes of findings, such as `R303 = \"off\"`";
                reader.refuse_key(key, "`[lint]`", [], help);
            }
        }
        Lint { levels }
    }
}
