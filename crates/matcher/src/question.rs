//! Questions that are answered from a scan.

use std::cmp::Ordering;

use distributary_rules::{Truth, ValueType};
use distributary_scan::{Found, Kind, Presence, Scan, Side};

use crate::seen::{Seen, equal, order};

/// A wanted attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    /// Its number in the scan.
    pub(crate) number: u32,
    pub(crate) side: Side,
}

/// A question about one or two attributes. Each is asked once per record, however many rules ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// Is it one of these, which are sorted?
    In(Slot, Vec<Seen<'static>>),
    /// Does it stand on this side of a constant, or where the constant is?
    Order {
        slot: Slot,
        side: Bound,
        or_equal: bool,
        than: Seen<'static>,
    },
    /// Does it stand on this side of another attribute, or where that is?
    Beside {
        slot: Slot,
        side: Bound,
        or_equal: bool,
        than: Slot,
    },
    /// Is it a text of these pieces with anything between them?
    Glob(Slot, Vec<Box<[u8]>>),
    Exists(Slot),
    Is(Slot, ValueType),
    /// Are both equal, or both absent?
    Same(Slot, Slot),
    /// Of a removal: is it that of the time to live?
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bound {
    Above,
    Below,
}

impl Bound {
    /// Whether what stands so to something is on this side of it; unknown where they have no order.
    fn holds(self, or_equal: bool, order: Option<Ordering>) -> Truth {
        order.map_or(Truth::Unknown, |order| {
            Truth::from(match order {
                Ordering::Less => self == Bound::Below,
                Ordering::Equal => or_equal,
                Ordering::Greater => self == Bound::Above,
            })
        })
    }
}

impl Question {
    pub(crate) fn truth(&self, scan: &Scan, bytes: &[u8]) -> Truth {
        match self {
            Question::In(slot, members) => about(scan, *slot, |found| {
                let seen = Seen::of(found, bytes);
                seen.is_some_and(|seen| members.binary_search(&seen).is_ok())
            }),
            Question::Order { slot, side, or_equal, than } => {
                let seen = Seen::of(scan.found(slot.number), bytes);
                side.holds(*or_equal, seen.as_ref().and_then(|seen| seen.order(than)))
            }
            Question::Beside { slot, side, or_equal, than } => {
                let [found, than] = [slot, than].map(|slot| scan.found(slot.number));
                side.holds(*or_equal, order(found, than, bytes))
            }
            Question::Glob(slot, pieces) => about(scan, *slot, |found| {
                found.text(bytes).is_some_and(|text| glob(pieces, &text))
            }),
            Question::Exists(slot) => about(scan, *slot, |_| true),
            Question::Is(slot, ty) => about(scan, *slot, |found| type_of(found.kind) == Some(*ty)),
            Question::Same(a, b) => {
                let (left, right) = (scan.found(a.number), scan.found(b.number));
                if unreadable(scan, *a, left) || unreadable(scan, *b, right) {
                    return Truth::Unknown;
                }
                Truth::from(
                    equal(left, right, bytes)
                        || left.kind == right.kind && left.kind == Kind::Absent,
                )
            }
            Question::Expired => {
                Truth::from(scan.head().identity.is_some_and(|(kind, principal)| {
                    kind.of(bytes) == b"Service" && principal.of(bytes) == b"dynamodb.amazonaws.com"
                }))
            }
        }
    }
}

/// What is always answered, unless the image is not carried; false of what is absent.
fn about(scan: &Scan, slot: Slot, ask: impl FnOnce(Found) -> bool) -> Truth {
    let found = scan.found(slot.number);
    if unreadable(scan, slot, found) {
        return Truth::Unknown;
    }
    Truth::from(found.kind != Kind::Absent && ask(found))
}

fn unreadable(scan: &Scan, slot: Slot, found: Found) -> bool {
    found.kind == Kind::Absent
        && match slot.side {
            Side::Old => scan.head().old == Presence::Omitted,
            Side::New => scan.head().new == Presence::Omitted,
            Side::Keys => false,
        }
}

fn type_of(kind: Kind) -> Option<ValueType> {
    Some(match kind {
        Kind::Absent => return None,
        Kind::Null => ValueType::Null,
        Kind::True | Kind::False => ValueType::Bool,
        Kind::Number => ValueType::Number,
        Kind::String => ValueType::String,
        Kind::Binary => ValueType::Binary,
        Kind::List => ValueType::List,
        Kind::Map => ValueType::Map,
        Kind::StringSet | Kind::NumberSet | Kind::BinarySet => ValueType::Set,
    })
}

/// Each piece is taken as early as it can be, which leaves the most to the rest.
fn glob(pieces: &[Box<[u8]>], text: &[u8]) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let Some((last, middle)) = rest.split_last() else { return *text == **first };
    let Some(text) = text.strip_prefix(&**first) else { return false };
    let Some(mut text) = text.strip_suffix(&**last) else { return false };
    for piece in middle {
        let Some(at) = memchr::memmem::find(text, piece) else { return false };
        text = text.get(at + piece.len()..).unwrap_or_default();
    }
    true
}
