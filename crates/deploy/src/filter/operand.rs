//! What a term can be, as far as a filter is concerned.

use distributary_change::{EventKind, Value};
use distributary_rules::{EventField, Function, Part, Path, Term, ValueType};
use distributary_syntax::ast::Root;

use super::alternatives::Alternatives;
use super::derive::Deriving;
use super::dropped::Reason;
use super::matchers::Matchers;
use super::place::Place;

/// One thing that a term can be.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    /// The same for every record.
    Value(Value),
    /// Nothing, for every record of this kind.
    Absent,
    /// What is in the record.
    At(Place),
    /// Something that no filter knows; what must be so for it to be known at all.
    Other { needs: Alternatives, number: bool, reason: Reason },
}

/// A thing that a term can be, and when it is that.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) when: Alternatives,
    pub(crate) is: Operand,
}

impl Deriving<'_> {
    pub(crate) fn cases(&mut self, term: &Term) -> Vec<Case> {
        let Term::Coalesce(first, second) = term else {
            return vec![Case { when: Alternatives::everything(), is: self.operand(term) }];
        };
        let mut cases = self.cases(first);
        let mut none = Alternatives::nothing();
        for case in &cases {
            let passed = passed_over(&case.is);
            let passed = self.both(case.when.clone(), passed);
            none = none.or(passed);
        }
        cases.retain(|case| !matches!(case.is, Operand::Absent | Operand::Value(Value::Null)));
        if none.0.is_empty() {
            return cases;
        }
        for case in self.cases(second) {
            let when = self.both(none.clone(), case.when);
            cases.push(Case { when, is: case.is });
        }
        cases
    }

    fn operand(&mut self, term: &Term) -> Operand {
        let at = |place: Option<Place>| place.map_or_else(|| other(Reason::Name), Operand::At);
        match term {
            Term::Literal(value) => Operand::Value(value.clone()),
            Term::Param(param) => {
                let param = self.program.params().get(*param);
                let value = param.and_then(|param| param.value.clone());
                value.map_or_else(|| other(Reason::Elsewhere), Operand::Value)
            }
            Term::Path(path) => self.path(path, path.root),
            Term::Event(field) => self.event(*field),
            Term::Element { outward, steps } => {
                let element = self.elements.iter().rev().nth(*outward).cloned().flatten();
                at(element.and_then(|place| place.into_part(steps)))
            }
            Term::Text(parts) => constant(parts, self).map_or_else(
                || other(Reason::Computed),
                |text| Operand::Value(Value::String(text)),
            ),
            Term::Arithmetic(_, a, b) => {
                let needs = self.number(a);
                let b = self.number(b);
                let needs = self.both(needs, b);
                Operand::Other { needs, number: true, reason: Reason::Number }
            }
            Term::Call(function, arguments) => self.call(*function, arguments),
            Term::Coalesce(..) | Term::Unknown => other(Reason::Computed),
        }
    }

    pub(crate) fn path(&self, path: &Path, root: Root) -> Operand {
        let image = match (root, self.kind) {
            (Root::Keys, _) => "Keys",
            (Root::Old, EventKind::Insert) | (Root::New, EventKind::Remove) => {
                return Operand::Absent;
            }
            (Root::Old, _) | (Root::Item, EventKind::Remove) => "OldImage",
            (Root::New | Root::Item, _) => "NewImage",
            (Root::Event | Root::Change, _) => return other(Reason::Event),
        };
        match Place::into_image(image, &path.steps) {
            Some(place) => Operand::At(place),
            None if path.steps.is_empty() => other(Reason::Collection),
            None => other(Reason::Name),
        }
    }

    fn event(&self, field: EventField) -> Operand {
        let source = self.source.and_then(|source| self.program.sources().get(source));
        let text = |text: &str| Operand::Value(Value::String(text.to_owned()));
        match field {
            EventField::Type => text(self.kind.as_str()),
            EventField::Source => source.map_or(Operand::Absent, |source| text(&source.name)),
            EventField::Rule => self.rule.map_or(Operand::Absent, |rule| text(&rule.name)),
            EventField::Table => match source.and_then(|source| source.table.as_deref()) {
                Some(table) => text(table),
                None => other(Reason::Event),
            },
            _ => other(Reason::Event),
        }
    }

    /// What must be so for a term to be a number.
    pub(crate) fn number(&mut self, term: &Term) -> Alternatives {
        let mut any = Alternatives::nothing();
        for case in self.cases(term) {
            let number = match case.is {
                Operand::Value(Value::Number(_)) => Alternatives::everything(),
                Operand::Value(_) | Operand::Absent => Alternatives::nothing(),
                Operand::At(place) => place.demand(ValueType::Number, &Matchers::ANY),
                Operand::Other { needs, .. } => needs,
            };
            let number = self.both(case.when, number);
            any = any.or(number);
        }
        any
    }

    fn call(&mut self, function: Function, arguments: &[Term]) -> Operand {
        let argument = arguments.first().map(|argument| self.cases(argument)).unwrap_or_default();
        let needs = match (function, argument.as_slice()) {
            (Function::Abs, [_]) => arguments.first().map(|argument| self.number(argument)),
            (
                Function::Lower | Function::Upper | Function::Cidr,
                [Case { is: Operand::At(place), .. }],
            ) => Some(place.demand(ValueType::String, &Matchers::ANY)),
            _ => None,
        };
        Operand::Other {
            needs: needs.unwrap_or_else(Alternatives::everything),
            number: function.returns() == ValueType::Number,
            reason: Reason::Computed,
        }
    }
}

pub(crate) fn other(reason: Reason) -> Operand {
    Operand::Other { needs: Alternatives::everything(), number: false, reason }
}

/// When `??` takes what stands behind it: nothing is there, or NULL, or nothing is known.
fn passed_over(operand: &Operand) -> Alternatives {
    match operand {
        Operand::Absent | Operand::Value(Value::Null) | Operand::Other { .. } => {
            Alternatives::everything()
        }
        Operand::Value(_) => Alternatives::nothing(),
        Operand::At(place) => place.lacks(ValueType::String),
    }
}

/// A text of characters and parameters that are texts.
fn constant(parts: &[Part], deriving: &Deriving<'_>) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => Some(text.clone()),
        Part::Term(Term::Literal(Value::String(text))) => Some(text.clone()),
        Part::Term(Term::Param(param)) => match &deriving.program.params().get(*param)?.value {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        },
        Part::Term(_) => None,
    };
    parts.iter().map(part).collect()
}
