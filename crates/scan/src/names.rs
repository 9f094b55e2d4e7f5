//! The names of the objects around a place, to notice one that is there twice.

use crate::Doubt;

/// An object with more names than this is left to the decoder.
const MOST: usize = 512;

/// Bits of a sketch of an object's names.
const BITS: u64 = 512;

/// The names of the open objects that no shape tells, by their hashes, the innermost object's last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    open: Vec<u64>,
}

/// The names of one object: where they start among the open ones, and a sketch of them.
#[derive(Debug)]
pub(crate) struct Own {
    start: usize,
    sketch: [u64; (BITS / 64) as usize],
}

impl Own {
    /// Notes a name by its hash; whether one like it may have been noted before.
    fn note(&mut self, hash: u64) -> bool {
        let bit = hash % BITS;
        let Some(word) = self.sketch.get_mut((bit / 64) as usize) else { return true };
        let known = *word & (1 << (bit % 64)) != 0;
        *word |= 1 << (bit % 64);
        known
    }
}

impl Names {
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// Opens an object.
    pub(crate) fn open(&self) -> Own {
        Own { start: self.open.len(), sketch: Default::default() }
    }

    /// Adds a name to the innermost object. Another with the same hash is a doubt: it is the same
    /// name, but for a chance that costs nothing but the decoder's time.
    pub(crate) fn add(&mut self, own: &mut Own, hash: u64) -> Result<(), Doubt> {
        let before = self.open.get(own.start..).unwrap_or_default();
        if own.note(hash) && (before.len() > MOST || before.contains(&hash)) {
            return Err(Doubt);
        }
        self.open.push(hash);
        Ok(())
    }

    /// Forgets the names of the innermost object.
    pub(crate) fn close(&mut self, own: &Own) {
        self.open.truncate(own.start);
    }
}

/// Of all of a name. Nobody gains by names that are hashed alike.
pub(crate) fn hash(name: &[u8]) -> u64 {
    let (words, tail) = name.as_chunks::<8>();
    let tail = tail.iter().fold(name.len() as u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mix = |sum: u64, word: u64| {
        let mixed = (sum.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 32)
    };
    words.iter().fold(mix(0, tail), |sum, word| mix(sum, u64::from_le_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_anywhere_are_hashed_apart() {
        let long = "customer_billing_address_postal_code";
        let mut names: Vec<String> = (0..10_000).map(|number| format!("a{number}")).collect();
        names.extend((0..long.len()).map(|at| format!("{}#{}", &long[..at], &long[at + 1..])));
        names.extend((0..long.len()).map(|length| long[..length].to_owned()));
        let hashes: std::collections::HashSet<u64> =
            names.iter().map(|name| hash(name.as_bytes())).collect();
        assert_eq!(hashes.len(), names.len());
    }
}
