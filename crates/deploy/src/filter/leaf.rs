//! Questions about one or two values.

use distributary_change::Value;
use distributary_rules::{Order, Pattern, Search, Term, Truth, ValueType};

use super::alternatives::Alternatives;
use super::derive::{Deriving, Truths};
use super::dropped::Reason;
use super::matchers::{Matcher, Matchers, Present};
use super::operand::Operand;
use super::place::Place;

impl Deriving<'_> {
    pub(crate) fn equal(&mut self, a: &Operand, b: &Operand, truths: Truths) -> Alternatives {
        match (a, b) {
            (Operand::Value(a), Operand::Value(b)) => truths.certain(Truth::from(a == b)),
            (Operand::Absent, Operand::Absent) => truths.certain(Truth::True),
            (Operand::Absent, Operand::Value(_)) | (Operand::Value(_), Operand::Absent) => {
                truths.certain(Truth::False)
            }
            (Operand::At(place), Operand::Absent) | (Operand::Absent, Operand::At(place)) => {
                if truths == Truths::True {
                    place.lacks(ValueType::String)
                } else {
                    self.drop(Reason::Exists)
                }
            }
            (Operand::At(place), Operand::Value(value))
            | (Operand::Value(value), Operand::At(place)) => self.is_value(place, value, truths),
            (Operand::At(_), Operand::At(_)) => self.drop(Reason::Attributes),
            (Operand::Other { .. }, _) | (_, Operand::Other { .. }) => {
                self.known(a, b, truths, truths == Truths::True)
            }
        }
    }

    fn is_value(&mut self, place: &Place, value: &Value, truths: Truths) -> Alternatives {
        let ty = ValueType::of(value);
        let (is, is_not) = match value {
            Value::String(text) => {
                let not = Present::Except([text.clone()].into());
                (Matcher::Is(text.clone()), Matchers { absent: true, present: not })
            }
            Value::Bool(flag) => {
                (Matcher::Flag(*flag), Matchers::one(Matcher::Flag(!flag)).or_absent())
            }
            Value::Null => (Matcher::Flag(true), Matchers::absent()),
            Value::Number(_) => {
                self.drop(Reason::Number);
                return if truths == Truths::True {
                    place.demand(ty, &Matchers::ANY)
                } else {
                    Alternatives::everything()
                };
            }
            _ => return self.drop(Reason::Collection),
        };
        match truths {
            Truths::True => place.demand(ty, &Matchers::one(is)),
            _ if !place.is_single() => self.drop(Reason::Element),
            Truths::NotFalse => place.demand(ty, &Matchers::one(is).or_absent()),
            Truths::False | Truths::NotTrue => place.demand(ty, &is_not),
        }
    }

    pub(crate) fn order(
        &mut self,
        order: Order,
        a: &Operand,
        b: &Operand,
        truths: Truths,
    ) -> Alternatives {
        if let (Operand::Value(a), Operand::Value(b)) = (a, b) {
            let ordering = match (a, b) {
                (Value::Number(a), Value::Number(b)) => a.cmp(b),
                (Value::String(a), Value::String(b)) => a.cmp(b),
                (Value::Binary(a), Value::Binary(b)) => a.cmp(b),
                _ => return truths.certain(Truth::Unknown),
            };
            return truths.certain(Truth::from(match order {
                Order::Less => ordering.is_lt(),
                Order::LessEqual => ordering.is_le(),
                Order::Greater => ordering.is_gt(),
                Order::GreaterEqual => ordering.is_ge(),
            }));
        }
        if matches!(a, Operand::Absent) || matches!(b, Operand::Absent) {
            return truths.certain(Truth::Unknown);
        }
        self.known(a, b, truths, true)
    }

    /// Two values that are known, and of one type where they are `alike`.
    fn known(&mut self, a: &Operand, b: &Operand, truths: Truths, alike: bool) -> Alternatives {
        let reason = match (a, b) {
            (Operand::At(_), Operand::At(_)) => Reason::Attributes,
            (Operand::Other { reason, .. }, _) | (_, Operand::Other { reason, .. }) => *reason,
            (Operand::Value(Value::Number(_)), _) | (_, Operand::Value(Value::Number(_))) => {
                Reason::Number
            }
            _ => Reason::Order,
        };
        let everything = self.drop(reason);
        if truths.with_unknown() {
            return everything;
        }
        let (a, b) = (self.needs(a, b, alike), self.needs(b, a, alike));
        self.both(a, b)
    }

    /// What must be so for one value to be known and, where they are alike, of the other's type.
    fn needs(&mut self, one: &Operand, other: &Operand, alike: bool) -> Alternatives {
        let place = match one {
            Operand::Other { needs, .. } => return needs.clone(),
            Operand::At(place) if alike => place,
            _ => return Alternatives::everything(),
        };
        match other {
            Operand::Value(value) => place.demand(ValueType::of(value), &Matchers::ANY),
            Operand::Other { number: true, .. } => place.demand(ValueType::Number, &Matchers::ANY),
            _ => Alternatives::everything(),
        }
    }

    pub(crate) fn search(
        &mut self,
        search: Search,
        a: &Operand,
        b: &Operand,
        truths: Truths,
    ) -> Alternatives {
        match (a, b) {
            (Operand::Value(Value::String(text)), Operand::Value(Value::String(part))) => truths
                .certain(Truth::from(match search {
                    Search::Contains => text.contains(part.as_str()),
                    Search::StartsWith => text.starts_with(part.as_str()),
                    Search::EndsWith => text.ends_with(part.as_str()),
                })),
            (Operand::At(place), Operand::Value(Value::String(part))) => {
                let matcher = match search {
                    Search::Contains => None,
                    Search::StartsWith => Some(Matcher::Prefix(part.clone())),
                    Search::EndsWith => Some(Matcher::Suffix(part.clone())),
                };
                self.text(place, matcher, truths)
            }
            (Operand::Absent | Operand::Value(_), Operand::Absent | Operand::Value(_))
            | (Operand::Absent, Operand::At(_)) => truths.certain(Truth::False),
            (Operand::Other { .. }, _) | (_, Operand::Other { .. }) => {
                self.known(a, b, truths, false)
            }
            _ => self.drop(Reason::Attributes),
        }
    }

    /// A text, here, that begins or ends so, or of which a filter cannot say more.
    fn text(&mut self, place: &Place, matcher: Option<Matcher>, truths: Truths) -> Alternatives {
        if !truths.with_true() {
            return self.drop(Reason::Negated);
        }
        let matchers = match matcher {
            // Ends are compared from behind, which is safe byte by byte where characters are bytes.
            Some(Matcher::Suffix(suffix)) if !suffix.is_ascii() => None,
            Some(Matcher::Prefix(text) | Matcher::Suffix(text)) if text.is_empty() => {
                Some(Matchers::ANY)
            }
            matcher => matcher.map(Matchers::one),
        };
        let matchers = matchers.unwrap_or_else(|| {
            self.drop(Reason::Inside);
            Matchers::ANY
        });
        match truths {
            Truths::True => place.demand(ValueType::String, &matchers),
            _ if place.is_single() => place.demand(ValueType::String, &matchers.or_absent()),
            _ => self.drop(Reason::Element),
        }
    }

    pub(crate) fn matches(
        &mut self,
        operand: &Operand,
        pattern: &Pattern,
        truths: Truths,
    ) -> Alternatives {
        let place = match operand {
            Operand::At(place) => place,
            Operand::Absent if !truths.with_unknown() => return truths.certain(Truth::False),
            Operand::Other { needs, reason, .. } if !truths.with_unknown() => {
                self.drop(*reason);
                return needs.clone();
            }
            _ => return self.drop(Reason::Inside),
        };
        let Pattern::Glob(pieces) = pattern else { return self.text(place, None, truths) };
        let piece = |this: &mut Self, piece: Option<&Term>| match this.cases(piece?).pop()?.is {
            Operand::Value(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        };
        let (first, last) = (piece(self, pieces.first()), piece(self, pieces.last()));
        let matcher = match (pieces.len(), first, last) {
            (1, Some(text), _) => Some(Matcher::Is(text)),
            (2.., Some(prefix), last) => {
                if pieces.len() > 2 || last.is_some() {
                    self.drop(Reason::Inside);
                }
                Some(Matcher::Prefix(prefix))
            }
            (2, None, Some(suffix)) => Some(Matcher::Suffix(suffix)),
            _ => None,
        };
        self.text(place, matcher, truths)
    }

    pub(crate) fn is(&mut self, operand: &Operand, ty: ValueType, truths: Truths) -> Alternatives {
        let leafless = matches!(ty, ValueType::List | ValueType::Map | ValueType::Set);
        match operand {
            Operand::Value(value) => truths.certain(Truth::from(ValueType::of(value) == ty)),
            Operand::Absent => truths.certain(Truth::False),
            Operand::At(_) if leafless => self.drop(Reason::Collection),
            Operand::At(place) => match truths {
                Truths::True => place.demand(ty, &Matchers::ANY),
                Truths::NotFalse => Alternatives::everything(),
                Truths::False | Truths::NotTrue => place.lacks(ty),
            },
            Operand::Other { reason, .. } => self.drop(*reason),
        }
    }
}
