//! The condition by which a rule is found: one that must be true for the rule to fire.

use hashbrown::HashMap;

use crate::compile::{Node, Questions};
use crate::question::{Bound, Question};
use crate::seen::Seen;
use distributary_scan::NumberKey;

/// What an attribute, given by its number, must be for a rule to fire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Anchor {
    /// This value.
    Value(u32, Seen<'static>),
    /// A text with this in it.
    Part(u32, Box<[u8]>),
    /// A number on this side of another, or that number.
    Beyond(u32, Bound, NumberKey),
    /// There.
    Present(u32),
}

/// How many rules could be found by an anchor.
pub(crate) type Usage<'a> = HashMap<&'a Anchor, usize>;

/// Alternatives with more anchors than this are found by something else, or always asked.
const MOST: usize = 1024;

/// Every set of anchors of which one holds whenever the condition is true.
pub(crate) fn choices(node: &Node, questions: &Questions) -> Vec<Vec<Anchor>> {
    match node {
        Node::All(parts) => parts.iter().flat_map(|part| choices(part, questions)).collect(),
        Node::Any(parts) => {
            let sets = parts
                .iter()
                .map(|part| choices(part, questions).into_iter().min_by_key(|set| class(set)));
            let all: Option<Vec<_>> = sets.collect();
            let joined: Vec<Anchor> = all.unwrap_or_default().concat();
            if joined.is_empty() || joined.len() > MOST { Vec::new() } else { vec![joined] }
        }
        Node::Ask(number) => {
            questions.get_index(*number as usize).and_then(of_question).into_iter().collect()
        }
        Node::Not(inner) => match inner.as_ref() {
            // What changed is there before or after.
            Node::Ask(number) => match questions.get_index(*number as usize) {
                Some(Question::Same(a, b)) => {
                    vec![vec![Anchor::Present(a.number), Anchor::Present(b.number)]]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        Node::Known(_) | Node::Reference(_) => Vec::new(),
    }
}

/// The set by which the fewest other rules could be found, among those of the most telling class.
pub(crate) fn best<'a>(choices: &'a [Vec<Anchor>], usage: &Usage<'_>) -> Option<&'a [Anchor]> {
    let rules = |set: &[Anchor]| set.iter().filter_map(|anchor| usage.get(anchor)).max().copied();
    let best = choices.iter().min_by_key(|set| (class(set), rules(set)));
    best.map(Vec::as_slice)
}

/// Equality tells more than a part of a text, that more than a range, and that more than presence.
fn class(set: &[Anchor]) -> u8 {
    let class = |anchor: &Anchor| match anchor {
        Anchor::Value(..) => 0,
        Anchor::Part(..) => 1,
        Anchor::Beyond(..) => 2,
        Anchor::Present(_) => 3,
    };
    set.iter().map(class).max().unwrap_or(u8::MAX)
}

fn of_question(question: &Question) -> Option<Vec<Anchor>> {
    Some(match question {
        Question::In(slot, members) => {
            members.iter().map(|member| Anchor::Value(slot.number, member.clone())).collect()
        }
        Question::Glob(slot, pieces) => {
            let longest = pieces.iter().max_by_key(|piece| piece.len());
            vec![match longest.filter(|piece| !piece.is_empty()) {
                Some(piece) => Anchor::Part(slot.number, piece.clone()),
                None => Anchor::Present(slot.number),
            }]
        }
        Question::Order { slot, side, than: Seen::Number(key), .. } => {
            vec![Anchor::Beyond(slot.number, *side, *key)]
        }
        Question::Order { slot, .. }
        | Question::Beside { slot, .. }
        | Question::Exists(slot)
        | Question::Is(slot, _) => {
            vec![Anchor::Present(slot.number)]
        }
        // Two absent attributes are equal.
        Question::Same(..) | Question::Expired => return None,
    })
}
