//! Steps over bytes in strides as wide as a register.

use wide::{u8x16, u8x32};

/// How many bytes stand before a quote, a backslash or a control character.
pub(crate) fn plain(bytes: &[u8]) -> usize {
    let (strides, tail) = bytes.as_chunks::<16>();
    for (index, stride) in strides.iter().enumerate() {
        let stride = u8x16::new(*stride);
        let special = stride.simd_eq(u8x16::splat(b'"'))
            | stride.simd_eq(u8x16::splat(b'\\'))
            | stride.min(u8x16::splat(0x1f)).simd_eq(stride);
        let special = special.to_bitmask();
        if special != 0 {
            return index * 16 + special.trailing_zeros() as usize;
        }
    }
    let ends = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    strides.len() * 16 + tail.iter().position(ends).unwrap_or(tail.len())
}

/// How many bytes two texts have in common at their start.
pub(crate) fn common(a: &[u8], b: &[u8]) -> usize {
    let (strides, others) = (a.as_chunks::<32>().0, b.as_chunks::<32>().0);
    let mut length = 0;
    for (stride, other) in strides.iter().zip(others) {
        let same = u8x32::new(*stride).simd_eq(u8x32::new(*other)).to_bitmask();
        if same != u32::MAX {
            return length + same.trailing_ones() as usize;
        }
        length += 32;
    }
    let (a, b) = (a.get(length..), b.get(length..));
    let tails = a.unwrap_or_default().iter().zip(b.unwrap_or_default());
    length + tails.take_while(|(a, b)| a == b).count()
}

/// A short text that others may start with, which is told at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    text: u8x32,
    length: u32,
}

impl Opening {
    /// `None` for a text of more than 32 bytes.
    pub(crate) fn new(text: &[u8]) -> Option<Self> {
        let mut padded = [0; 32];
        padded.get_mut(..text.len())?.copy_from_slice(text);
        Some(Opening { text: u8x32::new(padded), length: text.len() as u32 })
    }

    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// Whether these bytes start with it. Of less than 32 bytes that is not told.
    pub(crate) fn opens(&self, bytes: &[u8]) -> bool {
        let Some(first) = bytes.first_chunk::<32>() else { return false };
        let same = self.text.simd_eq(u8x32::new(*first)).to_bitmask();
        u64::from(same).trailing_ones() >= self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_ends_plain_text_or_does_not() {
        for length in 0..40 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;
                    let special = byte < b' ' || byte == b'"' || byte == b'\\';
                    assert_eq!(plain(&bytes), if special { at } else { length }, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn texts_have_in_common_what_is_before_the_first_difference() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..text.len() {
            assert_eq!(common(&text, &text[..length]), length);
            let mut other = text.clone();
            other[length] ^= 1;
            assert_eq!(common(&text, &other), length);
        }
    }

    #[test]
    fn a_text_is_opened_by_its_own_beginnings_alone() {
        let text: Vec<u8> = (0..80).collect();
        for length in 0..=text.len() {
            let opening = Opening::new(&text[..length]);
            assert_eq!(opening.is_some(), length <= 32);
            let Some(opening) = opening else { continue };
            assert!(opening.opens(&text));
            assert!(!opening.opens(&text[..31]));
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!opening.opens(&other), "{length} {at}");
            }
        }
    }
}
