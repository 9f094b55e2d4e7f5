//! The names in the objects around a place, to notice one that is there twice.

use crate::{Doubt, Range};

/// An object with more names than this is left to the decoder.
const MOST: usize = 512;

/// Bits of a sketch of an object's names.
const BITS: u64 = 512;

/// The names of all objects that are open, the innermost last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    open: Vec<Range>,
}

/// The names of one object: where they start among the open ones, and a sketch of them.
#[derive(Debug)]
pub(crate) struct Object {
    start: usize,
    sketch: [u64; (BITS / 64) as usize],
}

impl Names {
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    pub(crate) fn object(&self) -> Object {
        Object { start: self.open.len(), sketch: [0; (BITS / 64) as usize] }
    }

    /// Adds a name, whose hash is given, to the innermost object.
    pub(crate) fn add(
        &mut self,
        object: &mut Object,
        name: Range,
        hash: u64,
        bytes: &[u8],
    ) -> Result<(), Doubt> {
        let bit = hash % BITS;
        if let Some(word) = object.sketch.get_mut((bit / 64) as usize) {
            let known = *word & (1 << (bit % 64)) != 0;
            *word |= 1 << (bit % 64);
            let before = self.open.get(object.start..).unwrap_or_default();
            let twice = || before.iter().any(|range| range.of(bytes) == name.of(bytes));
            if known && (before.len() > MOST || twice()) {
                return Err(Doubt);
            }
        }
        self.open.push(name);
        Ok(())
    }

    /// Forgets the names of the innermost object.
    pub(crate) fn close(&mut self, object: &Object) {
        self.open.truncate(object.start);
    }
}

/// Cheap, and good enough for attribute names: their length, their first and their last bytes.
pub(crate) fn hash(name: &[u8]) -> u64 {
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
            }
            _ => (name.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0),
        },
    };
    let mixed =
        (first ^ last.rotate_left(29) ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}
