//! Attribute values: checked as the decoder does, and kept where they are wanted.

use distributary_change::json::dynamodb;

use crate::cursor::{Cursor, Text};
use crate::found::{Found, Kind};
use crate::key::NumberKey;
use crate::members::Member;
use crate::scan::Memory;
use crate::shapes::Place;
use crate::twin::Attribute;
use crate::wanted::{Node, Side, Wanted};
use crate::{Doubt, Range};

/// Levels of lists and maps in each other that DynamoDB allows.
const DEEPEST: usize = 32;

/// Sets with more members are left to the decoder.
const SMALL_SET: usize = 64;

/// A walk over the attributes of a record.
pub(crate) struct Walk<'w, 'r> {
    pub(crate) bytes: &'r [u8],
    pub(crate) cursor: Cursor<'r>,
    pub(crate) wanted: &'w Wanted,
    pub(crate) memory: &'w mut Memory,
}

impl<'w, 'r> Walk<'w, 'r> {
    /// An item; whether it has any attribute.
    pub(crate) fn item(&mut self, side: Side, place: Option<Place>) -> Result<bool, Doubt> {
        let node = self.wanted.root(side);
        let first = self.memory.twin.is_empty() && side != Side::Keys;
        let mut object = self.object(place);
        loop {
            if !first {
                self.repeat(&mut object);
            }
            let (start, before) = (self.cursor.at(), object.place);
            let Some(member) = self.member(&mut object, true)? else { return Ok(!object.empty) };
            let Member { name, hash, kind, wanted, inside } = member;
            self.value(kind.ok_or(Doubt)?, self.under(node, &member), inside, 0)?;
            if first {
                let (whole, behind) = (self.cursor.since(start), object.place);
                let attribute = Attribute { whole, name, hash, wanted, before, behind };
                self.memory.twin.add(attribute);
            } else {
                self.memory.twin.behind(hash);
            }
        }
    }

    fn map(
        &mut self,
        node: Option<&Node>,
        place: Option<Place>,
        depth: usize,
    ) -> Result<(), Doubt> {
        let mut object = self.object(place);
        while let Some(member) = self.member(&mut object, true)? {
            let under = self.under(node, &member);
            self.value(member.kind.ok_or(Doubt)?, under, member.inside, depth)?;
        }
        Ok(())
    }

    /// What is wanted in a member of a map of which something may be.
    fn under(&self, node: Option<&Node>, member: &Member) -> Option<&'w Node> {
        let node = node.filter(|_| member.wanted);
        self.wanted.under(node, member.name.of(self.bytes), member.hash)
    }

    fn list(
        &mut self,
        node: Option<&Node>,
        place: Option<Place>,
        depth: usize,
    ) -> Result<(), Doubt> {
        let mut index = 0;
        self.array(|walk| {
            let at = walk.wanted.at(node, index);
            index += 1;
            let kind = walk.kind()?;
            walk.value(kind, at, place, depth)
        })
    }

    fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Doubt>) -> Result<(), Doubt> {
        self.cursor.take(b'[')?;
        if self.cursor.took(b']') {
            return Ok(());
        }
        loop {
            each(self)?;
            if !self.cursor.more(b']')? {
                return Ok(());
            }
        }
    }

    /// The value of an attribute behind its type, with the brace that closes it.
    #[inline]
    fn value(
        &mut self,
        kind: Kind,
        node: Option<&Node>,
        place: Option<Place>,
        depth: usize,
    ) -> Result<(), Doubt> {
        // Most values are texts that nobody asks for.
        if kind == Kind::String && node.is_none() {
            self.cursor.string()?;
            return self.cursor.take(b'}');
        }
        self.other(kind, node, place, depth)
    }

    fn other(
        &mut self,
        kind: Kind,
        node: Option<&Node>,
        place: Option<Place>,
        depth: usize,
    ) -> Result<(), Doubt> {
        let start = self.cursor.at();
        let mut found = Found { kind, ..Found::default() };
        match kind {
            Kind::String | Kind::Number | Kind::Binary => {
                let text = self.cursor.string()?;
                if !sound(kind, &text) {
                    return Err(Doubt);
                }
                (found.range, found.escaped) = (text.range, text.escaped);
            }
            Kind::List if depth < DEEPEST => self.list(node, place, depth + 1)?,
            Kind::Map if depth < DEEPEST => self.map(node, place, depth + 1)?,
            Kind::StringSet | Kind::NumberSet | Kind::BinarySet => self.set(kind)?,
            Kind::True => {
                self.cursor.peek();
                found.kind = if self.cursor.took_all(b"true") {
                    Kind::True
                } else if self.cursor.took_all(b"false") {
                    Kind::False
                } else {
                    return Err(Doubt);
                };
            }
            Kind::Null => {
                self.cursor.peek();
                if !self.cursor.took_all(b"true") {
                    return Err(Doubt);
                }
            }
            _ => return Err(Doubt),
        }
        if found.range == Range::default() {
            found.range = self.cursor.since(start);
        }
        self.cursor.take(b'}')?;
        if let Some(slot) = node.and_then(|node| node.slot) {
            self.memory.put(slot, found);
        }
        Ok(())
    }

    /// `{"S":` and the like.
    pub(crate) fn kind(&mut self) -> Result<Kind, Doubt> {
        if self.cursor.took_all(b"{\"S\":") {
            return Ok(Kind::String);
        }
        if self.cursor.took_all(b"{\"N\":") {
            return Ok(Kind::Number);
        }
        self.cursor.take(b'{')?;
        Kind::named(self.cursor.name()?.bytes).ok_or(Doubt)
    }

    /// The members of a set. Those of a set of strings must differ; the decoder's code sees to
    /// the others.
    fn set(&mut self, kind: Kind) -> Result<(), Doubt> {
        let start = self.cursor.at();
        let mut members: Vec<&[u8]> = Vec::new();
        self.array(|walk| {
            let member = walk.cursor.string()?;
            let strings = kind == Kind::StringSet;
            if strings && (members.len() > SMALL_SET || members.contains(&member.bytes)) {
                return Err(Doubt);
            }
            members.push(member.bytes);
            if member.escaped { Err(Doubt) } else { Ok(()) }
        })?;
        let whole = self.cursor.bytes(self.cursor.since(start));
        let sound = match kind {
            Kind::NumberSet => decodes(b"{\"NS\":", whole, b"}"),
            Kind::BinarySet => decodes(b"{\"BS\":", whole, b"}"),
            _ => !members.is_empty(),
        };
        if sound { Ok(()) } else { Err(Doubt) }
    }
}

fn sound(kind: Kind, text: &Text<'_>) -> bool {
    match kind {
        Kind::Number => !text.escaped && NumberKey::is_number(text.bytes),
        Kind::Binary => !text.escaped && decodes(b"{\"B\":\"", text.bytes, b"\"}"),
        _ => true,
    }
}

/// Whether the decoder takes a value, between what stands before and behind it.
fn decodes(before: &[u8], value: &[u8], behind: &[u8]) -> bool {
    dynamodb::read(&[before, value, behind].concat()).is_ok()
}
