//! What becomes of the deliveries that a route could not make, and where they wait.
//!
//! A route's own lot comes first, then that of its sources. Where the sources of one route name
//! different lots nothing is guessed: that is an error, and the route says which. What a FIFO route
//! parks has to keep its order: a source's lot that keeps none is not for it, so it blocks, and one
//! that it asks for is an error. A chain keeps none either: with its first lot down nobody knows what
//! waits there, and what went to the next one would be overtaken.

use std::collections::BTreeSet;
use std::time::Duration;

use distributary_delivery::{OnFailure, Oversize};
use distributary_syntax::{Diagnostic, Span, codes};

use super::Settings;
use crate::lower::Lowering;
use crate::names::listed;
use crate::program::Program;
use crate::route::{Lot, Route};

/// A stream keeps a record for 24 hours; what is older than that blocks nothing.
const LONGEST_BLOCK: Duration = Duration::from_secs(24 * 60 * 60);

const DEFAULT_BLOCK: Duration = Duration::from_secs(15 * 60);

/// What a route says about deliveries that it could not make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parking {
    policy: Option<(Policy, Span)>,
    /// The index and place of the lot that it names; no index where that is unknown.
    lot: Option<(Option<usize>, Span)>,
    /// Where it is written, and what it is set to.
    max_block: Option<(Option<Duration>, Span)>,
    oversize: Option<(Large, Span)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Park,
    Block,
    Drop,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Large {
    Park,
    Keys,
    Drop,
}

const POLICIES: [(&str, Policy); 3] =
    [("park", Policy::Park), ("block", Policy::Block), ("drop", Policy::Drop)];

const LARGE: [(&str, Large); 3] =
    [("park", Large::Park), ("keys", Large::Keys), ("drop", Large::Drop)];

impl Lowering<'_> {
    pub(super) fn parking(&mut self, settings: &Settings<'_>) -> Parking {
        let place = |name: &str| settings.get(name).map(|setting| setting.name.span);
        let policy = self.choice_of("on_failure", settings, &POLICIES.map(|(name, _)| name));
        let policy = POLICIES.into_iter().find(|(name, _)| Some(*name) == policy);
        let large = self.choice_of("oversize", settings, &LARGE.map(|(name, _)| name));
        let large = LARGE.into_iter().find(|(name, _)| Some(*name) == large);
        let limits = Duration::from_secs(1)..=LONGEST_BLOCK;
        let words = "a duration from `1s` to `24h`";
        let max_block = self.duration("max_block", settings, |d| limits.contains(d), words);
        Parking {
            policy: policy.map(|(_, policy)| policy).zip(place("on_failure")),
            lot: place("park").map(|span| (self.lot("park", settings), span)),
            max_block: place("max_block").map(|span| (max_block, span)),
            oversize: large.map(|(_, large)| large).zip(place("oversize")),
        }
    }
}

/// Decides for every route, when it is known which rules use it.
pub(crate) fn settle(program: &mut Program, parking: &[Parking], findings: &mut Vec<Diagnostic>) {
    let of_sources = lots_of_sources(program);
    let lots = &program.lots;
    for ((route, parking), of_sources) in program.routes.iter_mut().zip(parking).zip(&of_sources) {
        let mut decision = Decision { route, parking, of_sources, lots, findings };
        let (on_failure, oversize) = decision.make();
        (route.on_failure, route.oversize) = (on_failure, oversize);
    }
}

struct Decision<'a> {
    route: &'a Route,
    parking: &'a Parking,
    of_sources: &'a BTreeSet<usize>,
    lots: &'a [Lot],
    findings: &'a mut Vec<Diagnostic>,
}

