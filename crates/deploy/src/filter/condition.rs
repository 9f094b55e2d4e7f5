//! Which records can give a condition the wanted truths.

use distributary_change::{EventKind, Value};
use distributary_rules::{Condition, EventField, Path, Term, Truth, ValueType};
use distributary_syntax::ast::Root;

use super::alternatives::Alternatives;
use super::derive::{Deriving, Truths};
use super::dropped::Reason;
use super::matchers::{Matcher, Matchers};
use super::operand::{Case, Operand, other};

impl Truths {
    /// The truths that the inside of a `not` has to have.
    fn negated(self) -> Self {
        match self {
            Truths::True => Truths::False,
            Truths::False => Truths::True,
            Truths::NotTrue => Truths::NotFalse,
            Truths::NotFalse => Truths::NotTrue,
        }
    }

    /// Whether *unknown* is wanted, too.
    pub(crate) fn with_unknown(self) -> bool {
        matches!(self, Truths::NotTrue | Truths::NotFalse)
    }

    /// Whether *true* is wanted.
    pub(crate) fn with_true(self) -> bool {
        matches!(self, Truths::True | Truths::NotFalse)
    }

    /// What is so for every record, or for none.
    pub(crate) fn certain(self, truth: Truth) -> Alternatives {
        let wanted = match truth {
            Truth::True => self.with_true(),
            Truth::False => !self.with_true(),
            Truth::Unknown => self.with_unknown(),
        };
        if wanted { Alternatives::everything() } else { Alternatives::nothing() }
    }
}

