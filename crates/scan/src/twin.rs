//! The attributes of the image that came first, to recognise them in the other one: most changes
//! leave most attributes as they are, and bytes that were sound there are sound here.

use crate::Range;

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
    /// From the quote before its name to the brace behind its value.
    pub(crate) whole: Range,
    pub(crate) name: Range,
    pub(crate) hash: u64,
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

    /// The attribute whose bytes stand again at the start of `rest`.
    pub(crate) fn again(&mut self, rest: &[u8], bytes: &[u8]) -> Option<Attribute> {
        let expected = *self.attributes.get(self.next)?;
        let again = rest.starts_with(expected.whole.of(bytes));
        self.next += usize::from(again);
        again.then_some(expected)
    }

    /// Goes on behind an attribute that does not stand there again, such as a changed one.
    pub(crate) fn behind(&mut self, hash: u64) {
        let found = self.attributes.iter().position(|attribute| attribute.hash == hash);
        self.next = found.map_or(self.next, |at| at + 1);
    }
}