impl Decision<'_> {
    fn make(&mut self) -> (OnFailure, Option<Oversize>) {
        let Parking { policy, lot: named, max_block, oversize } = *self.parking;
        let asked = match (policy, oversize) {
            (Some((Policy::Park, span)), _) | (_, Some((Large::Park, span))) => Some(span),
            _ => None,
        };
        let drops = matches!(policy, Some((Policy::Drop, _)));
        if drops && asked.is_none() {
            if let Some((_, span)) = named {
                let message = format!("`{}` names a lot and never parks", self.route.name);
                self.refuse(span, message, "leave out `park`, or `on_failure: drop`");
            }
            if let Some((_, span)) = max_block {
                self.pointless(span, "does not block");
            }
            return (OnFailure::Drop, oversize.and_then(|(large, _)| resolve(large, None)));
        }
        let errors = self.findings.len();
        let lot = match named {
            Some((lot, span)) => lot.filter(|lot| self.fits(*lot, span)),
            None => self.lot_of_sources(asked),
        };
        let sound = errors == self.findings.len() && named.is_none_or(|(lot, _)| lot.is_some());
        let on_failure = match (policy.map(|(policy, _)| policy), lot) {
            (Some(Policy::Drop), _) => OnFailure::Drop,
            (None | Some(Policy::Park), Some(lot)) => OnFailure::Park(lot),
            _ => {
                let max_block = max_block.and_then(|(set, _)| set).unwrap_or(DEFAULT_BLOCK);
                OnFailure::Block { max_block, lot }
            }
        };
        if let Some((_, span)) = max_block.filter(|_| sound) {
            match on_failure {
                OnFailure::Block { lot: Some(_), .. } => {}
                OnFailure::Block { lot: None, .. } => self.pointless(span, "has no lot to park in"),
                OnFailure::Park(_) => self.pointless(span, "parks at once and does not block"),
                OnFailure::Drop => self.pointless(span, "does not block"),
            }
        }
        (on_failure, oversize.and_then(|(large, _)| resolve(large, lot)))
    }

    /// The lot of the route's sources; `asked` is where the route says that it parks.
    fn lot_of_sources(&mut self, asked: Option<Span>) -> Option<usize> {
        let suits = |lot: &Lot| !self.route.kind.is_fifo() || lot.place.is_ordered();
        let suits = |lot: &usize| self.lots.get(*lot).is_some_and(suits);
        let suiting: Vec<usize> = self.of_sources.iter().copied().filter(suits).collect();
        match (suiting.as_slice(), self.of_sources.first(), asked) {
            ([lot], _, None) if self.blocks() => Some(*lot).filter(|lot| !self.passes_on(*lot)),
            ([lot], ..) => {
                Some(*lot).filter(|lot| self.fits(*lot, asked.unwrap_or(self.route.span)))
            }
            // Without a word it would block, and one bad record would hold its shard.
            ([], Some(lot), _) if asked.is_some() || !self.blocks() => {
                self.fits(*lot, asked.unwrap_or(self.route.span));
                None
            }
            ([], None, Some(span)) => {
                let message = format!("`{}` has no lot to park in", self.route.name);
                let help = "add `park: <lot>` to the route or to its source, and declare the lot";
                self.refuse(span, message, help);
                None
            }
            ([], _, None) => None,
            _ => {
                let names = suiting.iter().filter_map(|lot| self.lots.get(*lot)).map(|l| &*l.name);
                let message =
                    format!("the sources of `{}` park in {}", self.route.name, listed(names));
                let finding = Diagnostic::error(codes::LOTS_DISAGREE, message, self.route.span);
                self.findings.push(finding.help("say which one with `park: <lot>` in the route"));
                None
            }
        }
    }

    fn blocks(&self) -> bool {
        matches!(self.parking.policy, Some((Policy::Block, _)))
    }

    /// Refuses a lot that loses the order which the route keeps.
    fn fits(&mut self, lot: usize, span: Span) -> bool {
        let Some(declared) = self.lots.get(lot).filter(|_| self.route.kind.is_fifo()) else {
            return true;
        };
        let (route, name) = (&self.route.name, &declared.name);
        if !declared.place.is_ordered() {
            let message = format!("`{route}` keeps an order, and the lot `{name}` does not");
            let help = "take a lot of the kind `dynamodb`, or use `on_failure: block`";
            self.refuse(span, message, help);
            return false;
        }
        if !self.passes_on(lot) {
            return true;
        }
        let message = format!("`{route}` keeps an order, and `{name}` has a `then`");
        let help = "take a lot without one: what goes to another lot is overtaken";
        let finding = Diagnostic::error(codes::ORDERED_CHAIN, message, span);
        self.findings
            .push(finding.label(declared.span, "passes on what it does not take").help(help));
        false
    }

    /// Whether the route keeps an order, and the lot would lose it to the next one.
    fn passes_on(&self, lot: usize) -> bool {
        self.route.kind.is_fifo() && self.lots.get(lot).is_some_and(|lot| lot.then.is_some())
    }

    fn pointless(&mut self, span: Span, why: &str) {
        let message = format!("`max_block` has no effect: `{}` {why}", self.route.name);
        let help = "leave it out, or write `on_failure: block` and `park: <lot>` beside it";
        self.findings.push(Diagnostic::error(codes::MAX_BLOCK, message, span).help(help));
    }

    fn refuse(&mut self, span: Span, message: String, help: &str) {
        self.findings.push(Diagnostic::error(codes::CANNOT_PARK, message, span).help(help));
    }
}

fn resolve(large: Large, lot: Option<usize>) -> Option<Oversize> {
    match large {
        Large::Park => lot.map(Oversize::Park),
        Large::Keys => Some(Oversize::Keys),
        Large::Drop => Some(Oversize::Drop),
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
