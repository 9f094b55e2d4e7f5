//! Membership: `in` and `has`.

use distributary_change::Value;

use super::{Scene, Seen};
use crate::term::Term;
use crate::truth::Truth;

impl<'a> Scene<'a> {
    /// Whether a value equals a member of a list.
    pub(super) fn is_in(&self, seen: &Seen<'_>, members: &'a [Term]) -> Truth {
        if *seen == Seen::Unknown {
            return Truth::Unknown;
        }
        Truth::any(self.members(members).iter().map(|member| seen.equals(member)))
    }

    pub(super) fn has_any(&self, term: &'a Term, members: &'a [Term]) -> Truth {
        let container = self.value(term);
        let members = self.members(members);
        is_container(&container).and(Truth::any(members.iter().map(|m| has(&container, m))))
    }

    pub(super) fn has_all(&self, term: &'a Term, members: &'a [Term]) -> Truth {
        let container = self.value(term);
        let members = self.members(members);
        is_container(&container).and(Truth::all(members.iter().map(|m| has(&container, m))))
    }

    /// The values of a list's members; a list parameter stands for its own.
    fn members(&self, members: &'a [Term]) -> Vec<Seen<'a>> {
        let mut seen = Vec::with_capacity(members.len());
        for member in members {
            let list = match member {
                Term::Param(param) => self.program.params().get(*param),
                _ => None,
            };
            match list.and_then(|param| param.value.as_ref()) {
                Some(Value::List(list)) => seen.extend(list.iter().map(Seen::borrowed)),
                _ => seen.push(self.value(member)),
            }
        }
        seen
    }
}

fn is_container(seen: &Seen<'_>) -> Truth {
    match seen {
        Seen::Unknown => Truth::Unknown,
        Seen::Absent | Seen::Number(_) => Truth::False,
        Seen::Value(value) => Truth::from(matches!(
            value.as_ref(),
            Value::List(_)
                | Value::Map(_)
                | Value::StringSet(_)
                | Value::NumberSet(_)
                | Value::BinarySet(_)
        )),
    }
}

/// Whether something is in a list or set, or is a key of a map.
fn has(container: &Seen<'_>, member: &Seen<'_>) -> Truth {
    if *container == Seen::Unknown || *member == Seen::Unknown {
        return Truth::Unknown;
    }
    let Some(container) = container.value() else { return Truth::False };
    let is = |value: Value| Seen::owned(value).equals(member) == Truth::True;
    Truth::from(match container {
        Value::List(list) => list.iter().any(|v| Seen::borrowed(v).equals(member) == Truth::True),
        Value::StringSet(set) => set.iter().any(|text| is(Value::String(text.clone()))),
        Value::NumberSet(set) => set.iter().any(|number| is(Value::Number(number.clone()))),
        Value::BinarySet(set) => set.iter().any(|bytes| is(Value::Binary(bytes.clone()))),
        Value::Map(map) => map.keys().any(|key| is(Value::String(key.clone()))),
        _ => false,
    })
}
