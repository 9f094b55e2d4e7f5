//! Attribute values: checked as the decoder does, and kept where they are wanted.

use distributary_change::json::dynamodb;

use crate::cursor::{Cursor, Text, usual};
use crate::found::{Found, Kind};
use crate::key::NumberKey;
use crate::members::{Member, Object};
use crate::scan::Memory;
use crate::shapes::{Place, Title};
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
        let mut object = Object::at(place);
        loop {
            if first {
                self.glide(&mut object, true, 0)?;
            } else {
                self.repeat(&mut object);
            }
            let (start, before) = (self.cursor.at(), object.place);
            let Some(Title { hash, wanted, .. }) = self.attribute(&mut object, node, 0)? else {
                return Ok(!object.fresh);
            };
            if !first {
                self.memory.twin.behind(hash);
            } else if let Some((before, behind)) = before.zip(object.place) {
                let whole = self.cursor.since(start);
                self.memory.twin.add(Attribute { whole, hash, wanted, before, behind });
            }
        }
    }

    fn map(
        &mut self,
        node: Option<&Node>,
        place: Option<Place>,
        depth: usize,
    ) -> Result<(), Doubt> {
        let mut object = Object::at(place);
        loop {
            self.glide(&mut object, false, depth)?;
            if self.attribute(&mut object, node, depth)?.is_none() {
                return Ok(());
            }
        }
    }

    /// Steps over attributes that are known here and that nobody wants; over as many as there are,
    /// which may be none.
    fn glide(&mut self, object: &mut Object, is_first: bool, depth: usize) -> Result<(), Doubt> {
        let Some(mut before) = object.place else { return Ok(()) };
        let mut rest = self.cursor.rest();
        while let Some(step) = self.memory.shapes.step(before, rest) {
            let Title { hash, kind: Some(kind), wanted: false, .. } = step.title else { break };
            let Some((_, value)) = rest.split_at_checked(step.length()) else { break };
            let (behind, inside, start) = (step.then, step.inside, rest.len());
            rest = match usual(kind, value) {
                Some(rest) => rest,
                None => {
                    self.cursor.pass_to(value);
                    self.unwanted(kind, inside, depth)?;
                    self.cursor.rest()
                }
            };
            if is_first {
                let at = |left: usize| (self.bytes.len() - left) as u32;
                let whole = Range { start: at(start), end: at(rest.len()) };
                let attribute = Attribute { whole, hash, wanted: false, before, behind };
                self.memory.twin.add(attribute);
            }
            before = behind;
            object.fresh = false;
        }
        self.cursor.pass_to(rest);
        object.place = Some(before);
        Ok(())
    }

    /// A value that nobody wants, with the brace behind it.
    fn unwanted(&mut self, kind: Kind, inside: Place, depth: usize) -> Result<(), Doubt> {
        match kind {
            Kind::Map if depth < DEEPEST => self.map(None, Some(inside), depth + 1)?,
            Kind::List if depth < DEEPEST => self.list(None, Some(inside), depth + 1)?,
            _ => return self.value(kind, None, Some(inside), depth),
        }
        self.cursor.take(b'}')
    }

    /// The next attribute of an item or a map, with its value; `None` behind the last one.
    #[inline(always)]
    fn attribute(
        &mut self,
        object: &mut Object,
        node: Option<&Node>,
        depth: usize,
    ) -> Result<Option<Title>, Doubt> {
        let Some(member) = self.member(object, true)? else { return Ok(None) };
        let kind = member.title.kind.ok_or(Doubt)?;
        if member.title.wanted || !self.cursor.took_usual(kind) {
            self.value(kind, self.under(node, &member), member.inside, depth)?;
        }
        Ok(Some(member.title))
    }

    /// What is wanted in a member of a map of which something may be.
    fn under(&self, node: Option<&Node>, member: &Member) -> Option<&'w Node> {
        let node = node.filter(|_| member.title.wanted);
        self.wanted.under(node, member.name.of(self.bytes), member.title.hash)
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
            if at.is_none() && walk.cursor.took_usual(kind) {
                return Ok(());
            }
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
    fn value(
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
    #[inline(always)]
    pub(crate) fn kind(&mut self) -> Result<Kind, Doubt> {
        let kind = match self.cursor.rest() {
            [b'{', b'"', b'S', b'"', b':', ..] => Kind::String,
            [b'{', b'"', b'N', b'"', b':', ..] => Kind::Number,
            [b'{', b'"', b'M', b'"', b':', ..] => Kind::Map,
            _ => {
                self.cursor.take(b'{')?;
                return Kind::named(self.cursor.name()?.bytes).ok_or(Doubt);
            }
        };
        self.cursor.pass(5);
        Ok(kind)
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
