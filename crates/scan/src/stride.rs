//! Steps over bytes in strides as wide as a register.

use wide::{u8x16, u8x32};

/// How many bytes stand before a quote, a backslash or a control character.
#[inline]
pub(crate) fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((stride, behind)) = rest.split_first_chunk::<16>() {
        let stride = u8x16::new(*stride);
        let special = stride.simd_eq(u8x16::splat(b'"'))
            | stride.simd_eq(u8x16::splat(b'\\'))
            | stride.min(u8x16::splat(0x1f)).simd_eq(stride);
        let special = special.to_bitmask();
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize;
        }
        rest = behind;
    }
    let ends = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(ends).unwrap_or(rest.len())
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

/// How many digits stand before something else.
pub(crate) fn digits(bytes: &[u8]) -> usize {
    let (strides, tail) = bytes.as_chunks::<16>();
    for (index, stride) in strides.iter().enumerate() {
        let digits = digits_of(u8x16::new(*stride));
        if digits < 16 {
            return index * 16 + digits;
        }
    }
    strides.len() * 16 + tail.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn digits_of(stride: u8x16) -> usize {
    let above = stride - u8x16::splat(b'0');
    let digits = above.min(u8x16::splat(9)).simd_eq(above);
    digits.to_bitmask().trailing_ones() as usize
}

/// The length of a number of few digits, as most are: `-` or not, digits, and a point between two
/// of them or not. `None` for any other, and where less than seventeen bytes are left.
#[inline]
pub(crate) fn short_number(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let stride = |at: usize| Some(u8x16::new(*bytes.get(at..)?.first_chunk::<16>()?));
    let whole = digits_of(stride(sign)?);
    let end = sign + whole;
    if whole == 0 || whole == 16 {
        return None;
    }
    if bytes.get(end) != Some(&b'.') {
        return Some(end);
    }
    match digits_of(stride(end + 1)?) {
        0 | 16 => None,
        fraction => Some(end + 1 + fraction),
    }
}

/// A short text that others may start with, which is told at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    start: u8x32,
    rest: u8x32,
    /// Which bytes of the start count, and which of the rest.
    counts: [u32; 2],
    length: u32,
}

impl Opening {
    /// `None` for a text of more than 64 bytes.
    pub(crate) fn new(text: &[u8]) -> Option<Self> {
        let (mut start, mut rest) = ([0; 32], [0; 32]);
        let (first, second) = text.split_at(text.len().min(32));
        start.get_mut(..first.len())?.copy_from_slice(first);
        rest.get_mut(..second.len())?.copy_from_slice(second);
        let mask = |length: usize| ((1_u64 << length) - 1) as u32;
        Some(Opening {
            start: u8x32::new(start),
            rest: u8x32::new(rest),
            counts: [mask(first.len()), mask(second.len())],
            length: text.len() as u32,
        })
    }

    pub(crate) fn length(&self) -> usize {
        self.length as usize
    }

    /// Whether these bytes start with it. Of less than 32 bytes, or less than 64 where it is longer
    /// than 32, that is not told.
    #[inline]
    pub(crate) fn opens(&self, bytes: &[u8]) -> bool {
        let [start, rest] = self.counts;
        let opens = |text: u8x32, counts: u32, bytes: Option<&[u8; 32]>| {
            bytes.is_some_and(|bytes| {
                text.simd_eq(u8x32::new(*bytes)).to_bitmask() & counts == counts
            })
        };
        let behind = || bytes.get(32..).and_then(<[u8]>::first_chunk);
        opens(self.start, start, bytes.first_chunk())
            && (rest == 0 || opens(self.rest, rest, behind()))
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
    fn digits_end_at_whatever_is_none() {
        for length in 0..40 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'7'; length];
                    bytes[at] = byte;
                    assert_eq!(digits(&bytes), if byte.is_ascii_digit() { length } else { at });
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
        let text: Vec<u8> = (0..100).collect();
        for length in 0..=text.len() {
            let opening = Opening::new(&text[..length]);
            assert_eq!(opening.is_some(), length <= 64);
            let Some(opening) = opening else { continue };
            assert!(opening.opens(&text));
            assert!(!opening.opens(&text[..if length > 32 { 63 } else { 31 }]));
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 1;
                assert!(!opening.opens(&other), "{length} {at}");
            }
        }
    }

    #[test]
    fn a_short_number_is_a_sign_digits_and_a_point_between_digits() {
        let padding = "\"}................................";
        let length = |text: &str| short_number(format!("{text}{padding}").as_bytes());
        for sound in ["0", "-0", "007", "12.50", "-1.5", "123456789012345", "1.123456789012345"] {
            assert_eq!(length(sound), Some(sound.len()), "{sound}");
        }
        for other in ["", "-", "+1", ".5", "5.", "-.5", "x", "1234567890123456"] {
            assert_eq!(length(other), None, "{other}");
        }
        assert_eq!(length("1E5"), Some(1));
        assert_eq!(length("1.5.5"), Some(3));
        assert_eq!(short_number(b"1"), None);
        for byte in 0..=u8::MAX {
            let text = [b'1', byte, b'x'].into_iter().chain([b' '; 20]).collect::<Vec<_>>();
            let digits = if byte.is_ascii_digit() { 2 } else { 1 };
            assert_eq!(short_number(&text), (byte != b'.').then_some(digits));
        }
    }
}
