//! From needs and facts to findings.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::facts::{Facts, Function, Seen, Unseen};
use crate::finding::Finding;
use crate::home::Here;
use crate::needs::Needs;
use crate::{environment, filter, function, ledger, lot, mapping, permission, source, target};

/// What is compared with what.
pub(crate) struct Case<'c> {
    pub(crate) needs: &'c Needs<'c>,
    pub(crate) facts: &'c Facts,
    /// The function, where it was seen.
    pub(crate) function: Option<&'c Function>,
    /// Where it runs, where it was seen.
    pub(crate) here: Option<Here>,
}

/// What is wrong with a deployment. Of a function that is not there nothing else is said.
#[must_use]
pub fn examine(needs: &Needs<'_>, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = format!("function {}", needs.function);
    let function = match &facts.function {
        Seen::There(function) => Some(function),
        Seen::Missing => {
            let message = "there is no such function in this account and region: deploy it, or name \
                           another one with `--function` or `--stack`";
            return vec![Finding::new(Code::FUNCTION_MISSING, place, message)];
        }
        Seen::Unseen(why) => {
            findings.push(unseen("the function", &place, why, None));
            None
        }
    };
    let case = Case { needs, facts, function, here: function.and_then(Here::of) };
    if let Some(function) = function {
        findings.extend(function::findings(&case, function));
        findings.extend(environment::findings(&case, function));
    }
    findings.extend(source::findings(&case));
    // A mapping is not made without the permissions that it needs.
    findings.extend(permission::findings(&case));
    findings.extend(mapping::findings(&case));
    findings.extend(filter::findings(&case));
    findings.extend(target::findings(&case));
    findings.extend(lot::findings(&case));
    findings.extend(ledger::findings(&case));
    // Several routes may lead to the same place.
    let mut known = BTreeSet::new();
    findings.retain(|finding| known.insert((finding.code.name(), finding.place.clone())));
    findings
}

impl Case<'_> {
    /// The region of the function; nothing where it was not seen.
    pub(crate) fn region(&self) -> &str {
        self.here.as_ref().map_or("", Here::region)
    }

    /// What is not there is made by a command, which in another account is its owner's to run.
    pub(crate) fn made(&self, mut finding: Finding, arn: &str, command: String) -> Finding {
        if self.here.as_ref().is_some_and(|here| here.is_elsewhere(arn)) {
            finding.message += ": whoever has its account, which is another one, has to make it";
            return finding;
        }
        finding.mended_by([command])
    }

    /// Something could not be looked at, which is no word on whether it is well.
    pub(crate) fn unseen(&self, what: &str, place: &str, why: &Unseen) -> Finding {
        unseen(what, place, why, self.here.as_ref())
    }
}

fn unseen(what: &str, place: &str, why: &Unseen, here: Option<&Here>) -> Finding {
    let elsewhere = here.is_some_and(|here| here.is_elsewhere(&why.resource));
    let code = if elsewhere { Code::UNSEEN_ELSEWHERE } else { Code::UNSEEN };
    let Unseen { action, resource, denied, reason } = why;
    let remedy = match (denied, elsewhere) {
        (true, true) => format!("ask the owner of `{resource}` to look, or for `{action}` on it"),
        (true, false) => format!("grant yourself `{action}` on `{resource}`"),
        (false, _) => "see to that, and run it again".to_owned(),
    };
    Finding::new(code, place, format!("{what} cannot be looked at ({reason}): {remedy}"))
}
