//! Rules under one circumstance, with finitely many values for whatever they ask about.

mod group;
mod settle;

use std::borrow::Cow;
use std::collections::HashMap;

use distributary_change::{Image, Number, Record, Value};
use distributary_rules::{Condition, EventField, Path, Program, Schema, Term, Type};
use distributary_syntax::ast::Root;

use crate::circumstance::Circumstance;
use crate::conforming::{can_be_there, complete, conforms, promised};
use crate::formula::{Answers, Formula};
use crate::mask::Mask;
use crate::pool::Pool;
use crate::question::Question;
use crate::reader::Reader;
use crate::slot::{Key, Relation, Side};

/// What is there to choose from for one attribute: places in its pool.
pub(crate) type Domain = Vec<usize>;

/// All that has to be known to look for a record.
#[derive(Debug)]
pub(crate) struct Model<'p> {
    program: &'p Program,
    circumstance: Circumstance<'p>,
    /// What is promised of the item.
    schemas: Vec<&'p Schema>,
    base: Option<Record>,
    slots: Vec<Slot>,
    places: HashMap<Key, usize>,
    /// Which slots limit each other.
    limits: Vec<(usize, usize, Relation)>,
    pools: Vec<Pool>,
    asked: Vec<Asked<'p>>,
    /// What slots have to do with each other: true where they agree.
    pub(crate) laws: Vec<Table>,
    pub(crate) domains: Vec<Domain>,
    /// The conditions that have a number already, by rule and address.
    known: HashMap<(usize, usize), Formula>,
}

#[derive(Debug)]
struct Slot {
    key: Key,
    /// The pool that its values are from; `None` where there are too many to look at.
    pool: Option<usize>,
}

/// A question, and how its answer comes about.
#[derive(Debug)]
struct Asked<'p> {
    rule: usize,
    condition: Cow<'p, Condition>,
    question: Option<Question>,
    table: Table,
}

/// The answers of a question.
#[derive(Debug, Clone)]
pub(crate) enum Table {
    /// The same for every record; or anything, where it cannot be decided.
    Fixed(Mask),
    /// By the value of a slot.
    One(usize, Vec<Mask>),
    /// By the value of a slot, then by that of a second.
    Two([usize; 2], Vec<Vec<Mask>>),
}

