//! Reading what one question asks, as far as it can be decided.

use distributary_change::{Decimal, EventKind, Number, Value};
use distributary_rules::{Condition, EventField, Operator, Pattern, Program, Search, Term};
use distributary_syntax::ast::Root;

use crate::circumstance::{Circumstance, Destination};
use crate::question::Question;
use crate::slot::{Key, Side};
use crate::texts::Texts;

/// A value as far as it is known.
#[derive(Debug, Default)]
struct Operand {
    keys: Vec<Key>,
    /// All values that it can have apart from those.
    constants: Vec<Value>,
    /// Whether a parameter decides.
    param: bool,
}

impl Operand {
    fn join(mut self, other: Operand) -> Operand {
        for key in other.keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        self.constants.extend(other.constants);
        self.param |= other.param;
        self
    }
}

/// What reads questions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'r, 'p> {
    pub(crate) program: &'p Program,
    pub(crate) rule: usize,
    pub(crate) circumstance: &'r Circumstance<'p>,
}

impl Reader<'_, '_> {
    /// Reads a question without parts. `None` where it is outside of what can be decided; then it
    /// may have any answer.
    pub(crate) fn question(&self, condition: &Condition) -> Option<Question> {
        let mut question = Question::default();
        let operand = match condition {
            Condition::Holds(term) => self.operand(term)?,
            Condition::Exists(Term::Path(path)) if path.steps.is_empty() => Operand::default(),
            Condition::Exists(term) | Condition::Is(term, _) => self.operand(term)?,
            Condition::Matches(term, Pattern::Glob(pieces)) => {
                self.glob(pieces, &mut question.interest.texts)?;
                self.single(term)?
            }
            Condition::Equal(a, b) => {
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                question.looks_inside = !a.keys.is_empty() && !b.keys.is_empty();
                a.join(b)
            }
            Condition::In(term, members) => {
                let mut operand = self.operand(term)?;
                operand.constants.extend(self.members(members)?);
                operand
            }
            Condition::Order(_, a, b) => self.order(a, b)?,
            Condition::HasAny(term, members) | Condition::HasAll(term, members) => {
                question.looks_inside = true;
                question.interest.members = self.members(members)?;
                self.single(term)?
            }
            Condition::Text(search, text, part) => {
                let part = self.constant(part)?;
                if let Value::String(part) = part {
                    let texts = &mut question.interest.texts;
                    match search {
                        Search::Contains => texts.parts.insert(part),
                        Search::StartsWith => texts.beginnings.insert(part),
                        Search::EndsWith => texts.ends.insert(part),
                    };
                }
                self.single(text)?
            }
            Condition::Matches(_, Pattern::Regex(_))
            | Condition::Quantified { .. }
            | Condition::Unknown
            | Condition::At(..)
            | Condition::Not(_)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Changed { .. } => return None,
        };
        // A parameter alone is a switch of the stage: nothing is said about it.
        if operand.keys.len() > 2 || operand.keys.is_empty() && operand.param {
            return None;
        }
        operand.constants.into_iter().for_each(|value| question.interest.value(value));
        question.looks_inside |= question
            .interest
            .others
            .iter()
            .any(|value| matches!(value, Value::List(_) | Value::Map(_)));
        question.keys = operand.keys;
        Some(question)
    }

    /// An order that one attribute decides.
    fn order(&self, a: &Term, b: &Term) -> Option<Operand> {
        let operand = self.operand(a)?.join(self.operand(b)?);
        let ordered = |value: &Value| !matches!(value, Value::Binary(_));
        (operand.keys.len() <= 1 && operand.constants.iter().all(ordered)).then_some(operand)
    }

    /// A pattern with one star, or with one at each end.
    fn glob(&self, pieces: &[Term], texts: &mut Texts) -> Option<()> {
        let constant = |term| match self.constant(term)? {
            Value::String(text) => Some(text),
            _ => None,
        };
        let pieces: Vec<String> = pieces.iter().map(constant).collect::<Option<_>>()?;
        match pieces.as_slice() {
            [all] => drop(texts.boundaries.insert(all.clone())),
            [first, last] => {
                // What is too short for both has them overlap.
                let overlaps = last.char_indices().map(|(place, _)| last.split_at(place));
                let overlaps = overlaps.filter(|(shared, _)| first.ends_with(shared));
                texts.boundaries.extend(overlaps.map(|(_, rest)| format!("{first}{rest}")));
                texts.boundaries.extend([first.clone(), last.clone()]);
                texts.beginnings.insert(first.clone());
                texts.ends.insert(last.clone());
            }
            [first, middle, last] if first.is_empty() && last.is_empty() => {
                texts.parts.insert(middle.clone());
            }
            _ => return None,
        }
        Some(())
    }

