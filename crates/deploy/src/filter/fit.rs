//! Writing down what is wanted within the service's limits.

use serde_json::{Value, json};

use super::alternatives::{Alternatives, Demands, Field};
use super::derive::{Wanted, Why};
use super::matchers::Matchers;
use super::pattern::{envelope, length, pattern};
use super::widen::{closest, coarser, joined, longest, shortened};

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
    let mut alternatives = match alternatives(wanted) {
        Ok(alternatives) => alternatives,
        Err(why) => return Criteria { everything: Some(why), ..criteria },
    };
    while !alternatives.is_everything() {
        if let Some(patterns) = packed(&alternatives.0, limits) {
            criteria.patterns = patterns;
            break;
        }
        alternatives = wider(alternatives, limits, &mut criteria.given_up);
    }
    criteria
}

/// The first field that criteria ask about less exactly for want of room: [`Criteria::given_up`]
/// without the rest of the work.
pub(crate) fn first_given_up(wanted: &Wanted, limits: Limits) -> Option<String> {
    let mut given_up = wanted.given_up.clone();
    if given_up.is_empty() {
        let mut alternatives = alternatives(std::slice::from_ref(wanted)).ok()?;
        while given_up.is_empty() && packed(&alternatives.0, limits).is_none() {
            alternatives = wider(alternatives, limits, &mut given_up);
        }
    }
    given_up.into_iter().next()
}

/// What any of the programs wants, in as few words as say exactly that.
fn alternatives(wanted: &[Wanted]) -> Result<Alternatives, Why> {
    let unmatched = wanted.iter().any(|wanted| wanted.everything == Some(Why::Unmatched));
    let all = wanted.iter().map(|wanted| wanted.alternatives.clone());
    let all = all.reduce(Alternatives::or).unwrap_or_else(Alternatives::nothing);
    if unmatched || all.0.is_empty() {
        return Err(if unmatched { Why::Unmatched } else { Why::NoRule });
    }
    let kind = Field::event(&["eventName"]);
    let (of_every, others): (Vec<_>, Vec<_>) =
        all.0.into_iter().partition(|demands| demands.0.get(&kind).is_some_and(is_every));
    // Without its kind, one may cover others or join them.
    Ok(of_every.into_iter().fold(Alternatives(others), |alternatives, mut demands| {
        demands.0.remove(&kind);
        alternatives.or(Alternatives(vec![demands]))
    }))
}

/// All three kinds of change are no demand.
fn is_every(kinds: &Matchers) -> bool {
    kinds.to_json().as_array().is_some_and(|kinds| kinds.len() == 3)
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
