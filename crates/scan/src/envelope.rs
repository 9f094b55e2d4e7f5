//! What stands around the items of a record.

use distributary_change::{EventKind, EventTime, StreamView};

use crate::cursor::{Cursor, Text};
use crate::head::{Head, Presence};
use crate::members::Member;
use crate::scan::Memory;
use crate::shapes::Place;
use crate::value::Walk;
use crate::wanted::{Side, Wanted};
use crate::{Doubt, Range};

/// Seconds with so many digits are before the year 10000.
const SECOND_DIGITS: usize = 11;

/// Digits that are a count of 64 bits for certain.
const COUNT_DIGITS: usize = 19;

/// A record while its members are walked.
#[derive(Default)]
struct Envelope {
    head: Head,
    /// The members that a record must have, as bits.
    seen: u16,
}

const ALL: u16 = (1 << 9) - 1;

pub(crate) fn read(
    bytes: &[u8],
    cursor: Cursor<'_>,
    wanted: &Wanted,
    memory: &mut Memory,
) -> Result<Head, Doubt> {
    let mut walk = Walk { bytes, cursor, wanted, memory };
    let (mut object, mut envelope) = (walk.object(Some(Place::RECORD)), Envelope::default());
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
    let mut head = envelope.head;
    head.old = side(head.old, head.kind != EventKind::Insert)?;
    head.new = side(head.new, head.kind != EventKind::Remove)?;
    Ok(head)
}

impl Envelope {
    fn note(&mut self, member: u16) {
        self.seen |= 1 << member;
    }

    fn member(&mut self, walk: &mut Walk<'_, '_>, member: &Member) -> Result<(), Doubt> {
        match member.name.of(walk.bytes) {
            b"dynamodb" => {
                self.note(0);
                let mut object = walk.object(member.inside);
                while let Some(member) = walk.member(&mut object, false)? {
                    self.change(walk, &member)?;
                }
            }
            b"userIdentity" => self.head.identity = Some(identity(walk, member.inside)?),
            name => {
                let text = walk.cursor.string()?;
                match name {
                    b"eventID" => {
                        self.head.id = this(&text)?;
                        self.note(1);
                    }
                    b"eventName" => {
                        self.head.kind = one_of(&text, EventKind::parse)?;
                        self.note(2);
                    }
                    b"awsRegion" => {
                        self.head.region = this(&text)?;
                        self.note(3);
                    }
                    b"eventSourceARN" => {
                        self.head.stream = this(&text)?;
                        (self.head.account, self.head.table) = owner(&text)?;
                        self.note(4);
                    }
                    b"eventSource" if text.bytes != b"aws:dynamodb" => return Err(Doubt),
                    _ if text.escaped => return Err(Doubt),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A member of `dynamodb`.
    fn change(&mut self, walk: &mut Walk<'_, '_>, member: &Member) -> Result<(), Doubt> {
        match member.name.of(walk.bytes) {
            b"Keys" => {
                self.note(5);
                walk.cursor.peek();
                let start = walk.cursor.at();
                if !walk.item(Side::Keys, member.inside)? {
                    return Err(Doubt);
                }
                self.head.keys = walk.cursor.since(start);
            }
            b"NewImage" => {
                walk.item(Side::New, Some(Place::IMAGE))?;
                self.head.new = Presence::Present;
            }
            b"OldImage" => {
                walk.item(Side::Old, Some(Place::IMAGE))?;
                self.head.old = Presence::Present;
            }
            b"SequenceNumber" => {
                let text = walk.cursor.string()?;
                self.head.sequence = this(&text)?;
                self.note(6);
                if !text.bytes.iter().all(u8::is_ascii_digit) {
                    return Err(Doubt);
                }
            }
            b"ApproximateCreationDateTime" => {
                self.note(7);
                walk.cursor.peek();
                let start = walk.cursor.at();
                time(&mut walk.cursor)?;
                self.head.time = walk.cursor.since(start);
            }
            b"StreamViewType" => {
                self.note(8);
                self.head.view = one_of(&walk.cursor.string()?, StreamView::parse)?;
            }
            b"SizeBytes" => {
                walk.cursor.peek();
                let start = walk.cursor.at();
                let digits = walk.cursor.digits()?;
                self.head.size = Some(walk.cursor.since(start));
                if !is_whole(digits) || digits.len() > COUNT_DIGITS {
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
    if cursor.peek() == Some(b'"') {
        let text = cursor.string()?;
        let text = std::str::from_utf8(text.bytes).map_err(|_| Doubt)?;
        return EventTime::from_rfc3339(text).map(|_| ()).map_err(|_| Doubt);
    }
    let digits = cursor.digits()?;
    let mut parts = digits.splitn(2, |byte| *byte == b'.');
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or(b"0"));
    let fraction_sound = !fraction.is_empty()
        && fraction.len() <= COUNT_DIGITS
        && fraction.iter().all(u8::is_ascii_digit);
    if is_whole(whole) && whole.len() <= SECOND_DIGITS && fraction_sound {
        Ok(())
    } else {
        Err(Doubt)
    }
}

/// Digits without a zero in front.
fn is_whole(digits: &[u8]) -> bool {
    digits == b"0"
        || (digits.first().is_some_and(|first| *first != b'0')
            && digits.iter().all(u8::is_ascii_digit))
}

/// Streams spell the members small or with a capital, one way in a record.
fn identity(walk: &mut Walk<'_, '_>, place: Option<Place>) -> Result<(Range, Range), Doubt> {
    let (mut kind, mut principal) = (None, None);
    let mut object = walk.object(place);
    while let Some(member) = walk.member(&mut object, false)? {
        let text = walk.cursor.string()?;
        let place = match member.name.of(walk.bytes) {
            b"type" | b"Type" => &mut kind,
            b"principalId" | b"PrincipalId" => &mut principal,
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

fn one_of<T>(text: &Text<'_>, parse: fn(&str) -> Option<T>) -> Result<T, Doubt> {
    std::str::from_utf8(text.bytes).ok().and_then(parse).ok_or(Doubt)
}

/// Account and table in `arn:aws:dynamodb:region:account:table/name/stream/label`.
fn owner(arn: &Text<'_>) -> Result<(Range, Range), Doubt> {
    let mut parts = arn.bytes.splitn(6, |byte| *byte == b':');
    let (service, account) = (parts.nth(2), parts.nth(1).ok_or(Doubt)?);
    let resource = parts.next().ok_or(Doubt)?;
    let (Some(b"dynamodb"), Some(rest)) = (service, resource.strip_prefix(b"table/")) else {
        return Err(Doubt);
    };
    let name = rest.windows(8).position(|window| window == b"/stream/").ok_or(Doubt)?;
    let ends_at = arn.range.end - resource.len() as u32 - 1;
    let account = Range { start: ends_at - account.len() as u32, end: ends_at };
    let start = arn.range.end - rest.len() as u32;
    let table = Range { start, end: start + name as u32 };
    if name == 0 { Err(Doubt) } else { Ok((account, table)) }
}
