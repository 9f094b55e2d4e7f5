//! Looking for a record that meets some goals, or for the certainty that there is none.

use distributary_change::Record;

use crate::formula::Goal;
use crate::mask::Mask;
use crate::model::{Choices, Domain, Model, Table};

/// So many records are tried where something cannot be decided.
const MOST_TRIES: usize = 16;

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// This record meets the goals.
    Found(Box<Record>),
    /// No record does.
    Never,
    /// It depends on something that cannot be decided.
    Open,
    /// The fuel ran out.
    Spent,
}

/// Looks for a record in one model. `confirm` has the last word about each that is found.
pub(crate) fn find(
    model: &Model<'_>,
    goals: &[Goal<'_>],
    fuel: &mut u64,
    confirm: &dyn Fn(&Record) -> bool,
) -> Outcome {
    let step = goals.iter().map(|goal| goal.formula.size()).sum::<u64>() + model.laws.len() as u64;
    let mut search = Search { model, goals, confirm, fuel, step, tries: 0, spent: false };
    match search.descend(model.domains.clone()) {
        Some(record) => Outcome::Found(Box::new(record)),
        None if search.spent => Outcome::Spent,
        None if search.tries > 0 => Outcome::Open,
        None => Outcome::Never,
    }
}

struct Search<'s, 'p> {
    model: &'s Model<'p>,
    goals: &'s [Goal<'s>],
    confirm: &'s dyn Fn(&Record) -> bool,
    fuel: &'s mut u64,
    /// What one look at all goals takes.
    step: u64,
    /// Records that might have met the goals, and did not.
    tries: usize,
    spent: bool,
}

impl Search<'_, '_> {
    fn descend(&mut self, mut domains: Vec<Domain>) -> Option<Record> {
        if !self.narrow(&mut domains) {
            return None;
        }
        let choices = Choices { model: self.model, domains: &domains };
        let mut masks = self.goals.iter().map(|goal| (goal.formula.can_be(&choices), goal.wanted));
        if masks.any(|(mask, wanted)| !mask.meets(wanted)) {
            return None;
        }
        let Some((slot, preferred)) = self.choice(&choices) else { return self.attempt(&domains) };
        let domain = choices.domain(slot);
        let (first, second): (Domain, Domain) = domain.iter().partition(|v| preferred.contains(v));
        // Where the answers do not divide the values, each is tried alone.
        let branches = if first.is_empty() || second.is_empty() {
            let single = |value: &usize| vec![*value];
            first.iter().chain(&second).map(single).collect()
        } else {
            vec![first, second]
        };
        for branch in branches {
            let mut next = domains.clone();
            next.get_mut(slot).into_iter().for_each(|domain| domain.clone_from(&branch));
            let found = self.descend(next);
            if found.is_some() || self.spent || self.tries >= MOST_TRIES {
                return found;
            }
        }
        None
    }

    /// What to decide next: a slot, and the values to try first.
    fn choice(&self, choices: &Choices<'_, '_>) -> Option<(usize, Domain)> {
        let chosen = self.goals.iter().find_map(|goal| {
            let decided = goal.formula.can_be(choices).within(goal.wanted);
            if decided { None } else { goal.formula.choice(goal.wanted, choices) }
        });
        if let Some((question, wanted)) = chosen {
            return divide(self.model.table(question)?, wanted, choices);
        }
        let lawless = |table: &&Table| !choices.read(table).within(Mask::TRUE);
        divide(self.model.laws.iter().find(lawless)?, Mask::TRUE, choices)
    }

    /// Nothing that is left to choose makes a difference that is known.
    fn attempt(&mut self, domains: &[Domain]) -> Option<Record> {
        let record = self.model.record(domains).filter(|record| (self.confirm)(record));
        if record.is_none() {
            self.tries += 1;
        }
        record
    }

    /// Takes away values that cannot meet the goals. Says whether any are left everywhere.
    fn narrow(&mut self, domains: &mut [Domain]) -> bool {
        loop {
            if *self.fuel < self.step {
                self.spent = true;
                return false;
            }
            *self.fuel -= self.step;
            let before: usize = domains.iter().map(Vec::len).sum();
            for goal in self.goals {
                goal.formula.demands(goal.wanted, &mut |question, wanted| {
                    if let Some(table) = self.model.table(question) {
                        filter(table, wanted, domains);
                    }
                });
            }
            for law in &self.model.laws {
                filter(law, Mask::TRUE, domains);
            }
            if domains.iter().any(Vec::is_empty) {
                return false;
            }
            if domains.iter().map(Vec::len).sum::<usize>() == before {
                return true;
            }
        }
    }
}

/// Leaves the values with which the answer can be as wanted.
fn filter(table: &Table, wanted: Mask, domains: &mut [Domain]) {
    match table {
        Table::Fixed(mask) => {
            if !mask.meets(wanted) {
                domains.iter_mut().for_each(Vec::clear);
            }
        }
        Table::One(slot, answers) => {
            let Some(domain) = domains.get_mut(*slot) else { return };
            domain.retain(|value| answers.get(*value).is_none_or(|mask| mask.meets(wanted)));
        }
        Table::Two([a, b], rows) => {
            let (Some(firsts), Some(seconds)) = (domains.get(*a), domains.get(*b)) else { return };
            let meets = |x: usize, y: usize| {
                rows.get(x).and_then(|row| row.get(y)).is_none_or(|mask| mask.meets(wanted))
            };
            let kept = |x: &usize| seconds.iter().any(|y| meets(*x, *y));
            let firsts: Domain = firsts.iter().copied().filter(kept).collect();
            let kept = |y: &usize| firsts.iter().any(|x| meets(*x, *y));
            let seconds: Domain = seconds.iter().copied().filter(kept).collect();
            domains.get_mut(*a).into_iter().for_each(|domain| domain.clone_from(&firsts));
            domains.get_mut(*b).into_iter().for_each(|domain| domain.clone_from(&seconds));
        }
    }
}

/// An undecided slot of a table, and the values with which the answer is as wanted.
fn divide(table: &Table, wanted: Mask, choices: &Choices<'_, '_>) -> Option<(usize, Domain)> {
    match table {
        Table::Fixed(_) => None,
        Table::One(slot, answers) => {
            let domain = choices.domain(*slot);
            let good = |value: &&usize| answers.get(**value).is_some_and(|m| m.within(wanted));
            Some((*slot, domain.iter().filter(good).copied().collect()))
        }
        Table::Two([a, b], rows) => {
            let several = |slot: &&usize| choices.domain(**slot).len() > 1;
            let slot = [a, b].into_iter().find(several)?;
            let (firsts, seconds) = (choices.domain(*a), choices.domain(*b));
            let meets = |x: &usize, y: &usize| {
                rows.get(*x).and_then(|row| row.get(*y)).is_some_and(|m| m.meets(wanted))
            };
            let first = firsts.iter().find(|x| seconds.iter().any(|y| meets(x, y)))?;
            let value =
                if slot == a { *first } else { *seconds.iter().find(|y| meets(first, y))? };
            // One value against the rest.
            Some((*slot, vec![value]))
        }
    }
}
