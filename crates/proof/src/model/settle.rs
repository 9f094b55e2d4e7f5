//! Choosing values, and looking up the answers that they lead to.

use distributary_change::{Record, Value};
use distributary_rules::{Truth, evaluate};

use super::{Asked, Model, Table};
use crate::conforming;
use crate::mask::Mask;
use crate::pool::Pool;
use crate::question::Question;
use crate::slot::{Key, Relation};

/// Answers about two attributes are looked up for so many pairs of values.
const MOST_PAIRS: usize = 20_000;

impl Model<'_> {
    /// Chooses values and looks up every answer, once all conditions are taken in. Says how many
    /// answers that took.
    pub(crate) fn settle(&mut self) -> u64 {
        self.collect_slots();
        self.limits = self.relations();
        self.leave_out_what_looks_inside();
        let key = self.unasked(&["pk", "id", "key", "_key"]);
        self.base = self.circumstance.record(key);
        let mut cost = 0;
        for group in self.groups() {
            cost += self.choose_values(&group);
        }
        for place in 0..self.asked.len() {
            cost += self.look_up(place);
        }
        self.add_laws();
        let domain = |slot: &super::Slot| {
            let Some(pool) = slot.pool.and_then(|pool| self.pools.get(pool)) else {
                return vec![0];
            };
            let values = pool.values.iter().enumerate();
            let allowed = values.filter(|(_, value)| self.allows(&slot.key, value.as_ref()));
            allowed.map(|(place, _)| place).collect()
        };
        self.domains = self.slots.iter().map(domain).collect();
        self.leave_open();
        cost
    }

    /// Fills the pool of a group, and looks up what is asked about one attribute alone. Of values
    /// that no question tells apart it keeps as many as the group has slots, so that they can still
    /// be equal or not.
    fn choose_values(&mut self, group: &[usize]) -> u64 {
        let keys: Vec<Key> =
            group.iter().filter_map(|slot| Some(self.slots.get(*slot)?.key.clone())).collect();
        let about = |question: &Question| question.keys.iter().any(|key| keys.contains(key));
        let mut literals = Vec::new();
        for (ty, _) in keys.iter().flat_map(|key| self.promises(key)) {
            conforming::literals(ty, &mut literals);
        }
        let questions: Vec<&Question> = self.questions().filter(|q| about(q)).collect();
        let Some(mut pool) = Pool::new(&questions, &literals, keys.len()) else {
            // Too many values to look at: what is asked about them may have any answer.
            for asked in &mut self.asked {
                asked.question.take_if(|question| about(question));
            }
            return 0;
        };
        let Some(base) = &self.base else { return 0 };
        let mut cost = 0;
        let mut signs: Vec<Vec<Mask>> = vec![Vec::new(); pool.values.len()];
        let mut columns = Vec::new();
        for (slot, key) in group.iter().zip(&keys) {
            self.sign_shapes(key, &pool, &mut signs);
            let is_about = |asked: &Asked<'_>| {
                asked.question.as_ref().is_some_and(|q| q.keys == std::slice::from_ref(key))
            };
            let asked = self.asked.iter().enumerate().filter(|(_, asked)| is_about(asked));
            let alone: Vec<(usize, &Asked<'_>)> = asked.collect();
            let first = signs.first().map_or(0, Vec::len);
            columns.extend(alone.iter().zip(first..).map(|((asked, _), at)| (*asked, *slot, at)));
            let mut record = base.clone();
            for (value, sign) in pool.values.iter().zip(&mut signs) {
                key.put(value.as_ref(), &mut record);
                sign.extend(alone.iter().map(|(_, asked)| self.answer(asked, &record)));
            }
            cost += alone.len() * pool.values.len();
        }
        pool.keep_distinct(&mut signs, keys.len());
        for (asked, slot, column) in columns {
            let answers = signs.iter().filter_map(|sign| sign.get(column).copied()).collect();
            if let Some(asked) = self.asked.get_mut(asked) {
                asked.table = Table::One(slot, answers);
            }
        }
        let place = self.pools.len();
        self.pools.push(pool);
        for slot in group {
            self.slots.get_mut(*slot).into_iter().for_each(|slot| slot.pool = Some(place));
        }
        cost as u64
    }

    /// What a value must not lose when one like it is kept: whether it can be there, and what can
    /// be inside of it.
    fn sign_shapes(&self, key: &Key, pool: &Pool, signs: &mut [Vec<Mask>]) {
        for (value, sign) in pool.values.iter().zip(signs) {
            let shape = [
                self.allows(key, value.as_ref()),
                value.is_none(),
                matches!(value, Some(Value::Map(_))),
                matches!(value, Some(Value::List(_))),
            ];
            let related = self.is_related(key);
            let count = if related { shape.len() } else { 1 };
            sign.extend(shape.into_iter().take(count).map(|yes| Mask::from(Truth::from(yes))));
        }
    }

    fn is_related(&self, key: &Key) -> bool {
        let place = self.places.get(key);
        self.limits.iter().any(|(a, b, _)| Some(a) == place || Some(b) == place)
    }

    fn answer(&self, asked: &Asked<'_>, record: &Record) -> Mask {
        let source = self.circumstance.source;
        evaluate::truth(self.program, asked.rule, &asked.condition, record, source).into()
    }

    /// Looks up what is asked about no attribute, or about two.
    fn look_up(&mut self, place: usize) -> u64 {
        let Some(asked) = self.asked.get(place) else { return 0 };
        let Some(question) = &asked.question else { return 0 };
        let (table, cost) = match question.keys.as_slice() {
            [] => match &self.base {
                Some(record) => (Table::Fixed(self.answer(asked, record)), 1),
                None => return 0,
            },
            [a, b] => {
                let (Some((first, firsts)), Some((second, seconds))) =
                    (self.values(a), self.values(b))
                else {
                    return 0;
                };
                let cost = firsts.len() * seconds.len();
                if cost > MOST_PAIRS {
                    return 0;
                }
                let Some(mut record) = self.base.clone() else { return 0 };
                let mut row = |x: &Option<Value>| {
                    let mut answer = |y: &Option<Value>| {
                        // What is not there goes first: it takes its container along.
                        let mut puts = [(a, x), (b, y)];
                        puts.sort_by_key(|(_, value)| value.is_some());
                        for (key, value) in puts {
                            key.put(value.as_ref(), &mut record);
                        }
                        self.answer(asked, &record)
                    };
                    seconds.iter().map(&mut answer).collect()
                };
                (Table::Two([first, second], firsts.iter().map(&mut row).collect()), cost)
            }
            _ => return 0,
        };
        self.asked.get_mut(place).into_iter().for_each(|asked| asked.table = table.clone());
        cost as u64
    }

    /// What cannot be decided is a choice of its own: one answer wherever it is asked.
    fn leave_open(&mut self) {
        for asked in
            self.asked.iter_mut().filter(|asked| matches!(asked.table, Table::Fixed(Mask::ANY)))
        {
            let answers = vec![Mask::TRUE, Mask::FALSE, Mask::UNKNOWN];
            self.domains.push((0..answers.len()).collect());
            asked.table = Table::One(self.domains.len() - 1, answers);
        }
    }

    fn values(&self, key: &Key) -> Option<(usize, &[Option<Value>])> {
        let place = *self.places.get(key)?;
        let pool = self.slots.get(place)?.pool?;
        Some((place, &self.pools.get(pool)?.values))
    }

    /// What attributes have to do with each other becomes questions that must be true.
    fn add_laws(&mut self) {
        let mut laws = Vec::new();
        for (a, b, relation) in &self.limits {
            let pool = |slot: usize| self.pools.get(self.slots.get(slot)?.pool?);
            let (Some(first), Some(second)) = (pool(*a), pool(*b)) else { continue };
            let row = |x: &Option<Value>| {
                let holds = |y: &Option<Value>| Mask::from(Truth::from(relation.holds(x, y)));
                second.values.iter().map(holds).collect()
            };
            laws.push(Table::Two([*a, *b], first.values.iter().map(row).collect()));
        }
        self.laws = laws;
    }
}

impl Relation {
    fn holds(self, first: &Option<Value>, second: &Option<Value>) -> bool {
        match self {
            Relation::InMap => second.is_none() || matches!(first, Some(Value::Map(_))),
            Relation::InList => second.is_none() || matches!(first, Some(Value::List(_))),
            Relation::Before => first.is_some() || second.is_none(),
            Relation::Apart => first.is_none() || second.is_none(),
            Relation::SameKey => first.is_none() || first == second,
        }
    }
}
