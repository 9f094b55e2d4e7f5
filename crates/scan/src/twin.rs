//! The attributes of the image that came first, to recognise them in the other one: most changes
//! leave most attributes as they are, and bytes that were sound there are sound here.

use crate::Range;
use crate::found::Kind;

/// One image's attributes, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twin {
    attributes: Vec<Attribute>,
    /// The one that is expected next in the other image.
    next: usize,
}

/// An attribute that was walked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    /// Of its name.
    pub(crate) hash: u64,
    pub(crate) kind: Kind,
    /// From behind the colon after its type to the brace behind its value.
    pub(crate) value: Range,
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

    /// The length of the expected attribute's value, where that stands again at the start of
    /// `rest`. Else the attributes behind the one of this name are expected next.
    pub(crate) fn again(
        &mut self,
        hash: u64,
        kind: Kind,
        rest: &[u8],
        bytes: &[u8],
    ) -> Option<usize> {
        let expected = self.attributes.get(self.next)?;
        let value = expected.value.of(bytes);
        if expected.kind == kind && rest.starts_with(value) {
            self.next += 1;
            return Some(value.len());
        }
        let found = self.attributes.iter().position(|attribute| attribute.hash == hash);
        self.next = found.map_or(self.next, |at| at + 1);
        None
    }
}
