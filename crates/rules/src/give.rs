//! What a program takes from the place where it runs: the values of its parameters.

use distributary_syntax::{Diagnostic, Sources};

use crate::given::Given;
use crate::lower::{is_network, no_network};
use crate::program::Program;
use crate::{hash, params};

impl Program {
    /// Gives every parameter its value, in place of the one that it had, and sets what follows from
    /// that: tables and the hash. `sources` are the texts that the program was made from.
    ///
    /// This is what [`check`](crate::check()) does with what it is given.
    ///
    /// # Errors
    /// Values that cannot be, and those for parameters that nothing declares: then the program must
    /// not be used.
    pub fn give(&mut self, sources: &Sources, given: &Given) -> Result<(), Vec<Diagnostic>> {
        let mut findings = Vec::new();
        self.give_all(sources, given, &|_| false, &mut findings);
        self.check_places(&mut findings);
        findings.sort_by_key(|finding| (finding.span(), finding.code));
        findings.dedup();
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    /// The hash that the program would have with these values, right or wrong.
    #[must_use]
    pub fn hash_given(&self, sources: &Sources, given: &Given) -> String {
        let mut params = self.params.clone();
        params::give(&mut params, given, &mut Vec::new());
        hash::of(sources, &params)
    }

    /// As [`give`](Self::give), for a program in the making; `unread` are the names of declarations that could not
    /// be read.
    pub(crate) fn give_all(
        &mut self,
        sources: &Sources,
        given: &Given,
        unread: &dyn Fn(&str) -> bool,
        findings: &mut Vec<Diagnostic>,
    ) {
        params::give(&mut self.params, given, findings);
        params::refuse_unknown(given, &self.params, unread, findings);
        for source in &mut self.sources {
            source.table = source.table_setting.text(&self.params);
        }
        for (param, span) in &self.networks {
            let Some(param) = self.params.get(*param) else { continue };
            if param.value.as_ref().is_some_and(|value| !is_network(value)) {
                findings.push(no_network(&param.name, *span));
            }
        }
        self.hash = hash::of(sources, &self.params);
    }
}
