//! The attributes of the image that came first, to recognise them in the other one: most changes
//! leave most attributes as they are, and bytes that were sound there are sound here.

use crate::Range;
use crate::members::Object;
use crate::shapes::Place;
use crate::stride::common;
use crate::value::Walk;

/// One image's attributes, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twin {
    attributes: Vec<Attribute>,
    /// The one that is expected next in the other image.
    next: usize,
}

/// An attribute that was walked, one that the shapes know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    /// From the brace or comma before its name to the brace behind its value.
    pub(crate) whole: Range,
    /// Of its name.
    pub(crate) hash: u64,
    /// Whether it may be wanted.
    pub(crate) wanted: bool,
    pub(crate) before: Place,
    pub(crate) behind: Place,
}

impl Twin {
    pub(crate) fn clear(&mut self) {
        self.attributes.clear();
        self.next = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    pub(crate) fn add(&mut self, attribute: Attribute) {
        self.attributes.push(attribute);
    }

    /// Goes on behind the attribute of a name, which was changed, or is wanted.
    pub(crate) fn behind(&mut self, hash: u64) {
        let is = |attribute: &Attribute| attribute.hash == hash;
        if !self.attributes.get(self.next).is_some_and(is) {
            self.next = self.attributes.iter().position(is).unwrap_or(self.next);
        }
        self.next += 1;
    }
}

impl Walk<'_, '_> {
    /// Steps over the attributes that stand here as they do in the image that came first, up to
    /// one that may be wanted. The names before them must be the same there: so these, which differ
    /// from each other and from those, do it here.
    pub(crate) fn repeat(&mut self, object: &mut Object) {
        let expected = self.memory.twin.attributes.get(self.memory.twin.next..).unwrap_or_default();
        let Some(first) = expected.first() else { return };
        if object.place != Some(first.before) || first.wanted {
            return;
        }
        let from = first.whole.start;
        let wanted = expected.iter().position(|attribute| attribute.wanted);
        let run = expected.get(..wanted.unwrap_or(expected.len())).unwrap_or_default();
        let end = |attribute: &Attribute| attribute.whole.end;
        let all = Range { start: from, end: run.last().map_or(from, end) }.of(self.bytes);
        // Mostly the whole run is there, which is told at once.
        let run = if self.cursor.rest().starts_with(all) {
            run
        } else {
            let alike = from as usize + common(all, self.cursor.rest());
            let count = run.iter().position(|attribute| end(attribute) as usize > alike);
            run.get(..count.unwrap_or(run.len())).unwrap_or_default()
        };
        if let Some(last) = run.last() {
            self.cursor.pass((last.whole.end - from) as usize);
            (object.place, object.fresh) = (Some(last.behind), false);
            self.memory.twin.next += run.len();
        }
    }
}
