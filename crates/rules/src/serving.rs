//! The part of a program that one of several functions runs.

use std::collections::BTreeSet;

use distributary_delivery::{OnFailure, Oversize};

use crate::program::Program;
use crate::source::Source;

impl Program {
    /// What a function does that reads the streams of these sources alone: without the rules of
    /// other sources, and without the routes and lots that only those use. Parameters and the hash
    /// stay as they are; tests are left out.
    #[must_use]
    pub fn serving(&self, served: impl Fn(&Source) -> bool) -> Program {
        let sources = Moved::new(&self.sources, |_, source| served(source));
        let is_ours = |source: Option<usize>| source.is_none_or(|at| sources.to(at).is_some());
        let ours = self.used_by(is_ours);
        let others = self.used_by(|source| !is_ours(source));
        // What no rule leads to may still have something waiting.
        let routes = Moved::new(&self.routes, |at, _| {
            ours.routes.contains(&at) || !others.routes.contains(&at)
        });
        let lots =
            Moved::new(&self.lots, |at, _| ours.lots.contains(&at) || !others.lots.contains(&at));

        let mut program = self.clone();
        program.tests.clear();
        program.rules.retain(|rule| is_ours(rule.source));
        program.ignores.retain(|ignore| is_ours(ignore.source));
        sources.retain(&mut program.sources);
        routes.retain(&mut program.routes);
        lots.retain(&mut program.lots);

        for rule in &mut program.rules {
            rule.source = rule.source.and_then(|at| sources.to(at));
            rule.outputs.iter_mut().for_each(|output| routes.update(&mut output.route));
        }
        for ignore in &mut program.ignores {
            ignore.source = ignore.source.and_then(|at| sources.to(at));
        }
        for source in &mut program.sources {
            source.park.iter_mut().for_each(|lot| lots.update(lot));
        }
        for route in &mut program.routes {
            match &mut route.on_failure {
                OnFailure::Park(lot) | OnFailure::Block { lot: Some(lot), .. } => lots.update(lot),
                OnFailure::Block { lot: None, .. } | OnFailure::Drop => {}
            }
            if let Some(Oversize::Park(lot)) = &mut route.oversize {
                lots.update(lot);
            }
        }
        for lot in &mut program.lots {
            lot.then.iter_mut().for_each(|then| lots.update(then));
        }
        program
    }

    /// The routes and lots of sources.
    fn used_by(&self, of: impl Fn(Option<usize>) -> bool) -> Used {
        let rules = self.rules.iter().filter(|rule| of(rule.source));
        let routes: BTreeSet<usize> =
            rules.flat_map(|rule| &rule.outputs).map(|output| output.route).collect();
        let sources = self.sources.iter().enumerate().filter(|(at, _)| of(Some(*at)));
        let mut waiting: Vec<usize> = sources.filter_map(|(_, source)| source.park).collect();
        for route in routes.iter().filter_map(|route| self.routes.get(*route)) {
            match route.on_failure {
                OnFailure::Park(lot) | OnFailure::Block { lot: Some(lot), .. } => waiting.push(lot),
                OnFailure::Block { lot: None, .. } | OnFailure::Drop => {}
            }
            if let Some(Oversize::Park(lot)) = route.oversize {
                waiting.push(lot);
            }
        }
        let mut lots = BTreeSet::new();
        while let Some(lot) = waiting.pop() {
            if lots.insert(lot) {
                waiting.extend(self.lots.get(lot).and_then(|lot| lot.then));
            }
        }
        Used { routes, lots }
    }
}

struct Used {
    routes: BTreeSet<usize>,
    lots: BTreeSet<usize>,
}

/// Where in a list each of its elements is once some are gone.
struct Moved(Vec<Option<usize>>);

impl Moved {
    fn new<T>(list: &[T], stays: impl Fn(usize, &T) -> bool) -> Self {
        let mut next = 0..;
        let place = |(at, element)| if stays(at, element) { next.next() } else { None };
        Moved(list.iter().enumerate().map(place).collect())
    }

    fn to(&self, from: usize) -> Option<usize> {
        self.0.get(from).copied().flatten()
    }

    fn update(&self, place: &mut usize) {
        if let Some(to) = self.to(*place) {
            *place = to;
        }
    }

    fn retain<T>(&self, list: &mut Vec<T>) {
        let mut stays = self.0.iter().map(Option::is_some);
        list.retain(|_| stays.next().unwrap_or(true));
    }
}
