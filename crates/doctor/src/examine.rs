//! From needs and facts to findings.

use std::collections::BTreeSet;

use crate::case::{Case, unseen};
use crate::code::Code;
use crate::facts::{Facts, Seen};
use crate::finding::Finding;
use crate::home::Here;
use crate::needs::Needs;
use crate::{environment, filter, function, ledger, lot, mapping, permission, source, target};

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
