//! Writing down what is wanted within the service's limits.

use serde_json::{Value, json};

use super::alternatives::{Alternatives, Demands, Field};
use super::derive::{Wanted, Why};
use super::matchers::Matchers;
use super::pattern::{envelope, length, pattern};

/// Up to so many alternatives are compared with each other when two have to become one.
const COMPARED: usize = 64;

/// What an event source mapping takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Filters: 5, and up to 10 where the account's quota is raised.
    pub filters: usize,
    /// Characters of one pattern: 4,096.
    pub characters: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { filters: 5, characters: 4096 }
    }
}

/// Filter criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    /// The patterns, of which a record has to pass one; none where every record is wanted.
    pub patterns: Vec<String>,
    /// Why there is no pattern, where no condition of a rule is the reason.
    pub everything: Option<Why>,
    /// Fields that some alternative no longer asks about, or asks about less exactly, for want of
    /// room; in the order in which they were given up.
    pub given_up: Vec<String>,
}

impl Criteria {
    /// As `FilterCriteria` of an event source mapping.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let filter = |pattern: &String| json!({ "Pattern": pattern });
        json!({ "Filters": self.patterns.iter().map(filter).collect::<Vec<_>>() })
    }
}

/// The criteria that pass what any of the programs wants.
#[must_use]
pub fn criteria(wanted: &[Wanted], limits: Limits) -> Criteria {
    let given_up = wanted.iter().flat_map(|wanted| wanted.given_up.clone()).collect();
    let mut criteria = Criteria { patterns: Vec::new(), everything: None, given_up };
    let unmatched = wanted.iter().any(|wanted| wanted.everything == Some(Why::Unmatched));
    let all = wanted.iter().map(|wanted| wanted.alternatives.clone());
    let mut alternatives = all.fold(Alternatives::nothing(), Alternatives::or);
    if unmatched || alternatives.0.is_empty() {
        criteria.everything = Some(if unmatched { Why::Unmatched } else { Why::NoRule });
        return criteria;
    }
    for demands in &mut alternatives.0 {
        without_every_kind(demands);
    }
    alternatives = alternatives
        .0
        .into_iter()
        .fold(Alternatives::nothing(), |all, demands| all.or(Alternatives(vec![demands])));
    while !alternatives.is_everything() {
        if let Some(patterns) = packed(&alternatives.0, limits) {
            criteria.patterns = patterns;
            break;
        }
        alternatives = wider(alternatives, limits, &mut criteria.given_up);
    }
    criteria
}

/// All three kinds of change are no demand.
fn without_every_kind(demands: &mut Demands) {
    let every = ["INSERT", "MODIFY", "REMOVE"];
    let name = Field::event(&["eventName"]);
    let named = demands.0.get(&name).map(Matchers::to_json);
    if named.as_ref().and_then(Value::as_array).is_some_and(|names| names.len() == every.len()) {
        demands.0.remove(&name);
    }
}

/// The patterns, where they fit: one for each alternative or, where those are too many, as many
/// alternatives in one as it holds.
fn packed(alternatives: &[Demands], limits: Limits) -> Option<Vec<String>> {
    let mut pieces = Vec::new();
    for demands in alternatives {
        split(demands.clone(), limits, &mut pieces)?;
    }
    if pieces.len() <= limits.filters {
        return Some(pieces.iter().map(|piece| pattern(std::slice::from_ref(piece))).collect());
    }
    pieces.sort_by(|a, b| envelope(a).cmp(&envelope(b)));
    let mut patterns: Vec<String> = Vec::new();
    let mut together: Vec<Demands> = Vec::new();
    for piece in pieces {
        let fits = together.first().is_some_and(|first| envelope(first) == envelope(&piece));
        together.push(piece);
        let longer = pattern(&together);
        match patterns.last_mut() {
            Some(last) if fits && length(&longer) <= limits.characters => *last = longer,
            _ => {
                together = together.pop().into_iter().collect();
                patterns.push(pattern(&together));
            }
        }
        if patterns.len() > limits.filters {
            return None;
        }
    }
    Some(patterns)
}

