//! Fewer alternatives, and shorter ones, that pass at least as much.

use super::alternatives::{Alternatives, Demands, Field};
use super::matchers::Matchers;
use super::pattern::length;

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
pub(crate) fn joined(first: &Demands, second: &Demands, given_up: &mut Vec<String>) -> Demands {
    let hull = first.hull(second);
    for (field, matchers) in first.0.iter().chain(&second.0) {
        if hull.0.get(field) != Some(matchers) {
            note(field, given_up);
        }
    }
    hull
}

pub(crate) fn shortened(mut demands: Demands, given_up: &mut Vec<String>) -> Demands {
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

/// The two that lose least by becoming one, the earlier first.
pub(crate) fn closest(all: &[Demands]) -> Option<(usize, usize)> {
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

pub(crate) fn longest(demands: &Demands) -> Option<Field> {
    let longest = demands.0.iter().max_by_key(|(field, matchers)| {
        length(&matchers.to_json().to_string()) + length(&field.to_string())
    });
    longest.map(|(field, _)| field.clone())
}

fn note(field: &Field, given_up: &mut Vec<String>) {
    let field = field.to_string();
    if !given_up.contains(&field) {
        given_up.push(field);
    }
}
