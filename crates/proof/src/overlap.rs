//! R303: two rules that overlap on a route.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use distributary_change::Record;
use distributary_rules::{Program, Truth, evaluate};
use distributary_syntax::{Diagnostic, Severity, codes};

use crate::fuel::Tank;
use crate::mask::Mask;
use crate::needs::Needs;
use crate::pair::Pair;
use crate::pairs::Pairs;
use crate::search::Outcome;
use crate::witness::Shown;

/// So many overlaps are shown of one route.
const MOST_SHOWN: usize = 3;

/// Reports pairs of rules that send to one route about the same record, apart from those that were
/// found redundant.
pub(crate) fn look(
    program: &Program,
    rules: &[usize],
    needs: &Needs,
    redundant: &HashSet<(usize, usize)>,
    tank: &mut Tank,
    findings: &mut Vec<Diagnostic>,
) {
    let mut by_route: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for rule in rules {
        for output in program.rules().get(*rule).into_iter().flat_map(|rule| &rule.outputs) {
            by_route.entry(output.route).or_default().push(*rule);
        }
    }
    for (route, rules) in by_route {
        let Some(route) = program.routes().get(route) else { continue };
        let mut found = Vec::new();
        let mut given_up = false;
        let mut visit = |a, b| {
            if redundant.contains(&(a, b)) {
                return ControlFlow::Continue(());
            }
            match both(program, a, b, tank) {
                Outcome::Found(record) => found.push((a, b, record)),
                Outcome::Spent => {
                    given_up = true;
                    return ControlFlow::Break(());
                }
                Outcome::Never | Outcome::Open => {}
            }
            // One more is looked for, to know whether there are more than are shown.
            if found.len() > MOST_SHOWN {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let too_many = Pairs::new(program, needs, &mut visit).too_many(&rules);
        given_up |= too_many;
        let more = found.len() > MOST_SHOWN;
        found.truncate(MOST_SHOWN);
        for (place, (a, b, record)) in found.iter().enumerate() {
            let more = more && place + 1 == MOST_SHOWN;
            findings.extend(drawn(program, &route.name, (*a, *b), record, more));
        }
        if given_up {
            let message = format!("not all rules of the route `{}` were compared", route.name);
            findings.push(
                Diagnostic::new(codes::OUT_OF_FUEL, Severity::Info, message, route.span)
                    .help("there may be more rules that overlap; the comparison took too long"),
            );
        }
    }
}

/// Whether two rules fire on one record.
fn both(program: &Program, a: usize, b: usize, tank: &mut Tank) -> Outcome {
    let wanted = (Mask::TRUE, Mask::TRUE);
    let confirm = |record: &Record, source| {
        [a, b].into_iter().all(|rule| evaluate::fires(program, rule, record, source) == Truth::True)
    };
    Pair { program, rules: [a, b] }.find(wanted, tank, &confirm)
}

fn drawn(
    program: &Program,
    route: &str,
    (a, b): (usize, usize),
    record: &Record,
    more: bool,
) -> Option<Diagnostic> {
    let (first, second) = (program.rules().get(a)?, program.rules().get(b)?);
    let message = format!("`{}` and `{}` overlap on the route `{route}`", first.name, second.name);
    let rest = if more { "; there are more overlaps on this route" } else { "" };
    let finding = Diagnostic::new(codes::OVERLAP, Severity::Info, message, second.span)
        .note("fires, too")
        .label(first.span, "fires")
        .help(format!("each sends a message of its own on {}{rest}", Shown(record)));
    Some(finding)
}
