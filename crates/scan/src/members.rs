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
    place: Option<Place>,
    own: Own,
}

/// A member, before its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) name: Range,
    pub(crate) hash: u64,
    /// Of an attribute, whose type was read, too.
    pub(crate) kind: Option<Kind>,
    /// Where objects in it start, among the shapes.
    pub(crate) inside: Option<Place>,
}

impl Walk<'_, '_> {
    /// Starts an object, before its brace.
    pub(crate) fn object(&self, place: Option<Place>) -> Object {
        Object { place, own: self.scan.names.open() }
    }

    /// The next member; `None` behind the last one. Attributes are asked for with their type.
    #[inline]
    pub(crate) fn member(
        &mut self,
        object: &mut Object,
        is_attribute: bool,
    ) -> Result<Option<Member>, Doubt> {
        let fresh = self.scan.names.is_fresh(&object.own);
        if !fresh && self.cursor.took_all(b"}") {
            self.scan.names.close(&object.own);
            return Ok(None);
        }
        let start = self.cursor.at();
        let known = object.place.and_then(|from| self.scan.shapes.step(from, self.cursor.rest()));
        let Some(step) = known else { return self.read(object, is_attribute) };
        let name = Range { start: start + step.name.start, end: start + step.name.end };
        let (hash, kind, inside) = (step.hash, step.kind, Some(step.inside));
        self.cursor.pass(step.length());
        object.place = Some(step.then);
        self.scan.names.add_new(name);
        Ok(Some(Member { name, hash, kind, inside }))
    }

    /// Reads a member that the shapes do not know here.
    #[cold]
    fn read(&mut self, object: &mut Object, is_attribute: bool) -> Result<Option<Member>, Doubt> {
        let start = self.cursor.at();
        let more = if self.scan.names.is_fresh(&object.own) {
            self.cursor.take(b'{')?;
            !self.cursor.took(b'}')
        } else {
            self.cursor.more(b'}')?
        };
        if !more {
            self.scan.names.close(&object.own);
            return Ok(None);
        }
        let text = self.cursor.name()?;
        let (name, hash) = (text.range, hash(text.bytes));
        self.scan.names.add(&mut object.own, name, hash, self.bytes)?;
        let kind = if is_attribute { Some(self.kind()?) } else { None };
        let step = object.place.and_then(|from| {
            let text = self.cursor.bytes(self.cursor.since(start));
            let name = Range { start: name.start - start, end: name.end - start };
            self.scan.shapes.learn(from, text, name, hash, kind)
        });
        object.place = step.map(|step| step.then);
        Ok(Some(Member { name, hash, kind, inside: step.map(|step| step.inside) }))
    }
}