    fn single(&self, term: &Term) -> Option<Operand> {
        self.operand(term).filter(|operand| operand.keys.len() <= 1)
    }

    fn operand(&self, term: &Term) -> Option<Operand> {
        match term {
            Term::Path(path) => self.path(path, path.root),
            Term::Event(field) => self.event(*field),
            Term::Coalesce(a, b) => Some(self.operand(a)?.join(self.operand(b)?)),
            Term::Literal(_) | Term::Param(_) | Term::Arithmetic(..) => {
                let constants = vec![self.constant(term)?];
                Some(Operand { constants, param: has_param(term), ..Operand::default() })
            }
            Term::Text(_) | Term::Call(..) | Term::Element { .. } | Term::Unknown => None,
        }
    }

    fn path(&self, path: &distributary_rules::Path, root: Root) -> Option<Operand> {
        let keys = match self.circumstance.follow(path, root) {
            Destination::Slot(key) => vec![key],
            Destination::Nowhere => Vec::new(),
            Destination::Whole => return None,
        };
        Some(Operand { keys, ..Operand::default() })
    }

    fn event(&self, field: EventField) -> Option<Operand> {
        let constant = |text: &str| Operand {
            constants: vec![Value::String(text.to_owned())],
            ..Operand::default()
        };
        let slot = || Operand { keys: vec![Key::Event(field)], ..Operand::default() };
        Some(match field {
            EventField::Type => constant(self.circumstance.kind.as_str()),
            EventField::Rule => constant(&self.program.rules().get(self.rule)?.name),
            EventField::Source => {
                self.circumstance.source_name().map_or_else(Operand::default, constant)
            }
            EventField::Table => self.circumstance.table().map_or_else(slot, constant),
            EventField::Region | EventField::Account => slot(),
            EventField::Expired if self.circumstance.kind == EventKind::Remove => {
                // Where the source names its TTL attribute, an old image that cannot be read
                // makes it unknown.
                let readable =
                    !self.circumstance.names_ttl() || self.circumstance.carries(Side::Old);
                readable.then(slot)?
            }
            EventField::Expired => {
                Operand { constants: vec![Value::Bool(false)], ..Operand::default() }
            }
            EventField::Id
            | EventField::Seq
            | EventField::At
            | EventField::Time
            | EventField::Principal
            | EventField::Size => return None,
        })
    }

    /// The values of a list; a list parameter stands for its own.
    fn members(&self, members: &[Term]) -> Option<Vec<Value>> {
        let mut values = Vec::with_capacity(members.len());
        for member in members {
            match self.constant(member)? {
                Value::List(list) if matches!(member, Term::Param(_)) => values.extend(list),
                value => values.push(value),
            }
        }
        Some(values)
    }

    fn constant(&self, term: &Term) -> Option<Value> {
        match term {
            Term::Literal(value) => Some(value.clone()),
            Term::Param(param) => self.program.params().get(*param)?.value.clone(),
            Term::Arithmetic(operator, a, b) => {
                let (Value::Number(a), Value::Number(b)) = (self.constant(a)?, self.constant(b)?)
                else {
                    return None;
                };
                let (a, b): (&Decimal, &Decimal) = (a.decimal(), b.decimal());
                let result = match operator {
                    Operator::Add => a + b,
                    Operator::Subtract => a - b,
                    Operator::Multiply => a * b,
                };
                Number::parse(&result.to_string()).ok().map(Value::Number)
            }
            Term::Path(_)
            | Term::Event(_)
            | Term::Text(_)
            | Term::Coalesce(..)
            | Term::Call(..)
            | Term::Element { .. }
            | Term::Unknown => None,
        }
    }
}

fn has_param(term: &Term) -> bool {
    match term {
        Term::Param(_) => true,
        Term::Arithmetic(_, a, b) => has_param(a) || has_param(b),
        _ => false,
    }
}
