//! Attribute values: checked as the decoder does, and kept where they are wanted.

use distributary_change::json::dynamodb;

use crate::cursor::{Cursor, Text};
use crate::found::{Found, Kind};
use crate::key::NumberKey;
use crate::names::hash;
use crate::scan::Scan;
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
    pub(crate) scan: &'w mut Scan,
}

impl<'r> Walk<'_, 'r> {
    /// An item; whether it has any attribute.
    pub(crate) fn item(&mut self, side: Side) -> Result<bool, Doubt> {
        self.cursor.take(b'{')?;
        if self.cursor.took(b'}') {
            return Ok(false);
        }
        let (node, mut object) = (self.wanted.root(side), self.scan.names.object());
        let first = self.scan.twin.is_empty() && side != Side::Keys;
        loop {
            self.cursor.peek();
            let start = self.cursor.at();
            let again =
                if first { None } else { self.scan.twin.again(self.cursor.rest(), self.bytes) };
            if let Some(Attribute { whole, name, hash }) = again
                && self.wanted.under(node, name.of(self.bytes), hash).is_none()
            {
                let here = Range { start: start + 1, end: start + 1 + name.end - name.start };
                self.scan.names.add(&mut object, here, hash, self.bytes)?;
                self.cursor.pass(whole);
            } else {
                let name = self.cursor.name()?;
                let (name, hash) = (name.range, hash(name.bytes));
                self.scan.names.add(&mut object, name, hash, self.bytes)?;
                self.value(self.wanted.under(node, name.of(self.bytes), hash), 0)?;
                if first {
                    self.scan.twin.add(Attribute { whole: self.cursor.since(start), name, hash });
                } else if again.is_none() {
                    self.scan.twin.behind(hash);
                }
            }
            if !self.cursor.more(b'}')? {
                self.scan.names.close(&object);
                return Ok(true);
            }
        }
    }

    /// The members of an object, one call for each; whether there is any.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &Text<'r>, u64) -> Result<(), Doubt>,
    ) -> Result<bool, Doubt> {
        self.cursor.take(b'{')?;
        if self.cursor.took(b'}') {
            return Ok(false);
        }
        let mut object = self.scan.names.object();
        loop {
            let name = self.cursor.name()?;
            let hash = hash(name.bytes);
            self.scan.names.add(&mut object, name.range, hash, self.bytes)?;
            member(self, &name, hash)?;
            if !self.cursor.more(b'}')? {
                self.scan.names.close(&object);
                return Ok(true);
            }
        }
    }

    fn map(&mut self, node: Option<&Node>, depth: usize) -> Result<bool, Doubt> {
        self.object(|walk, name, hash| {
            let under = walk.wanted.under(node, name.bytes, hash);
            walk.value(under, depth)
        })
    }

    fn list(&mut self, node: Option<&Node>, depth: usize) -> Result<(), Doubt> {
        let mut index = 0;
        self.array(|walk| {
            let at = walk.wanted.at(node, index);
            index += 1;
            walk.value(at, depth)
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

    fn value(&mut self, node: Option<&Node>, depth: usize) -> Result<(), Doubt> {
        let whole = self.cursor.at();
        let kind = self.kind()?;
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
            Kind::List if depth < DEEPEST => self.list(node, depth + 1)?,
            Kind::Map if depth < DEEPEST => {
                self.map(node, depth + 1)?;
            }
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
        let set = matches!(kind, Kind::NumberSet | Kind::BinarySet);
        if set && dynamodb::read(self.cursor.bytes(self.cursor.since(whole))).is_err() {
            return Err(Doubt);
        }
        if let Some(slot) = node.and_then(|node| node.slot) {
            self.scan.put(slot, found);
        }
        Ok(())
    }

    /// `{"S":` and the like.
    fn kind(&mut self) -> Result<Kind, Doubt> {
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
        if members.is_empty() { Err(Doubt) } else { Ok(()) }
    }
}

fn sound(kind: Kind, text: &Text<'_>) -> bool {
    match kind {
        Kind::Number => !text.escaped && NumberKey::is_number(text.bytes),
        Kind::Binary => {
            let value = [b"{\"B\":\"", text.bytes, b"\"}"].concat();
            !text.escaped && dynamodb::read(&value).is_ok()
        }
        _ => true,
    }
}
