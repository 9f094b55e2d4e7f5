//! Where the deliveries wait that a route could not make.
//!
//! A route's own lot comes first, then that of its sources. Where the sources of one route name
//! different lots nothing is guessed: that is an error, and the route says which. Ordered routes
//! block: the lots of this version keep no order.

use std::collections::BTreeSet;

use distributary_delivery::OnFailure;
use distributary_syntax::{Diagnostic, Span, codes};

use super::Settings;
use crate::lower::Lowering;
use crate::names::listed;
use crate::program::Program;
use crate::route::{Lot, Route};

/// What a route says about deliveries that it could not make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parking {
    policy: Option<Policy>,
    policy_span: Span,
    /// The index and place of the lot that it names; no index where that is unknown.
    lot: Option<(Option<usize>, Span)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Park,
    Block,
    Drop,
}

const POLICIES: [(&str, Policy); 3] =
    [("park", Policy::Park), ("block", Policy::Block), ("drop", Policy::Drop)];

impl Lowering<'_> {
    pub(super) fn parking(&mut self, settings: &Settings<'_>) -> Parking {
        let word = self.choice_of("on_failure", settings, &POLICIES.map(|(name, _)| name));
        let policy = POLICIES.into_iter().find(|(name, _)| Some(*name) == word);
        let place = |name: &str| settings.get(name).map(|setting| setting.name.span);
        let lot = place("park").map(|span| (self.lot(settings), span));
        Parking {
            policy: policy.map(|(_, policy)| policy),
            policy_span: place("on_failure").unwrap_or(settings.name.span),
            lot,
        }
    }
}

/// Decides for every route, now that it is known which rules use it.
pub(crate) fn settle(program: &mut Program, parking: &[Parking], findings: &mut Vec<Diagnostic>) {
    let lots = lots_of_sources(program);
    let declared = &program.lots;
    for ((route, parking), lots) in program.routes.iter_mut().zip(parking).zip(&lots) {
        route.on_failure = decide(route, parking, lots, declared, findings);
    }
}

fn decide(
    route: &Route,
    parking: &Parking,
    of_sources: &BTreeSet<usize>,
    lots: &[Lot],
    findings: &mut Vec<Diagnostic>,
) -> OnFailure {
    let mut refuse = |span, message: String, help: String| {
        findings.push(Diagnostic::error(codes::CANNOT_PARK, message, span).help(help));
    };
    let name = &route.name;
    match (parking.policy, parking.lot) {
        (Some(policy @ (Policy::Block | Policy::Drop)), lot) => {
            let word = if policy == Policy::Block { "block" } else { "drop" };
            if let Some((_, span)) = lot {
                let message = format!("`{name}` names a lot and never parks");
                let help = format!("leave out `park`, or `on_failure: {word}`");
                refuse(span, message, help);
            }
            if policy == Policy::Block { OnFailure::Block } else { OnFailure::Drop }
        }
        (policy, lot) if route.kind.is_fifo() => {
            let asked = lot.map(|(_, span)| span);
            if let Some(span) = asked.or(policy.map(|_| parking.policy_span)) {
                let message = format!("`{name}` keeps an order, and a lot does not");
                let help = "use `on_failure: block`, or `drop`: lots of this version keep no order";
                refuse(span, message, help.to_owned());
            }
            OnFailure::Block
        }
        (_, Some((Some(lot), _))) => OnFailure::Park(lot),
        (_, Some((None, _))) => OnFailure::Block,
        (policy, None) => match (of_sources.first(), of_sources.len()) {
            (Some(lot), 1) => OnFailure::Park(*lot),
            (None, _) if policy.is_none() => OnFailure::Block,
            (None, _) => {
                let message = format!("`{name}` has no lot to park in");
                let help = "add `park: <lot>` to the route or to its source, and declare the lot";
                refuse(parking.policy_span, message, help.to_owned());
                OnFailure::Block
            }
            _ => {
                let names =
                    listed(of_sources.iter().filter_map(|l| lots.get(*l)).map(|l| &*l.name));
                let message = format!("the sources of `{name}` park in {names}");
                let finding = Diagnostic::error(codes::LOTS_DISAGREE, message, route.span);
                findings.push(finding.help("say which one with `park: <lot>` in the route"));
                OnFailure::Block
            }
        },
    }
}

/// For every route, the lots of the sources whose rules use it.
fn lots_of_sources(program: &Program) -> Vec<BTreeSet<usize>> {
    let mut lots = vec![BTreeSet::new(); program.routes.len()];
    for rule in &program.rules {
        let Some(lot) = rule.source.and_then(|s| program.sources.get(s)?.park) else { continue };
        for output in &rule.outputs {
            if let Some(lots) = lots.get_mut(output.route) {
                lots.insert(lot);
            }
        }
    }
    lots
}
