//! Bytes that may nest as deep as somebody likes, read as deep as the stack allows.

use std::ptr;

use postcard::de_flavors::{Flavor, Slice};
use postcard::{Error, Result};

/// Bytes of stack that reading takes at most: half of what Rust gives a thread.
const MOST: usize = 1 << 20;

/// Bytes that are read from one function and what it calls.
pub(crate) struct Nesting<'de> {
    bytes: Slice<'de>,
    /// An address on the stack where reading begins.
    begin: usize,
}

impl<'de> Nesting<'de> {
    pub(crate) fn of(bytes: &'de [u8]) -> Self {
        Nesting { begin: ptr::from_ref(&bytes).addr(), bytes: Slice::new(bytes) }
    }
}

impl<'de> Flavor<'de> for Nesting<'de> {
    type Remainder = &'de [u8];
    type Source = &'de [u8];

    #[inline]
    fn pop(&mut self) -> Result<u8> {
        let byte = self.bytes.pop()?;
        match ptr::from_ref(&byte).addr().abs_diff(self.begin) {
            ..MOST => Ok(byte),
            _ => Err(Error::DeserializeBadEncoding),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.bytes.size_hint()
    }

    #[inline]
    fn try_take_n(&mut self, count: usize) -> Result<&'de [u8]> {
        self.bytes.try_take_n(count)
    }

    fn finalize(self) -> Result<&'de [u8]> {
        self.bytes.finalize()
    }
}
