//! What is certain about rules before any record comes.
//!
//! [`prove`] looks for rules that can never fire (R301), rules that add nothing to another (R302),
//! rules that overlap on a route (R303), and parts of conditions that are always or never true
//! (R304). A finding that says that something is possible shows a record, and the reference
//! evaluator has confirmed it. A finding that says *never* or *always* holds for every record of
//! the rule's source.
//!
//! # How
//!
//! Under one circumstance (a kind of change and the images that a record carries)
//! a condition asks finitely many questions about finitely many attributes. For each attribute a
//! finite pool of values is chosen such that every combination of answers that any value
//! can give is given by one of the pool; the reference evaluator says what each value answers.
//! A search over the pools then finds a record or shows that there is none.
//!
//! `docs/proofs.md` says which questions can be decided, and how the work grows. About anything else
//! nothing is assumed: it may have any answer, but the same wherever it is asked. A rule `of` a schema
//! is proved for items that are as the schema promises; of the item before a MODIFY nothing is
//! assumed, and of what is inside of containers only what paths name. The search is exponential in the
//! questions that depend on each other, and limited by [`Fuel`]; exhausted fuel is a finding (R305).

mod certain;
mod circumstance;
mod conforming;
mod formula;
mod fuel;
mod mask;
mod model;
mod needs;
mod never;
mod numbers;
mod overlap;
mod pair;
mod pairs;
mod parts;
mod place;
mod pool;
mod question;
mod ranges;
mod reader;
mod redundant;
mod search;
mod slot;
mod texts;
mod witness;

use distributary_rules::{Mode, Program};
use distributary_syntax::Diagnostic;

pub use fuel::Fuel;

use never::Chance;

/// All findings about a program that was checked without errors, by place.
///
/// About a program with errors it may say what is no longer true once they are mended.
#[must_use]
pub fn prove(program: &Program, fuel: Fuel) -> Vec<Diagnostic> {
    let mut tank = fuel.for_rules(program.rules().len());
    let mut findings = Vec::new();
    let mut sending = Vec::new();
    for (rule, declared) in program.rules().iter().enumerate() {
        let fires_on = match never::look(program, rule, &tank, &mut findings) {
            Chance::Fires(record) => Some(record),
            Chance::Unclear => None,
            Chance::Never => continue,
        };
        certain::look(program, rule, fires_on.as_deref(), &tank, &mut findings);
        sending.extend((declared.mode == Mode::Live).then_some(rule));
    }
    let needs = needs::Needs::of(program);
    let redundant = redundant::look(program, &sending, &needs, &mut tank, &mut findings);
    overlap::look(program, &sending, &needs, &redundant, &mut tank, &mut findings);
    findings.sort_by_key(|finding| (finding.span(), finding.code));
    findings
}
