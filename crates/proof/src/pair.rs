//! Two rules, asked about one record.

use distributary_change::Record;
use distributary_rules::Program;

use crate::circumstance::Circumstance;
use crate::formula::{Formula, Goal};
use crate::fuel::Tank;
use crate::mask::Mask;
use crate::model::Model;
use crate::parts::Part;
use crate::search::{Outcome, find};

/// What asking the evaluator about one record costs, in steps.
const ANSWER: u64 = 100;

/// What it takes to set up a question about a pair, in steps.
const QUESTION: u64 = 500;

/// Two rules of one source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'p> {
    pub(crate) program: &'p Program,
    pub(crate) rules: [usize; 2],
}

impl Pair<'_> {
    /// Looks for a record for which both conditions are as wanted, of a kind that the first rule
    /// looks at and, unless it only must not fire, the second.
    pub(crate) fn find(
        self,
        wanted: (Mask, Mask),
        tank: &mut Tank,
        confirm: &dyn Fn(&Record, Option<usize>) -> bool,
    ) -> Outcome {
        let Pair { program, rules: [a, b] } = self;
        let (Some(first), Some(second)) = (program.rules().get(a), program.rules().get(b)) else {
            return Outcome::Never;
        };
        let mut worst = Outcome::Never;
        for circumstance in Circumstance::of(program, first) {
            if !second.events.contains(&circumstance.kind) {
                continue;
            }
            let source = circumstance.source;
            let guards = circumstance.guards();
            let mut model = Model::new(program, circumstance);
            for (rule, wanted) in [(a, wanted.0), (b, wanted.1)] {
                if wanted == Mask::TRUE {
                    model.promise(rule);
                }
            }
            let mut formula = |rule: usize| {
                let when = program.rules().get(rule).and_then(|rule| rule.when.as_ref());
                when.map_or(Formula::All(Vec::new()), |when| model.formula(rule, when))
            };
            let mut formulas = vec![(formula(a), wanted.0), (formula(b), wanted.1)];
            for guard in guards.iter().map(Part::guard) {
                formulas.push((model.formula(a, guard.condition), guard.wanted));
            }
            let cost = model.settle();
            let mut fuel = tank.pair();
            let before = fuel;
            let goals: Vec<Goal<'_>> = formulas
                .iter()
                .map(|(formula, wanted)| Goal { formula, wanted: *wanted })
                .collect();
            let outcome = find(&model, &goals, &mut fuel, &|record| confirm(record, source));
            let enough = tank.take(QUESTION + ANSWER * cost + before - fuel);
            match outcome {
                Outcome::Never if enough => {}
                found @ Outcome::Found(_) => return found,
                Outcome::Open => worst = Outcome::Open,
                Outcome::Spent | Outcome::Never => return Outcome::Spent,
            }
        }
        worst
    }
}
