//! The members of an object, one after the other.

use crate::found::Kind;
use crate::names::{Own, hash};
use crate::shapes::Place;
use crate::value::Walk;
use crate::{Doubt, Range};

/// An object whose members are being walked.
#[derive(Debug)]
pub(crate) struct Object {
    /// What was before, among the shapes; `None` where it is not known to them.
    pub(crate) place: Option<Place>,
    own: Own,
    /// Whether it ended before its first member.
    pub(crate) empty: bool,
}

/// A member, before its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) name: Range,
    pub(crate) hash: u64,
    /// Of an attribute, whose type was read, too.
    pub(crate) kind: Option<Kind>,
    /// Whether an attribute of this name may be wanted.
    pub(crate) wanted: bool,
    /// Where objects in it start, among the shapes.
    pub(crate) inside: Option<Place>,
}

impl Walk<'_, '_> {
    /// Starts an object, before its brace.
    pub(crate) fn object(&self, place: Option<Place>) -> Object {
        Object { place, own: self.memory.names.open(), empty: false }
    }

    /// The next member; `None` behind the last one. Attributes are asked for with their type.
    // As a call, what it returns would go through memory: a third of its time.
    #[inline(always)]
    pub(crate) fn member(
        &mut self,
        object: &mut Object,
        is_attribute: bool,
    ) -> Result<Option<Member>, Doubt> {
        let fresh = self.memory.names.is_fresh(&object.own);
        if !fresh && self.cursor.took_all(b"}") {
            self.memory.names.close(&object.own);
            return Ok(None);
        }
        let start = self.cursor.at();
        let known = object.place.and_then(|from| self.memory.shapes.step(from, self.cursor.rest()));
        let Some(step) = known else { return self.read(object, is_attribute) };
        let name = Range { start: start + step.name.start, end: start + step.name.end };
        let member = Member {
            name,
            hash: step.hash,
            kind: step.kind,
            wanted: step.wanted,
            inside: Some(step.inside),
        };
        object.place = Some(step.then);
        self.cursor.pass(step.length());
        self.memory.names.add_new(name);
        Ok(Some(member))
    }

    /// Reads a member that the shapes do not know here.
    #[cold]
    fn read(&mut self, object: &mut Object, is_attribute: bool) -> Result<Option<Member>, Doubt> {
        let start = self.cursor.at();
        let fresh = self.memory.names.is_fresh(&object.own);
        let more = if fresh {
            self.cursor.take(b'{')?;
            !self.cursor.took(b'}')
        } else {
            self.cursor.more(b'}')?
        };
        if !more {
            object.empty = fresh;
            self.memory.names.close(&object.own);
            return Ok(None);
        }
        let text = self.cursor.name()?;
        let (name, hash) = (text.range, hash(text.bytes));
        self.memory.names.add(&mut object.own, name, hash, self.bytes)?;
        let kind = if is_attribute { Some(self.kind()?) } else { None };
        let wanted = self.wanted.names(text.bytes, hash);
        let step = object.place.and_then(|from| {
            let text = self.cursor.bytes(self.cursor.since(start));
            let name = Range { start: name.start - start, end: name.end - start };
            self.memory.shapes.learn(from, text, name, hash, kind, wanted)
        });
        object.place = step.map(|step| step.then);
        Ok(Some(Member { name, hash, kind, wanted, inside: step.map(|step| step.inside) }))
    }
}
