//! Finds wanted attributes on the bytes of a change record, without decoding it.
//!
//! One pass goes over the whole record and holds it to everything that the decoder asks for: names
//! that are there once, types that exist, numbers and base64 that can be read, text that is text.
//! What the pass accepts, the decoder accepts. Whatever is odd, if only unusual, is a [`Doubt`], and
//! then the decoder has the last word: it is never asked whether a doubt was right.
//!
//! [`Wanted`] says which attributes are looked for, and a [`Scan`] holds where they were found. Where
//! more than a look at them is needed, [`Scan::record`] decodes those alone.

mod cursor;
mod envelope;
mod field;
mod found;
mod head;
mod key;
mod members;
mod names;
mod record;
mod scan;
mod shapes;
mod stream;
mod stride;
mod twin;
mod value;
mod wanted;

pub use found::{Found, Kind};
pub use head::{Head, Presence};
pub use key::NumberKey;
pub use scan::Scan;
pub use wanted::{Side, Step, Wanted};

/// The record is malformed or unusual: only decoding it can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt;

/// A place in the record's bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// Its first byte.
    pub start: u32,
    /// Behind its last byte.
    pub end: u32,
}

impl Range {
    /// The bytes of a record at this place; none where it is not in them.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