/// Alternatives of which each fits one pattern, and that are one together: a long list of constants
/// is cut.
fn split(demands: Demands, limits: Limits, pieces: &mut Vec<Demands>) -> Option<()> {
    if length(&pattern(std::slice::from_ref(&demands))) <= limits.characters {
        pieces.push(demands);
        return (pieces.len() <= COMPARED * limits.filters.max(1)).then_some(());
    }
    let field = longest(&demands)?;
    for half in demands.0.get(&field)?.halves()? {
        let mut piece = demands.clone();
        piece.demand_instead(field.clone(), half);
        split(piece, limits, pieces)?;
    }
    Some(())
}

fn longest(demands: &Demands) -> Option<Field> {
    let longest = demands.0.iter().max_by_key(|(field, matchers)| {
        length(&matchers.to_json().to_string()) + length(&field.to_string())
    });
    longest.map(|(field, _)| field.clone())
}

/// One step towards everything.
fn wider(alternatives: Alternatives, limits: Limits, given_up: &mut Vec<String>) -> Alternatives {
    let mut all = alternatives.0;
    let too_long = |demands: &Demands| split(demands.clone(), limits, &mut Vec::new()).is_none();
    if all.len() > COMPARED {
        return coarser(all, given_up);
    }
    let wider = match (all.iter().position(too_long), closest(&all)) {
        (Some(at), _) => shortened(all.swap_remove(at), given_up),
        (None, Some((a, b))) => {
            // The later one first, so that the place of the other stays.
            let (second, first) = (all.swap_remove(b), all.swap_remove(a));
            joined(&first, &second, given_up)
        }
        (None, None) => all.pop().map(|only| shortened(only, given_up)).unwrap_or_default(),
    };
    Alternatives(all).or(Alternatives(vec![wider]))
}

/// Far fewer alternatives, without comparing each with each: those that ask about the same fields
/// become one or, where no two do, every two neighbours.
pub(crate) fn coarser(mut all: Vec<Demands>, given_up: &mut Vec<String>) -> Alternatives {
    all.sort_by(|a, b| a.0.keys().cmp(b.0.keys()));
    let alike = |a: &Demands, b: &Demands| a.0.keys().eq(b.0.keys());
    let some_alike = all.iter().zip(all.iter().skip(1)).any(|(a, b)| alike(a, b));
    let mut fewer: Vec<Demands> = Vec::new();
    for (at, demands) in all.into_iter().enumerate() {
        match fewer.last_mut() {
            Some(last) if (some_alike && alike(last, &demands)) || (!some_alike && at % 2 == 1) => {
                *last = joined(last, &demands, given_up);
            }
            _ => fewer.push(demands),
        }
    }
    Alternatives::nothing().or(Alternatives(fewer))
}

/// What stands for both, and less exactly.
fn joined(first: &Demands, second: &Demands, given_up: &mut Vec<String>) -> Demands {
    let hull = first.hull(second);
    for (field, matchers) in first.0.iter().chain(&second.0) {
        if hull.0.get(field) != Some(matchers) {
            note(field, given_up);
        }
    }
    hull
}

fn shortened(mut demands: Demands, given_up: &mut Vec<String>) -> Demands {
    let Some(field) = longest(&demands) else { return demands };
    note(&field, given_up);
    match demands.0.get(&field).and_then(Matchers::shorter) {
        Some(shorter) => demands.demand_instead(field, shorter),
        None => {
            demands.0.remove(&field);
        }
    }
    demands
}

fn note(field: &Field, given_up: &mut Vec<String>) {
    let field = field.to_string();
    if !given_up.contains(&field) {
        given_up.push(field);
    }
}

/// The two that lose least by becoming one, the earlier first.
fn closest(all: &[Demands]) -> Option<(usize, usize)> {
    let pairs = (0..all.len()).flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)));
    pairs.min_by_key(|(a, b)| match (all.get(*a), all.get(*b)) {
        (Some(a), Some(b)) => {
            let hull = a.hull(b);
            let same = hull.0.keys().filter(|field| a.0.get(*field) == b.0.get(*field)).count();
            a.0.len() + b.0.len() - hull.0.len() - same
        }
        _ => usize::MAX,
    })
}
