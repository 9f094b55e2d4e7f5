//! Whether filters have room for what the rules ask.

use distributary_rules::Program;
use distributary_syntax::{Diagnostic, codes};

use super::derive::gathered;
use super::fit::{Limits, first_given_up};

/// A warning for each source whose rules ask more than the filters of an account hold whose quota is
/// not raised.
#[must_use]
pub fn room(program: &Program) -> Vec<Diagnostic> {
    let limits = Limits::default();
    let sources = program.sources().iter().enumerate();
    let finding = |(at, source): (usize, &distributary_rules::Source)| {
        // One field that is given up is answer enough.
        let wanted = gathered(program, Some(at), false, |wanted| !wanted.given_up.is_empty());
        let field = first_given_up(&wanted, limits)?;
        let message = format!(
            "{} filters of {} characters do not hold what the rules ask of `{}`",
            limits.filters, limits.characters, source.name
        );
        let help = format!(
            "`{field}` is asked less exactly, so more records cost an invocation; let rules share \
             conditions, or raise the account's quota and derive with `rulesc filter --max 10`"
        );
        Some(Diagnostic::warning(codes::FILTER_ROOM, message, source.span).help(help))
    };
    sources.filter_map(finding).collect()
}
