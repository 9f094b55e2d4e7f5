//! The members of an object, one after the other.

use crate::field::Field;
use crate::names::{Own, hash};
use crate::shapes::{Place, Title};
use crate::value::Walk;
use crate::{Doubt, Range};

/// An object whose members are being walked.
#[derive(Debug)]
pub(crate) struct Object {
    /// What was before, among the shapes; `None` where it is not known to them.
    pub(crate) place: Option<Place>,
    /// Whether no member was before.
    pub(crate) fresh: bool,
    /// The names before, once they are not known to the shapes.
    own: Option<Own>,
}

/// A member, before its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) name: Range,
    pub(crate) title: Title,
    /// Where objects in it start, among the shapes.
    pub(crate) inside: Option<Place>,
}

impl Object {
    /// Starts an object, before its brace.
    pub(crate) fn at(place: Option<Place>) -> Self {
        Object { place, fresh: true, own: None }
    }
}

impl Walk<'_, '_> {
    /// The next member; `None` behind the last one. Attributes are asked for with their type.
    // As a call, what it returns would go through memory: a third of its time.
    #[inline(always)]
    pub(crate) fn member(
        &mut self,
        object: &mut Object,
        is_attribute: bool,
    ) -> Result<Option<Member>, Doubt> {
        if !object.fresh && object.own.is_none() && self.cursor.took_one(b'}') {
            return Ok(None);
        }
        let start = self.cursor.at();
        let known = object.place.and_then(|from| self.memory.shapes.step(from, self.cursor.rest()));
        let Some(step) = known else { return self.read(object, is_attribute) };
        let name = Range { start: start + step.name.start, end: start + step.name.end };
        let member = Member { name, title: step.title, inside: Some(step.inside) };
        object.place = Some(step.then);
        object.fresh = false;
        self.cursor.pass(step.length());
        Ok(Some(member))
    }

    /// Reads a member that the shapes do not know here.
    #[cold]
    fn read(&mut self, object: &mut Object, is_attribute: bool) -> Result<Option<Member>, Doubt> {
        let start = self.cursor.at();
        let more = if object.fresh {
            self.cursor.take(b'{')?;
            !self.cursor.took(b'}')
        } else {
            self.cursor.more(b'}')?
        };
        if !more {
            if let Some(own) = &object.own {
                self.memory.names.close(own);
            }
            return Ok(None);
        }
        object.fresh = false;
        let text = self.cursor.name()?;
        let (name, hash) = (text.range, hash(text.bytes));
        if object.place.is_some_and(|place| self.memory.shapes.before(place).any(|h| h == hash)) {
            return Err(Doubt);
        }
        let kind = if is_attribute { Some(self.kind()?) } else { None };
        let wanted = self.wanted.names(text.bytes, hash);
        let title = Title { hash, kind, wanted, field: Field::named(text.bytes) };
        let step = object.place.and_then(|from| {
            let text = self.cursor.bytes(self.cursor.since(start));
            let name = Range { start: name.start - start, end: name.end - start };
            self.memory.shapes.learn(from, text, name, title)
        });
        let (then, inside) = step.map(|step| (step.then, step.inside)).unzip();
        if then.is_none() {
            self.note(object, hash)?;
        }
        object.place = then;
        Ok(Some(Member { name, title, inside }))
    }

    /// Notes a name that the shapes have no room for.
    fn note(&mut self, object: &mut Object, hash: u64) -> Result<(), Doubt> {
        let names = &mut self.memory.names;
        let own = object.own.get_or_insert_with(|| names.open());
        for before in object.place.into_iter().flat_map(|place| self.memory.shapes.before(place)) {
            names.add(own, before)?;
        }
        names.add(own, hash)
    }
}
