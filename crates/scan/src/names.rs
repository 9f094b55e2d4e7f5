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

/// The names of one object: where they start among the open ones, and a sketch of the first of
/// them, which is made once it is asked for.
#[derive(Debug)]
pub(crate) struct Own {
    start: usize,
    sketch: Option<[u64; (BITS / 64) as usize]>,
    sketched: usize,
}

impl Own {
    /// Notes a name by its hash; whether one like it was noted before.
    fn note(&mut self, hash: u64) -> bool {
        let bit = hash % BITS;
        let sketch = self.sketch.get_or_insert_default();
        let Some(word) = sketch.get_mut((bit / 64) as usize) else { return true };
        let known = *word & (1 << (bit % 64)) != 0;
        *word |= 1 << (bit % 64);
        self.sketched += 1;
        known
    }
}

impl Names {
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// Opens an object.
    pub(crate) fn open(&self) -> Own {
        Own { start: self.open.len(), sketch: None, sketched: 0 }
    }

    /// Whether the innermost object has no name so far.
    pub(crate) fn is_fresh(&self, own: &Own) -> bool {
        self.open.len() == own.start
    }

    /// Adds a name that is known to differ from the others of the innermost object.
    pub(crate) fn add_new(&mut self, name: Range) {
        self.open.push(name);
    }

    /// Adds a name, whose hash is given, to the innermost object.
    pub(crate) fn add(
        &mut self,
        own: &mut Own,
        name: Range,
        hash: u64,
        bytes: &[u8],
    ) -> Result<(), Doubt> {
        let before = self.open.get(own.start..).unwrap_or_default();
        for earlier in before.iter().skip(own.sketched) {
            own.note(self::hash(earlier.of(bytes)));
        }
        let twice = || before.iter().any(|range| range.of(bytes) == name.of(bytes));
        if own.note(hash) && (before.len() > MOST || twice()) {
            return Err(Doubt);
        }
        self.open.push(name);
        Ok(())
    }

    /// Forgets the names of the innermost object.
    pub(crate) fn close(&mut self, own: &Own) {
        self.open.truncate(own.start);
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
