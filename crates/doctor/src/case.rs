//! What is compared with what.

use crate::code::Code;
use crate::facts::{Facts, Function, Unseen};
use crate::finding::Finding;
use crate::home::Here;
use crate::needs::Needs;

/// What is compared with what.
pub(crate) struct Case<'c> {
    pub(crate) needs: &'c Needs<'c>,
    pub(crate) facts: &'c Facts,
    /// The function, where it was seen.
    pub(crate) function: Option<&'c Function>,
    /// Where it runs, where it was seen.
    pub(crate) here: Option<Here>,
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

pub(crate) fn unseen(what: &str, place: &str, why: &Unseen, here: Option<&Here>) -> Finding {
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
