//! Demands on fields, joined: each alternative is demands that all have to be met.

use std::collections::BTreeMap;

use super::matchers::{Matchers, Present};

/// So many alternatives are kept when conditions are joined by `and`.
const MOST: usize = 256;

/// A leaf of the record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Field {
    pub(crate) steps: Vec<String>,
    /// How many steps lead to the first list or set on the way. Behind it a demand is met where any
    /// element meets it.
    pub(crate) list: Option<usize>,
}

/// Fields and what passes of each; nothing is demanded of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Demands(pub(crate) BTreeMap<Field, Matchers>);

/// A record passes that meets all demands of one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alternatives(pub(crate) Vec<Demands>);

impl Field {
    pub(crate) fn event(steps: &[&str]) -> Self {
        Field { steps: steps.iter().map(|step| (*step).to_owned()).collect(), list: None }
    }

    pub(crate) fn is_of_change(&self) -> bool {
        self.steps.first().is_some_and(|step| step == "dynamodb")
    }

    fn list_path(&self) -> Option<&[String]> {
        self.steps.get(..self.list?)
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.steps.join("."))
    }
}

impl Demands {
    /// Whether every record meets these that meets the other.
    pub(crate) fn covers(&self, other: &Demands) -> bool {
        self.0
            .iter()
            .all(|(field, wide)| other.0.get(field).is_some_and(|narrow| wide.covers(narrow)))
    }

    /// The field in which alone they differ.
    fn difference(&self, other: &Demands) -> Option<&Field> {
        if self.0.len() != other.0.len() || !self.0.keys().eq(other.0.keys()) {
            return None;
        }
        let mut differing = self.0.iter().filter(|(field, m)| other.0.get(*field) != Some(*m));
        let (field, _) = differing.next()?;
        differing.next().is_none().then_some(field)
    }

    /// The one that stands for both, where they differ in this field alone.
    fn merged(mut self, mut other: Demands, field: Field) -> Demands {
        if let (Some(a), Some(b)) = (self.0.remove(&field), other.0.remove(&field)) {
            self.demand_instead(field, a.union(b));
        }
        self
    }

    /// What both demand, each field as wide as the wider.
    pub(crate) fn hull(&self, other: &Demands) -> Demands {
        let mut hull = Demands::default();
        for (field, a) in &self.0 {
            if let Some(b) = other.0.get(field) {
                hull.demand_instead(field.clone(), a.clone().union(b.clone()));
            }
        }
        hull
    }

    pub(crate) fn demand_instead(&mut self, field: Field, matchers: Matchers) {
        if matchers.is_everything() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, matchers);
        }
    }

    /// What meets both; `None` where nothing does.
    fn and(&self, other: &Demands) -> Option<Demands> {
        let mut both = self.clone();
        for (field, matchers) in &other.0 {
            if let Some(list) = field.list_path() {
                // Two questions may be met by two elements, which no filter can say: one stays.
                let known = both.0.iter().find(|(known, _)| known.list_path() == Some(list));
                let known = known.map(|(known, matchers)| (known.clone(), matchers.clone()));
                match known {
                    Some((_, Matchers { present, .. })) if present != Present::Any => continue,
                    Some((known, _)) => both.0.remove(&known),
                    None => None,
                };
                both.0.insert(field.clone(), matchers.clone());
                continue;
            }
            let met = match both.0.get(field) {
                Some(known) => known.intersection(matchers),
                None => matchers.clone(),
            };
            if met.is_nothing() {
                return None;
            }
            both.0.insert(field.clone(), met);
        }
        Some(both)
    }
}

impl Alternatives {
    pub(crate) fn everything() -> Self {
        Alternatives(vec![Demands::default()])
    }

    pub(crate) fn nothing() -> Self {
        Alternatives(Vec::new())
    }

    pub(crate) fn demand(field: Field, matchers: Matchers) -> Self {
        if matchers.is_nothing() {
            return Self::nothing();
        }
        let mut demands = Demands::default();
        demands.demand_instead(field, matchers);
        Alternatives(vec![demands])
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.0.iter().any(|demands| demands.0.is_empty())
    }

    pub(crate) fn or(mut self, other: Alternatives) -> Self {
        other.0.into_iter().for_each(|demands| self.add(demands));
        self
    }

    /// Adds one, in as few words as say exactly the same.
    fn add(&mut self, mut demands: Demands) {
        loop {
            if self.0.iter().any(|known| known.covers(&demands)) {
                return;
            }
            self.0.retain(|known| !demands.covers(known));
            let mergeable = self.0.iter().enumerate().find_map(|(at, known)| {
                known.difference(&demands).map(|field| (at, field.clone()))
            });
            match mergeable {
                Some((at, field)) => demands = self.0.remove(at).merged(demands, field),
                None => break,
            }
        }
        self.0.push(demands);
    }

    /// What meets both. `false` beside it where there were too many ways, and one side was left out.
    pub(crate) fn and(self, other: &Alternatives) -> (Alternatives, bool) {
        if self.0.len() * other.0.len() > MOST && self.0.len() > 1 && other.0.len() > 1 {
            let fewer = if self.0.len() <= other.0.len() { self } else { other.clone() };
            return (fewer, false);
        }
        let mut both = Alternatives::nothing();
        for a in &self.0 {
            other.0.iter().filter_map(|b| a.and(b)).for_each(|demands| both.add(demands));
        }
        (both, true)
    }
}