impl<'p> Model<'p> {
    pub(crate) fn new(program: &'p Program, circumstance: Circumstance<'p>) -> Self {
        Model {
            program,
            circumstance,
            schemas: Vec::new(),
            base: None,
            slots: Vec::new(),
            places: HashMap::new(),
            limits: Vec::new(),
            pools: Vec::new(),
            asked: Vec::new(),
            laws: Vec::new(),
            domains: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The item is one that a rule fires on, so it is as the rule's schema promises.
    pub(crate) fn promise(&mut self, rule: usize) {
        let schema = self.program.rules().get(rule).and_then(|rule| rule.schema);
        self.schemas.extend(schema.and_then(|schema| self.program.schemas().get(schema)));
    }

    /// What promises something of an attribute. Nothing is assumed of the item before a MODIFY: it may
    /// have been something else.
    fn schemas_of(&self, key: &Key) -> &[&'p Schema] {
        match key {
            Key::Attribute(side, _) if *side == Side::Keys || *side == self.circumstance.item() => {
                &self.schemas
            }
            _ => &[],
        }
    }

    /// What schemas promise of an attribute of the item.
    fn promises<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'p Type, bool)> + 'a {
        self.schemas_of(key).iter().filter_map(|schema| promised(schema, key))
    }

    /// Whether an attribute can have this value, or be absent.
    fn allows(&self, key: &Key, value: Option<&Value>) -> bool {
        let schemas = self.schemas_of(key);
        key.allows(value, !self.circumstance.key().is_empty())
            && (value.is_none() || schemas.iter().all(|schema| can_be_there(schema, key)))
            && self.promises(key).all(|(ty, optional)| match value {
                Some(value) => conforms(ty, value),
                None => optional,
            })
    }

    /// Takes in a condition of a rule. Everything is taken in before [`Model::settle`].
    pub(crate) fn formula(&mut self, rule: usize, condition: &'p Condition) -> Formula {
        let address = (rule, std::ptr::from_ref(condition).addr());
        if let Some(formula) = self.known.get(&address) {
            return formula.clone();
        }
        let formula = match condition {
            Condition::At(_, inner) => return self.formula(rule, inner),
            Condition::Not(inner) => Formula::Not(Box::new(self.formula(rule, inner))),
            Condition::All(parts) => {
                Formula::All(parts.iter().map(|part| self.formula(rule, part)).collect())
            }
            Condition::Any(parts) => {
                Formula::Any(parts.iter().map(|part| self.formula(rule, part)).collect())
            }
            Condition::Changed { path, to, from } => {
                let image = |root| Term::Path(Path { root, ..path.clone() });
                let mut ask = |condition| self.ask(rule, Cow::Owned(condition));
                let same = ask(Condition::Equal(image(Root::Old), image(Root::New)));
                let mut parts = vec![Formula::Not(Box::new(same))];
                for (root, members) in [(Root::New, to), (Root::Old, from)] {
                    parts.extend(
                        members
                            .iter()
                            .map(|members| ask(Condition::In(image(root), members.clone()))),
                    );
                }
                Formula::All(parts)
            }
            question => self.ask(rule, Cow::Borrowed(question)),
        };
        self.known.insert(address, formula.clone());
        formula
    }

    fn ask(&mut self, rule: usize, condition: Cow<'p, Condition>) -> Formula {
        let reader = Reader { program: self.program, rule, circumstance: &self.circumstance };
        let question = reader.question(&condition);
        if question.is_none() {
            // The same question has the same answer, whatever that is.
            let same = |asked: &Asked<'_>| {
                asked.question.is_none()
                    && asked.condition == condition
                    && (asked.rule == rule || !condition.reads_event(EventField::Rule))
            };
            if let Some(place) = self.asked.iter().position(same) {
                return Formula::Question(place);
            }
        }
        self.asked.push(Asked { rule, condition, question, table: Table::Fixed(Mask::ANY) });
        Formula::Question(self.asked.len() - 1)
    }

    pub(crate) fn table(&self, question: usize) -> Option<&Table> {
        self.asked.get(question).map(|asked| &asked.table)
    }

    /// The first record that there is with these values to choose from.
    pub(crate) fn record(&self, domains: &[Domain]) -> Option<Record> {
        let mut record = self.base.clone()?;
        let chosen = self.slots.iter().zip(domains).filter_map(|(slot, domain)| {
            let value = self.pools.get(slot.pool?)?.values.get(*domain.first()?)?;
            Some((&slot.key, value.as_ref()?))
        });
        let mut chosen: Vec<(&Key, &Value)> = chosen.collect();
        chosen.sort_by_key(|(key, _)| key.depth());
        for (key, value) in chosen {
            key.put(Some(value), &mut record);
        }
        for schema in &self.schemas {
            for (side, image) in [(Side::Old, &mut record.old), (Side::New, &mut record.new)] {
                let asked = |name: &str| self.slots.iter().any(|slot| slot.key.is_of(side, name));
                if let Image::Present(item) = image {
                    complete(item, schema, &asked);
                }
            }
        }
        self.differ(&mut record);
        Some(record)
    }

    /// A write that changes nothing makes no record.
    fn differ(&self, record: &mut Record) {
        if record.old != record.new {
            return;
        }
        let name = self.unasked(&["version", "rev", "_rev"]);
        let count = |image: &mut Image, count| {
            if let Image::Present(item) = image {
                item.insert(name.to_owned(), Value::Number(Number::from(count)));
            }
        };
        count(&mut record.old, 1);
        count(&mut record.new, 2);
    }

    /// The first of these names that no question asks for.
    fn unasked(&self, names: &[&'static str]) -> &'static str {
        let asked = |name: &&&str| self.slots.iter().any(|slot| slot.key.attribute() == Some(name));
        names.iter().find(|name| !asked(name)).copied().unwrap_or("unasked")
    }
}

/// What can still be answered with these values to choose from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices<'m, 'p> {
    pub(crate) model: &'m Model<'p>,
    pub(crate) domains: &'m [Domain],
}

impl Choices<'_, '_> {
    pub(crate) fn domain(&self, slot: usize) -> &[usize] {
        self.domains.get(slot).map_or(&[], Vec::as_slice)
    }
}

impl Choices<'_, '_> {
    /// What a table can still answer.
    pub(crate) fn read(&self, table: &Table) -> Mask {
        match table {
            Table::Fixed(mask) => *mask,
            Table::One(slot, answers) => union(self.domain(*slot), answers, |mask| *mask),
            Table::Two([a, b], rows) => {
                union(self.domain(*a), rows, |row| union(self.domain(*b), row, |mask| *mask))
            }
        }
    }
}

impl Answers for Choices<'_, '_> {
    fn answers(&self, question: usize) -> Mask {
        self.model.table(question).map_or(Mask::ANY, |table| self.read(table))
    }

    fn is_open(&self, question: usize) -> bool {
        let several = |slot: &usize| self.domain(*slot).len() > 1;
        match self.model.table(question) {
            None | Some(Table::Fixed(_)) => false,
            Some(Table::One(slot, _)) => several(slot),
            Some(Table::Two(slots, _)) => slots.iter().any(several),
        }
    }
}

fn union<T>(domain: &[usize], entries: &[T], mask: impl Fn(&T) -> Mask) -> Mask {
    let there = domain.iter().filter_map(|value| entries.get(*value));
    there.fold(Mask::NONE, |union, entry| union | mask(entry))
}
