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
//! # What can be decided
//!
//! `==`, `!=`, `in`, order against constants (but not of binary), `starts with`, `ends with` and
//! `contains` with constants, globs with one star or one at each end, `has`, `exists`, `missing`,
//! `is`, `changed`, `became`, `==` between two attributes, `??`, `event.type`, `event.expired`,
//! `event.table`, `event.region`, `event.account`, key attributes, guards, the view, and `and`,
//! `or`, `not` over all of them. Of one attribute, that is up to four different texts that it
//! contains and four members that it has; and no question about all of a list or map (`has`,
//! `changed`, `==` with another attribute) of which another question asks for a part.
//!
//! A rule `of` a schema is proved for items that are as the schema promises; of the item before a
//! MODIFY nothing is assumed, and of what is inside of containers only what paths name.
//!
//! About anything else (arithmetic with and order between attributes, functions, `any` and `all`,
//! regular expressions, texts with `${…}`, parameters without a value, questions about parameters
//! alone) nothing is assumed: it may have any answer, but the same wherever it is asked.
//!
//! # How the work grows
//!
//! Each rule is looked at once per circumstance, in time that grows with the size of its condition
//! and the number of literals in it; the search is exponential in the questions that depend on each
//! other, and limited by [`Fuel`]. Pairs of rules are looked at only if they share a source, a
//! route and a kind of change and do not need different constants in one attribute: rules are
//! divided by the attribute that most of them name, so that rules for a thousand entity types make
//! no pairs at all. Where nothing divides them, pairs grow with the square, and fuel limits them,
//! too. Exhausted fuel is a finding (R305).

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
mod pool;
mod question;
mod ranges;
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