impl Deriving<'_> {
    pub(crate) fn condition(&mut self, condition: &Condition, truths: Truths) -> Alternatives {
        match condition {
            Condition::At(origin, inner) => {
                let outer = std::mem::replace(&mut self.at, origin.0);
                let alternatives = self.condition(inner, truths);
                self.at = outer;
                alternatives
            }
            Condition::Not(inner) => self.condition(inner, truths.negated()),
            Condition::All(parts) => self.joined(parts, truths, truths.with_true()),
            Condition::Any(parts) => self.joined(parts, truths, !truths.with_true()),
            Condition::Equal(a, b) => self.pairs(a, b, |this, a, b| this.equal(a, b, truths)),
            Condition::Order(order, a, b) => {
                self.pairs(a, b, |this, a, b| this.order(*order, a, b, truths))
            }
            Condition::Text(search, a, b) => {
                self.pairs(a, b, |this, a, b| this.search(*search, a, b, truths))
            }
            Condition::In(term, members) => self.is_in(term, members, truths),
            Condition::Matches(term, pattern) => {
                self.each(term, |this, term| this.matches(term, pattern, truths))
            }
            Condition::Exists(term) => self.each(term, |this, term| this.exists(term, truths)),
            Condition::Is(term, ty) => self.each(term, |this, term| this.is(term, *ty, truths)),
            Condition::Holds(term) => self.holds(term, truths),
            Condition::Changed { path, to, from } => {
                self.changed(path, to.as_deref(), from.as_deref(), truths)
            }
            Condition::Quantified { all: false, list: Term::Path(path), body }
                if truths == Truths::True =>
            {
                let place = match self.path(path, path.root) {
                    Operand::At(place) => Some(place.into_elements()),
                    Operand::Absent => return Alternatives::nothing(),
                    _ => None,
                };
                self.elements.push(place);
                let alternatives = self.condition(body, Truths::True);
                self.elements.pop();
                alternatives
            }
            Condition::Quantified { .. } => self.drop(Reason::Element),
            Condition::HasAny(..) | Condition::HasAll(..) => self.drop(Reason::Collection),
            Condition::Unknown => truths.certain(Truth::Unknown),
        }
    }

    /// Parts of which each has to have these truths, or one.
    fn joined(&mut self, parts: &[Condition], truths: Truths, each: bool) -> Alternatives {
        let parts: Vec<_> = parts.iter().map(|part| self.condition(part, truths)).collect();
        if !each {
            return parts.into_iter().fold(Alternatives::nothing(), Alternatives::or);
        }
        parts.into_iter().fold(Alternatives::everything(), |all, part| self.both(all, part))
    }

    /// What is asked of everything that a term can be.
    fn each(
        &mut self,
        term: &Term,
        ask: impl Fn(&mut Self, &Operand) -> Alternatives,
    ) -> Alternatives {
        let mut any = Alternatives::nothing();
        for Case { when, is } in self.cases(term) {
            let asked = ask(self, &is);
            let asked = self.both(when, asked);
            any = any.or(asked);
        }
        any
    }

    fn pairs(
        &mut self,
        a: &Term,
        b: &Term,
        ask: impl Fn(&mut Self, &Operand, &Operand) -> Alternatives,
    ) -> Alternatives {
        self.each(a, |this, a| this.each(b, |this, b| ask(this, a, b)))
    }

    fn is_in(&mut self, term: &Term, members: &[Term], truths: Truths) -> Alternatives {
        let values = self.values(members);
        self.each(term, |this, operand| this.one_of(operand, &values, truths))
    }

    /// The members of a list; a list parameter stands for its own.
    fn values(&mut self, members: &[Term]) -> Vec<Operand> {
        let mut values = Vec::new();
        for member in members {
            let mut cases = self.cases(member);
            match (cases.pop().map(|case| case.is), cases.is_empty()) {
                (Some(Operand::Value(Value::List(list))), true) => {
                    values.extend(list.into_iter().map(Operand::Value));
                }
                (Some(operand), true) => values.push(operand),
                _ => values.push(other(Reason::Computed)),
            }
        }
        values
    }

    fn one_of(&mut self, operand: &Operand, values: &[Operand], truths: Truths) -> Alternatives {
        if values.is_empty() {
            return if truths == Truths::True {
                Alternatives::nothing()
            } else {
                Alternatives::everything()
            };
        }
        let asked: Vec<_> = values.iter().map(|value| self.equal(operand, value, truths)).collect();
        if truths.with_true() {
            return asked.into_iter().fold(Alternatives::nothing(), Alternatives::or);
        }
        asked.into_iter().fold(Alternatives::everything(), |all, one| self.both(all, one))
    }

    fn holds(&mut self, term: &Term, truths: Truths) -> Alternatives {
        if *term == Term::Event(EventField::Expired) {
            return self.expired(truths);
        }
        self.each(term, |this, operand| match operand {
            Operand::Value(Value::Bool(yes)) => truths.certain(Truth::from(*yes)),
            Operand::Other { needs, reason, .. } if !truths.with_unknown() => {
                this.drop(*reason);
                needs.clone()
            }
            _ => this.drop(Reason::Computed),
        })
    }

    /// Only a REMOVE is one that time to live made. A replicated one carries no identity.
    fn expired(&mut self, truths: Truths) -> Alternatives {
        if self.kind != EventKind::Remove {
            return truths.certain(Truth::False);
        }
        if truths != Truths::True {
            return self.drop(Reason::Event);
        }
        if self.strict {
            return self.drop(Reason::Strict);
        }
        let is = |text: &str| Matchers::one(Matcher::Is(text.to_owned()));
        let service = self.of_event(&["userIdentity", "type"], is("Service"));
        let dynamodb =
            self.of_event(&["userIdentity", "principalId"], is("dynamodb.amazonaws.com"));
        let identified = self.both(service, dynamodb);
        let source = self.source.and_then(|source| self.program.sources().get(source));
        if source.is_none_or(|source| source.ttl.is_none()) {
            return identified;
        }
        let replicated = self.of_event(&["userIdentity", "type"], Matchers::absent());
        identified.or(replicated)
    }

    fn changed(
        &mut self,
        path: &Path,
        to: Option<&[Term]>,
        from: Option<&[Term]>,
        truths: Truths,
    ) -> Alternatives {
        let (old, new) = (self.path(path, Root::Old), self.path(path, Root::New));
        let (to, from) = (to.map(|to| self.values(to)), from.map(|from| self.values(from)));
        if truths != Truths::True {
            return self.drop(Reason::Attributes);
        }
        if to.is_none() && from.is_none() {
            return self.drop(Reason::Attributes);
        }
        let mut all = Alternatives::everything();
        for (image, opposite, values) in [(&new, &old, &to), (&old, &new, &from)] {
            let Some(values) = values else { continue };
            let is = self.one_of(image, values, Truths::True);
            all = self.both(all, is);
            // It was something else, or it would not have changed.
            if let [value @ Operand::Value(_)] = values.as_slice() {
                let was_not = self.equal(opposite, value, Truths::False);
                all = self.both(all, was_not);
            }
        }
        all
    }

    fn exists(&mut self, operand: &Operand, truths: Truths) -> Alternatives {
        match operand {
            Operand::Value(_) => truths.certain(Truth::True),
            Operand::Absent => truths.certain(Truth::False),
            Operand::At(place) if !truths.with_true() => {
                use ValueType::{Binary, Bool, Null, Number, String};
                let all = [String, Number, Bool, Null, Binary].map(|ty| place.lacks(ty));
                all.into_iter().fold(Alternatives::everything(), |all, one| self.both(all, one))
            }
            Operand::At(_) => self.drop(Reason::Exists),
            Operand::Other { reason, .. } => self.drop(*reason),
        }
    }
}
