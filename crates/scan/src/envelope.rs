//! What stands around the items of a record.

use distributary_change::{EventKind, EventTime, StreamView};

use crate::cursor::{Cursor, Text};
use crate::field::Field;
use crate::head::{Head, Presence};
use crate::members::{Member, Object};
use crate::scan::Memory;
use crate::shapes::Place;
use crate::stride::digits;
use crate::value::Walk;
use crate::wanted::{Side, Wanted};
use crate::{Doubt, Range};

/// Seconds with so many digits are before the year 10000.
const SECOND_DIGITS: usize = 11;

/// Digits that are a count of 64 bits for certain.
const COUNT_DIGITS: usize = 19;

/// A record while its members are walked.
struct Envelope<'h> {
    head: &'h mut Head,
    /// The members that a record must have, as bits.
    seen: u16,
}

const ALL: u16 = (1 << 9) - 1;

pub(crate) fn read(
    bytes: &[u8],
    wanted: &Wanted,
    memory: &mut Memory,
    head: &mut Head,
) -> Result<(), Doubt> {
    let mut walk = Walk { bytes, cursor: Cursor::new(bytes), wanted, memory };
    let (mut object, mut envelope) = (Object::at(Some(Place::RECORD)), Envelope { head, seen: 0 });
    while let Some(member) = walk.member(&mut object, false)? {
        envelope.member(&mut walk, &member)?;
    }
    if walk.cursor.peek().is_some() || envelope.seen != ALL {
        return Err(Doubt);
    }
    // A side that there cannot be was left for the decoder where it has attributes.
    let side = |carried, exists| match (carried, exists) {
        (Presence::Present, false) => Err(Doubt),
        (Presence::Present, true) => Ok(Presence::Present),
        (_, true) => Ok(Presence::Omitted),
        (_, false) => Ok(Presence::Absent),
    };
    head.old = side(head.old, head.kind != EventKind::Insert)?;
    head.new = side(head.new, head.kind != EventKind::Remove)?;
    Ok(())
}

impl Envelope<'_> {
    fn note(&mut self, member: u16) {
        self.seen |= 1 << member;
    }

    fn member(&mut self, walk: &mut Walk<'_, '_>, member: &Member) -> Result<(), Doubt> {
        match member.title.field {
            Field::Change => {
                self.note(0);
                let mut object = Object::at(member.inside);
                while let Some(member) = walk.member(&mut object, false)? {
                    self.change(walk, &member)?;
                }
            }
            Field::Identity => self.head.identity = Some(identity(walk, member.inside)?),
            Field::Stream => {
                let origin = walk.memory.stream.read(&mut walk.cursor)?;
                let Head { stream, account, table, .. } = &mut *self.head;
                (*stream, *account, *table) = (origin.stream, origin.account, origin.table);
                self.note(4);
            }
            field => {
                let text = walk.cursor.string()?;
                match field {
                    Field::EventId => {
                        self.head.id = this(&text)?;
                        self.note(1);
                    }
                    Field::EventName => {
                        self.head.kind = kind(text.bytes).ok_or(Doubt)?;
                        self.note(2);
                    }
                    Field::Region => {
                        self.head.region = this(&text)?;
                        self.note(3);
                    }
                    Field::Service if text.bytes != b"aws:dynamodb" => return Err(Doubt),
                    _ if text.escaped => return Err(Doubt),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A member of `dynamodb`.
    fn change(&mut self, walk: &mut Walk<'_, '_>, member: &Member) -> Result<(), Doubt> {
        match member.title.field {
            Field::Keys => {
                self.note(5);
                walk.cursor.peek();
                let start = walk.cursor.at();
                if !walk.item(Side::Keys, member.inside)? {
                    return Err(Doubt);
                }
                self.head.keys = walk.cursor.since(start);
            }
            Field::NewImage => {
                walk.item(Side::New, Some(Place::IMAGE))?;
                self.head.new = Presence::Present;
            }
            Field::OldImage => {
                walk.item(Side::Old, Some(Place::IMAGE))?;
                self.head.old = Presence::Present;
            }
            Field::Sequence => {
                let text = walk.cursor.string()?;
                self.head.sequence = this(&text)?;
                self.note(6);
                if digits(text.bytes) != text.bytes.len() {
                    return Err(Doubt);
                }
            }
            Field::Time => {
                self.note(7);
                walk.cursor.peek();
                let start = walk.cursor.at();
                time(&mut walk.cursor)?;
                self.head.time = walk.cursor.since(start);
            }
            Field::View => {
                self.note(8);
                self.head.view = view(walk.cursor.string()?.bytes).ok_or(Doubt)?;
            }
            Field::Size => {
                walk.cursor.peek();
                let start = walk.cursor.at();
                let (digits, fraction) = walk.cursor.decimal();
                self.head.size = Some(walk.cursor.since(start));
                if !is_whole(digits) || digits.len() > COUNT_DIGITS || fraction.is_some() {
                    return Err(Doubt);
                }
            }
            _ => return Err(Doubt),
        }
        Ok(())
    }
}

/// Lambda writes seconds, most SDKs a date and time.
fn time(cursor: &mut Cursor<'_>) -> Result<(), Doubt> {
    if cursor.rest().first() == Some(&b'"') {
        let text = cursor.string()?;
        let text = std::str::from_utf8(text.bytes).map_err(|_| Doubt)?;
        return EventTime::from_rfc3339(text).map(|_| ()).map_err(|_| Doubt);
    }
    let (whole, fraction) = cursor.decimal();
    let fraction = fraction.map_or(1, <[u8]>::len);
    let sound = is_whole(whole) && whole.len() <= SECOND_DIGITS;
    if sound && (1..=COUNT_DIGITS).contains(&fraction) { Ok(()) } else { Err(Doubt) }
}

/// Digits without a zero in front.
fn is_whole(text: &[u8]) -> bool {
    text == b"0" || (text.first().is_some_and(|first| *first != b'0') && digits(text) == text.len())
}

/// Streams spell the members small or with a capital, one way in a record.
fn identity(walk: &mut Walk<'_, '_>, place: Option<Place>) -> Result<(Range, Range), Doubt> {
    let (mut kind, mut principal) = (None, None);
    let mut object = Object::at(place);
    while let Some(member) = walk.member(&mut object, false)? {
        let text = walk.cursor.string()?;
        let place = match member.title.field {
            Field::IdentityType => &mut kind,
            Field::Principal => &mut principal,
            _ => return Err(Doubt),
        };
        if place.replace(this(&text)?).is_some() {
            return Err(Doubt);
        }
    }
    kind.zip(principal).ok_or(Doubt)
}

/// Where a text that names something stands.
fn this(text: &Text<'_>) -> Result<Range, Doubt> {
    if text.escaped || text.bytes.is_empty() { Err(Doubt) } else { Ok(text.range) }
}

fn kind(name: &[u8]) -> Option<EventKind> {
    [EventKind::Modify, EventKind::Insert, EventKind::Remove]
        .into_iter()
        .find(|kind| kind.as_str().as_bytes() == name)
}

fn view(name: &[u8]) -> Option<StreamView> {
    use StreamView::{KeysOnly, NewAndOldImages, NewImage, OldImage};
    [NewAndOldImages, NewImage, OldImage, KeysOnly]
        .into_iter()
        .find(|view| view.as_str().as_bytes() == name)
}
