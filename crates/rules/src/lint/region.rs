//! R504: a guard that is to route where an item was written, and lets it pass in every region.
//!
//! A global table has a stream in each region, with every change in it. Where nothing tells the
//! regions apart, each of them makes every delivery.

use distributary_syntax::{Diagnostic, Span, codes};

use super::established::Established;
use crate::condition::Condition;
use crate::program::{Param, Program};
use crate::source::Guard;
use crate::term::{EventField, Path, Term};

pub(super) fn lint(program: &Program, findings: &mut Vec<Diagnostic>) {
    for source in &program.sources {
        let only = source.guards.iter().filter(|guard| !guard.skip);
        let established = Established::by(only.map(|guard| &guard.when));
        for guard in &source.guards {
            for (passes, span) in passing(guard) {
                let Some(which) = everywhere(program, passes, &established) else { continue };
                findings.push(finding(which, span));
            }
        }
    }
}

/// What a record passes on, of what the guard asks, with its place.
fn passing(guard: &Guard) -> Vec<(&Condition, Span)> {
    let mut found = Vec::new();
    conjuncts(&guard.when, guard.skip, guard.span, &mut found);
    found
}

/// The parts that must all hold: of a condition itself, or of the contrary of what skips.
fn conjuncts<'p>(
    condition: &'p Condition,
    negated: bool,
    span: Span,
    found: &mut Vec<(&'p Condition, Span)>,
) {
    match condition {
        Condition::At(origin, inner) => conjuncts(inner, negated, origin.0, found),
        Condition::Not(inner) => conjuncts(inner, !negated, span, found),
        Condition::All(parts) if !negated => {
            parts.iter().for_each(|part| conjuncts(part, negated, span, found));
        }
        Condition::Any(parts) if negated => {
            parts.iter().for_each(|part| conjuncts(part, negated, span, found));
        }
        condition if !negated => found.push((condition, span)),
        _ => {}
    }
}

/// What passes in every region: all, or what lacks an attribute.
enum Which<'p> {
    All,
    Without(&'p Path),
}

fn everywhere<'p>(
    program: &Program,
    condition: &'p Condition,
    established: &Established<'_>,
) -> Option<Which<'p>> {
    let Condition::Equal(a, b) = condition else { return None };
    let region = |term: &Term| is_region(program, term);
    match (a, b) {
        (a, b) if region(a) && region(b) => Some(Which::All),
        (Term::Coalesce(attribute, instead), other)
        | (other, Term::Coalesce(attribute, instead))
            if region(instead) && region(other) =>
        {
            match attribute.as_ref() {
                Term::Path(path) if !established.contains(path) => Some(Which::Without(path)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_region(program: &Program, term: &Term) -> bool {
    match term {
        Term::Event(EventField::Region) => true,
        Term::Param(param) => program.params.get(*param).is_some_and(Param::is_of_lambda),
        _ => false,
    }
}

fn finding(which: Which<'_>, span: Span) -> Diagnostic {
    let message = match which {
        Which::All => "this is true in every region".to_owned(),
        Which::Without(path) => format!("an item without `{path}` passes in every region"),
    };
    let help = match which {
        Which::All => "compare the region with an attribute that says where an item was written",
        Which::Without(_) => {
            "name the region that such items belong to, as in `?? \"eu-central-1\"`"
        }
    };
    Diagnostic::warning(codes::EVERY_REGION, message, span)
        .note("in a global table each region would deliver it")
        .help(help)
}
