//! R235: former names that are not free.

use std::collections::BTreeMap;
use std::sync::Arc;

use distributary_syntax::{Diagnostic, Span, codes};

use crate::program::Program;

/// Two rules, or two routes, that are known by one name could not be told apart.
pub(super) fn lint(program: &Program, findings: &mut Vec<Diagnostic>) {
    let rules = program.rules.iter().map(|rule| (&rule.name, &rule.formerly, rule.span));
    judge("rule", rules, findings);
    let routes = program.routes.iter().map(|route| (&route.name, &route.formerly, route.span));
    judge("route", routes, findings);
}

fn judge<'p>(
    what: &str,
    declared: impl Iterator<Item = (&'p Arc<str>, &'p Option<Arc<str>>, Span)> + Clone,
    findings: &mut Vec<Diagnostic>,
) {
    let mut known: BTreeMap<&str, Span> =
        declared.clone().map(|(name, _, span)| (&**name, span)).collect();
    for (name, formerly, span) in declared {
        let Some(formerly) = formerly else { continue };
        if let Some(first) = known.insert(formerly, span) {
            let message = format!("`{name}` cannot formerly have been `{formerly}`");
            findings.push(
                Diagnostic::error(codes::FORMER_NAME, message, span)
                    .label(first, format!("this {what} is known by that name"))
                    .help("deliveries are told apart by the names: leave `formerly` out"),
            );
        }
    }
}
